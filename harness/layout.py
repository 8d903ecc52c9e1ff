"""How a project's `.venv` stands on a real disk: what was looked at, as values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What stands at a path; never a link, which is followed by hand, name by name."""

    NOTHING = "nothing"
    DIRECTORY = "a directory"
    FILE = "a file"
    PIPE = "a pipe"
    SOCKET = "a socket"
    DEVICE = "a device"
    LOOP = "a loop of links"
    CLOSED = "something that may not be looked at"


@dataclass(frozen=True, slots=True)
class Hop:
    """A link on the way: its path, without links before its name, and its text."""

    path: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """Where a path leads: what stands there, and over which links.

    `path` has no link in it; `short` says that the directory above is missing, too.
    """

    kind: Kind
    path: str
    hops: tuple[Hop, ...] = ()
    short: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Lock:
    """A lock file of a tool's: how many days old, and whether a process holds it; None where nobody can tell."""

    path: str
    days: float
    held: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Inside:
    """What stands in the directory that is, or should be, the environment.

    `home` is what the settings say, empty where they say nothing; `python` is the environment's own; `led_out` are
    those of its directories that are links to elsewhere; `others` are entries that no tool makes.
    """

    empty: bool
    settings: Kind
    home: str = ""
    home_is: Kind = Kind.NOTHING
    python: Arrival | None = None
    led_out: tuple[Hop, ...] = ()
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """A project as it was seen. `inside` is None where no directory is, `redirect` where `.venv` is no file."""

    project: str
    linked: bool
    venv: Arrival
    mount: bool = False
    elsewhere: bool = False
    inside: Inside | None = None
    redirect: Arrival | None = None
    synchronised: tuple[tuple[str, str], ...] = ()
    locks: tuple[Lock, ...] = ()
