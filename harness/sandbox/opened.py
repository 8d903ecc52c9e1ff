"""A directory to act in, so that no link that a tool left behind can lead the harness elsewhere."""

from __future__ import annotations

import errno
import os
import stat
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Self

HANDLES = os.open in os.supports_dir_fd and os.listdir in os.supports_fd
"""Whether this system has calls that take a name relative to an open directory. Windows has none."""

READ = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0)
"""To open a file, and not to wait where it has just become a pipe."""

_DIRECTORY = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_NOFOLLOW", 0)
_CONTENT = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
_JUNCTION = 0xA0000003  # `stat.IO_REPARSE_TAG_MOUNT_POINT`, which only Windows defines


class Opened:
    """A directory: held open where the system allows it, so that it cannot be exchanged; else known by its path.

    An entry of it is named by `prefix + name` together with `dir_fd=fd`, which is right in both cases.
    """

    __slots__ = ("fd", "path", "prefix")

    def __init__(self, path: str, fd: int | None) -> None:
        self.path = path
        self.fd = fd
        self.prefix = "" if fd is not None else path + os.sep

    @classmethod
    def at(cls, path: str) -> Opened:
        """The directory at an absolute path; raises `OSError` where a link or something else stands."""
        return cls(path, _opened(path, None))

    def enter(self, name: str) -> Opened:
        """The directory of that name in this one; raises `OSError` where a link or something else stands."""
        return Opened(f"{self.path}{os.sep}{name}", _opened(self.prefix + name, self.fd))

    def names(self) -> list[str]:
        """What is in it, sorted, so that everything that is counted by order comes out the same every time."""
        if self.fd is None:
            return sorted(os.listdir(self.path))  # noqa: PTH208 -- as below, where it is a handle
        with suppress(OSError):  # pyfakefs knows of no position in a directory
            os.lseek(self.fd, 0, os.SEEK_SET)  # or btrfs shows what there was when it was opened, as POSIX lets it
        return sorted(os.listdir(self.fd))  # noqa: PTH208

    def status(self, name: str) -> os.stat_result:
        """What `lstat` says of an entry."""
        return os.lstat(self.prefix + name, dir_fd=self.fd)

    def device(self) -> int:
        """The number of the filesystem that it is on; raises `OSError` where it was exchanged, known by its path."""
        return (_directory(self.path) if self.fd is None else os.fstat(self.fd)).st_dev

    def open(self, name: str, flags: int, mode: int = 0) -> int:
        """A handle on the content of an entry; raises `OSError` where a link stands."""
        return os.open(self.prefix + name, flags | _CONTENT, mode, dir_fd=self.fd)

    def set_mode(self, name: str, mode: int) -> None:
        """Give an entry, which must not be a link, just these permission bits."""
        os.chmod(self.prefix + name, mode, dir_fd=self.fd)

    def close(self) -> None:
        """Let go of the directory."""
        if self.fd is not None:
            os.close(self.fd)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _opened(path: str, above: int | None) -> int | None:
    if HANDLES:
        return os.open(path, _DIRECTORY, dir_fd=above)
    _directory(path)
    return None


def _directory(path: str) -> os.stat_result:
    status = os.lstat(path)
    if not is_directory(status):
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), path)
    return status


def is_link(status: os.stat_result) -> bool:
    """Whether an entry leads elsewhere: a symbolic link, or a junction, which Windows shows as a directory."""
    return stat.S_ISLNK(status.st_mode) or getattr(status, "st_reparse_tag", 0) == _JUNCTION


def is_directory(status: os.stat_result) -> bool:
    """Whether an entry is itself a directory, not a link or junction to one."""
    return stat.S_ISDIR(status.st_mode) and not is_link(status)


class Trail:
    """The way from a root to the directory that one acts in: each directory on it is opened once, never a link."""

    def __init__(self, root: Opened) -> None:
        self._opened = [root]
        self._names: list[str] = []
        self._above = ""

    def to(self, path: str) -> tuple[Opened, str]:
        """The directory that holds this path, good until the next call, and the path's last name."""
        above, _, name = path.rpartition("/")
        if above != self._above:
            self._go(above.split("/") if above else [])
            self._above = above
        return self._opened[-1], name

    def _go(self, names: list[str]) -> None:
        common = 0
        while common < min(len(names), len(self._names)) and names[common] == self._names[common]:
            common += 1
        self._back(common)
        for name in names[common:]:
            self._opened.append(self._opened[-1].enter(name))
            self._names.append(name)

    def _back(self, depth: int) -> None:
        for opened in self._opened[depth + 1 :]:
            opened.close()
        del self._opened[depth + 1 :], self._names[depth:]
        self._above = "/".join(self._names)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._back(0)
