"""The differences between two snapshots, and how each is told."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import zip_longest
from typing import TYPE_CHECKING, TypeAlias, assert_never

from harness.snapshot import SeenFile, SeenLink, describe, kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.snapshot import Seen, Snapshot


@dataclass(frozen=True, slots=True)
class Added:
    """Something stands where nothing stood."""

    path: str
    now: Seen


@dataclass(frozen=True, slots=True)
class Removed:
    """Nothing stands where something stood."""

    path: str
    was: Seen


@dataclass(frozen=True, slots=True)
class Retyped:
    """Another kind of entry: a link that became a directory, say."""

    path: str
    was: Seen
    now: Seen


@dataclass(frozen=True, slots=True)
class Retargeted:
    """A link that holds another text."""

    path: str
    was: SeenLink
    now: SeenLink


@dataclass(frozen=True, slots=True)
class Rewritten:
    """A file that holds other content."""

    path: str
    was: SeenFile
    now: SeenFile


@dataclass(frozen=True, slots=True)
class Relinked:
    """A file that shares its inode with other paths than before (`names`)."""

    path: str
    was: SeenFile
    now: SeenFile


@dataclass(frozen=True, slots=True)
class Remoded:
    """Other permission bits."""

    path: str
    was: Seen
    now: Seen


@dataclass(frozen=True, slots=True)
class Reowned:
    """Another owner or group."""

    path: str
    was: Seen
    now: Seen


@dataclass(frozen=True, slots=True)
class Replaced:
    """Another entry of the same kind: a new directory of the old name, say."""

    path: str
    was: Seen
    now: Seen


Change: TypeAlias = Added | Removed | Retyped | Retargeted | Rewritten | Relinked | Remoded | Reowned | Replaced
"""One difference between two snapshots. Several can concern one path."""


def diff(before: Snapshot, after: Snapshot) -> tuple[Change, ...]:
    """Every difference, sorted by path. Times are no part of a snapshot, so they never differ."""
    was, now = before.entries, after.entries
    # What was seen again unchanged may be the very same value, and to tell that is quicker than to compare.
    paths = [
        path for path in was.keys() | now.keys() if (old := was.get(path)) is not (new := now.get(path)) and old != new
    ]
    return tuple(
        change
        for path in sorted(paths, key=lambda path: path.split("/"))
        for change in changes_of(path, was.get(path), now.get(path))
    )


def changes_of(path: str, was: Seen | None, now: Seen | None) -> Iterator[Change]:
    """What became of one path."""
    if was is None or now is None:
        if was is not None:
            yield Removed(path, was)
        if now is not None:
            yield Added(path, now)
    elif kind(was) != kind(now):
        yield Retyped(path, was, now)
    else:
        yield from _of_one_kind(path, was, now)


def _of_one_kind(path: str, was: Seen, now: Seen) -> Iterator[Change]:
    if isinstance(was, SeenLink) and isinstance(now, SeenLink) and was.text != now.text:
        yield Retargeted(path, was, now)
    if isinstance(was, SeenFile) and isinstance(now, SeenFile):
        if (was.size, was.digest) != (now.size, now.digest):
            yield Rewritten(path, was, now)
        if was.names != now.names:
            yield Relinked(path, was, now)
    # The mode of a link means nothing on Linux and differs between systems.
    if was.meta.mode != now.meta.mode and not isinstance(was, SeenLink):
        yield Remoded(path, was, now)
    if was.meta.owner != now.meta.owner:
        yield Reowned(path, was, now)
    if None not in (was.meta.identity, now.meta.identity) and was.meta.identity != now.meta.identity:
        yield Replaced(path, was, now)


def was_and_is(change: Change) -> tuple[str, str]:
    """A change in words, before and after: `("link ../store/env", "directory")`."""
    match change:
        case Added(now=now):
            return "absent", describe(now)
        case Removed(was=was):
            return describe(was), "absent"
        case Retyped(was=was, now=now) | Retargeted(was=was, now=now):
            return describe(was), describe(now)
        case Rewritten(was=was, now=now):
            return _first_lines_apart(was.head, now.head)
        case Relinked(path=path, was=was, now=now):
            return _names(path, was), _names(path, now)
        case Remoded(was=was, now=now):
            return f"{kind(was)} {was.meta.mode:04o}", f"{kind(now)} {now.meta.mode:04o}"
        case Reowned(was=was, now=now):
            return f"{kind(was)} of {_owner(was)}", f"{kind(now)} of {_owner(now)}"
        case Replaced(was=was):
            return kind(was), f"another {kind(was)} of that name"
        case _:
            assert_never(change)


def _first_lines_apart(was: bytes, now: bytes) -> tuple[str, str]:
    """Two contents by the first line in which they differ; sizes and digests would change with the root's path."""
    for one, other in zip_longest(was.splitlines(), now.splitlines()):
        if one != other:
            return _quoted(one), _quoted(other)
    return "file", "file with other content"


def _quoted(line: bytes | None) -> str:
    if line is None:
        return "file without that line"
    return "file that is no text" if b"\0" in line else f'file "{line.decode(errors="backslashreplace")}"'


def _names(path: str, seen: SeenFile) -> str:
    others = ", ".join(name for name in seen.names if name != path)
    return f"file, the same as {others}" if others else "file of its own"


def _owner(seen: Seen) -> str:
    return "{}:{}".format(*seen.meta.owner)
