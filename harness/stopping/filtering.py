"""The filter that stops calls: a BPF program for seccomp, and how a thread puts itself under it. Linux.

Kernel documentation: userspace-api/seccomp_filter, networking/filter.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import struct
from functools import cache

from harness.stopping.tables import (
    ARCHITECTURES,
    FICLONE,
    FICLONERANGE,
    MAKES,
    MAP_ANONYMOUS,
    MAP_SHARED,
    PROT_WRITE,
    Architecture,
    Form,
    numbered,
)

_ALLOW, _STOP = 0x7FFF0000, 0x7FC00000
_LOAD, _EQUALS, _HAS, _RETURN = 0x20, 0x15, 0x45, 0x06
_NUMBER, _AUDIT = 0, 4  # where they stand in what the program is given
_SETTING_LOCKS = (6, 7, 37, 38)  # fcntl: F_SETLK, F_SETLKW, F_OFD_SETLK, F_OFD_SETLKW

_SYS_SECCOMP = {"x86_64": 317, "aarch64": 277}
_SET_MODE_FILTER = 1
_NEW_LISTENER, _WAIT_KILLABLE = 1 << 3, 1 << 5
_SET_NO_NEW_PRIVS = 38


def architecture() -> Architecture | None:
    """That of this machine; None where its call numbers are not known here."""
    return ARCHITECTURES.get(platform.machine())


def program(of: Architecture) -> bytes:
    """The filter: every call of `tables.FORMS` stops, as far as numbers and flags tell that it is one of them.

    Calls of another architecture than the machine's own, as 32-bit programs make, pass.
    """
    code = [_instruction(_LOAD, _AUDIT), _instruction(_EQUALS, of.audit, 1, 0), _instruction(_RETURN, _ALLOW)]
    code.append(_instruction(_LOAD, _NUMBER))
    for number, form in numbered(of.column).items():
        body = _body(form)
        code.append(_instruction(_EQUALS, number, 0, len(body)))
        code += body
    return b"".join((*code, _instruction(_RETURN, _ALLOW)))


def _body(form: Form) -> list[bytes]:
    """What decides of one call; it always comes to a decision."""
    stop, go = _instruction(_RETURN, _STOP), _instruction(_RETURN, _ALLOW)
    match form.name:
        case "open" | "openat":
            flags = 1 if form.name == "open" else 2
            return [_argument(flags), _instruction(_HAS, MAKES, 0, 1), stop, go]
        case "ioctl":
            clone = _instruction(_EQUALS, FICLONE, 1, 0)
            return [_argument(1), clone, _instruction(_EQUALS, FICLONERANGE, 0, 1), stop, go]
        case "mmap":
            written = [_argument(2), _instruction(_HAS, PROT_WRITE, 0, 4), _argument(3)]
            return [*written, _instruction(_HAS, MAP_ANONYMOUS, 2, 0), _instruction(_HAS, MAP_SHARED, 0, 1), stop, go]
        case "fcntl":
            left = len(_SETTING_LOCKS)
            tests = [_instruction(_EQUALS, word, left - n - 1, n == left - 1) for n, word in enumerate(_SETTING_LOCKS)]
            return [_argument(1), *tests, stop, go]
        case _:
            return [stop]


def _argument(number: int) -> bytes:
    return _instruction(_LOAD, 16 + 8 * number)  # its lower half: both architectures are little-endian


def _instruction(code: int, value: int, if_so: int = 0, if_not: int = 0) -> bytes:
    return struct.pack("=HBBI", code, if_so, if_not, value)


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))


def install() -> int:
    """Put the calling thread, and whatever it starts from now on, under the filter; the listener's handle.

    A thread can be under one such filter only, and gets rid of it by ending alone.

    Raises:
        OSError: The system refuses it; EBUSY where a filter with a listener is above this process already.
    """
    of = architecture()
    if of is None:
        raise OSError(errno.ENOSYS, f"the calls of {platform.machine()} are not known")
    libc = _libc()
    libc.prctl(_SET_NO_NEW_PRIVS, ctypes.c_ulong(1), ctypes.c_ulong(0), ctypes.c_ulong(0), ctypes.c_ulong(0))
    code = program(of)
    buffer = ctypes.create_string_buffer(code, len(code))
    told = _Program(len(code) // 8, ctypes.addressof(buffer))
    try:
        return _seccomp(_NEW_LISTENER | _WAIT_KILLABLE, told)
    except OSError as error:
        if error.errno != errno.EINVAL:
            raise
        return _seccomp(_NEW_LISTENER, told)  # Linux before 5.19


def _seccomp(flags: int, told: _Program) -> int:
    handle = _libc().syscall(
        ctypes.c_long(_SYS_SECCOMP[platform.machine()]), ctypes.c_uint(_SET_MODE_FILTER), ctypes.c_uint(flags),
        ctypes.byref(told),
    )  # fmt: skip
    if handle < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return int(handle)


@cache
def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)
