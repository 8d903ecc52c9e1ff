"""What outlives the group that it was started in."""

from __future__ import annotations

import ctypes
import os
import select
import signal
import sys
import time
from contextlib import ExitStack, suppress
from pathlib import Path

_DETACH = 2  # MNT_DETACH: for everybody at once, whoever still has something open in it
_LATE = 1.0
_ROUNDS = 10  # each finds what was started while the one before was looking


def sweep(marker: str) -> None:
    """Kill whatever carries `VENVPROOF_SESSION=<marker>` in its environment, ourselves excepted.

    Only Linux shows the environment of a process; elsewhere this does nothing.
    """
    if sys.platform != "linux":
        return
    for _ in range(_ROUNDS):
        killed = [_swept(entry, f"VENVPROOF_SESSION={marker}") for entry in Path("/proc").glob("[0-9]*")]
        if not any(killed):
            return


def _swept(entry: Path, variable: str) -> bool:
    """Whether the process carried the variable, and so was killed."""
    if int(entry.name) == os.getpid():
        return False
    with suppress(ProcessLookupError, FileNotFoundError, PermissionError), ExitStack() as handles:
        handle = os.pidfd_open(int(entry.name))  # first, so that what is read and what is killed is one process
        handles.callback(os.close, handle)
        if variable.encode() in (entry / "environ").read_bytes().split(b"\0"):
            signal.pidfd_send_signal(handle, signal.SIGKILL)
            select.select([handle], [], [], 1.0)  # until it has ended
            return True
    return False


def discard(path: str) -> None:
    """Unmount all that lies over a directory, then remove it: it is empty. Linux only."""
    unmount = ctypes.CDLL(None).umount2
    while unmount(os.fsencode(path), _DETACH) == 0:
        pass
    with suppress(FileNotFoundError):
        os.rmdir(path)  # noqa: PTH106 -- whoever is to find a tree in it finds it still


if __name__ == "__main__":  # as `guard` starts it
    sys.stdin.buffer.read()
    sweep(sys.argv[1])
    time.sleep(_LATE)  # nobody tells of what a worker was about to start as it was killed with us
    sweep(sys.argv[1])
    for path in sys.argv[2:]:
        discard(path)
