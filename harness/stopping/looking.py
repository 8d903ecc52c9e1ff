"""What became of calls that stopped: there is no return value, so their paths are looked at before and after. Linux."""

from __future__ import annotations

import errno
import os
import signal
from contextlib import ExitStack
from dataclasses import dataclass, replace
from time import monotonic
from typing import TYPE_CHECKING, assert_never

from harness.calls import KILLED, Made, below
from harness.stopping.asking import asked
from harness.stopping.orders import Fail, GoOn, Kill, Signal
from harness.stopping.standing import Standing, came_true, identity, position, refusal, written

if TYPE_CHECKING:
    from harness.calls import Stop
    from harness.stopping.orders import Decision, Orders

_MAKES = ("mkdir", "symlink", "mknod", "link")
_SHORT = 15
"""Of a process's name, which the kernel cuts."""


@dataclass(slots=True)
class _Pending:
    """A call that was let go: its number, what stood at its paths, and for a write its position."""

    number: int
    before: tuple[Standing, ...]
    handles: ExitStack
    position: int


class Looking:
    """Decides as `orders` do, and finds out what became of each call below their root.

    That is looked for when the same thread stops again, when another is about to touch the same path, or at the end.
    """

    def __init__(self, orders: Orders) -> None:
        self._orders = orders
        self._made: list[Made] = []
        self._pending: dict[int, _Pending] = {}
        self._standing: dict[str, tuple[int, int]] = {}

    def decide(self, stop: Stop) -> Decision:
        """What is to become of a call."""
        self._settle_before(stop)
        hit = self._orders.hit
        decision = self._orders.decide(stop)
        if any(below(path, self._orders.root) for path in stop.paths):
            self._let_go(stop, decision, hit=hit != self._orders.hit)
        return decision

    def end(self) -> None:
        """Nobody makes calls any more."""
        for thread in [*self._pending]:
            self._settle(thread)

    @property
    def made(self) -> tuple[Made, ...]:
        """All that were let go, in the order in which they stopped."""
        return tuple(self._made)

    def _settle_before(self, stop: Stop) -> None:
        """Look what has become of those that are over, and of those whose traces this one may cover."""
        known = stop.thread in self._pending
        self._settle(stop.thread)
        for thread, pending in [*self._pending.items()]:
            gone = not known and not os.path.exists(f"/proc/{thread}")  # noqa: PTH110 -- quicker
            covered = any(_touch(path, one.path) for path in stop.paths for one in pending.before)
            if gone or (covered and came_true(self._made[pending.number].stop, pending.before, pending.position)):
                self._settle(thread)

    def _let_go(self, stop: Stop, decision: Decision, *, hit: bool) -> None:
        made = Made(stop=stop, at=monotonic(), program=_program(stop.process), rest=asked(stop))
        made = replace(made, order=_order(decision)) if hit else made
        match decision:
            case Fail(error=error):
                self._made.append(replace(made, error=errno.errorcode[error]))
            case Kill():
                self._made.append(replace(made, error=KILLED))
            case GoOn() | Signal():
                with ExitStack() as handles:
                    before = tuple(handles.enter_context(Standing(path)) for path in stop.paths)
                    at = position(stop) if stop.kind == "write" else -1
                    self._pending[stop.thread] = _Pending(len(self._made), before, handles.pop_all(), at)
                self._made.append(made)
            case _:
                assert_never(decision)

    def _settle(self, thread: int) -> None:
        pending = self._pending.pop(thread, None)
        if pending is None:
            return
        with pending.handles:
            made = self._made[pending.number]
            self._made[pending.number] = self._settled(made, pending)

    def _settled(self, made: Made, pending: _Pending) -> Made:
        stop, last = made.stop, pending.before[-1]
        if not came_true(stop, pending.before, pending.position):
            return replace(made, error=refusal(stop, pending.before))
        if stop.kind in _MAKES:
            found = identity(last.path)
            if found is not None and self._standing.get(last.path) == found:
                return replace(made, error="EEXIST")  # of two that made it at the same time the other did
            self._standing |= {last.path: found} if found is not None else {}
        if stop.kind in ("unlink", "rmdir", "rename"):
            for path in stop.paths:
                self._standing.pop(path, None)
        size = written(stop, last, pending.position) if stop.kind == "write" else 0
        return replace(made, size=size)


def _touch(one: str, other: str) -> bool:
    return one == other or bool(below(one, other) or below(other, one))


def _order(decision: Decision) -> str:
    match decision:
        case GoOn():
            return "held before it, while another command ran"
        case Fail():
            return "as the scenario has it"
        case Kill():
            return "killed before it"
        case Signal(number=number):
            return f"{signal.Signals(number).name} came first"
        case _:
            assert_never(decision)


def _program(process: int) -> str:
    """What a process runs, by the name under which it was started."""
    try:
        name = os.fsdecode(_read(process, "comm").rstrip(b"\n"))
        if len(name) < _SHORT:
            return name
        words = [os.path.basename(word) for word in os.fsdecode(_read(process, "cmdline")).split("\0")]  # noqa: PTH119
    except OSError:
        return ""
    return next((word for word in words if word.startswith(name)), name)


def _read(process: int, name: str) -> bytes:
    with open(f"/proc/{process}/{name}", "rb", buffering=0) as file:  # noqa: PTH123 -- quicker
        return file.read()
