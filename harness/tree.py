"""What a scenario plants: the entries of a tree, and the order in which they come to stand."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import PurePosixPath
from typing import Literal, TypeAlias


@dataclass(frozen=True, slots=True)
class Directory:
    """A directory; `mode` None leaves it to the umask."""

    mode: int | None = None


@dataclass(frozen=True, slots=True)
class File:
    """A file with this content; None means a content of its own, no two alike."""

    content: bytes | None = None
    mode: int | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """A symbolic link holding exactly this text."""

    text: str


@dataclass(frozen=True, slots=True)
class Hardlink:
    """A second name for the planted file `to`."""

    to: str


@dataclass(frozen=True, slots=True)
class Fifo:
    """A named pipe that nobody writes to."""


@dataclass(frozen=True, slots=True)
class Socket:
    """A Unix socket that nobody listens on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mount:
    """A filesystem of its own on a directory, private to the case; what is planted below is planted into it.

    `tmpfs` is a new one in memory, of `size` bytes. `bind` shows the planted directory `of` here, too, or, where there
    is none, makes a mount point of the directory itself.
    """

    kind: Literal["tmpfs", "bind"]
    size: int = 0
    of: str | None = None
    read_only: bool = False
    noexec: bool = False


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy of the planted entry `of` with all below it, links as links."""

    of: str


@dataclass(frozen=True, slots=True)
class Project:
    """A minimal project: a directory with a pyproject.toml that every project tool understands."""

    name: str
    requires: tuple[str, ...] = ()


Plain: TypeAlias = Directory | File | Link | Hardlink | Fifo | Socket | Mount
Entry: TypeAlias = Plain | Copy | Project
Tree: TypeAlias = Mapping[str, Entry]
"""Path relative to the root, with `/`, to what is planted there. The order of keys means nothing."""

ALWAYS = ("home", "project", "tmp")
"""The directories that stand in every root."""


@lru_cache(maxsize=4096)  # every variant of a scenario asks for the same ones
def parents(path: str) -> tuple[str, ...]:
    """Every directory above a relative path, the outermost first, the root itself left out.

    >>> parents("a/b/c")
    ('a', 'a/b')
    """
    parts = path.split("/")
    return tuple("/".join(parts[:n]) for n in range(1, len(parts)))


def plain(tree: Tree, *, alone: bool = False) -> dict[str, Plain]:
    """The tree spelled out in planting order: parents before children, files before their second names.

    What is mounted comes before what is planted into it, and after the directory that it shows.

    Copies and projects are resolved, every file has a content, and missing parents are added, unless the tree
    stands `alone` and is planted among what is there already.
    """
    whole = _copied(_with_projects(tree))
    for path in () if alone else tuple(whole):
        for parent in parents(path):
            whole.setdefault(parent, Directory())
    late = {path for path, entry in whole.items() if isinstance(entry, Mount) and entry.of}
    ordered = sorted(whole, key=lambda path: (isinstance(whole[path], Hardlink), _within(path, late), path.split("/")))
    return {path: _with_content(path, whole[path]) for path in ordered}


def mounts(tree: Tree) -> dict[str, Mount]:
    """What is mounted in a tree, by its path."""
    return {path: entry for path, entry in tree.items() if isinstance(entry, Mount)}


def _within(path: str, tops: Collection[str]) -> bool:
    """Whether a path is one of these, or below one."""
    return bool(tops) and any(one in tops for one in (path, *parents(path)))


def _with_projects(tree: Tree) -> dict[str, Plain | Copy]:
    spelled: dict[str, Plain | Copy] = {}
    for path, entry in tree.items():
        if isinstance(entry, Project):
            spelled[path] = Directory()
            spelled[f"{path}/pyproject.toml"] = File()  # what it says depends on the tool that is to read it
        else:
            spelled[path] = entry
    return spelled


def _copied(tree: dict[str, Plain | Copy]) -> dict[str, Plain]:
    whole = {path: entry for path, entry in tree.items() if not isinstance(entry, Copy)}
    for path, entry in tree.items():
        if isinstance(entry, Copy):
            below = [name for name in tree if PurePosixPath(name).is_relative_to(entry.of)]
            for name in below:
                original = whole[name]
                # The copy of a sentinel holds the original's content, as `cp -a` would have it.
                whole[path + name.removeprefix(entry.of)] = _with_content(name, original)
    return whole


def _with_content(path: str, entry: Plain) -> Plain:
    if isinstance(entry, File) and entry.content is None:
        return File(f"planted as {path}\n".encode("utf-8", "surrogateescape"), entry.mode)
    return entry
