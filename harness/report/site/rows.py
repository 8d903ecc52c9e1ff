"""The rows of the matrix: a scenario against every tool's newest build."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.report.cells import broken
from harness.report.site.versions import before
from harness.report.survey import NO_RESULT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.report.survey import Column, FamilyOf, Survey
    from harness.result import Outcome


@dataclass(frozen=True, slots=True)
class Square:
    """A cell of the matrix; `levels` are those of its broken checks, `before` what an earlier release did."""

    outcome: Outcome
    build: str
    levels: str
    before: str


@dataclass(frozen=True, slots=True)
class Row:
    """A scenario; `heading` stands above the first of those on which all agree."""

    scenario: str
    summary: str
    squares: tuple[Square | None, ...]
    agreed: bool
    heading: str = ""

    @property
    def name(self) -> str:
        """Without the family."""
        return self.scenario.partition("/")[2]


def rows(survey: Survey, family: FamilyOf) -> list[Row]:
    """A family's scenarios, those on which tools disagree first."""
    agreed = [name for name in family.scenarios if survey.agreed(name)]
    return [
        Row(
            scenario=name,
            summary=survey.scenarios[name].summary,
            squares=tuple(_square(column, name) for column in survey.measured),
            agreed=name in agreed,
            heading=_heading(survey, agreed) if name in agreed[:1] else "",
        )
        for name in sorted(family.scenarios, key=survey.agreed)
    ]


def _heading(survey: Survey, agreed: Sequence[str]) -> str:
    """`9 on which all agree: 7 holds, 2 declines`."""
    words = Counter(word for name in agreed for word in set(_outcomes(survey, name)))
    told = ", ".join(f"{count} {word}" for word, count in words.most_common())
    return f"{len(agreed)} on which all agree{': ' if told else ''}{told}"


def _outcomes(survey: Survey, scenario: str) -> list[Outcome]:
    cells = (column.cell(scenario) for column in survey.measured)
    return [cell.outcome for cell in cells if cell and cell.outcome not in NO_RESULT]


def _square(column: Column, scenario: str) -> Square | None:
    cell = column.cell(scenario)
    if cell is None or column.newest is None:
        return None
    levels = {str(finding["level"]) for case in cell.cases.values() for finding in broken(case)}
    return Square(cell.outcome, column.newest.slug, " ".join(sorted(levels)), before(column.spans(scenario)))
