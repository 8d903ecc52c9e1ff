"""What a scenario describes comes to stand, exactly so."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from harness.sandbox import Sandbox
from harness.tree import Copy, Directory, Fifo, File, Hardlink, Link, Socket, plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conftest import Disk, Without
    from harness.tree import Tree


def everything(root: Path) -> Iterator[Path]:
    """Every path below the root, found by other means than the harness's own."""
    for directory, directories, files in os.walk(root):
        yield from (Path(directory) / name for name in (*directories, *files))


def stands(root: Path) -> dict[str, str | bytes]:
    """What stands below the root: contents of files, and words for everything else."""
    return {path.relative_to(root).as_posix(): _told(path) for path in everything(root)}


def _told(path: Path) -> str | bytes:
    if path.is_symlink():
        return f"link {path.readlink().as_posix()}"
    if path.is_file():
        return path.read_bytes()
    return {"d": "directory", "p": "fifo", "s": "socket"}[stat.filemode(path.lstat().st_mode)[0]]


def modes(root: Path) -> dict[str, str]:
    return {path.relative_to(root).as_posix(): f"{stat.S_IMODE(path.lstat().st_mode):04o}" for path in everything(root)}


def test_a_tree_comes_to_stand_as_it_is_described(disk: Disk) -> None:
    tree: Tree = {
        "store/env": Directory(),
        "project/.venv": Link("../store/env"),
        "project/notes.txt": File(),
        "project/empty": File(b""),
        "deep/er/still/file": File(b"\x00\r\n\xff"),
        "deep/other": File(b"x" * 100_000),
        "dangling": Link("./no/where"),
        "loop": Link("loop"),
        "deeper": Copy("deep/er"),
    }
    _, root = disk.build(tree)
    assert stands(root) == {
        "home": "directory",
        "tmp": "directory",
        "project": "directory",
        "store": "directory",
        "store/env": "directory",
        "project/.venv": "link ../store/env",
        "project/notes.txt": b"planted as project/notes.txt\n",
        "project/empty": b"",
        "deep": "directory",
        "deep/er": "directory",
        "deep/er/still": "directory",
        "deep/er/still/file": b"\x00\r\n\xff",
        "deep/other": b"x" * 100_000,
        "dangling": "link no/where",
        "loop": "link loop",
        "deeper": "directory",
        "deeper/still": "directory",
        "deeper/still/file": b"\x00\r\n\xff",
    }


def test_the_text_of_a_link_is_planted_as_it_is_written(real_disk: Disk) -> None:
    texts = ["./a//b/", "../" * 30, "/nowhere/.", "caf\udce9", "a b\n", "x" * 1000]
    _, root = real_disk.build({f"link{n}": Link(text) for n, text in enumerate(texts)})
    planted = [os.readlink(root / f"link{n}") for n in range(len(texts))]  # noqa: PTH115  (pathlib tidies texts up)
    assert planted == texts


def test_pipes_and_sockets_are_planted(real_disk: Disk) -> None:
    _, root = real_disk.build({"pipe": Fifo(), "deep/listener": Socket()})
    assert stands(root).items() >= {"pipe": "fifo", "deep/listener": "socket"}.items()


def test_a_second_name_is_the_same_file(disk: Disk) -> None:
    _, root = disk.build({"a": Hardlink("z/file"), "b/c": Hardlink("z/file"), "z/file": File(b"one")})
    original = root / "z" / "file"
    assert (root / "a").samefile(original)
    assert (root / "b" / "c").samefile(original)


def test_modes_are_just_those_that_are_asked_for(disk_with_modes: Disk) -> None:
    _, root = disk_with_modes.build(
        {
            "closed": Directory(0o500),
            "closed/inside": File(b""),
            "closed/below": Directory(0o555),
            "closed/below/file": File(b"", 0o600),
            "group": Directory(0o2750),
            "group/child": Directory(),
            "script": File(b"#!/bin/sh\n", 0o755),
            "set": File(b"", 0o4711),
        }
    )
    assert modes(root) == {
        "home": "0755",
        "tmp": "0755",
        "project": "0755",
        "closed": "0500",
        "closed/inside": "0644",
        "closed/below": "0555",
        "closed/below/file": "0600",
        "group": "2750",
        "group/child": "0755",
        "script": "0755",
        "set": "4711",
    }


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_modes_do_not_depend_on_the_umask(real_disk: Disk, umask: int, without_power: Without) -> None:
    tree: Tree = {"a/b": File(b""), "c": File(b"", 0o666), "d": Directory(0o777), "pipe": Fifo(), "socket": Socket()}
    before = os.umask(umask)
    try:
        _, root = without_power(lambda: real_disk.build(tree))
    finally:
        os.umask(before)
    assert f"{stat.S_IMODE(root.stat().st_mode):04o}" == "0755"
    assert modes(root) == {
        "home": "0755",
        "tmp": "0755",
        "project": "0755",
        "a": "0755",
        "a/b": "0644",
        "c": "0666",
        "d": "0777",
        "pipe": "0644",
        "socket": "0644",
    }


def test_names_that_are_no_text_are_planted(real_disk: Disk) -> None:
    _, root = real_disk.build({"caf\udce9/r\udce9sum\udce9": File(b"")})
    assert [os.fsencode(path.name) for path in (root / "caf\udce9").iterdir()] == [b"r\xe9sum\xe9"]


def test_a_tool_gets_a_copy_of_its_warm_cache_with_links_as_links(real_disk: Disk) -> None:
    _, template = real_disk.build(
        {"archive/entry": File(b"warm"), "archive/program": File(b"", 0o700), "current": Link("archive")}
    )
    _, root = real_disk.build({}, template=str(template))
    cache = root.parent / "cache"
    assert (cache / "archive" / "entry").read_bytes() == b"warm"
    (cache / "archive" / "entry").write_bytes(b"changed")
    assert (template / "archive" / "entry").read_bytes() == b"warm"
    assert stat.S_IMODE((cache / "archive" / "program").lstat().st_mode) == 0o700
    assert (cache / "current").readlink() == Path("archive")


def test_what_is_no_content_is_left_out_of_the_copy(real_disk: Disk) -> None:
    _, template = real_disk.build({"entry": File(b"warm"), "pipe": Fifo(), "socket": Socket()})
    _, root = real_disk.build({}, template=str(template))
    assert sorted(path.name for path in (root.parent / "cache").iterdir()) == ["entry", "home", "project", "tmp"]


def test_a_tool_without_a_warm_cache_gets_an_empty_one(disk: Disk) -> None:
    _, root = disk.build({})
    assert list((root.parent / "cache").iterdir()) == []


def test_a_root_that_stands_is_not_built_upon(disk: Disk) -> None:
    place = disk.work.place()
    Sandbox.build(place, {}, None).close()
    with pytest.raises(FileExistsError):
        Sandbox.build(place, {}, None)


def test_a_cleared_place_can_be_built_again(disk: Disk) -> None:
    place = disk.work.place()
    Sandbox.build(place, plain({"a/b": File()}), None).close()
    Sandbox.clear(place)
    disk.built.append(Sandbox.build(place, plain({"c": File(b"new")}), None))
    assert {**disk.built[-1].look().entries}.keys() == {"c"}


def test_nothing_is_planted_through_a_link(disk: Disk) -> None:
    with pytest.raises(OSError, match="a/file"):
        disk.build({"a": Link("project"), "a/file": File()})
