"""A notification -> the call that it is: its paths read from the memory of who makes it, and made real. Linux."""

from __future__ import annotations

import ctypes
import os
import posixpath
import struct
from typing import TYPE_CHECKING

from harness.calls import Stop
from harness.stopping.tables import AT_REMOVEDIR, MAKES, opened_follows

if TYPE_CHECKING:
    from harness.stopping.listening import Notification
    from harness.stopping.tables import Architecture, Form, Where

_HERE = -100  # AT_FDCWD
_LONGEST = 4096
_PAGE = 4096
_UNIX = 1


class Unreadable(Exception):  # noqa: N818 -- what it says of a thread
    """The thread is gone, or is none that we may look into."""


class Decoder:
    """Reads calls of one process tree."""

    def __init__(self, of: Architecture, forms: dict[int, Form]) -> None:
        self._nofollow, self._forms = of.nofollow, forms
        self._processes: dict[int, int] = {}

    def form(self, told: Notification) -> Form:
        """Which call it is."""
        return self._forms[told.number]

    def stop(self, told: Notification) -> Stop | None:
        """The call; None where it is about nothing that has a path, as a pipe, or changes nothing after all.

        Raises:
            Unreadable: Whoever makes it is gone, or may not be looked into.
        """
        form = self.form(told)
        try:
            return self._stop(form, told)
        except OSError as error:
            raise Unreadable(str(error)) from error

    def _stop(self, form: Form, told: Notification) -> Stop | None:
        arguments = told.arguments
        if form.name == "bind":
            paths = self._socket(told)
        elif form.name == "openat2":
            flags = struct.unpack("=Q", self.memory(told.thread, arguments[2], 8))[0]
            if not flags & MAKES:
                return None
            paths = (self._real(told.thread, arguments[0], arguments[1], opened_follows(flags, self._nofollow)),)
        else:
            paths = tuple(self._path(told, where) for where in form.where)
        if not paths or not paths[-1].startswith("/") or paths[-1].endswith(" (deleted)"):
            return None
        kind = "rmdir" if form.name == "unlinkat" and arguments[2] & AT_REMOVEDIR else form.kind
        return Stop(
            process=self.process(told.thread),
            thread=told.thread,
            kind=kind,
            name=form.name,
            paths=paths,
            text="" if form.text is None else self._text(told.thread, arguments[form.text]),
            size=0 if form.size is None else arguments[form.size],
        )

    def _path(self, told: Notification, where: Where) -> str:
        arguments = told.arguments
        if where.path is None:
            assert where.handle is not None, "a call is about a path or a handle"
            return _opened(told.thread, arguments[where.handle])
        handle = None if where.handle is None else arguments[where.handle]
        return self._real(told.thread, handle, arguments[where.path], where.follows(arguments, self._nofollow))

    def _socket(self, told: Notification) -> tuple[str, ...]:
        size = min(told.arguments[2], 110)  # of `sockaddr_un`
        address = self.memory(told.thread, told.arguments[1], size)
        if len(address) <= 2 or struct.unpack("=H", address[:2])[0] != _UNIX or not address[2]:  # noqa: PLR2004
            return ()
        return (_joined(_directory(told.thread, None), os.fsdecode(address[2:].partition(b"\0")[0]), follow=False),)

    def _real(self, thread: int, handle: int | None, address: int, follow: bool) -> str:  # noqa: FBT001
        text = self._text(thread, address) if address else ""
        if not text:  # AT_EMPTY_PATH, or no path at all: the handle itself
            return _directory(thread, handle)
        above = "/" if text.startswith("/") else _directory(thread, handle)
        if text.startswith("/proc/self/"):
            text = f"/proc/{thread}/{text.removeprefix('/proc/self/')}"
        return _joined(above, text, follow=follow)

    def _text(self, thread: int, address: int) -> str:
        found = b""
        with open(f"/proc/{thread}/mem", "rb", buffering=0) as memory:  # noqa: PTH123
            while len(found) < _LONGEST:
                part = os.pread(memory.fileno(), _PAGE - address % _PAGE, address)
                text, end, _ = part.partition(b"\0")
                found += text
                if end or not part:
                    break
                address += len(part)
        return os.fsdecode(found)

    def memory(self, thread: int, address: int, size: int) -> bytes:
        """That many bytes of a thread's memory, fewer where there are no more."""
        with open(f"/proc/{thread}/mem", "rb", buffering=0) as memory:  # noqa: PTH123
            return os.pread(memory.fileno(), size, address)

    def process(self, thread: int) -> int:
        """The process that a thread is of."""
        found = self._processes.get(thread)
        if found is None:
            with open(f"/proc/{thread}/status", encoding="utf-8", errors="replace") as lines:  # noqa: PTH123
                found = next((int(line.split()[1]) for line in lines if line.startswith("Tgid:")), thread)
            self._processes[thread] = found
        return found

    @property
    def processes(self) -> frozenset[int]:
        """Those that were seen to make calls."""
        return frozenset(self._processes.values())


def _opened(thread: int, handle: int) -> str:
    return os.readlink(f"/proc/{thread}/fd/{handle & 0xFFFFFFFF}")  # noqa: PTH115 -- a text


def _directory(thread: int, handle: int | None) -> str:
    if handle is None or ctypes.c_int(handle & 0xFFFFFFFF).value == _HERE:
        return os.readlink(f"/proc/{thread}/cwd")  # noqa: PTH115 -- likewise
    return _opened(thread, handle)


def _joined(above: str, text: str, *, follow: bool) -> str:
    """The real path: every link in its directories followed, and the last name's own where the call follows it."""
    whole = posixpath.join(above, text)
    directory, name = posixpath.split(whole.rstrip("/"))
    if follow or name in ("", ".", ".."):
        return posixpath.realpath(whole)
    return posixpath.join(_really(directory), name)


def _really(directory: str) -> str:
    """Quicker than to ask of every name on the way whether it is a link."""
    try:
        handle = os.open(directory, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return posixpath.realpath(directory)
    try:
        return os.readlink(f"/proc/self/fd/{handle}")  # noqa: PTH115 -- likewise
    finally:
        os.close(handle)
