"""What the tools at hand do to a project's layout, by what was measured in the scenarios that describe it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import dropwhile, takewhile
from typing import TYPE_CHECKING

from packaging.version import Version

from harness.published import aged
from harness.report.cells import printable
from harness.report.happening import happening
from harness.report.survey import NO_RESULT
from harness.report.words import BAD
from harness.result import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from harness.layout import Layout
    from harness.report.survey import Build, Column, Span, Survey
    from harness.result import Record
    from harness.scenario import Scenario
    from harness.traits import Trait


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """What a tool does in a scenario. `measured` is the version that answers for the one that is installed.

    `says` is a sentence without a full stop; `turn` tells of earlier and later releases, and may be empty.
    """

    tool: str
    installed: str
    measured: str
    outcome: Outcome
    says: str
    turn: str = ""

    @property
    def bad(self) -> bool:
        """Whether it loses something of the user's, or does not end."""
        return self.outcome in BAD


@dataclass(frozen=True, slots=True)
class Described:
    """A scenario that describes a trait, and what each tool does there; none where nothing is measured."""

    scenario: str
    summary: str
    advice: tuple[Advice, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """A trait with all that is known of it."""

    trait: Trait
    described: tuple[Described, ...]


def advised(traits: Iterable[Trait], survey: Survey, at_hand: Sequence[tuple[str, str]], system: str) -> list[Told]:
    """Every trait with its scenarios, and what the tools at hand, by name and version, do in them.

    Where a tool was measured on several systems, `system` is the one that counts. A scenario is told of once.
    """
    told: list[Told] = []
    seen: set[str] = set()
    for trait in traits:
        names = [name for name in trait.scenarios if name in survey.scenarios and name not in seen]
        seen |= set(names)
        told.append(Told(trait, tuple(_described(survey.scenarios[name], survey, at_hand, system) for name in names)))
    return told


def _described(scenario: Scenario, survey: Survey, at_hand: Sequence[tuple[str, str]], system: str) -> Described:
    found = [
        advice
        for tool, version in at_hand
        if (column := _column(survey, tool, system)) and (advice := _advice(column, scenario, version))
    ]
    return Described(scenario.id, scenario.summary, tuple(found))


def _column(survey: Survey, tool: str, system: str) -> Column | None:
    columns = [column for column in survey.measured if column.tool == tool]
    ours = [one for one in columns if one.newest and one.newest.measurement.machine.get("system") == system]
    return next(iter(ours or columns), None)


def nearest(builds: Iterable[Build], version: str) -> Build | None:
    """The newest build that is not newer than a version; a build with a label of its own counts as its release."""
    known = [build for build in builds if _age(build.version) <= _age(version)]
    return max(known, key=lambda build: _age(build.version), default=None)


def _age(version: str) -> tuple[bool, Version | str]:
    strange, parsed = aged(version)
    return strange, Version(parsed.public) if isinstance(parsed, Version) else parsed


def _advice(column: Column, scenario: Scenario, version: str) -> Advice | None:
    build = nearest((build for build in column.builds if scenario.id in build.cells), version)
    if build is None or build.cells[scenario.id].outcome in NO_RESULT:
        return None
    cell = build.cells[scenario.id]
    return Advice(
        tool=column.tool,
        installed=version,
        measured=build.version,
        outcome=cell.outcome,
        says=_says(cell.as_bad[0], scenario, build) if cell.outcome is not Outcome.HOLDS else "",
        turn=_turn(column.spans(scenario.id), build),
    )


def _says(case: Record, scenario: Scenario, build: Build) -> str:
    cases = build.cells[scenario.id].cases
    variant = next((one for one in scenario.variants if cases.get(one.id) is case), scenario.variants[0])
    return happening(case, variant, build.measurement.tool)


def _turn(spans: Sequence[Span], build: Build) -> str:
    """`0.8.0 and later do not`, of a build that breaks; `until 0.7.22 it broke`, of one that does not any more."""
    number = next((n for n, span in enumerate(spans) if build in span.builds), None)
    if number is None:
        return ""
    if spans[number].outcome in BAD:
        return _mended(spans[number + 1 :])
    before = next((span for span in reversed(spans[:number]) if span.outcome in BAD), None)
    return f"until {before.builds[-1].version} it broke" if before else ""


def _mended(later: Sequence[Span]) -> str:
    """From which release on, and until which one if it came back; empty where it never went."""
    good = list(dropwhile(lambda span: span.outcome in BAD, later))
    if not good:
        return ""
    run = list(takewhile(lambda span: span.outcome not in BAD, good))
    first, last = run[0].builds[0].version, run[-1].builds[-1].version
    if len(run) == len(good):
        return f"{first} and later do not"
    return f"{first} does not" if first == last else f"{first} to {last} do not"


# -- for people --------------------------------------------------------------------------------------------------------


def lines(layout: Layout, told: Sequence[Told]) -> Iterator[str]:
    """All of it as text: each trait, its scenarios below it, and what each tool does in them."""
    yield printable(layout.project)
    for one in told:
        yield ""
        yield f"- {printable(one.trait.says)}"
        for described in one.described:
            yield f"    {described.summary} ({described.scenario})"
            yield from (f"      {_line(advice)}" for advice in described.advice)


def _line(advice: Advice) -> str:
    other = f", measured as {advice.measured}" if advice.measured != advice.installed else ""
    who = f"{advice.outcome.sign} {advice.tool} {advice.installed}{other}"
    turn = f"; {advice.turn}" if advice.turn else ""
    return f"{who}: {advice.says or 'nothing is wrong'}{turn}"
