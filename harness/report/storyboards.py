"""Storyboards that were recorded beside the published data: read, added to, and which there should be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.errors import mistake
from harness.published import DIGITS
from harness.report.site.behaviours import behaviours
from harness.result import Outcome
from harness.store import put
from harness.storyboard.board import Storyboard, dumped, parsed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path
    from typing import TypeAlias

    from harness.published import Measurement
    from harness.report.site.behaviours import Behaviour
    from harness.report.survey import Survey

    Storyboards: TypeAlias = Mapping[str, Mapping[str, Storyboard]]
    """By the file of a measurement, and the name of a case."""

FOLDER = "storyboards"
"""Where they lie, beside the folder of published data."""


@dataclass(frozen=True)
class Wanted:
    """A case that breaks: its scenario and variant, and the measurement that tells of it."""

    scenario: str
    variant: str
    name: str
    measurement: Measurement


def wanted(survey: Survey) -> tuple[Wanted, ...]:
    """Every breaking case whose story is told: one of each behaviour, by the newest build that shows it."""
    found = [(scenario, one) for scenario in survey.scenarios for one in behaviours(survey, scenario)]
    return tuple(
        Wanted(scenario, one.variant, one.name, one.newest.measurement)
        for scenario, one in found
        if one.outcome is Outcome.BREAKS
    )


def told_of(known: Storyboards, one: Behaviour, digest: str) -> Storyboard | None:
    """The story of a behaviour, by the newest of its builds that has one which came to the same."""
    for build in reversed(one.builds):
        board = known.get(build.measurement.file, {}).get(one.name)
        if board is not None and fits(board, digest, one.outcome):
            return board
    return None


def fits(board: Storyboard, digest: str, outcome: str) -> bool:
    """Whether it is of the scenario as that is now, and came to that outcome, with its calls followed and without."""
    return board.digest[:DIGITS] == digest[:DIGITS] and board.outcome == outcome and board.agrees


def load(folder: Path) -> dict[str, dict[str, Storyboard]]:
    """All that lie in a folder; none where there is no such folder. Raises HarnessError where a file is damaged."""
    try:
        return {
            file.relative_to(folder).as_posix(): parsed(file.read_text(encoding="utf-8"), file.as_posix())
            for file in sorted(folder.rglob("*.json"))
        }
    except (OSError, UnicodeDecodeError) as error:
        raise mistake(f"`{folder}` cannot be read: {error}") from None


def keep(folder: Path, file: str, boards: Iterable[Storyboard]) -> None:
    """Write the storyboards of a build."""
    path = folder / file
    try:
        put(path, dumped({board.case: board for board in boards}))
    except OSError as error:
        raise mistake(f"`{path}` cannot be written: {error.strerror}") from None
