"""Starting a process from a thread that is under a filter of calls. Linux, glibc.

`subprocess` would do something between fork and exec that the filter might stop, while nobody else in this process can
run: whoever is to answer could not. glibc's `posix_spawn` does nothing there that changes a file, so it is used, and
the thread gives itself what that cannot set: its own working directory and umask. What remains of a difference: glibc
before 2.38 lets the process ignore the two signals that it keeps for itself (32 and 33).
"""

from __future__ import annotations

import ctypes
import errno
import os
import signal
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.case import Command

_CLONE_FS = 0x200
_ABSENT = (errno.ENOENT, errno.ENOTDIR)
_RESTORED = (signal.SIGPIPE, signal.SIGXFSZ)
"""As `subprocess` does: Python ignores these two for itself."""


class Spawned:
    """A process that was started."""

    def __init__(self, pid: int) -> None:
        self.pid = pid

    def wait(self) -> int:
        """Its exit status, negative where a signal ended it."""
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


def spawn(command: Command, added: dict[str, str], streams: tuple[int, int, int]) -> Spawned:
    """Start a command as the leader of a session of its own; a negative stream is `/dev/null`.

    The calling thread is of no other use afterwards: its directory and umask are the command's.

    Raises:
        OSError: It cannot be started.
    """
    variables = {**command.variables, **added}
    if ctypes.CDLL(None, use_errno=True).unshare(_CLONE_FS):
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    os.chdir(command.cwd)
    os.umask(command.umask)
    actions: list[tuple[object, ...]] = [
        (os.POSIX_SPAWN_OPEN, to, os.devnull, os.O_RDONLY, 0) if handle < 0 else (os.POSIX_SPAWN_DUP2, handle, to)
        for to, handle in enumerate(streams)
    ]
    actions += [(os.POSIX_SPAWN_CLOSE, handle) for handle in _handed_down()]
    return Spawned(_first_found(command.argv, variables, actions))


def _handed_down() -> Iterator[int]:
    """What we were given by whoever started us, and would give away: `subprocess` closes it, too."""
    for name in os.listdir("/proc/self/fd"):  # noqa: PTH208 -- numbers
        with suppress(OSError):
            if int(name) > 2 and os.get_inheritable(int(name)):  # noqa: PLR2004 -- the streams
                yield int(name)


def _first_found(words: tuple[str, ...], variables: dict[str, str], actions: list[tuple[object, ...]]) -> int:
    """Start the first program of that name that can be: where several fail, the first that stands there tells why."""
    name, refusal = words[0], None
    for directory in os.get_exec_path(variables) if "/" not in name else [""]:
        try:
            return os.posix_spawn(
                os.path.join(directory, name), words, variables,  # noqa: PTH118 -- as it is looked for
                file_actions=actions, setsid=True, setsigdef=_RESTORED,
            )  # fmt: skip
        except OSError as error:
            if refusal is None or refusal.errno in _ABSENT:
                refusal = error
    assert refusal is not None, "there is at least one place to look at"
    raise OSError(refusal.errno, refusal.strerror, name)
