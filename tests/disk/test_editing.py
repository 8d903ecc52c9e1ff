"""What a scenario changes between commands happens to just that, or not at all."""

from __future__ import annotations

import os
import shutil
import stat
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from harness.changes import Added, Removed, Replaced, diff
from harness.sandbox import CannotEdit
from harness.scenario import Delete, Move, Plant
from harness.tree import Directory, Fifo, File, Hardlink, Link, Project, Socket

if TYPE_CHECKING:
    from conftest import Disk
    from harness.scenario import Edit


def refused(disk: Disk, action: Edit, root: Path) -> str:
    """Why an edit cannot be made, having seen that nothing changed."""
    sandbox = next(sandbox for sandbox in disk.built if sandbox._root.path == str(root))
    before = sandbox.look()
    with pytest.raises(CannotEdit) as cannot:
        sandbox.edit(action)
    assert sandbox.look() == before
    return str(cannot.value)


def test_planting_adds_what_it_names_and_the_parents_that_are_missing(disk: Disk) -> None:
    sandbox, root = disk.build({"project/there": File()})
    before = sandbox.look()
    sandbox.edit(Plant({"project/new/file": File(b"new"), "project/link": Link("there"), "demo": Project("demo")}))
    assert (root / "project" / "new" / "file").read_bytes() == b"new"
    assert [(type(change), change.path) for change in diff(before, sandbox.look())] == [
        (Added, "demo"),
        (Added, "demo/pyproject.toml"),
        (Added, "project/link"),
        (Added, "project/new"),
        (Added, "project/new/file"),
    ]


def test_special_files_and_second_names_can_be_planted_later(real_disk: Disk) -> None:
    sandbox, root = real_disk.build({"file": File()})
    sandbox.edit(Plant({"new/pipe": Fifo(), "new/socket": Socket(), "new/name": Hardlink("file")}))
    assert stat.S_ISFIFO((root / "new/pipe").lstat().st_mode)
    assert stat.S_ISSOCK((root / "new/socket").lstat().st_mode)
    assert (root / "new/name").samefile(root / "file")


def test_what_is_planted_later_has_just_the_modes_that_are_asked_for(real_disk: Disk) -> None:
    sandbox, root = real_disk.build({"group": Directory(0o2755)})
    umask = os.umask(0o077)
    try:
        sandbox.edit(
            Plant({"group/child": Directory(), "group/file": File(), "shut": Directory(0o500), "shut/f": File()})
        )
    finally:
        os.umask(umask)
    modes = {path: f"{seen.meta.mode:04o}" for path, seen in sandbox.look().entries.items()}
    assert modes.items() >= {"group/child": "0755", "group/file": "0644", "shut": "0500", "shut/f": "0644"}.items()
    assert (root / "group").stat().st_mode & stat.S_ISGID


@pytest.mark.parametrize("standing", [File(b"theirs"), Directory(), Link("home"), Link("nowhere")])
def test_nothing_is_planted_over_what_stands(disk: Disk, standing: File | Directory | Link) -> None:
    _, root = disk.build({"a": standing})
    assert refused(disk, Plant({"a": File(b"ours")}), root).startswith("`a` cannot be planted: ")


def test_a_directory_that_stands_is_not_given_another_mode(disk: Disk) -> None:
    _, root = disk.build({})
    assert refused(disk, Plant({"home": Directory(0o700)}), root) == "`home` cannot be planted: file exists"


def test_a_directory_that_stands_will_do(disk: Disk) -> None:
    sandbox, _ = disk.build({"home/file": File()})
    before = sandbox.look()
    sandbox.edit(Plant({"home": Directory()}))
    assert sandbox.look() == before


def test_nothing_is_planted_through_a_link_that_a_tool_made(disk: Disk) -> None:
    _, root = disk.build({"project/.venv": Directory(), "home/theirs": Directory()})
    (root / "project" / ".venv").rmdir()
    (root / "project" / ".venv").symlink_to("../home/theirs")
    reason = refused(disk, Plant({"project/.venv/file": File()}), root)
    assert reason == "`project/.venv` cannot be planted: something else stands there"


