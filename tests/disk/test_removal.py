"""Nothing is removed but what is ours: below our marker, not through a link, not across a mount."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from harness.errors import HarnessError
from harness.sandbox import Sandbox, WorkDirectory, remove
from harness.sandbox.removal import MARK, MARKER
from harness.tree import Directory, File, Link

if TYPE_CHECKING:
    from conftest import Disk, Without
    from harness.tree import Tree


def theirs(disk: Disk) -> Path:
    """A directory of the user's, outside the work directory; the caller removes it."""
    found = disk.work.path.parent / "theirs"
    found.mkdir()
    (found / "precious").write_bytes(b"precious")
    return found


def refusal(path: Path | str) -> str:
    with pytest.raises(HarnessError) as refused:
        remove(str(path))
    return refused.value.problems[0].what.removeprefix(f"`{path}` is not removed: ")


def test_everything_that_can_be_planted_can_be_removed(disk: Disk) -> None:
    _, root = disk.build({"a/b/c/d": File(), "link": Link("a"), "loop": Link("loop"), "e": Directory()})
    remove(str(root))
    assert not os.path.lexists(root)


def test_a_directory_that_a_tool_replaced_by_a_link_is_removed_as_a_link(disk: Disk) -> None:
    _, root = disk.build({"project/.venv/pyvenv.cfg": File()})
    precious = theirs(disk)
    shutil.rmtree(root / "project" / ".venv")
    (root / "project" / ".venv").symlink_to(precious)
    remove(str(root.parent))
    assert [(path.name, path.read_bytes()) for path in precious.iterdir()] == [("precious", b"precious")]
    assert not root.parent.exists()
    shutil.rmtree(precious)


def test_a_root_that_a_tool_replaced_by_a_link_is_removed_as_a_link(disk: Disk) -> None:
    _, root = disk.build({})
    precious = theirs(disk)
    shutil.rmtree(root)
    root.symlink_to(precious)
    remove(str(root))
    assert (precious / "precious").read_bytes() == b"precious"
    assert not os.path.lexists(root)
    shutil.rmtree(precious)


def test_a_case_directory_that_became_a_link_is_not_removed_through(disk: Disk) -> None:
    _, root = disk.build({})
    precious = theirs(disk)
    remove(str(root.parent))
    root.parent.symlink_to(precious)
    assert refusal(root.parent / "precious") == "a link or a detour leads there"
    assert (precious / "precious").read_bytes() == b"precious"
    root.parent.unlink()
    shutil.rmtree(precious)


@pytest.mark.parametrize("detour", ["..", "../..", "1/../../theirs", ".", "1//", "1/./root"])
def test_a_path_that_takes_detours_is_not_removed(disk: Disk, detour: str) -> None:
    _, root = disk.build({})
    path = f"{disk.work.path}{os.sep}{detour.replace('/', os.sep)}"
    assert refusal(path) == "a link or a detour leads there"
    assert root.is_dir()


def test_what_lies_below_no_marker_is_not_removed(disk: Disk) -> None:
    precious = theirs(disk)
    assert refusal(precious) == f"no directory above it holds our `{MARKER}`"
    assert refusal(precious / "precious") == f"no directory above it holds our `{MARKER}`"
    assert (precious / "precious").read_bytes() == b"precious"
    shutil.rmtree(precious)


@pytest.mark.parametrize("forged", ["empty", "longer", "link", "directory"])
def test_a_marker_that_is_not_just_ours_does_not_count(disk: Disk, forged: str) -> None:
    precious = theirs(disk)
    marker = precious / MARKER
    match forged:
        case "empty":
            marker.touch()
        case "longer":
            marker.write_bytes(MARK + b"\n")
        case "link":
            marker.symlink_to(disk.work.path / MARKER)
        case _:
            marker.mkdir()
    assert refusal(precious / "precious") == f"no directory above it holds our `{MARKER}`"
    shutil.rmtree(precious)


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() != 0, reason="only root can give files away")
def test_a_marker_of_another_user_does_not_count(real_disk: Disk) -> None:
    precious = theirs(real_disk)
    (precious / MARKER).write_bytes(MARK)
    os.chown(precious / MARKER, 12345, -1)
    assert refusal(precious / "precious") == f"no directory above it holds our `{MARKER}`"
    shutil.rmtree(precious)


def test_directories_that_forbid_it_are_planted_and_removed_nevertheless(
    real_disk: Disk, without_power: Without
) -> None:
    closed: Tree = {"a": Directory(0o000), "a/b": Directory(0o500), "a/b/file": File(b"", 0o000)}
    _, root = without_power(lambda: real_disk.build({**closed, "c": Directory(0o100), "c/d": File(b"")}))
    without_power(lambda: remove(str(root)))
    assert not root.exists()


def test_the_mode_of_a_file_that_is_also_elsewhere_stays(real_disk: Disk) -> None:
    precious = theirs(real_disk)
    _, root = real_disk.build({})
    (precious / "precious").chmod(0o400)
    os.link(precious / "precious", root / "name")
    remove(str(root))
    assert (precious / "precious").stat().st_mode & 0o777 == 0o400
    shutil.rmtree(precious)


MOUNT_AND_CLOSE = """
import pathlib, subprocess, sys
from harness.errors import HarnessError
from harness.sandbox import WorkDirectory
theirs, ours, work = sys.argv[1:]
subprocess.run(["mount", "--bind", theirs, ours], check=True)
try:
    WorkDirectory(pathlib.Path(work)).close()
except HarnessError as refused:
    print(*(problem.what for problem in refused.problems), sep="\\n")
"""


@pytest.mark.parametrize("base", ["base", "with space"])
def test_what_is_mounted_in_a_root_is_left_alone_and_all_else_is_removed(real_disk: Disk, base: str) -> None:
    if (
        not shutil.which("unshare")
        or subprocess.run(["unshare", "-m", "true"], check=False, capture_output=True).returncode
    ):
        pytest.skip("no mount namespace can be made")
    precious = theirs(real_disk)
    (real_disk.work.path / base).mkdir()
    work = WorkDirectory.make(real_disk.work.path / base)
    places = [work.place(), work.place()]
    for place in places:
        Sandbox.build(place, {"mounted": Directory(), "file": File(b"")}, None).close()
    mounted, other = (Path(place.root) for place in places)
    argv = ["unshare", "-m", sys.executable, "-c", MOUNT_AND_CLOSE]
    paths = map(str, (precious, mounted / "mounted", work.path))
    done = subprocess.run([*argv, *paths], check=False, capture_output=True, text=True)
    assert (done.stdout, done.stderr) == (f"`{mounted.parent}` is not removed: something is mounted in it\n", "")
    assert (precious / "precious").read_bytes() == b"precious"
    assert (mounted / "file").exists()
    assert not other.exists()
    shutil.rmtree(precious)


def test_a_work_directory_is_removed_with_everything_in_it(disk: Disk) -> None:
    work = WorkDirectory.make(disk.work.path.parent)
    assert work.place() != work.place()
    assert (work.close(), work.path.exists()) == ((), False)
