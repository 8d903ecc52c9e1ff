"""A case judged; one that is to be stopped at each call of a step in turn is played once for each."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from itertools import pairwise
from threading import Event, Lock
from time import monotonic
from typing import TYPE_CHECKING

from harness.case import Case, Unsupported
from harness.judge import judge, not_run
from harness.points import Played, aimed, combined, points, sampled, swept_step, unreached, worst
from harness.process import end_all
from harness.result import Outcome
from harness.runner import Known
from harness.sandbox import Sandbox

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Protocol

    from harness.case import Place
    from harness.points import Point
    from harness.result import Result
    from harness.run import Run

    class Play(Protocol):
        """Plays a case in its place, which must not stand yet."""

        def __call__(self, case: Case, known: Known | None = None) -> Run:
            """Play it; `known` is what came of the rest of other plays there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sweep:
    """How cases that are to be swept are played: at most at so many points, in so many lanes at the same time.

    `tell` is called with the case's name, how many points are done, of how many, and how many seconds are left by all
    appearances.
    """

    most: int | None = None
    lanes: int = 1
    tell: Callable[[str, int, int, float], None] = field(default=lambda *_: None)


@dataclass(frozen=True, slots=True)
class Judged:
    """A case's result, and the run that it is about: of a swept case that at the worst of its points.

    `lanes` are the other places that it was played in, which evidence may name.
    """

    result: Result
    run: Run
    lanes: tuple[Place, ...] = ()


def judged(case: Case, play: Play, elsewhere: Callable[[], Case], sweep: Sweep) -> Judged:
    """Play a case and judge it. `elsewhere` gives the same case in another place.

    What every point comes to is kept as its result alone. The worst is played once more in the case's own place, which
    is left as that left it; the case errs where it then comes to something else.
    """
    run = play(case)
    whole = judge(run)
    found = points(run)
    declines = whole.outcome is Outcome.DECLINES and not found
    if whole.outcome is Outcome.ERRS or declines:  # there is nothing at which it could be stopped
        return Judged(whole, run)
    if missed := unreached(run):
        return Judged(
            _not_to_be_stopped(case, f"step {missed[0]} never makes the call at which it is to be stopped"), run
        )
    if swept_step(case) is None:
        return Judged(whole, run)
    if not found:
        return Judged(_not_to_be_stopped(case, "the step makes no call at which it could be stopped"), run)
    sweeper = _Sweeper(case.name, play, elsewhere, sweep)
    played = sweeper.played(sampled(found, sweep.most))
    result = combined(case, played, len(found))
    expected = worst(played)
    Sandbox.clear(case.place)
    run = play(aimed(case, expected.point.spot))
    again = judge(run)
    if again.outcome is not expected.result.outcome:
        reason = f"at {expected.point} it came to `{expected.result.outcome}` and, played again, to `{again.outcome}`"
        result = replace(result, outcome=Outcome.ERRS, reason=reason)
    return Judged(replace(result, observations=again.observations), run, tuple(sweeper.lanes))


def _not_to_be_stopped(case: Case, reason: str) -> Result:
    return not_run(case.scenario, case.variant, case.subject, case.python, Unsupported(reason))


class _Sweeper:
    """The plays of one case, each lane in a place of its own, over and over again."""

    def __init__(self, name: str, play: Play, elsewhere: Callable[[], Case], sweep: Sweep) -> None:
        self._name, self._play, self._elsewhere, self._sweep = name, play, elsewhere, sweep
        self._begun, self._done, self._all = monotonic(), 0, 0
        self._stopped, self._lock = Event(), Lock()
        self.lanes: list[Place] = []

    def played(self, chosen: Sequence[Point]) -> tuple[Played, ...]:
        """What came of each, in their order. Neighbours are played in one lane, since they leave much the same."""
        self._all = len(chosen)
        lanes = max(1, min(self._sweep.lanes, len(chosen)))
        cut = [round(n * len(chosen) / lanes) for n in range(lanes + 1)]
        with ThreadPoolExecutor(lanes) as pool:
            try:
                parts = list(pool.map(self._lane, (chosen[a:b] for a, b in pairwise(cut))))
            except BaseException:
                self._stopped.set()
                end_all()
                raise
        return tuple(one for part in parts for one in part)

    def _lane(self, chosen: Sequence[Point]) -> list[Played]:
        case, known, found = self._elsewhere(), Known(), []
        self.lanes.append(case.place)
        step = swept_step(case)
        assert step is not None, "only such a case is swept"
        for point in chosen:
            if self._stopped.is_set():
                break
            run = self._play(aimed(case, point.spot), known)
            came = step.number not in unreached(run)
            found.append(Played(point, replace(judge(run), observations=()), came))
            Sandbox.clear(case.place)
            self._tell()
        return found

    def _tell(self) -> None:
        with self._lock:
            self._done += 1
            left = (monotonic() - self._begun) / self._done * (self._all - self._done)
            self._sweep.tell(self._name, self._done, self._all, left)
