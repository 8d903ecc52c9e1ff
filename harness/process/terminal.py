"""A process that talks to a terminal, and somebody who types answers at its prompts. Not on Windows."""

from __future__ import annotations

import os
import re
import select
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.process.life import Life

PAUSE = 0.1
"""Seconds of silence that make an unfinished line a prompt: tools write even whole lines piece by piece."""

LAST_WORDS = 1.0
"""Seconds of silence after which what outlives the process, and keeps its terminal, is no longer listened to."""

_SIZE = (40, 400)  # lines and columns; so wide that no path is wrapped
_ESCAPES = re.compile(rb"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_=>])")


def on_a_terminal(life: Life, answers: Sequence[str], most: int) -> tuple[int, bytes]:
    """Start a process on a terminal and type each answer at a prompt; its status, and what the terminal showed.

    That is without escape sequences, and no more than `most` bytes. The terminal is no controlling one: that would need
    a step between fork and exec.
    """
    with ExitStack() as handles:
        master, slave = _pty()
        handles.callback(os.close, master)
        ended, end = os.pipe()
        handles.callback(os.close, ended)
        with os.fdopen(end, "wb"):
            try:
                life.start(slave, slave, slave)
            finally:
                os.close(slave)  # or there would be no end to read
            listener = handles.enter_context(ThreadPoolExecutor(1))
            shown = listener.submit(_converse, master, ended, answers, most)
            status = life.end()
        return status, shown.result()


def _pty() -> tuple[int, int]:
    import termios  # noqa: PLC0415 -- not on Windows

    master, slave = os.openpty()
    termios.tcsetwinsize(slave, _SIZE)
    return master, slave


def _converse(master: int, ended: int, answers: Sequence[str], most: int) -> bytes:
    said, answered, pending = bytearray(), 0, list(answers)
    while True:
        unfinished = _ESCAPES.sub(b"", said[answered:].rpartition(b"\n")[2]).strip()
        chunk = _heard(master, ended, PAUSE if pending and unfinished else None)
        if chunk is None:
            answered = len(said)
            os.write(master, f"{pending.pop(0)}\n".encode())
        elif not chunk:
            return _ESCAPES.sub(b"", said)
        else:
            said += chunk[: most - len(said)]


def _heard(master: int, ended: int, patience: float | None) -> bytes | None:
    """The next bytes of output; None where there are none so long.

    No bytes once nobody holds the terminal any more, or its holder has outlived the process and is silent.
    """
    ready, _, _ = select.select([master, ended], [], [], patience)
    if not ready:
        return None
    if master not in ready:
        ready, _, _ = select.select([master], [], [], LAST_WORDS)
    with suppress(OSError):  # Linux calls a terminal that nobody holds an error of input
        return os.read(master, 65536) if ready else b""
    return b""
