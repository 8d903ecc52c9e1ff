"""What stands at the paths of a call, before it is let go and after: whether it came true, and if not, why. Linux."""

from __future__ import annotations

import errno
import os
import stat
from time import time_ns
from typing import TYPE_CHECKING

from harness.stopping.tables import FORMS, O_CREAT, O_EXCL, O_TRUNC

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import TracebackType
    from typing import Self

    from harness.calls import Stop

OPENED = {"open": 1, "openat": 2, "openat2": 2}
"""Where the flags of an open stand."""

_WRITES = {form.name: form.where[0].handle for form in FORMS if form.kind == "write"}
_COPIES = ("sendfile", "copy_file_range", "splice")
"""Where these find nothing more to copy, that is no error."""

_NO_REPLACE, _EXCHANGE = 1, 2  # renameat2
_O_APPEND = 0o2000
_TICK = 10_000_000
"""Nanoseconds: before Linux 6.13 two changes within them may bear the same time."""

UNKNOWN = "an error"
"""Where it cannot be told which."""


class Standing:
    """What stands at a path, held by a handle: whatever it is called later, it is known again."""

    def __init__(self, path: str) -> None:
        self.path, self.error, self._handle = path, 0, -1
        self.was: os.stat_result | None = None
        try:
            self._handle = os.open(path, os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC)
            self.was = os.fstat(self._handle)
        except OSError as error:
            self.error = error.errno or 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None) -> None:
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1

    @property
    def now(self) -> os.stat_result:
        """The same entry, as it is by now."""
        return os.fstat(self._handle)

    @property
    def is_directory(self) -> bool:
        """Whether it was one."""
        return self.was is not None and stat.S_ISDIR(self.was.st_mode)

    @property
    def changed(self) -> bool:
        """Whether anything was done to the entry itself; true as well where that cannot be told."""
        assert self.was is not None, "nothing is not asked"
        return self.now.st_ctime_ns != self.was.st_ctime_ns or time_ns() - self.was.st_ctime_ns < _TICK

    def is_at(self, path: str) -> bool:
        """Whether the entry stands at that path by now."""
        found = identity(path)
        return self.was is not None and found == (self.was.st_dev, self.was.st_ino)


def identity(path: str) -> tuple[int, int] | None:
    """What tells the entry at a path from all others; None where there is none."""
    try:
        found = os.lstat(path)
    except OSError:
        return None
    return found.st_dev, found.st_ino


def position(stop: Stop) -> int:
    """Where in the file a call is about to write, -1 where that is not known."""
    if stop.name in ("pwrite64", "pwritev"):
        return stop.arguments[3]
    handle = _WRITES[stop.name]
    assert handle is not None, "what is written to is open"
    try:
        with open(f"/proc/{stop.thread}/fdinfo/{stop.arguments[handle]}", encoding="ascii") as lines:  # noqa: PTH123
            told = dict(line.split(None, 1) for line in lines)
    except (OSError, ValueError):
        return -1
    return -1 if int(told["flags:"], 8) & _O_APPEND else int(told["pos:"])


def came_true(stop: Stop, before: Sequence[Standing], at: int) -> bool:
    """Whether what a call does is so by now; `at` is the position of a write."""
    last = before[-1]
    match stop.kind:
        case "mkdir" | "symlink" | "mknod" | "link":
            return last.was is None and identity(last.path) is not None
        case "unlink" | "rmdir":
            return last.was is not None and not last.is_at(last.path)
        case "rename":
            return before[0].is_at(last.path)
        case "open" if last.was is None:
            return identity(last.path) is not None
        case "open":
            return not _refused_open(stop, last) and (not flags_of(stop) & O_TRUNC or last.changed)
        case "write" if last.was is not None:
            return stop.name in _COPIES or written(stop, last, at) > 0 or not _asked(stop)
        case _:
            return last.was is not None and last.changed


def written(stop: Stop, file: Standing, at: int) -> int:
    """How many bytes a call wrote: those by which the file grew, or all, where they fit into what there was."""
    if file.was is None:
        return 0
    size, now = file.was.st_size, file.now.st_size
    at = size if at < 0 else at
    if now > size:
        return now - at
    fits = at + stop.size <= size and stop.name not in _COPIES
    return stop.size if fits and file.changed else 0


