"""What a tree mounts is there for one process, is what it was described as, and is gone with that process."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from harness import mounting
from harness.mounting import missing, private
from harness.sandbox import Sandbox, WorkDirectory
from harness.snapshot import describe
from harness.tree import Directory, File, Hardlink, Link, Mount, plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.case import Place
    from harness.tree import Tree

VOLUME = Mount(kind="tmpfs", size=16 << 10)


@pytest.fixture
def work(tmp_path: Path) -> Iterator[WorkDirectory]:
    """A work directory on a machine that lets somebody mount in it; nothing is in the way of its removal."""
    why = missing(str(tmp_path))
    if why:
        pytest.skip(why)
    found = WorkDirectory.make(tmp_path)
    yield found
    assert found.close() == ()
    assert list(tmp_path.iterdir()) == []


class Seen(NamedTuple):
    """A tree as it was built: what is where, which entries are mounted, and what came of writing into directories."""

    entries: dict[str, str]
    mounted: list[str]
    wrote: dict[str, str]
    identities: dict[str, int | None]


def build(place: Place, tree: Tree, into: tuple[str, ...], size: int) -> Seen:
    """Build a tree among mounts, look, and write a file of that size into some directories."""
    private()
    sandbox = Sandbox.build(place, plain(tree), None)
    seen = sandbox.look()
    wrote = {path: written(Path(place.root, path, "new"), size) for path in into}
    sandbox.close()
    Sandbox.clear(place)
    assert mounts_below(place.root) == []
    return Seen(
        {path: describe(one) for path, one in seen.entries.items()},
        [path for path, one in seen.entries.items() if one.meta.mount],
        wrote,
        {path: one.meta.identity for path, one in seen.entries.items()},
    )


def written(path: Path, size: int) -> str:
    """What the system answers to whoever writes a file, empty for nothing."""
    try:
        path.write_bytes(bytes(size))
    except OSError as error:
        return errno.errorcode[error.errno or 0]
    return ""


def built(place: Place, tree: Tree, *into: str, size: int = 1) -> Seen:
    """The same, done by a process of its own."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(build, place, tree, into, size).result()


def mounts_below(path: str, process: str = "self") -> list[str]:
    return [line for line in Path(f"/proc/{process}/mountinfo").read_text().splitlines() if f" {path}/" in line]


def test_what_stands_below_a_mount_is_planted_into_it(work: WorkDirectory) -> None:
    tree: Tree = {"project/.venv": VOLUME, "project/.venv/notes.txt": File(), "project/link": Link(".venv/notes.txt")}
    seen = built(work.place(), tree)
    assert seen.entries == {
        "project": "directory",
        "project/.venv": "directory",
        "project/.venv/notes.txt": "file",
        "project/link": "link .venv/notes.txt",
    }
    assert seen.mounted == ["project/.venv"]


def test_a_volume_holds_as_much_as_it_is_said_to(work: WorkDirectory) -> None:
    tree: Tree = {"small": VOLUME, "large": Mount(kind="tmpfs", size=1 << 20)}
    assert built(work.place(), tree, "small", "large", size=64 << 10).wrote == {"small": "ENOSPC", "large": ""}


def test_what_is_read_only_is_so_after_all_is_planted_and_nothing_else_is(work: WorkDirectory) -> None:
    tree: Tree = {
        "project": Mount(kind="bind", read_only=True),
        "project/notes.txt": File(),
        "project/.venv": VOLUME,
        "home": Mount(kind="tmpfs", size=4096, read_only=True),
    }
    seen = built(work.place(), tree, "project", "project/.venv", "home")
    assert seen.wrote == {"project": "EROFS", "project/.venv": "", "home": "EROFS"}
    assert "project/notes.txt" in seen.entries


