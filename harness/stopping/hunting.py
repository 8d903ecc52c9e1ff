"""Killing all processes of a command, those included that left its group. Linux."""

from __future__ import annotations

import ctypes
import os
import signal
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MARKER = "VENVPROOF_COMMAND"
"""The environment variable by which a command's processes are known, wherever they went."""

_PR_SET_CHILD_SUBREAPER = 36
_mains: set[int] = set()
"""The first processes of all commands that are watched: somebody waits for each."""


class Hunt:
    """What ends the processes of one command, whose environment holds `variable`."""

    def __init__(self) -> None:
        adopt()
        self.variable = (MARKER, f"{os.getpid()}-{id(self):x}")
        self.on = False
        self._main = 0

    @property
    def main(self) -> int:
        """The command's first process, 0 before it began."""
        return self._main

    @main.setter
    def main(self, process: int) -> None:
        self._main = process
        _mains.add(process)

    def close(self) -> None:
        """Forget the command."""
        _mains.discard(self._main)

    def group(self) -> None:
        """Kill the command's group, which mostly is all of it."""
        self.on = True
        if self._main:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self._main, signal.SIGKILL)

    def all(self, known: Iterable[int]) -> None:
        """Kill the group, those known, whoever bears the marker, and all their descendants."""
        self.group()
        parents = dict(_parents())
        ours = {self._main, *known} & parents.keys()
        ours |= {process for process, parent in parents.items() if self._is_ours(process, parent)}
        while more := {process for process, parent in parents.items() if parent in ours} - ours:
            ours |= more
        for process in ours - {os.getpid()}:
            with suppress(ProcessLookupError, PermissionError):
                os.kill(process, signal.SIGKILL)
            if parents[process] == os.getpid() and process not in _mains:  # an orphan that came to us
                with suppress(ChildProcessError):
                    os.waitpid(process, os.WNOHANG)

    def _is_ours(self, process: int, parent: int) -> bool:
        variable = _variable(process)
        if variable is not None:
            return variable == self.variable[1]
        # It has dropped its environment: an orphan that bears nobody's mark, and is under one filter more than we are.
        return parent == os.getpid() and process not in _mains and _filters(process) > _filters(os.getpid())


@cache
def adopt() -> None:
    """From now on let processes whose parents end become our own children, and not those of the system's first one."""
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def _parents() -> Iterator[tuple[int, int]]:
    """Every process with its parent."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            with suppress(OSError, IndexError, ValueError):
                told = (entry / "stat").read_bytes().rpartition(b")")[2].split()
                yield int(entry.name), int(told[1])


def _variable(process: int) -> str | None:
    """The marker that a process bears; None where it bears none."""
    with suppress(OSError):
        for word in Path(f"/proc/{process}/environ").read_bytes().split(b"\0"):
            name, _, value = word.partition(b"=")
            if name == MARKER.encode():
                return os.fsdecode(value)
    return None


def _filters(process: int) -> int:
    with suppress(OSError, ValueError):
        for line in Path(f"/proc/{process}/status").read_text("utf-8", "replace").splitlines():
            if line.startswith("Seccomp_filters:"):
                return int(line.split()[1])
    return 0
