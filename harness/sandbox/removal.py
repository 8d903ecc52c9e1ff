"""Removing trees: only below a directory that bears our marker, never through a link, never across a mount."""

from __future__ import annotations

import errno
import os
import stat
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from harness.errors import mistake
from harness.sandbox.opened import READ, Opened, is_directory

if TYPE_CHECKING:
    from harness.errors import HarnessError

MARKER = ".venvproof-work"
"""The name of the file that makes a directory ours."""

MARK = b"venvproof made this directory and will remove it\n"


def remove(path: str) -> None:
    """Remove an entry of a work directory, or the whole of one, with all below it; links as links.

    Raises `HarnessError` where no directory above it bears the marker, a link leads there, something is mounted in it,
    or the system refuses.
    """
    above, name = os.path.split(path)
    if os.path.normpath(path) != path or os.path.realpath(above) != above:
        raise _refusal(path, "a link or a detour leads there")
    if not any(is_marked(str(directory)) for directory in (Path(path), *Path(path).parents)):
        raise _refusal(path, f"no directory above it holds our `{MARKER}`")
    try:
        with Opened.at(above) as where:
            erase(where, name)
    except OSError as error:
        raise _refusal(path, (error.strerror or str(error)).lower()) from error


def _refusal(path: str, why: str) -> HarnessError:
    return mistake(f"`{path}` is not removed: {why}", hint="see what is in it before you remove it by hand")


def is_marked(path: str) -> bool:
    """Whether a directory, itself no link, holds our marker: a file that belongs to this user, with our text."""
    try:
        with Opened.at(path) as where:
            status = where.status(MARKER)
            ours = sys.platform == "win32" or status.st_uid == os.geteuid()
            return ours and stat.S_ISREG(status.st_mode) and _text(where) == MARK
    except OSError:
        return False


def _text(where: Opened) -> bytes:
    handle = where.open(MARKER, READ)
    try:
        return os.read(handle, len(MARK) + 1)
    finally:
        os.close(handle)


def erase(where: Opened, name: str) -> None:
    """Remove an entry of a directory with all below it; raises `OSError` where the system refuses.

    What is mounted in it is somebody else's: nothing is removed then.
    """
    if _mounts(f"{where.path}{os.sep}{name}"):
        raise OSError(errno.EBUSY, "something is mounted in it")
    _erase(where, name, where.device())


def _erase(where: Opened, name: str, device: int) -> None:
    status = where.status(name)
    if not is_directory(status):
        _unlink(where, name, status)
        return
    if status.st_dev != device:
        raise OSError(errno.EBUSY, "something is mounted in it", name)
    if status.st_mode & stat.S_IRWXU != stat.S_IRWXU:
        where.set_mode(name, stat.S_IRWXU)
    with where.enter(name) as inner:
        for below in inner.names():
            _erase(inner, below, device)
    os.rmdir(where.prefix + name, dir_fd=where.fd)


def _unlink(where: Opened, name: str, status: os.stat_result) -> None:
    if os.sep == "\\" and stat.S_ISREG(status.st_mode):
        # Windows removes no file that is read-only. Elsewhere modes of files do not matter, and a hard link's mode
        # would change outside, too.
        where.set_mode(name, stat.S_IWRITE)
    os.unlink(where.prefix + name, dir_fd=where.fd)


def _mounts(path: str) -> list[str]:
    """The mount points at or below a path, where Linux lists them: a bind mount cannot be told by its device."""
    try:
        lines = Path("/proc/self/mountinfo").read_text("utf-8", "surrogateescape").splitlines()
    except OSError:
        return []
    points = [line.split(" ")[4] for line in lines]
    escaped = path.replace("\\", r"\134").replace(" ", r"\040").replace("\t", r"\011").replace("\n", r"\012")
    return [point for point in points if point == escaped or point.startswith(f"{escaped}/")]
