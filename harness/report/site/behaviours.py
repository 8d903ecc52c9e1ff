"""Builds that did the very same thing, told of once: what a scenario's page has below its table."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.report.survey import NO_RESULT, Cell
from harness.report.words import message
from harness.result import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from harness.report.survey import Build, Column, Survey
    from harness.result import Record

_PYTHON = re.compile(r"python\d[\d.]*")


@dataclass(frozen=True)
class Behaviour:
    """What some builds did in one variant; `number` tells it from the others on the page, `name` is the case's."""

    number: int
    variant: str
    builds: tuple[Build, ...]
    name: str

    @property
    def newest(self) -> Build:
        """The last of the builds, whose words and commands stand for all."""
        return self.builds[-1]

    @property
    def case(self) -> Record:
        """What that one did."""
        return self.newest.measurement.cases[self.name]

    @property
    def outcome(self) -> Outcome:
        """The one word."""
        return Outcome(self.case["outcome"])

    @property
    def message(self) -> str:
        """That in a few words."""
        return message(Cell({self.variant: self.case}))


def behaviours(survey: Survey, scenario: str) -> tuple[Behaviour, ...]:
    """All behaviours seen in a scenario, by variant, the worst first."""
    alike: dict[int, str] = {}  # builds that were read of the same words share one value, and the survey keeps it
    found: dict[tuple[str, str], list[Build]] = {}
    for build in survey.builds:
        cell = build.cells.get(scenario)
        for variant, case in cell.cases.items() if cell else ():
            if case["outcome"] not in NO_RESULT:
                if id(case) not in alike:
                    alike[id(case)] = _alike(case)
                found.setdefault((variant, alike[id(case)]), []).append(build)
    order = {variant.id: number for number, variant in enumerate(survey.scenarios[scenario].variants)}
    ranked = sorted(
        found.items(), key=lambda item: (order.get(item[0][0], 0), _rank(item[1][-1], scenario, item[0][0]))
    )
    return tuple(
        Behaviour(number, variant, tuple(builds), name=_name(scenario, variant))
        for number, ((variant, _), builds) in enumerate(ranked, start=1)
    )


def _name(scenario: str, variant: str) -> str:
    return f"{scenario}[{variant}]" if variant else scenario


def _rank(build: Build, scenario: str, variant: str) -> int:
    return list(Outcome).index(Outcome(build.cells[scenario].cases[variant]["outcome"]))


def _alike(case: Record) -> str:
    """What two cases have in common that are the same behaviour.

    Not the tool's own words, and not which files its environments are made of, which every release has others of.
    """
    environments = {_PYTHON.sub("pythonX", path) for step in case["steps"] for path in _environments(step)}
    made: set[str] = set()
    steps = []
    for step in case["steps"]:
        told = []
        for change in step["changes"]:
            path = _PYTHON.sub("pythonX", change["path"])
            own = path.rpartition("/")[0] in made or any(path.startswith(f"{one}/") for one in environments)
            if change["was"] == "absent" and own:
                made.add(path)
            elif path not in made:
                told.append((path, _kind(change["was"]), _kind(change["is"])))
        steps.append((step["operation"], _ending(step), told, step.get("run", ())[:1]))
    broken = [(finding["check"], finding["step"]) for finding in case["findings"] if finding["level"] != "observe"]
    return json.dumps([case["outcome"], broken, steps])


def _ending(step: Record) -> list[tuple[str, bool]]:
    """How a command ended; which status it refuses with is the tool's own choice."""
    return [(how, how == "exited" and what == 0) for how, what in step.get("ending", {}).items()]


def _environments(step: Record) -> Iterator[str]:
    for change in step["changes"]:
        if change.get("environment"):
            yield change["path"]
        elif change["path"].endswith("/pyvenv.cfg"):
            yield change["path"].removesuffix("/pyvenv.cfg")


def _kind(words: str) -> str:
    """An entry without a file's content, which holds versions."""
    return "file" if words.startswith("file") else _PYTHON.sub("pythonX", words)


@dataclass(frozen=True)
class Series:
    """Builds of one column, one after another, that came to the same in every variant: one row of the table."""

    builds: tuple[Build, ...]
    cells: tuple[tuple[Outcome | None, int], ...]
    """For each variant its word, and the number of the behaviour; 0 where there is none."""

    @property
    def words(self) -> str:
        """`uv 0.1.45 to 0.7.22`."""
        first, last = self.builds[0], self.builds[-1]
        return first.title if first is last else f"{first.title} to {last.version}"


def series(column: Column, scenario: str, variants: Iterable[str], found: Iterable[Behaviour]) -> tuple[Series, ...]:
    """A column's builds in a scenario, the newest first."""
    numbers: Mapping[tuple[str, str], int] = {
        (build.slug, behaviour.variant): behaviour.number for behaviour in found for build in behaviour.builds
    }
    rows: list[Series] = []
    known = tuple(variants)
    for build in reversed(column.builds):
        cell = build.cells.get(scenario)
        if cell is None:
            continue
        cells = tuple(_word(cell, variant, numbers.get((build.slug, variant), 0)) for variant in known)
        if rows and rows[-1].cells == cells:
            rows[-1] = Series((build, *rows[-1].builds), cells)
        else:
            rows.append(Series((build,), cells))
    return tuple(rows)


def _word(cell: Cell, variant: str, number: int) -> tuple[Outcome | None, int]:
    case = cell.cases.get(variant)
    return (Outcome(case["outcome"]) if case else None, number)