def test_no_second_name_is_given_to_what_is_no_file_any_more(disk: Disk) -> None:
    _, root = disk.build({"file": File()})
    (root / "file").unlink()
    (root / "file").symlink_to("nowhere")
    reason = refused(disk, Plant({"name": Hardlink("file")}), root)
    assert reason == "`name` cannot be planted: its other name is no file"


def test_deleting_removes_an_entry_with_all_below_it(disk: Disk) -> None:
    sandbox, _ = disk.build({"a/b/c": File(), "a/link": Link("../home"), "ab": File()})
    before = sandbox.look()
    sandbox.edit(Delete("a"))
    gone = ("a", "a/b", "a/b/c", "a/link")
    assert diff(before, sandbox.look()) == tuple(Removed(path, before[path]) for path in gone)


def test_deleting_a_link_leaves_what_it_leads_to(disk: Disk) -> None:
    sandbox, _ = disk.build({"store/file": File(), "link": Link("store")})
    before = sandbox.look()
    sandbox.edit(Delete("link"))
    assert diff(before, sandbox.look()) == (Removed("link", before["link"]),)


def test_deleting_takes_no_link_on_the_way(disk: Disk) -> None:
    _, root = disk.build({"store/file": File(), "a/file": File()})
    shutil.rmtree(root / "a")
    (root / "a").symlink_to("store")
    assert refused(disk, Delete("a/file"), root).startswith("`a/file` cannot be deleted: ")


def test_what_is_not_there_cannot_be_deleted(disk: Disk) -> None:
    _, root = disk.build({})
    assert refused(disk, Delete("a"), root) == "`a` cannot be deleted: no such file or directory"
    assert refused(disk, Delete("a/b"), root) == "`a/b` cannot be deleted: no such file or directory"


def test_moving_renames_an_entry_and_makes_the_parents_that_are_missing(disk: Disk) -> None:
    sandbox, root = disk.build({"a/file": File(b"content"), "link": Link("a")})
    sandbox.edit(Move("a", "new/place"))
    sandbox.edit(Move("link", "renamed"))
    assert list(sandbox.look()) == ["home", "new", "new/place", "new/place/file", "project", "renamed", "tmp"]
    assert (root / "renamed").readlink() == Path("a")


def test_nothing_is_moved_over_what_stands(disk: Disk) -> None:
    _, root = disk.build({"a": File(), "b": File(), "d": Directory()})
    assert refused(disk, Move("a", "b"), root) == "`a` cannot be moved to `b`: file exists"
    assert refused(disk, Move("d", "home"), root) == "`d` cannot be moved to `home`: file exists"


def test_what_is_not_there_cannot_be_moved(disk: Disk) -> None:
    _, root = disk.build({})
    assert refused(disk, Move("a", "b"), root) == "`a` cannot be moved to `b`: no such file or directory"


def test_nothing_is_moved_into_a_link(disk: Disk) -> None:
    _, root = disk.build({"a": File(), "link": Link("home")})
    assert refused(disk, Move("a", "link/a"), root) == "`a` cannot be moved to `link/a`: something else stands there"


@pytest.mark.parametrize("disk", ["real", "memory"], indirect=True)
def test_what_the_scenario_planted_or_moved_is_kept_track_of(disk: Disk) -> None:
    sandbox, root = disk.build({"a/file": File(b"content")})
    sandbox.edit(Move("a", "b"))
    sandbox.edit(Plant({"later": File(b"content")}))
    before = sandbox.look()
    for path in (root / "b/file", root / "later"):
        path.unlink()
        path.write_bytes(b"content")
        path.chmod(0o644)
    after = sandbox.look()
    assert diff(before, after) == tuple(Replaced(path, before[path], after[path]) for path in ("b/file", "later"))
