"""A case over a tool's releases: what came to the same on end, where the fault begins, and where it ends."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from harness.report.survey import NO_RESULT, Cell
from harness.report.words import BAD, message
from harness.result import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from harness.report.survey import Build, Column


@dataclass(frozen=True, slots=True)
class Stretch:
    """Releases one after another that came to the same."""

    outcome: Outcome
    message: str
    builds: tuple[Build, ...]

    @property
    def versions(self) -> str:
        """`0.1.45 to 0.7.22`."""
        first, last = self.builds[0].version, self.builds[-1].version
        return first if first == last else f"{first} to {last}"


def history(column: Column, case: str) -> tuple[Stretch, ...]:
    """What a tool's releases came to in one case, the oldest first; those without a result are left out."""
    return tuple(stretches_of(column.builds, case))


def stretches_of(builds: Iterable[Build], case: str) -> Iterator[Stretch]:
    """The same of any builds in a row."""
    played = [(build, one) for build in builds if (one := build.measurement.cases.get(case))]
    results = [(Outcome(one["outcome"]), message(Cell({"": one})), build) for build, one in played]
    for (outcome, words), group in groupby(
        (one for one in results if one[0] not in NO_RESULT), key=lambda one: (one[0], one[1])
    ):
        yield Stretch(outcome, words, tuple(build for _, _, build in group))


def turns(build: Build, stretches: Sequence[Stretch]) -> tuple[str, str, str]:
    """The first and last version that were bad on end with this build among them, and the first good one after them.

    The last is empty where there is none. Of a build that is not at fault `bad` is the outcome that it came to.
    """
    runs = [
        (bad, [build for stretch in group for build in stretch.builds])
        for bad, group in groupby(stretches, key=lambda stretch: _as_bad(build, stretch, stretches))
    ]
    number = next(number for number, (_, builds) in enumerate(runs) if build in builds)
    after = runs[number + 1][1][0].version if number + 1 < len(runs) else ""
    return runs[number][1][0].version, runs[number][1][-1].version, after


def _as_bad(build: Build, stretch: Stretch, stretches: Sequence[Stretch]) -> bool:
    own = next(one.outcome for one in stretches if build in one.builds)
    return stretch.outcome in BAD if own in BAD else stretch.outcome is own