def _asked(stop: Stop) -> bool:
    """Whether anything was to be written, as far as its arguments tell."""
    return stop.size > 0 or stop.name == "ioctl"


def flags_of(stop: Stop) -> int:
    """Those of an open."""
    return stop.arguments[OPENED[stop.name]] if stop.name in OPENED else O_CREAT | O_TRUNC


def refusal(stop: Stop, before: Sequence[Standing]) -> str:
    """The name of the error with which a call must have failed, by what stood there; a guess where nothing tells."""
    led = (_fault_above(path) for path in stop.spelled if path)
    number = _plain(stop, before) or next(filter(None, led), 0) or _of_the_filesystem(before[-1], stop.size)
    if number:
        return errno.errorcode[number]
    if stop.kind in ("chmod", "chown"):
        return "EPERM"
    if stop.name == "ioctl":
        return "EOPNOTSUPP"
    return UNKNOWN if stop.kind == "write" else "EACCES"


def _plain(stop: Stop, before: Sequence[Standing]) -> int:
    last = before[-1]
    match stop.kind:
        case "mkdir" | "symlink" | "mknod":
            return errno.EEXIST if last.was is not None else 0
        case "link":
            return before[0].error or (errno.EEXIST if last.was is not None else 0)
        case "unlink":
            return last.error or (errno.EISDIR if last.is_directory else 0)
        case "rmdir":
            return last.error or _kept_directory(last)
        case "rename":
            return before[0].error or _renamed(stop, before[0], last)
        case "open":
            return _refused_open(stop, last)
        case _:
            return last.error


def _fault_above(path: str) -> int:
    """What is wrong with the directory in which something is to stand."""
    try:
        above = os.stat(os.path.dirname(path))  # noqa: PTH116, PTH120 -- a text
    except OSError as error:
        return error.errno or 0
    return 0 if stat.S_ISDIR(above.st_mode) else errno.ENOTDIR


def _device(path: str) -> int:
    """Of the directory in which a path stands, 0 where there is none."""
    found = identity(os.path.dirname(path))  # noqa: PTH120 -- a text
    return found[0] if found else 0


def _holds_any(directory: str) -> bool:
    try:
        with os.scandir(directory) as entries:
            return any(True for _ in entries)
    except OSError:
        return False


def _kept_directory(place: Standing) -> int:
    if not place.is_directory:
        return errno.ENOTDIR
    if os.path.ismount(place.path):
        return errno.EBUSY
    return errno.ENOTEMPTY if _holds_any(place.path) else 0


def _renamed(stop: Stop, source: Standing, target: Standing) -> int:
    flags = stop.arguments[4] if stop.name == "renameat2" else 0
    if flags & _NO_REPLACE and target.was is not None:
        return errno.EEXIST
    if f"{target.path}/".startswith(f"{source.path}/") and target.path != source.path:
        return errno.EINVAL
    if os.path.ismount(source.path) or os.path.ismount(target.path):
        return errno.EBUSY
    if not flags & _EXCHANGE and target.was is not None:
        if source.is_directory != target.is_directory:
            return errno.ENOTDIR if source.is_directory else errno.EISDIR
        if target.is_directory and _holds_any(target.path):
            return errno.ENOTEMPTY
    return errno.EXDEV if source.was is not None and _device(target.path) not in (0, source.was.st_dev) else 0


def _refused_open(stop: Stop, place: Standing) -> int:
    flags = flags_of(stop)
    if place.was is None:
        return 0 if flags & O_CREAT else errno.ENOENT
    if flags & O_CREAT and flags & O_EXCL:
        return errno.EEXIST
    if stat.S_ISLNK(place.was.st_mode):
        return errno.ELOOP
    return errno.EISDIR if place.is_directory and flags & (O_CREAT | O_TRUNC) else 0


def _of_the_filesystem(place: Standing, size: int) -> int:
    """What is wrong with it, for so many bytes."""
    try:
        found = os.statvfs(os.path.dirname(place.path))  # noqa: PTH120 -- a text
    except OSError as error:
        return error.errno or 0
    if found.f_flag & os.ST_RDONLY:
        return errno.EROFS
    full = found.f_bavail * found.f_frsize <= size or (found.f_files and not found.f_favail)
    return errno.ENOSPC if full else 0
