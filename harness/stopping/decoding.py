"""A notification -> the call that it is: its paths read from the memory of who makes it, and made real. Linux."""

from __future__ import annotations

import ctypes
import os
import posixpath
import re
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
_DELETED = " (deleted)"
_HANDLE = re.compile(r"/proc/\d+/fd/\d+")
_NAMELESS = re.compile(r"(?<=/)#\d+$")  # as a file is shown that was made by O_TMPFILE
_BY_HANDLE = ("link", "chmod", "chown", "utime", "xattr")
"""Kinds of calls that with an empty path, or none, are about the handle itself (AT_EMPTY_PATH)."""
_STREAMS = {"/dev/stdin": 0, "/dev/stdout": 1, "/dev/stderr": 2}


class Unreadable(Exception):  # noqa: N818 -- what it says of a process
    """It is none that we may look into."""


class Decoder:
    """Reads calls of one process tree."""

    def __init__(self, of: Architecture, forms: dict[int, Form]) -> None:
        self._nofollow, self._forms = of.nofollow, forms
        self._processes: dict[int, int] = {}

    def form(self, told: Notification) -> Form:
        """Which call it is."""
        return self._forms[told.number]

    def stop(self, told: Notification) -> Stop | None:
        """The call; None where it is about nothing that has a path, as a pipe, where it must fail, or comes too late.

        Raises:
            Unreadable: Whoever makes it may not be looked into.
        """
        try:
            return self._stop(self.form(told), told)
        except PermissionError as error:
            raise Unreadable from error
        except OSError:  # a handle or an address of nothing; or the thread has gone
            return None

    def _stop(self, form: Form, told: Notification) -> Stop | None:
        arguments = told.arguments
        if form.name == "bind":
            found = self._socket(told)
        elif form.name == "openat2":
            flags = struct.unpack("=Q", self.memory(told.thread, arguments[2], 8))[0]
            if not flags & MAKES:
                return None
            text = self._text(told.thread, arguments[1])
            found = (_resolved(told.thread, arguments[0], text, follow=opened_follows(flags, self._nofollow)),)
            arguments = (*arguments[:2], flags)
        else:
            found = tuple(self._path(told, where, form.kind) for where in form.where)
        paths = tuple(path for path, _ in found)
        if not paths or not paths[-1].startswith("/"):
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
            spelled=tuple(spelled for _, spelled in found),
            arguments=arguments,
        )

    def _path(self, told: Notification, where: Where, kind: str) -> tuple[str, str]:
        """The real path, and how it was spelled."""
        arguments = told.arguments
        if where.path is None:
            assert where.handle is not None, "a call is about a path or a handle"
            return _opened(told.thread, arguments[where.handle]), ""
        handle = None if where.handle is None else arguments[where.handle]
        text = self._text(told.thread, arguments[where.path]) if arguments[where.path] else ""
        if not text and kind in _BY_HANDLE:
            return _directory(told.thread, handle), ""
        return _resolved(told.thread, handle, text, follow=where.follows(arguments, self._nofollow))

    def _socket(self, told: Notification) -> tuple[tuple[str, str], ...]:
        size = min(told.arguments[2], 110)  # of `sockaddr_un`
        address = self.memory(told.thread, told.arguments[1], size)
        if len(address) <= 2 or struct.unpack("=H", address[:2])[0] != _UNIX or not address[2]:  # noqa: PLR2004
            return ()
        name = os.fsdecode(address[2:].partition(b"\0")[0])
        return (_resolved(told.thread, None, name, follow=False),)

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
        """The process that a thread is of. Raises OSError where it is gone."""
        found = self._processes.get(thread)
        if found is None or not os.path.exists(f"/proc/{found}/task/{thread}"):  # noqa: PTH110 -- now another's number
            with open(f"/proc/{thread}/status", encoding="utf-8", errors="replace") as lines:  # noqa: PTH123
                found = next((int(line.split()[1]) for line in lines if line.startswith("Tgid:")), thread)
            self._processes[thread] = found
        return found

    @property
    def processes(self) -> frozenset[int]:
        """Those that were seen to make calls."""
        return frozenset(self._processes.values())


def _resolved(thread: int, handle: int | None, text: str, *, follow: bool) -> tuple[str, str]:
    """The real path that a thread means, and how it spelled it: nothing for none, and in a directory that is gone."""
    if text.startswith("/"):
        meant = _of(thread, text)
        return (_shown(meant) if follow and _HANDLE.fullmatch(meant) else _joined(meant, follow=follow)), text
    above = _directory(thread, handle) if text else ""
    whole = posixpath.join(above, text)
    return (_joined(whole, follow=follow), whole) if above else ("", "")


def _opened(thread: int, handle: int) -> str:
    return _shown(f"/proc/{thread}/fd/{handle & 0xFFFFFFFF}")


def _directory(thread: int, handle: int | None) -> str:
    if handle is None or ctypes.c_int(handle & 0xFFFFFFFF).value == _HERE:
        return _shown(f"/proc/{thread}/cwd")
    return _opened(thread, handle)


def _shown(handle: str) -> str:
    """The path of what is open, the last that it had; empty where it has none on any disk, or none any more."""
    path = os.readlink(handle)  # noqa: PTH115 -- a text
    if path.endswith(_DELETED) and not os.path.lexists(path):
        has_another = os.stat(handle).st_nlink  # noqa: PTH116 -- it is no path
        return _NAMELESS.sub("#", path.removesuffix(_DELETED)) if has_another else ""
    return path if path.startswith("/") else ""


def _of(thread: int, path: str) -> str:
    """An absolute path as that thread means it: some are other places to everybody."""
    for shared in ("/proc/self/", "/proc/thread-self/"):
        if path.startswith(shared):
            return f"/proc/{thread}/{path.removeprefix(shared)}"
    if path.startswith("/dev/fd/"):
        return f"/proc/{thread}/fd/{path.removeprefix('/dev/fd/')}"
    return f"/proc/{thread}/fd/{_STREAMS[path]}" if path in _STREAMS else path


def _joined(whole: str, *, follow: bool) -> str:
    """The real path: every link in its directories followed, and the last name's own where the call follows it."""
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
