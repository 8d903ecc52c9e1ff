"""A tool over its releases: what its newest does, since when, and what changed from one to the next."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import TYPE_CHECKING

from harness.report.survey import NO_RESULT
from harness.report.words import BAD, message
from harness.result import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.report.survey import Build, Column, FamilyOf, Span, Survey

LISTS = {
    Outcome.BREAKS: "What breaks",
    Outcome.ERRS: "What hangs or crashes",
    Outcome.WEAK: "What has flaws",
    Outcome.DECLINES: "What it refuses",
}
"""The lists of a tool's page, by what they are of."""

_DID = {
    Outcome.HOLDS: "held",
    Outcome.WEAK: "was weak",
    Outcome.DECLINES: "declined",
    Outcome.BREAKS: "broke",
    Outcome.ERRS: "hung or crashed",
}
_ORDER = (Outcome.ERRS, Outcome.BREAKS, Outcome.DECLINES, Outcome.WEAK, Outcome.HOLDS)
"""As `compare` has it: what is later is better."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A scenario that came to something: what, since when, and what the newest of the other tools came to."""

    scenario: str
    summary: str
    message: str
    since: str
    others: tuple[tuple[Column, Outcome], ...]


def listed(survey: Survey, column: Column, outcome: Outcome) -> list[Listed]:
    """The scenarios that the newest build came to this outcome in."""
    return [
        Listed(
            scenario=name,
            summary=scenario.summary,
            message="" if outcome is Outcome.DECLINES else message(cell),
            since=since(column.spans(name)),
            others=tuple((one, word) for one in survey.measured if one is not column and (word := _now(one, name))),
        )
        for name, scenario in survey.scenarios.items()
        if (cell := column.cell(name)) and cell.outcome is outcome
    ]


def _now(column: Column, scenario: str) -> Outcome | None:
    return _result(column.newest, scenario) if column.newest else None


def since(spans: tuple[Span, ...]) -> str:
    """`since 0.8.0; until 0.7.22 it broke`; empty where one release alone was measured."""
    match spans:
        case (*_, before, now):
            return f"since {now.builds[0].version}; until {before.builds[-1].version} it {_DID[before.outcome]}"
        case (only,) if len(only.builds) > 1:
            return f"in all {len(only.builds)} releases measured"
        case _:
            return ""


def before(spans: tuple[Span, ...]) -> str:
    """The same in less room: `until 0.7.22 x breaks`."""
    match spans:
        case (*_, last, _):
            return f"until {last.builds[-1].version} {last.outcome.sign} {last.outcome}"
        case _:
            return ""


@dataclass(frozen=True, slots=True)
class Piece:
    """Some releases in a row that came to the same: the outcome, the last of them, how many."""

    outcome: Outcome | None
    build: Build
    count: int


@dataclass(frozen=True, slots=True)
class Strip:
    """A scenario over all releases; `bad` is the first that broke, `good` the first that did not any more."""

    scenario: str
    pieces: tuple[Piece, ...]
    bad: str
    good: str

    @property
    def name(self) -> str:
        """Without the family."""
        return self.scenario.partition("/")[2]


def strips(column: Column, family: FamilyOf) -> list[Strip]:
    """The strips of a family, those that tell something first."""
    return sorted((strip(column, name) for name in family.scenarios), key=lambda one: len(one.pieces) == 1)


def strip(column: Column, scenario: str) -> Strip:
    """A scenario over a tool's releases."""
    words = [(_result(build, scenario), build) for build in column.builds]
    runs = [(outcome, [build for _, build in run]) for outcome, run in groupby(words, key=lambda word: word[0])]
    spans = column.spans(scenario)
    bad = [number for number, span in enumerate(spans) if span.outcome in BAD]
    good = bad and bad[-1] + 1 < len(spans)
    return Strip(
        scenario,
        tuple(Piece(outcome, builds[-1], len(builds)) for outcome, builds in runs),
        bad=spans[bad[0]].builds[0].version if bad else "",
        good=spans[bad[-1] + 1].builds[0].version if good else "",
    )


def _result(build: Build, scenario: str) -> Outcome | None:
    cell = build.cells.get(scenario)
    return None if cell is None or cell.outcome in NO_RESULT else cell.outcome


@dataclass(frozen=True, slots=True)
class Turn:
    """A scenario that came to something else than in the release before."""

    scenario: str
    was: Outcome
    now: Outcome


@dataclass(frozen=True, slots=True)
class Release:
    """What a release changed."""

    build: Build
    worse: tuple[Turn, ...]
    better: tuple[Turn, ...]


def releases(column: Column) -> Iterator[Release]:
    """The releases that changed anything, the newest first."""
    for old, new in reversed([*pairwise(column.builds)]):
        results = ((name, _result(old, name), _result(new, name)) for name in new.cells)
        turns = [Turn(name, was, now) for name, was, now in results if was and now and was is not now]
        worse = tuple(turn for turn in turns if _ORDER.index(turn.now) < _ORDER.index(turn.was))
        better = tuple(turn for turn in turns if turn not in worse)
        if turns:
            yield Release(new, worse, better)
