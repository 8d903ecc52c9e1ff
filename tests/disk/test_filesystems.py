"""Filesystems that are made for a run are of their kind, and nothing of them is left."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from harness import containment
from harness.errors import HarnessError
from harness.filesystems import KINDS

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux has namespaces of mounts")

NAMED = {kind: f"fuse.{kind}" for kind in ("case-insensitive", "no-symlinks", "no-hardlinks")}
"""What the kernel calls those that are served."""

MADE = """\
import json, os, sys
from pathlib import Path
from harness import machine
from harness import containment
from harness.errors import HarnessError
from harness.filesystems.laying import enter, lay

def answer(act):
    try:
        return act()
    except OSError as error:
        return error.strerror

base, kind = Path(sys.argv[1]), sys.argv[2]
try:
    enter(kind)
    made = lay(kind, base)
except HarnessError as error:
    print(json.dumps({"refused": str(error)}))
    raise SystemExit
top = made.path
found = {"fact": machine.probe(top, "").facts["filesystem"], "entries": sorted(os.listdir(base))}
"""

ENDED = """
print(json.dumps(found), flush=True)
made.close()
"""


def made(base: Path, kind: str, act: str = "", end: str = ENDED) -> dict[str, Any]:
    """What a process found that made a filesystem; the test is skipped where this machine offers none of that kind."""
    ran = subprocess.run(
        [sys.executable, "-c", MADE + act + end, base, kind], capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    found: dict[str, Any] = json.loads(ran.stdout)
    if "refused" in found:
        pytest.skip(found["refused"])
    return found


def images() -> list[str]:
    """What loop devices there are on files that have no name, as ours are."""
    found = []
    for path in Path("/sys/block").glob("loop*/loop/backing_file"):
        found += [path.read_text()] if path.exists() else []
    return [name for name in found if "(deleted)" in name]


@pytest.mark.parametrize("kind", KINDS)
def test_a_filesystem_is_of_its_kind_and_nobody_else_sees_it(tmp_path: Path, kind: str) -> None:
    found = made(tmp_path, kind, "found['own'] = (top / 'file').write_text('x')")
    assert found["fact"] in {kind, NAMED.get(kind), "ext4 casefold"}
    assert (len(found["entries"]), list(tmp_path.iterdir())) == (1, [])
    assert str(tmp_path) not in Path("/proc/self/mountinfo").read_text()


@pytest.mark.parametrize("end", ["", "\nos.kill(os.getpid(), 9)"], ids=["leaves", "is killed"])
@pytest.mark.parametrize("kind", ["xfs", "tmpfs", "no-symlinks"])
def test_nothing_but_an_empty_directory_is_left_where_nobody_could_close_it(
    tmp_path: Path, kind: str, end: str
) -> None:
    before = images()
    told = "found['server'] = made.server.pid if made.server else 0\nprint(json.dumps(found), flush=True)"
    ran = subprocess.run(
        [sys.executable, "-c", MADE + told + end, tmp_path, kind], capture_output=True, text=True, check=False
    )
    assert ran.stdout, ran.stderr
    found = json.loads(ran.stdout)
    if "refused" in found:
        pytest.skip(found["refused"])
    deadline = time.monotonic() + 10
    while [one for one in images() if one not in before] or (found["server"] and alive(found["server"])):
        assert time.monotonic() < deadline, "something is left"
    assert [list(path.iterdir()) for path in tmp_path.iterdir()] == [[]]


def alive(process: int) -> bool:
    """Whether a process has not ended; one that nobody has waited for yet has."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(") ")[2][0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False


@pytest.mark.parametrize(
    ("kind", "refused"), [("no-symlinks", ["symlink"]), ("no-hardlinks", ["link"]), ("case-insensitive", [])]
)
def test_what_it_refuses_it_refuses_as_the_kernel_does(tmp_path: Path, kind: str, refused: list[str]) -> None:
    act = """
(top / "a").touch()
found["symlink"] = answer(lambda: os.symlink("a", top / "symlink"))
found["link"] = answer(lambda: os.link(top / "a", top / "link"))
"""
    found = made(tmp_path, kind, act)
    answers = {word: "Operation not permitted" if word in refused else None for word in ("symlink", "link")}
    assert {word: found[word] for word in answers} == answers


