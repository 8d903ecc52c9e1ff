"""Containment: a thread gives up the power to write elsewhere, and every process that it starts inherits that.

Linux only, without root and without another program: Landlock for the paths (kernel documentation:
userspace-api/landlock), `capset` for root's power over modes. Both bind one thread, for good; a thread that is about
to end contains a command, and the rest of the harness stays free.

Landlock leaves alone what is open already, and the modes, owners and times of what exists.
"""

from __future__ import annotations

import ctypes
import errno
import os
import stat
import struct
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

# The same numbers on every architecture but alpha.
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_VERSION, _PATH_BENEATH = 1, 1
_SET_NO_NEW_PRIVS = 38

_WRITE_FILE, _TRUNCATE = 1 << 1, 1 << 14
# Removing directories and files, making the seven kinds of entries, renaming and linking between directories.
_WRITE_TREE = _WRITE_FILE | sum(1 << bit for bit in range(4, 14))
_OLDEST, _TRUNCATE_SINCE = 2, 3

_TERMINAL = ("/dev/null", "/dev/tty", "/dev/ptmx", "/dev/pts")

_CAPABILITY_VERSION = 0x20080522
# chown, dac_override, dac_read_search, fowner, fsetid: what lets root pass over modes and owners.
_POWER = sum(1 << bit for bit in range(5))


@cache
def missing() -> str:
    """Why commands cannot be contained here, as a sentence; empty where they can.

    Before its second version (Linux 5.19) Landlock fails every rename between two directories: commands would behave
    in another way than they do for their users, so that counts as missing.
    """
    if sys.platform != "linux":
        return "only Linux has Landlock"
    version = _abi()
    if version < 0:
        reasons = {errno.ENOSYS: "the kernel has no Landlock", errno.EOPNOTSUPP: "Landlock is off since boot"}
        return reasons.get(-version, f"Landlock is refused: {os.strerror(-version)}")
    if version < _OLDEST:
        return "the kernel's Landlock fails renames between directories, Linux 5.19 is the first that does not"
    return _refused(lambda: restrict(()))


@cache
def power_missing() -> str:
    """Why commands cannot run without root's power over modes, as a sentence; empty where they can."""
    if sys.platform == "win32" or os.geteuid() != 0:
        return ""
    if sys.platform != "linux":
        return "only Linux lets root give up its power over modes"
    return _refused(drop_power)


def restrict(writable: Sequence[str]) -> None:
    """From now on the calling thread, and what it starts, may write only below these paths and to the terminal.

    Raises:
        OSError: It could not be done, or not wholly; the thread must not go on to start anything.
    """
    # The second version does not know truncate(2). Rights that later ones know (ioctl on devices, TCP ports, scopes of
    # signals) are left as they are.
    handled = _WRITE_TREE | (_TRUNCATE if _abi() >= _TRUNCATE_SINCE else 0)
    ruleset = _syscall(_CREATE_RULESET, struct.pack("=Q", handled), ctypes.c_size_t(8), 0)
    try:
        for path in (*writable, *_devices()):
            _allow(ruleset, path, handled)
        _no_new_privileges()
        _syscall(_RESTRICT_SELF, ruleset, 0)
    finally:
        os.close(ruleset)


@cache
def _devices() -> tuple[str, ...]:
    return tuple(filter(os.path.exists, _TERMINAL))


def _allow(ruleset: int, path: str, handled: int) -> None:
    handle = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        is_directory = stat.S_ISDIR(os.fstat(handle).st_mode)
        rights = handled if is_directory else handled & (_WRITE_FILE | _TRUNCATE)
        _syscall(_ADD_RULE, ruleset, _PATH_BENEATH, struct.pack("=Qi", rights, handle), 0)
    finally:
        os.close(handle)


def drop_power() -> None:
    """From now on modes bind the calling thread, and what it starts, even where it runs as root.

    Raises:
        OSError: It could not be done.
    """
    _no_new_privileges()  # without which the next exec as root would bring everything back
    header = struct.pack("=Ii", _CAPABILITY_VERSION, 0)
    held = ctypes.create_string_buffer(24)
    _checked(_libc().capget(header, held))
    effective, permitted, inheritable, *upper = struct.unpack("=6I", held.raw)
    kept = (effective & ~_POWER, permitted & ~_POWER, inheritable & ~_POWER, *upper)
    _checked(_libc().capset(header, struct.pack("=6I", *kept)))


def _refused(give_up: Callable[[], None]) -> str:
    """What the system answers to a thread that tries, empty where it lets it."""
    with ThreadPoolExecutor(1) as dying:
        error = dying.submit(give_up).exception()
    if isinstance(error, OSError):
        return f"the system refuses it: {error.strerror}"
    if error is not None:
        raise error
    return ""


def _abi() -> int:
    """The version of the kernel's Landlock, or the negative number of the error."""
    try:
        return _syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), _VERSION)
    except OSError as error:
        return -(error.errno or errno.ENOSYS)


def _no_new_privileges() -> None:
    one, nothing = ctypes.c_ulong(1), ctypes.c_ulong(0)
    _checked(_libc().prctl(_SET_NO_NEW_PRIVS, one, nothing, nothing, nothing))


def _syscall(number: int, *arguments: object) -> int:
    return _checked(_libc().syscall(ctypes.c_long(number), *arguments))


def _checked(answer: int) -> int:
    if answer < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return answer


@cache
def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)
