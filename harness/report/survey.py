"""What published measurements say, laid out for reports: a column a tool, its builds by age, a cell a scenario."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from harness.published import DIGITS
from harness.report.cells import broken
from harness.result import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from harness.published import Measurement
    from harness.result import Record
    from harness.scenario import Scenario

NO_RESULT = frozenset({Outcome.UNSUPPORTED, Outcome.SKIPPED})
"""Outcomes that say nothing of how a tool behaves."""


@dataclass(frozen=True)
class Cell:
    """What a build did in a scenario: its cases by their variants, and the worst word among them."""

    cases: Mapping[str, Record]

    @cached_property
    def outcome(self) -> Outcome:
        """The worst that came of any variant; without a result only where none has one."""
        words = {Outcome(case["outcome"]) for case in self.cases.values()}
        return min(words - NO_RESULT or words, key=list(Outcome).index)

    @cached_property
    def as_bad(self) -> tuple[Record, ...]:
        """The cases that came to that word."""
        return tuple(case for case in self.cases.values() if case["outcome"] == self.outcome)

    @cached_property
    def faults(self) -> tuple[Record, ...]:
        """The findings that made the word what it is, the most telling first; of those about one entry the first."""
        found = [finding for case in self.as_bad for finding in broken(case)]
        by_weight = sorted(found, key=lambda finding: (finding["level"] != "must", _weight(finding["check"])))
        told: dict[str, Record] = {}
        for finding in by_weight:
            told.setdefault(str(finding["evidence"][0]), finding)
        return tuple(told.values())


_TELLING = ("links-survive", "files-survive", "nothing-outside", "unchanged", "usable")


def _weight(check: str) -> int:
    """What is lost tells most, that a command failed or a repeat differs tells least."""
    if check in _TELLING:
        return _TELLING.index(check)
    return len(_TELLING) + (check in ("succeeds", "repeat-changes-nothing"))


@dataclass(frozen=True)
class Build:
    """A measurement with what reports call it. `slug` is its name in addresses."""

    measurement: Measurement
    slug: str
    title: str

    @property
    def version(self) -> str:
        """As the tool has it."""
        return self.measurement.version

    @cached_property
    def cells(self) -> Mapping[str, Cell]:
        """By scenario, those alone that were played."""
        cases: dict[str, dict[str, Record]] = defaultdict(dict)
        for name, case in self.measurement.cases.items():
            scenario, _, variant = name.partition("[")
            cases[scenario][variant.removesuffix("]")] = case
        return {scenario: Cell(found) for scenario, found in cases.items()}


@dataclass(frozen=True)
class Span:
    """Builds one after another that came to the same word."""

    outcome: Outcome
    builds: tuple[Build, ...]

    @property
    def words(self) -> str:
        """`0.5.31`, or `0.5.31 to 0.7.13`."""
        first, last = self.builds[0].version, self.builds[-1].version
        return first if first == last else f"{first} to {last}"


@dataclass(frozen=True)
class Column:
    """A tool on one kind of machine, its builds by age; `not_measured` are those that could not be had."""

    tool: str
    slug: str
    title: str
    builds: tuple[Build, ...]
    not_measured: tuple[Measurement, ...] = ()

    @property
    def newest(self) -> Build | None:
        """The last that was measured."""
        return self.builds[-1] if self.builds else None

    def cell(self, scenario: str) -> Cell | None:
        """What the newest build did; None where it did not play the scenario."""
        return self.newest.cells.get(scenario) if self.newest else None

    def spans(self, scenario: str) -> tuple[Span, ...]:
        """A scenario over the versions, the oldest first; builds that have no result are left out."""
        found: list[Span] = []
        for build in self.builds:
            cell = build.cells.get(scenario)
            if cell is None or cell.outcome in NO_RESULT:
                continue
            if found and found[-1].outcome is cell.outcome:
                found[-1] = Span(cell.outcome, (*found[-1].builds, build))
            else:
                found.append(Span(cell.outcome, (build,)))
        return tuple(found)


@dataclass(frozen=True)
class FamilyOf:
    """A family's question, what is said where all is well and where it is not, and its scenarios."""

    name: str
    question: str
    well: str
    ill: str
    scenarios: tuple[str, ...]


