"""A tree as it was seen, and the differences between two sightings. Pure values: nothing here looks."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from itertools import zip_longest
from posixpath import normpath
from typing import TYPE_CHECKING, TypeAlias, assert_never

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


class Leads(StrEnum):
    """Where a link ends up when it is followed."""

    INSIDE = "inside"
    OUTSIDE = "outside"
    DANGLING = "dangling"
    LOOP = "loop"


@dataclass(frozen=True, slots=True)
class Meta:
    """What every entry has.

    `mode` holds the permission bits alone; `owner` is (uid, gid). `identity` is a small number that stays with
    one inode through all snapshots of a run, even when the filesystem hands the inode's number out again; None
    where the harness does not keep track (see `sandbox.Sandbox.look`). `mount` says that the entry lies on another
    filesystem than the directory that holds it.
    """

    mode: int
    owner: tuple[int, int] = (0, 0)
    identity: int | None = None
    mount: bool = False


@dataclass(frozen=True, slots=True)
class SeenDirectory:
    """A directory; `readable` is false where its mode kept the harness from looking inside."""

    meta: Meta
    readable: bool = True


@dataclass(frozen=True, slots=True)
class SeenFile:
    """A regular file: its size in bytes, a digest of its content, and the content's first 16 KiB.

    `names` are all paths below the root that are this same file, where there is more than one.
    """

    meta: Meta
    size: int
    digest: str
    head: bytes = field(default=b"", compare=False, repr=False)
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SeenLink:
    """A symbolic link with its text.

    `target` is the path below the root that following it arrives at, whether or not something stands there; None
    where it leaves the root or loops.
    """

    meta: Meta
    text: str
    leads: Leads
    target: str | None = None


@dataclass(frozen=True, slots=True)
class SeenSpecial:
    """Anything else: `kind` is `fifo`, `socket` or `device`."""

    meta: Meta
    kind: str


Seen: TypeAlias = SeenDirectory | SeenFile | SeenLink | SeenSpecial


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Every entry below a root, by its relative path with `/`. The root itself is not among them."""

    entries: Mapping[str, Seen]

    def __getitem__(self, path: str) -> Seen:
        return self.entries[path]

    def __contains__(self, path: str) -> bool:
        return path in self.entries

    def __iter__(self) -> Iterator[str]:
        return iter(self.entries)

    def get(self, path: str) -> Seen | None:
        """What stands at this very path; None where nothing does."""
        return self.entries.get(path)

    def below(self, path: str) -> dict[str, Seen]:
        """What lies strictly below a path, by its path relative to that; `.` is the root."""
        start = "" if path == "." else f"{path}/"
        return {name.removeprefix(start): seen for name, seen in self.entries.items() if name.startswith(start)}

    def resolve(self, path: str) -> str | None:
        """The path that the kernel would arrive at: every link followed, `..` taken where it then is.

        What does not stand yet is kept as it is spelled. None where a link leads out of the root or loops.
        """
        here: list[str] = []
        for part in path.split("/"):
            if part in ("", "."):
                continue
            if part == "..":
                if not here:
                    return None
                here.pop()
                continue
            here.append(part)
            seen = self.entries.get("/".join(here))
            if isinstance(seen, SeenLink):
                if seen.target is None:
                    return None
                here = [part for part in seen.target.split("/") if part not in ("", ".")]
        return "/".join(here) or "."


def kind(seen: Seen) -> str:
    """`directory`, `file`, `link`, `fifo`, `socket` or `device`."""
    match seen:
        case SeenDirectory():
            return "directory"
        case SeenFile():
            return "file"
        case SeenLink():
            return "link"
        case SeenSpecial(kind=word):
            return word
        case _:
            assert_never(seen)


def describe(seen: Seen | None) -> str:
    """An entry in a few words, as evidence shows it: `link ../store/env`, `directory`, `absent`."""
    match seen:
        case None:
            return "absent"
        case SeenLink(text=text):
            return f"link {text}"
        case SeenDirectory() | SeenFile() | SeenSpecial():
            return kind(seen)
        case _:
            assert_never(seen)


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
    if was == now:
        return
    if was is None:
        assert now is not None, "unreachable because None equals None"
        yield Added(path, now)
    elif now is None:
        yield Removed(path, was)
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
    return "file without that line" if line is None else f'file "{line.decode("utf-8", "backslashreplace")}"'


def _names(path: str, seen: SeenFile) -> str:
    others = ", ".join(name for name in seen.names if name != path)
    return f"file, the same as {others}" if others else "file of its own"


def _owner(seen: Seen) -> str:
    return "{}:{}".format(*seen.meta.owner)


def lexical(path: str) -> str:
    """A path with `.` and `..` taken as text, links unseen: `a/b/../c` is `a/c`."""
    return normpath(path)
