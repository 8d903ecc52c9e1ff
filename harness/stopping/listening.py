"""The listener's handle: what stopped is received there, and told to go on or to fail. Linux 5.5."""

from __future__ import annotations

import errno
import fcntl
import struct
from contextlib import suppress
from dataclasses import dataclass

_NOTIFICATION = struct.Struct("=QIIiIQ6Q")
_ANSWER = struct.Struct("=QqiI")
_GO_ON = 1


def _request(number: int, size: int, direction: int = 3) -> int:
    return direction << 30 | size << 16 | ord("!") << 8 | number


_RECEIVE = _request(0, _NOTIFICATION.size)
_SEND = _request(1, _ANSWER.size)
_IS_VALID = _request(2, 8, 1)
_SET_FLAGS = _request(4, 8, 1)
_WAKE_AT_ONCE = 1

_GONE = (errno.ENOENT, errno.EINTR)


@dataclass(frozen=True, slots=True)
class Notification:
    """A call that stopped, as the kernel tells it."""

    id: int
    thread: int
    number: int
    arguments: tuple[int, ...]


def prepare(listener: int) -> None:
    """Let whoever stopped run on the processor that answers it, which is quicker; Linux 6.6 and later only."""
    with suppress(OSError):
        fcntl.ioctl(listener, _SET_FLAGS, _WAKE_AT_ONCE)


def receive(listener: int) -> Notification | None:
    """The next call that stopped; None where the one that there was has been killed."""
    told = bytearray(_NOTIFICATION.size)
    try:
        fcntl.ioctl(listener, _RECEIVE, told)
    except OSError as error:
        if error.errno in _GONE:
            return None
        raise
    id_, thread, _, number, _, _, *arguments = _NOTIFICATION.unpack(told)
    return Notification(id_, thread, number, tuple(arguments))


def is_waiting(listener: int, told: Notification) -> bool:
    """Whether a call still waits for its answer: what was read of its thread until now was that thread's."""
    try:
        fcntl.ioctl(listener, _IS_VALID, struct.pack("=Q", told.id))
    except OSError:
        return False
    return True


def go_on(listener: int, told: Notification) -> None:
    """Let the call run."""
    _answer(listener, told, 0, _GO_ON)


def fail(listener: int, told: Notification, error: int) -> None:
    """Let the call fail with this error, and change nothing."""
    _answer(listener, told, -error, 0)


def _answer(listener: int, told: Notification, error: int, flags: int) -> None:
    try:
        fcntl.ioctl(listener, _SEND, _ANSWER.pack(told.id, 0, error, flags))
    except OSError as gone:
        if gone.errno not in _GONE:
            raise
