"""What a signal does to whoever makes a call. Linux."""

from __future__ import annotations

import os
import signal

_HARMLESS = (
    signal.SIGCHLD, signal.SIGCONT, signal.SIGURG, signal.SIGWINCH,
    signal.SIGSTOP, signal.SIGTSTP, signal.SIGTTIN, signal.SIGTTOU,
)  # fmt: skip
"""Those that end nobody by themselves, by signal(7)."""

_HELD_OFF = ("SigBlk:", "SigIgn:", "SigCgt:")


def ends(process: int, thread: int, group: int, number: int) -> bool:
    """Whether a process of that group ends by a signal that the group is sent, as far as this thread of it tells."""
    try:
        if number in _HARMLESS or os.getpgid(process) != group:
            return False
        with open(f"/proc/{thread}/status", encoding="utf-8", errors="replace") as lines:  # noqa: PTH123
            masks = [int(line.split()[1], 16) for line in lines if line.startswith(_HELD_OFF)]
    except OSError:
        return True  # it has ended
    return not any(mask >> number - 1 & 1 for mask in masks)
