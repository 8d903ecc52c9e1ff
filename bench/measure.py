"""Timing contenders in turn, and the ratios that come of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, TypeAlias

from harness import containment
from harness.process import run_together
from harness.run import Exited

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from harness.case import Command

Once: TypeAlias = Callable[[], float]
"""One go at it: the seconds that count, whatever it takes to make ready and to clear away."""


@dataclass(frozen=True, slots=True)
class Missing:
    """A contender that is not on this machine, and why."""

    reason: str


@dataclass(frozen=True, slots=True)
class Pair:
    """Two contenders to be compared, `other` taken times `share`; the ratio is to be at most `target`, if any."""

    ours: str
    other: str
    target: float | None = None
    share: float = 1.0

    @property
    def named(self) -> str:
        """What is compared, in words."""
        return f"{self.ours} / {'' if self.share == 1 else f'{self.share:g} x '}{self.other}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Contenders by name, and which of them are compared. `rounds` is how often each is timed by default."""

    contenders: Mapping[str, Once | Missing]
    pairs: tuple[Pair, ...]
    rounds: int


Seen: TypeAlias = Mapping[str, list[float] | Missing]
"""The seconds of every round, by contender."""


def timed(action: Callable[[], object]) -> float:
    """How many seconds it takes to have its result; to let go of that does not count."""
    begun = time.perf_counter()
    result = action()
    seconds = time.perf_counter() - begun
    del result
    return seconds


def spawned(*commands: Command, writable: str | None = None) -> float:
    """How many seconds these processes take that start together, and write below one directory alone where that can be.

    What fails would be measured for nothing, and ends the run.
    """
    places = None if writable is None or containment.missing() else (writable,)
    finished = run_together(commands, writable=places, hide={})
    for done in finished:
        if done.ending != Exited(0):
            raise SystemExit(f"{' '.join(done.command.argv)}\n{done.output[-2000:]}\n{done.ending}")
    return max(done.seconds for done in finished)


def interleaved(contenders: Mapping[str, Once | Missing], rounds: int) -> Seen:
    """Time A B C A B C ..., so that whatever else the machine does falls on all alike."""
    present = {name: once for name, once in contenders.items() if not isinstance(once, Missing)}
    seconds: dict[str, list[float]] = {name: [] for name in present}
    for _ in range(rounds):
        for name, once in present.items():
            seconds[name].append(once())
    return {name: once if isinstance(once, Missing) else seconds[name] for name, once in contenders.items()}


def rows(pairs: Iterable[Pair], seen: Seen) -> Iterator[tuple[str, ...]]:
    """Comparison, ours and the other in milliseconds, their ratio round by round, its target, and whether it is met."""
    for pair in pairs:
        ours, other = seen[pair.ours], seen[pair.other]
        missing = next((one for one in (ours, other) if isinstance(one, Missing)), None)
        if missing is not None:
            yield pair.named, "", "", "", _number(pair.target), f"skipped: {missing.reason}"
            continue
        assert not isinstance(ours, Missing), "unreachable because nothing is missing"
        assert not isinstance(other, Missing), "unreachable because nothing is missing"
        theirs = [seconds * pair.share for seconds in other]
        ratio = median(our / their for our, their in zip(ours, theirs, strict=True))
        reached = "" if pair.target is None else "yes" if ratio <= pair.target else "no"
        yield pair.named, _milliseconds(ours), _milliseconds(theirs), _number(ratio), _number(pair.target), reached


def _milliseconds(seconds: list[float]) -> str:
    return f"{1000 * median(seconds):,.2f}"


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"
