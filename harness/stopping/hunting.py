"""Killing all processes of a command, those included that left its group, and burying them. Linux.

Two things make sure that none escapes. We adopt orphans (a subreaper), so that whatever a command started is below us
in the tree of processes for as long as it lives, whatever session or environment it took; and the listener's hang-up
tells when the last one under the filter is gone, until when we go on killing. A cgroup of its own (`cgroup.kill`) would
tell no more, and needs root or a part of the hierarchy that was handed to us: there is none.

What that is not for: a harness that is itself killed. Its listener ends with it, so that every call which waits or
comes fails; `process.Guard` kills what still bears the session's marker.
"""

from __future__ import annotations

import ctypes
import os
import select
import signal
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

MARKER = "VENVPROOF_COMMAND"
"""The environment variable by which a command's processes are known, wherever they went."""

_PR_SET_CHILD_SUBREAPER = 36
_EXITING = 0x4  # PF_EXITING
_LAST_BREATH = 1.0
"""Seconds that a process which is about to end may take."""

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
        """Forget the command, whose processes have ended, and bury those that became our children."""
        _mains.discard(self._main)
        _bury()

    def group(self) -> None:
        """Kill the command's group, which mostly is all of it."""
        self.on = True
        if self._main:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self._main, signal.SIGKILL)

    def all(self, known: Collection[int]) -> None:
        """Kill the group and, of what is below us, those known, whoever bears the marker, and all their descendants."""
        self.group()
        parents = dict(_parents())
        below = _descendants({os.getpid()}, parents)
        ours = {process for process in below if self._is_ours(process, parents[process], known)}
        for process in ours | _descendants(ours, parents):
            with suppress(ProcessLookupError, PermissionError):
                os.kill(process, signal.SIGKILL)
        _bury()  # before Linux 6.11 the dead count as being under the filter until then

    def _is_ours(self, process: int, parent: int, known: Collection[int]) -> bool:
        if process in _mains:
            return process == self._main
        variable = _variable(process)
        if variable is not None:
            return variable == self.variable[1]
        # It has dropped its environment: it was seen, or is an orphan under one filter more than we are.
        return process in known or (parent == os.getpid() and _filters(process) > _filters(os.getpid()))


@cache
def adopt() -> None:
    """From now on let processes whose parents end become our own children, and not those of the system's first one."""
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def _descendants(of: set[int], parents: Mapping[int, int]) -> set[int]:
    found: set[int] = set()
    while more := {process for process, parent in parents.items() if parent in of | found} - found:
        found |= more
    return found


def _parents() -> Iterator[tuple[int, int]]:
    """Every process with its parent."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            with suppress(OSError, IndexError):
                yield int(entry.name), int(_stat(int(entry.name))[1])


def _bury() -> None:
    """Wait for those adopted that have been under a filter and are ending: nobody else does."""
    seen: set[int] = set()
    while dying := {child for child in _children() if _is_dying(child)} - _mains - seen:
        seen |= dying
        for process in dying:
            with suppress(ProcessLookupError, ChildProcessError):
                handle = os.pidfd_open(process)
                try:
                    select.select([handle], [], [], _LAST_BREATH)
                finally:
                    os.close(handle)
                os.waitpid(process, os.WNOHANG)


def _children() -> Iterator[int]:
    for task in Path("/proc/self/task").iterdir():
        with suppress(OSError):  # a kernel without such lists leaves the dead unburied until we end
            yield from map(int, (task / "children").read_bytes().split())


def _is_dying(process: int) -> bool:
    with suppress(OSError, IndexError):
        exiting = int(_stat(process)[6]) & _EXITING
        return bool(exiting) and _filters(process) > _filters(os.getpid())
    return False


def _stat(process: int) -> list[bytes]:
    """What proc(5) tells of a process, from its state on."""
    return Path(f"/proc/{process}/stat").read_bytes().rpartition(b")")[2].split()


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
