"""Starting a process from a thread that is under a filter of calls. Linux, glibc.

`subprocess` would do something between fork and exec that the filter might stop, while nobody else in this process can
run: whoever is to answer could not. glibc's `posix_spawn` does nothing there that changes a file, so it is used, and
the thread gives itself what that cannot set: its own working directory and umask.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import signal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harness.case import Command

_CLONE_FS = 0x200


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
    program = command.argv[0] if "/" in command.argv[0] else shutil.which(command.argv[0], path=variables.get("PATH"))
    if ctypes.CDLL(None, use_errno=True).unshare(_CLONE_FS):
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    os.chdir(command.cwd)
    os.umask(command.umask)
    actions = [
        (os.POSIX_SPAWN_OPEN, to, os.devnull, os.O_RDONLY, 0) if handle < 0 else (os.POSIX_SPAWN_DUP2, handle, to)
        for to, handle in enumerate(streams)
    ]
    # As `subprocess` does: Python ignores these two for itself.
    restored = (signal.SIGPIPE, signal.SIGXFSZ)
    return Spawned(
        os.posix_spawn(
            program or command.argv[0], command.argv, variables,
            file_actions=actions, setsid=True, setsigdef=restored,
        )
    )  # fmt: skip
