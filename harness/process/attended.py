"""A process that has our own terminal: for whoever wants to look around in a root, contained as a command is."""

from __future__ import annotations

import signal
import subprocess
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING

from harness import containment
from harness.errors import mistake

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from harness.case import Command


def attended(command: Command, *, writable: Sequence[str] | None) -> int:
    """Run a command with our standard streams, for as long as it likes; its status, negative where a signal ended it.

    It may write below `writable` alone; None lets it write wherever we may. What is typed to interrupt is for the
    command, not for us. Its limit and its answers do not count. What it leaves behind is `sweep`'s.

    Raises:
        HarnessError: It could not be started.
        OSError: It could not be contained, and was not started.
    """
    with _deaf(), ThreadPoolExecutor(1) as dying:
        process = dying.submit(_started, command, writable).result()
        try:
            return process.wait()
        finally:  # where we are to end before it does
            process.kill()
            process.wait()


def _started(command: Command, writable: Sequence[str] | None) -> subprocess.Popen[bytes]:
    """Start it from a thread that is of no other use, since that gives up its rights for good."""
    if writable is not None:
        containment.restrict(writable)
    if command.unprivileged:
        containment.drop_power()
    try:
        # In our own group: a terminal listens to that one, and a shell makes others of its own.
        return subprocess.Popen(command.argv, cwd=command.cwd, env=command.variables, umask=command.umask)
    except OSError as error:
        raise mistake(f"`{command.argv[0]}` cannot be started: {(error.strerror or str(error)).lower()}") from None


@contextmanager
def _deaf() -> Iterator[None]:
    """Let what is typed to interrupt pass us by; whom we start hears of it, since that is handled here, not ignored."""
    before = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
