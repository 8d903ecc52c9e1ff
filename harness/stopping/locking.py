"""Whether a lock that is asked for is held by somebody else: who waits for it would wait for whoever we hold. Linux."""

from __future__ import annotations

import errno
import fcntl
import os
import struct
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

    from harness.stopping.decoding import Decoder
    from harness.stopping.listening import Notification

_LAYOUT = struct.Struct("=hh4xqqi4x")  # struct flock of 64-bit systems
_KIND, _PROCESS, _FILE = 1, 4, 5  # words of a line of /proc/locks, from 0


def is_held(name: str, told: Notification, decoder: Decoder) -> bool:
    """Whether another command holds it: asked for by us, too, through a handle of our own that is closed again."""
    path = f"/proc/{told.thread}/fd/{told.arguments[0] & 0xFFFFFFFF}"
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        return _flocked(handle, told, decoder) if name == "flock" else _locked(handle, told, decoder)
    except OSError:
        return False
    finally:
        os.close(handle)


def _flocked(handle: int, told: Notification, decoder: Decoder) -> bool:
    operation = told.arguments[1]
    if operation & fcntl.LOCK_UN:
        return False
    try:
        fcntl.flock(handle, operation | fcntl.LOCK_NB)
    except OSError as error:
        return error.errno == errno.EWOULDBLOCK and not _is_among(decoder.processes, handle)
    return False


def _is_among(processes: Collection[int], handle: int) -> bool:
    """Whether one of these took a flock of the file: their own lock is theirs to wait for."""
    file = str(os.fstat(handle).st_ino)
    with suppress(OSError):
        for line in Path("/proc/locks").read_text("ascii").splitlines():
            words = line.split()  # where one waits an arrow stands before the kind
            if words[_KIND] == "FLOCK" and words[_FILE].endswith(f":{file}") and int(words[_PROCESS]) in processes:
                return True
    return False


def _locked(handle: int, told: Notification, decoder: Decoder) -> bool:
    asked = decoder.memory(told.thread, told.arguments[2], _LAYOUT.size)
    kind, whence, start, length, _ = _LAYOUT.unpack(asked)
    if kind == fcntl.F_UNLCK:
        return False
    # Who holds one through its handle (F_OFD_SETLK) has no number: it may be that same command.
    answer = fcntl.fcntl(handle, fcntl.F_GETLK, _LAYOUT.pack(kind, whence, start, length, 0))
    kind, _, _, _, owner = _LAYOUT.unpack(answer)
    return kind != fcntl.F_UNLCK and owner not in decoder.processes
