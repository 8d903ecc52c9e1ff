"""A directory shown again without links, without hard links, or with names in which case does not count. Linux only.

This is a program, which `laying` starts: `served.py DEVICE SHOWN GONE KIND`, all but the last of them handles: of the
directory that is shown, and of one for what is removed while it is open. The device is mounted
already; it serves that mount until it is gone, or until whoever started it is: their end closes standard input.
Nothing of the harness is imported, so that it starts where the harness is no installed package, too.
"""

# What the kernel calls has a function of the same name, and the paths are those of somebody else.
# ruff: noqa: PTH101, PTH102, PTH104, PTH106, PTH108, PTH115, PTH120, PTH208, PTH211

from __future__ import annotations

import errno
import os
import stat
import sys
import threading
from typing import TYPE_CHECKING, Any

from mfusepy import FUSE, Operations

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import NoReturn

_HIDDEN = ".fuse_hidden"  # what libfuse renames such a file to, in its own directory, for all to see
_NOW, _OMIT = (1 << 30) - 1, (1 << 30) - 2  # UTIME_NOW, UTIME_OMIT
_NO_REPLACE = 1  # RENAME_NOREPLACE, which the kernel has seen to before it asks us
_TIMES = ("st_atime", "st_mtime", "st_ctime")
_STATUS = ("st_mode", "st_ino", "st_dev", "st_nlink", "st_uid", "st_gid", "st_size", "st_blocks", "st_blksize")
_ROOM = (
    *("f_bsize", "f_frsize", "f_blocks", "f_bfree", "f_bavail"),
    *("f_files", "f_ffree", "f_favail", "f_namemax"),
)


class Below(Operations):  # type: ignore[misc]  # mfusepy has no types
    """A directory, as it is. A method gets the path below it, or a handle where a file is open."""

    use_ns = True
    flag_nopath = flag_nullpath_ok = True  # what is open may have lost its name

    def __init__(self, shown: str, gone: str) -> None:
        # By their handles: the mount lies over both paths, and libfuse makes `/` the current directory.
        self.top, self.gone = f"/proc/self/fd/{shown}", f"/proc/self/fd/{gone}"

    def real(self, path: str) -> str:
        """Where a path of the mount is."""
        name = path.rpartition("/")[2]
        return f"{self.gone}/{name}" if name.startswith(_HIDDEN) else self.found(path)

    def found(self, path: str) -> str:
        """The same, of a name that people see."""
        return f"{self.top}{path}"

    def getattr(self, path: str | int, fh: int | None = None) -> dict[str, Any]:
        """Its status; a link's own."""
        status = os.lstat(self.real(path)) if isinstance(path, str) else os.fstat(path if fh is None else fh)
        times = {name: getattr(status, f"{name}_ns") for name in _TIMES}
        return {name: getattr(status, name) for name in _STATUS} | times

    def readlink(self, path: str) -> str:
        """The text of a link."""
        return os.readlink(self.real(path))

    def opendir(self, path: str) -> int:
        """A handle of a directory."""
        return os.open(self.real(path), os.O_RDONLY | os.O_DIRECTORY)

    def readdir(self, _: str | None, fh: int) -> Iterator[tuple[str, dict[str, int], int]]:
        """The names in a directory."""
        yield from ((name, {"st_mode": stat.S_IFDIR, "st_ino": os.fstat(fh).st_ino}, 0) for name in (".", ".."))
        with os.scandir(fh) as entries:
            for entry in entries:
                mode = entry.stat(follow_symlinks=False).st_mode
                yield entry.name, {"st_mode": mode, "st_ino": entry.inode()}, 0

    def releasedir(self, _: str | None, fh: int) -> None:
        """Close it again."""
        os.close(fh)

    def mknod(self, path: str, mode: int, dev: int) -> None:
        """Make a file of any kind."""
        os.mknod(self.real(path), mode, dev)

    def mkdir(self, path: str, mode: int) -> None:
        """Make a directory."""
        os.mkdir(self.real(path), mode)

    def symlink(self, path: str, text: str) -> None:
        """Make a link."""
        os.symlink(text, self.real(path))

    def link(self, path: str, source: str) -> None:
        """Give a file a second name."""
        os.link(self.real(source), self.real(path), follow_symlinks=False)

    def unlink(self, path: str) -> None:
        """Remove a name."""
        os.unlink(self.real(path))

    def rmdir(self, path: str) -> None:
        """Remove an empty directory."""
        os.rmdir(self.real(path))

    def rename(self, old: str, new: str) -> None:
        """Give it another name, and replace what has it."""
        os.rename(self.real(old), self.real(new))

    def chmod(self, path: str | int, mode: int) -> None:
        """Change its mode."""
        os.chmod(self._named(path), mode)

    def chown(self, path: str | int, uid: int, gid: int) -> None:
        """Change its owner; a link's own."""
        if isinstance(path, int):
            os.fchown(path, uid, gid)
        else:
            os.lchown(self.real(path), uid, gid)

    def truncate(self, path: str | int, length: int, fh: int | None = None) -> None:
        """Change its size."""
        os.truncate(self._named(path) if fh is None else fh, length)

    def utimens(self, path: str | int, times: tuple[int, int]) -> None:
        """Change its times; a link's own."""
        if isinstance(path, int):
            os.utime(path, ns=times)
        else:
            os.utime(self.real(path), ns=times, follow_symlinks=False)

    def open(self, path: str, flags: int) -> int:
        """A handle of a file."""
        return os.open(self.real(path), flags & ~os.O_NOFOLLOW)

    def create(self, path: str, mode: int, flags: int) -> int:
        """A handle of a new file."""
        return os.open(self.real(path), flags | os.O_CREAT, mode)

    def read(self, _: str | None, size: int, offset: int, fh: int) -> bytes:
        """What is in it."""
        return os.pread(fh, size, offset)

    def write(self, _: str | None, data: bytes, offset: int, fh: int) -> int:
        """Write into it."""
        return os.pwrite(fh, data, offset)

    def fsync(self, _: str | None, datasync: int, fh: int) -> None:
        """Have it on the disk."""
        (os.fdatasync if datasync else os.fsync)(fh)

    def release(self, _: str | None, fh: int) -> None:
        """Close it again."""
        os.close(fh)

    def statfs(self, path: str) -> dict[str, int]:
        """How much room there is."""
        room = os.statvfs(self.real(path))
        return {name: getattr(room, name) for name in _ROOM}

    def _named(self, path: str | int) -> str | int:
        return self.real(path) if isinstance(path, str) else path


