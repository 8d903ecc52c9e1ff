"""What earlier sessions kept goes, but for the newest three; and nothing that is not theirs."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from harness.case import Place
from harness.sandbox import Sandbox, WorkDirectory
from harness.sandbox.pruning import ENDED, RUNS
from harness.sandbox.removal import MARK, MARKER

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conftest import Disk

HOUR = 3600


@pytest.fixture
def above(disk: Disk) -> Iterator[Path]:
    """The directory below which sessions work; the disk's own is one of them, and in progress."""
    found = disk.work.path.parent
    yield found
    for path in found.glob("venvproof-*"):
        if path != disk.work.path and not path.is_symlink():
            for kept in path.glob("*/.kept"):
                kept.unlink()
            WorkDirectory(path).close()


def session(above: Path, *, hours_ago: int = 0, ends: bool = True) -> WorkDirectory:
    """A session that has kept a tree."""
    made = WorkDirectory.make(above)
    place = made.place()
    Sandbox.build(place, {}, None).close()
    made.keep(place)
    if ends:
        made.close()
        then = (made.path / ENDED).stat().st_mtime - hours_ago * HOUR
        os.utime(made.path / ENDED, (then, then))
    return made


def there(*works: WorkDirectory) -> list[bool]:
    return [work.path.is_dir() for work in works]


def test_the_newest_three_sessions_stay(above: Path) -> None:
    old, older, recent = session(above, hours_ago=8), session(above, hours_ago=9), session(above, hours_ago=2)
    assert (there(old, older, recent), RUNS) == ([True] * 3, 3)
    session(above, hours_ago=1)
    assert there(old, older, recent) == [True, False, True]
    session(above)
    assert there(old, older, recent) == [False, False, True]


def test_a_session_that_has_not_ended_stays_however_old_it_is(above: Path) -> None:
    at_work = session(above, ends=False)
    ended = [session(above, hours_ago=number) for number in range(5, 0, -1)]
    assert (there(at_work), there(*ended)) == ([True], [False, False, True, True, True])


def test_a_session_that_keeps_nothing_prunes_nothing(above: Path) -> None:
    ended = [session(above, hours_ago=number) for number in range(3, 0, -1)]
    (ended[0].path.parent / "venvproof-more").mkdir()
    more = WorkDirectory(ended[0].path.parent / "venvproof-more")
    (more.path / MARKER).write_bytes(MARK)
    (more.path / ENDED).touch()
    WorkDirectory.make(above).close()
    assert there(*ended, more) == [True] * 4


def test_what_is_not_ours_stays(above: Path, disk: Disk) -> None:
    for name, mark in {"venvproof-without-mark": None, "venvproof-wrong": b"theirs\n", "theirs": MARK}.items():
        (above / name).mkdir()
        (above / name / ENDED).touch()
        os.utime(above / name / ENDED, (0, 0))
        if mark is not None:
            (above / name / MARKER).write_bytes(mark)
    (above / "venvproof-link").symlink_to("theirs")
    for _ in range(RUNS + 1):
        session(above)
    theirs = {"venvproof-without-mark", "venvproof-wrong", "theirs", "venvproof-link"}
    assert theirs - {path.name for path in above.iterdir()} == set()
    assert {path.name for path in (above / "theirs").iterdir()} == {ENDED, MARKER}
    (above / "venvproof-link").unlink()
    for name in theirs - {"venvproof-link"}:
        for path in (above / name).iterdir():
            path.unlink()
        (above / name).rmdir()
    assert disk.work.path.is_dir()


def test_a_link_in_a_session_that_goes_is_not_followed(above: Path) -> None:
    theirs = above / "theirs"
    theirs.mkdir()
    (theirs / "notes").touch()
    old = WorkDirectory.make(above)
    place = old.place()
    Sandbox.build(place, {}, None).close()
    (Path(place.root) / "out").symlink_to(theirs)
    (old.path / "out").symlink_to(theirs)
    old.keep(place)
    old.close()
    os.utime(old.path / ENDED, (0, 0))
    for _ in range(RUNS):
        session(above)
    assert (there(old), (theirs / "notes").exists()) == ([False], True)
    (theirs / "notes").unlink()
    theirs.rmdir()


def test_what_is_told_of_a_case_lies_beside_its_root_and_is_not_to_be_changed(disk_with_modes: Disk) -> None:
    work = disk_with_modes.work
    place = work.place("deep/er")
    work.tell(place, {"before.txt": "a\n", "odd.txt": "\udcff"})
    work.tell(place, {"run.sh": "#!/bin/sh\n"}, 0o555)
    case = Path(place.root).parents[2]
    assert {path.name: path.read_bytes() for path in case.glob("*.*")} == {
        "before.txt": b"a\n",
        "odd.txt": b"\xff",
        "run.sh": b"#!/bin/sh\n",
    }
    modes = [(case / name).stat().st_mode & 0o222 for name in ("before.txt", "odd.txt", "run.sh")]
    assert (modes, (case / "run.sh").stat().st_mode & 0o100) == ([0, 0, 0], 0o100)


def test_what_a_tool_has_put_beside_its_root_is_replaced_and_no_link_followed(disk: Disk) -> None:
    place = disk.work.place()
    theirs = disk.work.path / "theirs"
    theirs.write_text("theirs")
    case = Path(place.root).parent
    (case / "before.txt").symlink_to(theirs)
    (case / "after-1.txt" / "deep").mkdir(parents=True)
    disk.work.tell(Place(place.root, ""), {"before.txt": "ours", "after-1.txt": "ours"})
    told = [(case / name).read_text() for name in ("before.txt", "after-1.txt")]
    assert (told, theirs.read_text()) == (["ours", "ours"], "theirs")
