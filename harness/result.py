"""The verdict of every check of a case, and the case's one word."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from harness.run import Observation
    from harness.scenario import Level
    from harness.verdict import Verdict


Record: TypeAlias = dict[str, Any]
"""One line of a result file, as JSON has it."""


class Outcome(StrEnum):
    """The case's one word, the first that fits; ordered from worst to best."""

    ERRS = "errs"
    UNSUPPORTED = "unsupported"
    SKIPPED = "skipped"
    BREAKS = "breaks"
    DECLINES = "declines"
    WEAK = "weak"
    HOLDS = "holds"

    @property
    def sign(self) -> str:
        """One character for tables; no sign stands for two things."""
        return _SIGNS[self]


_SIGNS = {
    Outcome.ERRS: "!",
    Outcome.UNSUPPORTED: "-",
    Outcome.SKIPPED: ".",
    Outcome.BREAKS: "x",
    Outcome.DECLINES: "o",
    Outcome.WEAK: "~",
    Outcome.HOLDS: "+",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One check's verdict. `step` is the step that broke it, or that it was asked of; None for the whole run.

    `points` are the calls at which it is broken, where a case was swept: ranges of their numbers, from one.
    """

    check: str
    level: Level
    verdict: Verdict
    step: int | None = None
    points: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Swept:
    """How many calls a case could be stopped at, and at how many it was played.

    `alike` is at how many it came to what the whole case came to, `missed` how many were not made that time.
    """

    of: int
    played: int
    alike: int
    missed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What became of a case. `reason` says why there are no findings, where there are none.

    `swept` is there where it was played at each call of a step, and is one result of all; what was observed is then
    that of the worst.
    """

    scenario: str
    variant: str
    subject: str
    python: str
    digest: str
    outcome: Outcome
    findings: tuple[Finding, ...] = ()
    observations: tuple[Observation, ...] = ()
    reason: str = ""
    swept: Swept | None = None