class NoSymlinks(Below):
    """As vfat and exFAT, which answer symlink(2) with EPERM."""

    def symlink(self, path: str, text: str) -> NoReturn:
        """Refuse it."""
        del text
        raise PermissionError(errno.EPERM, os.strerror(errno.EPERM), path)


class NoHardlinks(Below):
    """As vfat and exFAT, which answer link(2) with EPERM."""

    def link(self, path: str, source: str) -> NoReturn:
        """Refuse it."""
        raise PermissionError(errno.EPERM, os.strerror(errno.EPERM), source, None, path)


class CaseInsensitive(Below):
    """As APFS and NTFS are by default: a name keeps the case in which it was given, and is found in any other."""

    def found(self, path: str) -> str:
        """Where it is under whatever case its names have; where nothing is, under the ones given."""
        if path in ("", "/") or os.path.lexists(f"{self.top}{path}"):
            return f"{self.top}{path}"
        above, name = path.rsplit("/", 1)
        directory = self.found(above)
        return f"{directory}/{_found(name, directory)}"

    def rename(self, old: str, new: str) -> None:
        """Give it another name, which may differ in case alone, and replace what has it."""
        source, target = self.real(old), self.real(new)
        if source == target:
            target = f"{os.path.dirname(source)}/{new.rsplit('/', 1)[1]}"
        os.rename(source, target)


def _found(name: str, directory: str) -> str:
    wanted = name.casefold()
    try:
        return next((one for one in os.listdir(directory) if one.casefold() == wanted), name)
    except (FileNotFoundError, NotADirectoryError):
        return name


class _Mount(FUSE):  # type: ignore[misc]  # likewise
    """mfusepy's, with the arguments that it leaves out of what libfuse 3 tells."""

    def rename_fuse_3(self, old: bytes, new: bytes, flags: int) -> int:
        if flags & ~_NO_REPLACE:
            return -errno.EINVAL  # as filesystems answer that cannot exchange two names
        return int(self.rename_fuse_2(old, new) or 0)

    def chmod_fuse_3(self, path: bytes | None, mode: int, opened: Any) -> None:  # noqa: ANN401
        self.operations.chmod(self._which(path, opened), mode)

    def chown_fuse_3(self, path: bytes | None, uid: int, gid: int, opened: Any) -> None:  # noqa: ANN401
        unchanged = (1 << 32) - 1
        self.operations.chown(self._which(path, opened), *(-1 if one == unchanged else one for one in (uid, gid)))

    def truncate_fuse_3(self, path: bytes | None, length: int, opened: Any) -> None:  # noqa: ANN401
        self.operations.truncate(self._which(path, opened), length)

    def utimens_fuse_3(self, path: bytes | None, asked: Any, opened: Any) -> None:  # noqa: ANN401
        where = self._which(path, opened)
        status = self.operations.getattr(where)
        given = (asked.contents.actime, asked.contents.modtime) if asked else (None, None)
        read, written = (_time(one, status[name]) for one, name in zip(given, _TIMES, strict=False))
        self.operations.utimens(where, (read, written))

    def _which(self, path: bytes | None, opened: Any) -> str | int:  # noqa: ANN401
        if opened:
            return int(opened.contents.fh)
        assert path is not None, "what is not open has a path"
        return path.decode(self.encoding, self.errors)


def _time(asked: Any, is_now: int) -> int:  # noqa: ANN401
    import time  # noqa: PLC0415 -- its only use

    if asked is None or asked.tv_nsec == _NOW:
        return time.time_ns()
    return is_now if asked.tv_nsec == _OMIT else int(asked.tv_sec) * 1_000_000_000 + int(asked.tv_nsec)


KINDS = {"no-symlinks": NoSymlinks, "no-hardlinks": NoHardlinks, "case-insensitive": CaseInsensitive}
"""What can be served."""


def _end_with_whoever_started_us() -> None:
    sys.stdin.buffer.read()
    os._exit(0)


def main() -> None:
    """Serve until the mount is gone."""
    device, shown, gone, kind = sys.argv[1:]
    os.umask(0)  # the kernel has applied the caller's
    threading.Thread(target=_end_with_whoever_started_us, daemon=True).start()
    # Two names of a file are two files to libfuse: nothing that the kernel remembers of one may outlast a change of
    # the other, and only the numbers tell that they are one.
    _Mount(
        KINDS[kind](shown, gone), f"/dev/fd/{device}", foreground=True, nothreads=True, use_ino=True,
        attr_timeout=0, entry_timeout=0, negative_timeout=0,
    )  # fmt: skip


if __name__ == "__main__":
    main()