@dataclass(frozen=True)
class Survey:
    """All that reports are drawn from."""

    families: tuple[FamilyOf, ...]
    scenarios: Mapping[str, Scenario]
    columns: tuple[Column, ...]

    @cached_property
    def builds(self) -> tuple[Build, ...]:
        """Of all columns."""
        return tuple(build for column in self.columns for build in column.builds)

    @cached_property
    def measured(self) -> tuple[Column, ...]:
        """The columns of which something was measured."""
        return tuple(column for column in self.columns if column.builds)

    def agreed(self, scenario: str) -> bool:
        """Whether the newest builds came to the same word; one that is alone is held against `holds`."""
        cells = (column.cell(scenario) for column in self.measured)
        words = [cell.outcome for cell in cells if cell and cell.outcome not in NO_RESULT]
        return set(words) <= {Outcome.HOLDS} if len(words) == 1 else len(set(words)) <= 1


def survey(measurements: Iterable[Measurement], suite: Path) -> Survey:
    """Lay out measurements by the scenarios of a suite, each of which they may or may not have played.

    A scenario whose meaning has changed since counts as not played.
    """
    from harness.reading.family import FILE, load_family  # noqa: PLC0415 -- heavy, as below
    from harness.reading.renamed import load_renamed  # noqa: PLC0415
    from harness.reading.scenario import load_scenario  # noqa: PLC0415

    files = sorted(path for path in suite.glob("*/*.yaml") if path.name != FILE)
    scenarios = {scenario.id: scenario for scenario in map(load_scenario, files)}
    families = []
    for folder in sorted({path.parent for path in files}):
        family = load_family(folder / FILE)
        names = tuple(name for name, scenario in scenarios.items() if scenario.family == folder.name)
        families.append(FamilyOf(folder.name, family.question, family.well, family.ill, names))
    digests = {name: scenario.digest()[:DIGITS] for name, scenario in scenarios.items()}
    renamed = load_renamed(suite)
    return Survey(tuple(families), scenarios, columns([_current(one, digests, renamed) for one in measurements]))


def _current(one: Measurement, digests: Mapping[str, str], renamed: Mapping[str, str]) -> Measurement:
    """A measurement under the names of today, without what means something else by now."""
    if one.scenarios.items() <= digests.items():
        return one
    kept = {old: new for old, digest in one.scenarios.items() if digests.get(new := renamed.get(old, old)) == digest}
    named = ((name.partition("[")[0], name, case) for name, case in one.cases.items())
    cases = {kept[old] + name.removeprefix(old): case for old, name, case in named if old in kept}
    return replace(one, scenarios={new: digests[new] for new in kept.values()}, cases=cases)


def columns(measurements: Sequence[Measurement]) -> tuple[Column, ...]:
    """Measurements as columns: one a tool, or one a tool and machine where there are several."""
    places: dict[str, list[str]] = defaultdict(list)
    for one in measurements:
        if not one.not_measured and _place(one) not in places[one.tool]:
            places[one.tool].append(_place(one))
    found = []
    for tool in sorted({one.tool for one in measurements}):
        missing = tuple(one for one in measurements if one.tool == tool and one.not_measured)
        several = len(places[tool]) > 1
        for place in places[tool] or [""]:
            own = [one for one in measurements if one.tool == tool and not one.not_measured and _place(one) == place]
            title = f"{tool} on {place}" if several else tool
            ordered = sorted(own, key=lambda one: one.age)
            builds = tuple(_build(one, place if several else "") for one in ordered)
            found.append(Column(tool, _slug(title), title, builds, missing))
    return tuple(found)


def _place(one: Measurement) -> str:
    """What a column is about besides the tool; a tool that is the interpreter's own has its version for a Python."""
    python = "" if one.version == one.python else f"-py{'.'.join(one.python.split('.')[:2])}"
    return one.platform.partition("-py")[0] + python


def _build(one: Measurement, place: str) -> Build:
    title = f"{one.tool} {one.version}" + (f" on {place}" if place else "")
    return Build(one, _slug(title), title)


def _slug(title: str) -> str:
    return re.sub(r"[^\w.]+", "-", title).strip("-.") or "unnamed"  # never a way out of a folder
