"""Mounting in a namespace of our own, so that nobody else sees it and nothing is left of it. Linux only.

Whoever mounts has entered such a namespace first (`private`), and the kernel drops all mounts with the last process in
it, however that ends. Nothing of the harness is imported here at run time: `missing` starts this file by itself.
"""

from __future__ import annotations

import ctypes
import os
import struct
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harness.tree import Mount

_NEW_NAMESPACE, _NEW_USER = 0x00020000, 0x10000000  # CLONE_NEWNS, CLONE_NEWUSER
_NO_SUID, _NO_DEVICES, _BIND, _RECURSIVE, _PRIVATE = 2, 4, 1 << 12, 1 << 14, 1 << 18
_DETACH = 2
_SET_ATTRIBUTES = 442  # mount_setattr(2), Linux 5.12; the same number on every architecture but alpha
_READ_ONLY, _NO_EXEC = 1, 8
_HERE = -100  # AT_FDCWD
_LIMIT = 20.0

_apart: list[int] = []
"""This process, once it is in a namespace of its own; a copy of it that is forked off may not mount."""

_mounted: list[str] = []
"""Where this process has mounted something, in that order."""


def private() -> None:
    """Enter a mount namespace of our own, which a user who is not root owns by way of a user namespace.

    The process must have one thread. Its user stays the same one; it may mount, and what it starts may not, unless that
    is root.

    Raises:
        OSError: The system refuses it.
    """
    user, group = os.geteuid(), os.getegid()
    _checked(_libc().unshare(_NEW_NAMESPACE if user == 0 else _NEW_NAMESPACE | _NEW_USER))
    if user != 0:
        Path("/proc/self/setgroups").write_text("deny", "ascii")
        Path("/proc/self/uid_map").write_text(f"{user} {user} 1", "ascii")
        Path("/proc/self/gid_map").write_text(f"{group} {group} 1", "ascii")
    attach(None, "/", None, _RECURSIVE | _PRIVATE, None)
    _apart.append(os.getpid())


def mount(root: str, path: str, entry: Mount) -> None:
    """Mount on a directory below the root, writable for now; `restrict` comes when all is planted in it."""
    assert _apart == [os.getpid()], "whoever mounts has entered a namespace of its own, or everybody would see it"
    where = f"{root}/{path}"
    if entry.kind == "tmpfs":
        attach("tmpfs", where, "tmpfs", _NO_SUID | _NO_DEVICES, f"size={entry.size},mode=0755")
    else:
        attach(f"{root}/{path if entry.of is None else entry.of}", where, None, _BIND, None)
    _mounted.append(where)


def restrict(root: str, path: str, entry: Mount) -> None:
    """Take away from what is mounted there what the entry says that it has not."""
    attributes = (_READ_ONLY if entry.read_only else 0) | (_NO_EXEC if entry.noexec else 0)
    if attributes:
        _set(f"{root}/{path}", attributes)


def unmount(root: str) -> None:
    """Unmount whatever this process has mounted below a root, the last one first."""
    for where in [one for one in reversed(_mounted) if one.startswith(f"{root}/")]:
        detach(where)
        _mounted.remove(where)


def missing(directory: str) -> str:
    """Why nothing can be mounted in a directory, as a sentence; empty where it can. Tried out in another process."""
    if sys.platform != "linux":
        return "only Linux has private mounts"
    try:
        done = subprocess.run(
            (sys.executable, "-I", "-S", __file__, directory),
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=_LIMIT, check=False,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"a process that mounts cannot be started: {error}"
    said = done.stderr.strip().splitlines() or ["it says nothing"]
    return said[-1] if done.returncode else ""


def _try(directory: str) -> str:
    """What `missing` tells, tried out by this process, which is of no other use."""
    what = "a mount namespace" if os.geteuid() == 0 else "a user namespace with mounts"
    try:
        private()
        what = "mounting a filesystem in memory"
        attach("tmpfs", directory, "tmpfs", _NO_SUID | _NO_DEVICES, "size=65536,mode=0755")
        what = "mounting a directory on itself"
        attach(directory, directory, None, _BIND, None)
        what = "making a mount read-only"
        _set(directory, _READ_ONLY | _NO_EXEC)
    except OSError as error:
        return f"the system refuses {what}: {error.strerror}"
    return ""


def attach(source: str | None, where: str, kind: str | None, flags: int, more: str | None) -> None:
    """Mount as mount(2) does, whose arguments these are; `private` has come before, or everybody would see it."""
    words = [None if word is None else os.fsencode(word) for word in (source, where, kind, more)]
    _checked(_libc().mount(words[0], words[1], words[2], ctypes.c_ulong(flags), words[3]))


def detach(where: str) -> None:
    """Unmount what was mounted there last, at once for everybody who looks there."""
    _checked(_libc().umount2(os.fsencode(where), _DETACH))


def _set(where: str, attributes: int) -> None:
    """Add attributes to a mount; those that an outer namespace has locked stay as they are, as a remount would not."""
    asked = struct.pack("=4Q", attributes, 0, 0, 0)
    name = ctypes.c_char_p(os.fsencode(where))
    _checked(_libc().syscall(ctypes.c_long(_SET_ATTRIBUTES), _HERE, name, 0, asked, ctypes.c_size_t(len(asked))))


def _checked(answer: int) -> None:
    if answer < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


@cache
def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


if __name__ == "__main__":  # as `missing` starts it
    sys.exit(_try(sys.argv[1]) or 0)