@pytest.mark.skipif(containment.missing() != "", reason=f"needs containment: {containment.missing()}")
@pytest.mark.parametrize("kind", KINDS)
def test_what_is_contained_there_writes_only_where_it_may(tmp_path: Path, kind: str) -> None:
    act = """
from concurrent.futures import ThreadPoolExecutor
from harness import containment

for name in ("root", "other"):
    (top / name).mkdir()
    (top / name / "old").touch()

def write(name):
    return [answer(lambda act=act: act(top / name)) for act in (
        lambda where: (where / "new").mkdir(),
        lambda where: (where / "old").write_text("x") and None,
        lambda where: (where / "old").unlink(),
    )]

def contained():
    containment.restrict((str(top / "root"),))
    return [write("root"), write("other")]

with ThreadPoolExecutor(1) as dying:
    found["answers"] = dying.submit(contained).result()
"""
    assert made(tmp_path, kind, act)["answers"] == [[None] * 3, ["Permission denied"] * 3]


def test_where_case_does_not_count_a_name_keeps_the_one_it_was_given(tmp_path: Path) -> None:
    act = """
(top / "Name").mkdir()
(top / "name" / "File").write_text("text")
found["read"] = (top / "NAME" / "FILE").read_text()
found["again"] = answer(lambda: (top / "nAME").mkdir())
found["names"] = [os.listdir(top), os.listdir(top / "NAME")]
os.rename(top / "Name", top / "NAME")
found["renamed"] = os.listdir(top)
"""
    found = made(tmp_path, "case-insensitive", act)
    seen = {key: found[key] for key in ("read", "again", "names", "renamed")}
    assert seen == {"read": "text", "again": "File exists", "names": [["Name"], ["File"]], "renamed": ["NAME"]}


@pytest.mark.parametrize("kind", ["tmpfs", "no-symlinks", "no-hardlinks", "case-insensitive"])
def test_a_served_file_behaves_as_any_other(tmp_path: Path, kind: str) -> None:
    act = """
path = top / "file"
with path.open("w+") as file:
    file.write("text")
    file.flush()
    path.unlink()
    file.truncate(2)
    file.seek(0)
    found["nameless"] = [file.read(), os.fstat(file.fileno()).st_size, os.listdir(top)]
path.write_text("text")
os.utime(path, ns=(5, 7))
found["times"] = [path.stat().st_atime_ns, path.stat().st_mtime_ns]
path.chmod(0o2640)
found["mode"] = path.stat().st_mode & 0o7777
if kind != "no-hardlinks":
    os.link(path, top / "other")
    path.write_text("more")
    found["shared"] = [(top / "other").read_text(), path.stat().st_nlink, path.samefile(top / "other")]
    os.unlink(path)
    found["alone"] = (top / "other").stat().st_nlink
"""
    found = made(tmp_path, kind, act)
    shared = {} if kind == "no-hardlinks" else {"shared": ["more", 2, True], "alone": 1}
    told = {"nameless": ["te", 2, []], "times": [5, 7], "mode": 0o2640, **shared}
    assert {key: found[key] for key in found if key not in {"fact", "entries"}} == told


@pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="for others it is another mistake")
def test_what_has_to_be_installed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    from harness.filesystems import images  # noqa: PLC0415 -- Linux

    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setattr(images, "_SYSTEM", ())
    with pytest.raises(HarnessError, match=r"there is no `mkfs\.xfs`, which makes xfs\n  hint: install xfsprogs"):
        images.demand_maker("xfs")


def test_who_is_not_root_is_told_what_takes_root(monkeypatch: pytest.MonkeyPatch) -> None:
    from harness.filesystems import images  # noqa: PLC0415 -- Linux

    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(
        HarnessError, match="only root attaches an image, which btrfs is made in\n  hint: run it as root"
    ):
        images.demand_maker("btrfs")
