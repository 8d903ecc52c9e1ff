"""The calls that change a tree, by what they do; and one as it is about to be made."""

from __future__ import annotations

import re
from dataclasses import dataclass

CALLS = {
    "mkdir": "makes a directory",
    "rmdir": "removes one",
    "unlink": "removes a name of anything else",
    "rename": "renames, perhaps over what stands there",
    "link": "gives a file a second name",
    "symlink": "makes a symbolic link",
    "mknod": "makes a file, a pipe or a socket by its kind",
    "open": "opens a file and makes or empties it",
    "write": "puts bytes into a file",
    "truncate": "cuts a file, or makes room for it",
    "chmod": "changes a mode",
    "chown": "changes an owner",
    "utime": "changes times",
    "xattr": "changes extended attributes",
}
"""Every kind of call that changes a tree, each with what it does."""

_NEEDS_SPACE = ("mkdir", "link", "symlink", "mknod", "open", "write", "truncate", "rename", "xattr")
_NAMES = ("mkdir", "rmdir", "unlink", "rename", "link", "symlink", "mknod", "open")

ERRORS = {
    "EACCES": (*_NAMES, "truncate", "chmod", "chown", "utime", "xattr"),
    "EBUSY": ("rmdir", "unlink", "rename"),
    "EDQUOT": _NEEDS_SPACE,
    "EINTR": ("open", "write", "truncate"),
    "EIO": tuple(CALLS),
    "EMFILE": ("open",),
    "EMLINK": ("mkdir", "link", "rename"),
    "ENOSPC": _NEEDS_SPACE,
    "ENOTSUP": ("link", "symlink", "mknod", "chmod", "chown", "xattr", "truncate"),
    "EPERM": (*_NAMES, "truncate", "chmod", "chown", "utime", "xattr"),
    "EROFS": (*_NAMES, "truncate", "chmod", "chown", "utime", "xattr"),
    "EXDEV": ("rename", "link"),
}
"""The errors that a call can be made to fail with, each with the kinds of calls that fail so (their manual pages)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """A call that stopped before it ran.

    `name` is the system's name for it, `kind` says what it does, one of `CALLS`. `paths` are absolute and real: their
    directories resolved, the last name itself only where the call would follow it; empty for a file without a name. The
    last of them is what changes. `text` is what a link is to hold, `size` how many bytes are to be written. `spelled`
    are the paths as they were asked for, absolute, each empty where it was asked for by an open handle. `arguments` are
    the numbers that the system was given, those of an `openat2` as those of an `openat`.
    """

    process: int
    thread: int
    kind: str
    name: str
    paths: tuple[str, ...]
    text: str = ""
    size: int = 0
    spelled: tuple[str, ...] = ()
    arguments: tuple[int, ...] = ()

    @property
    def path(self) -> str:
        """What the call changes."""
        return self.paths[-1]


def below(path: str, directory: str) -> str:
    """The path as seen from a directory that it is below; empty where it is not. Both are real."""
    return path[len(directory) + 1 :] if path.startswith(f"{directory}/") else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A call that stopped, with what became of it once it had been let go.

    `at` are seconds of a clock that all commands share. `rest` names its flags, its mode or its owners; `size` is how
    many bytes it wrote. `error` is that with which it failed, as far as can be told by what stood there, or `KILLED`;
    `order` says what the scenario had done at it, empty for nothing.
    """

    stop: Stop
    at: float
    program: str
    rest: str = ""
    size: int = 0
    error: str = ""
    order: str = ""


KILLED = "killed"
"""In the place of an error: whoever was about to make the call was killed first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """What was seen of a command whose calls were stopped: `calls` below the root, in their order.

    `hit` is the number of the one at which something was done, from one, None where none was. `elsewhere` are calls
    about places that are neither in the root nor in the tool's cache, whether or not they were refused; `cached` says
    how many there were in that. `unseen` names ways past us that it took. `made` is there where it was asked for: what
    became of every call below the root.
    """

    calls: tuple[Stop, ...] = ()
    hit: int | None = None
    elsewhere: tuple[Stop, ...] = ()
    cached: int = 0
    unseen: tuple[str, ...] = ()
    made: tuple[Made, ...] = ()


_BY_CHANCE = (
    re.compile(r"(?<=^tmp/)[^/]*[A-Za-z0-9_]{8}[^/]*"),  # whatever a tool calls its temporary files
    re.compile(r"(?<=\.tmp)[A-Za-z0-9]{6}\b"),  # Rust's tempfile
    re.compile(r"(?<=\btmp)[a-z0-9_]{8}(?![a-z0-9_])"),  # Python's
    re.compile(r"(?<=\.pyc\.)\d+\b"),  # Python's, while it writes bytecode
    re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b"),
    re.compile(r"\b[0-9a-f]{16,64}\b"),
)


def key(path: str) -> str:
    """A path without what differs by chance from run to run, so that it is known again."""
    for pattern in _BY_CHANCE:
        path = pattern.sub("*", path)
    return path
