"""A tree as it was seen. Pure values: nothing here looks."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
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
                here = [] if seen.target == "." else seen.target.split("/")
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
    if seen is None:
        return "absent"
    return f"link {seen.text}" if isinstance(seen, SeenLink) else kind(seen)


def lexical(path: str) -> str:
    """A path with `.` and `..` taken as text, links unseen: `a/b/../c` is `a/c`."""
    return normpath(path)
