"""The points of a sweep: which calls they are, and what came of a case at each, as one result. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING, TypeVar

from harness.calls import below, key
from harness.case import Act, Case, Interleave
from harness.result import Finding, Outcome, Swept
from harness.scenario import Each, Fault, Interrupt, Spot
from harness.verdict import Broken, Held, Said

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.case import CaseStep
    from harness.result import Result
    from harness.run import Run
    from harness.scenario import At
    from harness.verdict import Evidence

T = TypeVar("T")

_RANGES = 4
"""How many ranges of points are told of."""


@dataclass(frozen=True, slots=True)
class Point:
    """A call at which a case is played: its number among those of an undisturbed play, and what it does."""

    number: int
    spot: Spot

    def __str__(self) -> str:
        return f"`{self.spot.call} {self.spot.path}`"


@dataclass(frozen=True, slots=True)
class Played:
    """What came of a case at a point; `reached` is false where the call was never made this time."""

    point: Point
    result: Result
    reached: bool


def swept_step(case: Case) -> CaseStep | None:
    """The step that is to be stopped at each of its calls in turn; None where the case has none."""
    return next((step for step in case.steps if _is_swept(step)), None)


def _is_swept(step: CaseStep) -> bool:
    return isinstance(step.action, Act) and step.action.stop is not None and isinstance(step.action.stop.at, Each)


def aimed(case: Case, at: At) -> Case:
    """The case with that call instead of each."""

    def step_at(step: CaseStep) -> CaseStep:
        action = step.action
        if not _is_swept(step) or not isinstance(action, Act) or action.stop is None:
            return step
        return replace(step, action=replace(action, stop=replace(action.stop, at=at)))

    return replace(case, steps=tuple(map(step_at, case.steps)))


def point_of(case: Case, run: Run) -> At | None:
    """The call at which a run of a swept case was stopped; None for the undisturbed one, and for any other case."""
    for step, played in zip(case.steps, run.case.steps, strict=True):
        if _is_swept(step) and not _is_swept(played) and isinstance(played.action, Act) and played.action.stop:
            return played.action.stop.at
    return None


def points(run: Run) -> tuple[Point, ...]:
    """The calls that the step to be swept makes, as an undisturbed play shows them."""
    found: list[Point] = []
    seen: dict[tuple[str, str], int] = {}
    for observation in run.observations:
        if not _is_swept(observation.step):
            continue
        calls = (stop for done in observation.finished if done.watched for stop in done.watched.calls)
        for number, stop in enumerate(calls, start=1):
            within = next(filter(None, (below(path, run.case.place.root) for path in reversed(stop.paths))), "")
            known = (stop.kind, key(within))
            seen[known] = seen.get(known, 0) + 1
            found.append(Point(number, Spot(*known, seen[known])))
    return tuple(found)


def unreached(run: Run) -> tuple[int, ...]:
    """The steps that were done, and never came to the call at which they were to be stopped."""
    return tuple(
        observation.step.number
        for observation in run.observations
        if _is_aimed(observation.step)
        and not any(done.watched is not None and done.watched.hit for done in observation.finished)
    )


def _is_aimed(step: CaseStep) -> bool:
    return isinstance(step.action, Act) and step.action.stop is not None and not _is_swept(step)


def sampled(all_of_them: Sequence[T], most: int | None) -> tuple[T, ...]:
    """At most so many of them, evenly spread, the first and the last among them."""
    count = len(all_of_them)
    if most is None or count <= most:
        return tuple(all_of_them)
    if most == 1:
        return (all_of_them[0],)
    return tuple(all_of_them[round(n * (count - 1) / (most - 1))] for n in range(most))


def worst(played: Sequence[Played]) -> Played:
    """The point at which most went wrong, the first of several."""
    return min(played, key=lambda one: (list(Outcome).index(one.result.outcome), -_wrongs(one.result)))


def _wrongs(result: Result) -> int:
    return sum(isinstance(finding.verdict, Broken) for finding in result.findings)


def combined(case: Case, played: Sequence[Played], count: int) -> Result:
    """One result of all: a check is broken where it is at any point, and the evidence says at which."""
    at_worst = worst(played)
    told = _Told(case, played, count)
    findings = tuple(
        told.finding([(one, one.result.findings[n]) for one in played], at_worst)
        for n in range(min(len(one.result.findings) for one in played))
    )
    outcome, reason = at_worst.result.outcome, at_worst.result.reason
    alike = [one.point for one in played if one.result.outcome is outcome]
    missed = [one.point for one in played if not one.reached]
    if reason:
        reason = f"{reason}; {told.where(alike)}"
    if missed and outcome not in (Outcome.ERRS, Outcome.BREAKS):
        outcome, reason, alike = Outcome.ERRS, f"it was never made again: {told.where(missed)}", missed
    swept = Swept(of=count, played=len(played), alike=len(alike), missed=len(missed))
    return replace(at_worst.result, findings=findings, outcome=outcome, reason=reason, swept=swept)


class _Told:
    """Puts points in words."""

    def __init__(self, case: Case, played: Sequence[Played], count: int) -> None:
        self._step, self._count = swept_step(case), count
        self._order = {one.point: n for n, one in enumerate(played)}

    def finding(self, found: Sequence[tuple[Played, Finding]], at_worst: Played) -> Finding:
        """A check's verdict at all points; what shows it is of the worst point, or of the first that breaks it."""
        broken = {one.point: finding for one, finding in found if isinstance(finding.verdict, Broken)}
        if not broken:
            judged = (finding for _, finding in found if isinstance(finding.verdict, Held))
            return next(judged, found[0][1])
        shown = broken.get(at_worst.point) or next(iter(broken.values()))
        assert isinstance(shown.verdict, Broken), "only what is broken is told of"
        first, *others = shown.verdict.evidence
        where = self.where(list(broken))
        if isinstance(first, Said):
            evidence: tuple[Evidence, ...] = (Said(first.step, f"{first.text}; {where}"), *others)
        else:
            evidence = (first, Said(first.step, where), *others)
        ranges = tuple((group[0].number, group[-1].number) for group in _neighbours(list(broken), self._order))
        return replace(shown, verdict=Broken(evidence), points=ranges)

    def where(self, points: Sequence[Point]) -> str:
        """`killed before 17 to 44 of 44 calls: from `symlink project/.venv/bin/python` to `write ...``."""
        ranges = _neighbours(points, self._order)
        numbers = [f"{r[0].number} to {r[-1].number}" if len(r) > 1 else f"{r[0].number}" for r in ranges]
        calls = [f"from {r[0]} to {r[-1]}" if len(r) > 1 else f"{r[0]}" for r in ranges]
        tried = f", of which {len(self._order)} were tried" if len(self._order) < self._count else ""
        return f"{self._how()} {_listed(numbers)} of {self._count} calls{tried}: {_listed(calls)}"

    def _how(self) -> str:
        action = self._step.action if self._step else None
        match action.stop if isinstance(action, Act) else None:
            case Interrupt(signal="SIGKILL"):
                return "killed before"
            case Interrupt(signal=signal):
                return f"{signal} at"
            case Fault(error=error, lasting=True):
                return f"{error} from"
            case Fault(error=error):
                return f"{error} at"
            case Interleave():
                return "held before"
            case _:
                return "at"


def _neighbours(points: Sequence[Point], order: dict[Point, int]) -> list[list[Point]]:
    """Points that were played one after the other, together."""
    numbered = enumerate(sorted(points, key=order.__getitem__))
    return [[point for _, point in group] for _, group in groupby(numbered, lambda pair: order[pair[1]] - pair[0])]


def _listed(words: Sequence[str]) -> str:
    more = len(words) - _RANGES
    return ", ".join(words[:_RANGES]) + (f" and {more} more" if more > 0 else "")
