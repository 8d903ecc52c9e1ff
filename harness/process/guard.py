"""What sees to it that nothing is left even of a session that was killed, and could not see to it itself."""

from __future__ import annotations

import ctypes
import signal
import subprocess
import sys

from harness.process import leftovers

_PR_SET_PDEATHSIG = 1


class Guard:
    """A process that waits for the end of ours, however it comes, and then sweeps what carries the marker.

    `mounted` is a directory on which a filesystem was mounted for the session: it is unmounted and removed, too.
    Only Linux shows what carries it; elsewhere there is no such process.
    """

    def __init__(self, marker: str, *, mounted: str = "") -> None:
        self._process: subprocess.Popen[bytes] | None = None
        if sys.platform == "linux":
            # It reads a pipe that nobody writes to and that ends when we do: none of our processes inherits our end.
            self._process = subprocess.Popen(
                (sys.executable, "-I", "-S", leftovers.__file__, marker, *filter(None, (mounted,))),
                stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
            )  # fmt: skip

    def dismiss(self) -> None:
        """End it: all is swept."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()


def die_with_parent() -> None:
    """Let this process be killed as soon as the one that started it ends, so that it starts nothing more."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