def test_a_directory_that_is_shown_elsewhere_is_the_same_one_there(work: WorkDirectory) -> None:
    tree: Tree = {
        "project/.venv": Mount(kind="bind", of="store/env", read_only=True),
        "project/.venv/notes.txt": File(),
        "store/env/data": Directory(),
    }
    seen = built(work.place(), tree, "project/.venv", "store/env")
    assert seen.identities["project/.venv"] == seen.identities["store/env"]
    assert {"store/env/notes.txt", "project/.venv/notes.txt", "project/.venv/data"} <= seen.entries.keys()
    assert seen.wrote == {"project/.venv": "EROFS", "store/env": ""}


def test_second_names_are_made_within_a_mount(work: WorkDirectory) -> None:
    assert built(work.place(), {"a": VOLUME, "a/b": File(), "a/c": Hardlink("a/b")}).entries["a/c"] == "file"


def test_nothing_can_be_started_from_what_is_not_to_be_executed(work: WorkDirectory) -> None:
    place = work.place()
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        program = File(b"#!/bin/sh\n", mode=0o755)
        tree: Tree = {"a": Mount(kind="bind", noexec=True), "a/run": program, "b/run": program}
        assert pool.submit(started, place, tree, ("a/run", "b/run")).result() == {"a/run": "EACCES", "b/run": ""}


def started(place: Place, tree: Tree, programs: tuple[str, ...]) -> dict[str, str]:
    """What the system answers to whoever starts these."""
    private()
    Sandbox.build(place, plain(tree), None).close()
    found = {}
    for program in programs:
        try:
            subprocess.run([Path(place.root, program)], check=True)
            found[program] = ""
        except OSError as error:
            found[program] = errno.errorcode[error.errno or 0]
    return found


@pytest.mark.usefixtures("work")
def test_what_is_started_has_no_more_power_than_elsewhere() -> None:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        assert pool.submit(power, apart=True).result() == power(apart=False)


def power(*, apart: bool) -> list[str]:
    """The capabilities of a program that this process starts, in a namespace of its own or in everybody's."""
    if apart:
        private()
    done = subprocess.run(["cat", "/proc/self/status"], capture_output=True, text=True, check=True)
    return [line for line in done.stdout.splitlines() if line.startswith(("CapPrm:", "CapEff:", "CapAmb:", "Uid:"))]


def test_nobody_else_sees_what_is_mounted(work: WorkDirectory) -> None:
    place = work.place()
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        number = pool.submit(stay, place, {"a": VOLUME, "a/b": File()}).result()
        assert len(mounts_below(place.root, str(number))) == 1
        assert (mounts_below(place.root), list(Path(place.root, "a").iterdir())) == ([], [])


def stay(place: Place, tree: Tree) -> int:
    """Mount something, and leave it mounted for as long as this process lives."""
    private()
    Sandbox.build(place, plain(tree), None).close()
    return os.getpid()


def test_nobody_mounts_where_everybody_would_see_it(work: WorkDirectory) -> None:
    with pytest.raises(AssertionError, match="a namespace of its own"):
        Sandbox.build(work.place(), plain({"a": VOLUME}), None)
    assert mounts_below(str(work.path)) == []


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has private mounts")
@pytest.mark.skipif(shutil.which("setpriv") is None or os.geteuid() != 0, reason="needs root and `setpriv`")
def test_where_it_is_refused_it_is_said_what_is(tmp_path: Path) -> None:
    done = subprocess.run(
        ["setpriv", "--bounding-set=-sys_admin", "--inh-caps=-sys_admin", "--",
         sys.executable, "-I", "-S", mounting.__file__, str(tmp_path)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (
        1,
        "the system refuses a mount namespace: Operation not permitted\n",
    )


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has private mounts")
def test_where_there_is_no_such_directory_nothing_can_be_mounted(tmp_path: Path) -> None:
    why = missing(str(tmp_path)) or "the system refuses mounting a filesystem in memory: No such file or directory"
    assert missing(str(tmp_path / "nowhere")) == why
