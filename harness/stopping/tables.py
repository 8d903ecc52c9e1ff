"""The system calls that change a tree: their numbers on each architecture, and where their paths stand. Pure.

Numbers: Linux, arch/x86/entry/syscalls/syscall_64.tbl and include/uapi/asm-generic/unistd.h. They are never reused.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

Arguments: TypeAlias = Sequence[int]

AT_SYMLINK_NOFOLLOW, AT_REMOVEDIR, AT_SYMLINK_FOLLOW, AT_EMPTY_PATH = 0x100, 0x200, 0x400, 0x1000

O_CREAT, O_EXCL, O_TRUNC, O_TMPFILE = 0o100, 0o200, 0o1000, 0o20000000
"""The same on both architectures; O_TMPFILE without the O_DIRECTORY that comes with it, which is not."""

MAKES = O_CREAT | O_TRUNC | O_TMPFILE
"""The flags of an open that changes something."""

FICLONE, FICLONERANGE = 0x40049409, 0x4020940D
PROT_WRITE, MAP_SHARED, MAP_ANONYMOUS = 2, 1, 0x20


@dataclass(frozen=True, slots=True)
class Architecture:
    """How seccomp knows an architecture, and which column of the table is its own."""

    audit: int
    column: int
    nofollow: int


ARCHITECTURES = {
    "x86_64": Architecture(0xC000003E, 0, 0o400000),
    "aarch64": Architecture(0xC00000B7, 1, 0o100000),
}
"""By what `platform.machine()` says."""


@dataclass(frozen=True, slots=True)
class Where:
    """Which arguments say what a call is about: a directory's handle and a path, or one of the two alone.

    `follows` tells from the arguments whether a link as the last name is followed.
    """

    handle: int | None
    path: int | None
    follows: Callable[[Arguments, int], bool]


@dataclass(frozen=True, slots=True)
class Form:
    """A system call: its kind (one of `calls.CALLS`, or of `ASIDE`), and where its paths stand, what changes last.

    `text` is the argument that holds what a link is to hold, `size` the one that says how many bytes are written.
    """

    name: str
    kind: str
    numbers: tuple[int | None, int | None]
    where: tuple[Where, ...]
    text: int | None = None
    size: int | None = None


ASIDE = ("lock", "mapped", "ring")
"""What is stopped for another reason than that it changes a tree: see `filtering`."""


def _never(_: Arguments, __: int) -> bool:
    return False


def _always(_: Arguments, __: int) -> bool:
    return True


def _unless(argument: int, bit: int) -> Callable[[Arguments, int], bool]:
    return lambda arguments, _: not arguments[argument] & bit


def _only(argument: int, bit: int) -> Callable[[Arguments, int], bool]:
    return lambda arguments, _: bool(arguments[argument] & bit)


def opened_follows(flags: int, nofollow: int) -> bool:
    """Whether an open with these flags follows a link as the last name."""
    return not flags & nofollow and flags & (O_CREAT | O_EXCL) != O_CREAT | O_EXCL


def _open(argument: int) -> Callable[[Arguments, int], bool]:
    return lambda arguments, nofollow: opened_follows(arguments[argument], nofollow)


def _at(handle: int, path: int, follows: Callable[[Arguments, int], bool] = _never) -> Where:
    return Where(handle, path, follows)


def _path(path: int, follows: Callable[[Arguments, int], bool] = _never) -> Where:
    return Where(None, path, follows)


def _file(handle: int) -> tuple[Where, ...]:
    return (Where(handle, None, _never),)


FORMS = (
    Form("mkdir", "mkdir", (83, None), (_path(0),)),
    Form("mkdirat", "mkdir", (258, 34), (_at(0, 1),)),
    Form("rmdir", "rmdir", (84, None), (_path(0),)),
    Form("unlink", "unlink", (87, None), (_path(0),)),
    Form("unlinkat", "unlink", (263, 35), (_at(0, 1),)),  # or rmdir, as its flags say
    Form("rename", "rename", (82, None), (_path(0), _path(1))),
    Form("renameat", "rename", (264, 38), (_at(0, 1), _at(2, 3))),
    Form("renameat2", "rename", (316, 276), (_at(0, 1), _at(2, 3))),
    Form("link", "link", (86, None), (_path(0), _path(1))),
    Form("linkat", "link", (265, 37), (_at(0, 1, _only(4, AT_SYMLINK_FOLLOW)), _at(2, 3))),
    Form("symlink", "symlink", (88, None), (_path(1),), text=0),
    Form("symlinkat", "symlink", (266, 36), (_at(1, 2),), text=0),
    Form("mknod", "mknod", (133, None), (_path(0),)),
    Form("mknodat", "mknod", (259, 33), (_at(0, 1),)),
    Form("bind", "mknod", (49, 200), ()),  # its path stands in a structure
    Form("open", "open", (2, None), (_path(0, _open(1)),)),
    Form("creat", "open", (85, None), (_path(0, _always),)),
    Form("openat", "open", (257, 56), (_at(0, 1, _open(2)),)),
    Form("openat2", "open", (437, 437), (_at(0, 1, _always),)),  # its flags stand in a structure
    Form("write", "write", (1, 64), _file(0), size=2),
    Form("pwrite64", "write", (18, 68), _file(0), size=2),
    Form("writev", "write", (20, 66), _file(0)),
    Form("pwritev", "write", (296, 70), _file(0)),
    Form("pwritev2", "write", (328, 287), _file(0)),
    Form("sendfile", "write", (40, 71), _file(0), size=3),
    Form("copy_file_range", "write", (326, 285), _file(2), size=4),
    Form("splice", "write", (275, 76), _file(2), size=4),
    Form("ioctl", "write", (16, 29), _file(0)),  # FICLONE and FICLONERANGE alone
    Form("truncate", "truncate", (76, 45), (_path(0, _always),)),
    Form("ftruncate", "truncate", (77, 46), _file(0)),
    Form("fallocate", "truncate", (285, 47), _file(0)),
    Form("chmod", "chmod", (90, None), (_path(0, _always),)),
    Form("fchmod", "chmod", (91, 52), _file(0)),
    Form("fchmodat", "chmod", (268, 53), (_at(0, 1, _always),)),
    Form("fchmodat2", "chmod", (452, 452), (_at(0, 1, _unless(3, AT_SYMLINK_NOFOLLOW)),)),
    Form("chown", "chown", (92, None), (_path(0, _always),)),
    Form("fchown", "chown", (93, 55), _file(0)),
    Form("lchown", "chown", (94, None), (_path(0),)),
    Form("fchownat", "chown", (260, 54), (_at(0, 1, _unless(4, AT_SYMLINK_NOFOLLOW)),)),
    Form("utime", "utime", (132, None), (_path(0, _always),)),
    Form("utimes", "utime", (235, None), (_path(0, _always),)),
    Form("futimesat", "utime", (261, None), (_at(0, 1, _always),)),
    Form("utimensat", "utime", (280, 88), (_at(0, 1, _unless(3, AT_SYMLINK_NOFOLLOW)),)),
    Form("setxattr", "xattr", (188, 5), (_path(0, _always),)),
    Form("lsetxattr", "xattr", (189, 6), (_path(0),)),
    Form("fsetxattr", "xattr", (190, 7), _file(0)),
    Form("setxattrat", "xattr", (463, 463), (_at(0, 1, _unless(2, AT_SYMLINK_NOFOLLOW)),)),
    Form("removexattr", "xattr", (197, 14), (_path(0, _always),)),
    Form("lremovexattr", "xattr", (198, 15), (_path(0),)),
    Form("fremovexattr", "xattr", (199, 16), _file(0)),
    Form("removexattrat", "xattr", (466, 466), (_at(0, 1, _unless(2, AT_SYMLINK_NOFOLLOW)),)),
    Form("flock", "lock", (73, 32), _file(0)),
    Form("fcntl", "lock", (72, 25), _file(0)),  # F_SETLK and its like alone
    Form("mmap", "mapped", (9, 222), _file(4)),  # shared and writable alone
    Form("io_uring_setup", "ring", (425, 425), ()),
    Form("io_setup", "ring", (206, 0), ()),
)


def numbered(column: int) -> dict[int, Form]:
    """The forms of one architecture, by number."""
    return {number: form for form in FORMS if (number := form.numbers[column]) is not None}
