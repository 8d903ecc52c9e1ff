"""What is to be done about the calls of a command: counted, and one of them, or all from one on, dealt with."""

from __future__ import annotations

import errno
import signal
from collections import Counter
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, TypeAlias, assert_never

from harness.calls import below, key
from harness.scenario import Each, Spot

if TYPE_CHECKING:
    from collections.abc import Callable

    from harness.calls import Stop
    from harness.scenario import At


@dataclass(frozen=True, slots=True)
class GoOn:
    """Let the call run."""


@dataclass(frozen=True, slots=True)
class Fail:
    """Let it fail with this error number."""

    error: int

    @classmethod
    def with_name(cls, name: str) -> Fail:
        """By the name of the error, as `ENOSPC`."""
        return cls(int(getattr(errno, name)))


@dataclass(frozen=True, slots=True)
class Kill:
    """Kill all of the command's processes, so that the call is never made."""


@dataclass(frozen=True, slots=True)
class Signal:
    """Send a signal to the command's process group, then let the call run, unless whoever makes it ends by that."""

    number: int

    @classmethod
    def with_name(cls, name: str) -> Kill | Signal:
        """By its name; SIGKILL reaches all processes before the call."""
        return Kill() if name == "SIGKILL" else cls(int(signal.Signals[name]))


Decision: TypeAlias = GoOn | Fail | Kill | Signal


class Orders:
    """What is to be done to the commands of one step, whether they are watched one after the other or together.

    Calls below `root` of the `kinds` asked for are counted, from one. At the one that `at` means, `then` decides, which
    may take its time; where it is `lasting`, at all that follow, too. With `at` None all go on. Where a command asks
    for a lock that another one holds, `collides` is called. What is done to the directories `free` is not judged. Where
    somebody `looks`, what became of each call is found out, too.
    """

    def __init__(
        self,
        root: str,
        *,
        free: tuple[str, ...] = (),
        at: At | None = None,
        then: Callable[[], Decision] = GoOn,
        kinds: frozenset[str] = frozenset(),
        lasting: bool = False,
        collides: Callable[[], None] | None = None,
        looks: bool = False,
    ) -> None:
        assert not isinstance(at, Each), "what is swept is played once for each call, with that one's number or spot"
        self.root, self.free, self.collides = root, free, collides
        self.at, self.then, self.kinds, self.lasting, self.looks = at, then, kinds, lasting, looks
        self.hit: int | None = None
        self._count = 0
        self._lock = Lock()
        self._seen: Counter[tuple[str, str]] = Counter()

    def counts(self, stop: Stop) -> bool:
        """Whether a call is one of those that are counted."""
        return (not self.kinds or stop.kind in self.kinds) and bool(self._path(stop))

    def decide(self, stop: Stop) -> Decision:
        """What is to become of a call."""
        if not self.counts(stop):
            return GoOn()
        told = (stop.kind, key(self._path(stop)))
        with self._lock:  # not for longer, as what is then done may take its time
            self._count += 1
            self._seen[told] += 1
            if self.hit is None and self._is_meant(told):
                self.hit = self._count
            elif not (self.lasting and self.hit):
                return GoOn()
        return self.then()

    def _path(self, stop: Stop) -> str:
        """What the call changes as seen from the root, or the other place that it is about; empty where neither is."""
        return next(filter(None, (below(path, self.root) for path in reversed(stop.paths))), "")

    def _is_meant(self, told: tuple[str, str]) -> bool:
        match self.at:
            case None | Each():
                return False
            case int(number):
                return self._count == number
            case Spot(call=call, path=path, occurrence=occurrence):
                return told == (call, key(path)) and self._seen[told] == occurrence
            case _:
                assert_never(self.at)
