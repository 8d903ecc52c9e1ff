"""What builds were seen to do in a scenario, ready to be shown: findings, commands, trees, the script."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from harness.case import Case
from harness.checks import KNOWN
from harness.paper import ROOT, on_paper
from harness.report.cells import broken, printable, shown
from harness.report.scripts.script import script
from harness.report.site.trees import looks, planted
from harness.result import Outcome
from harness.tools.catalogue import builtin_tools

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.published import Measurement
    from harness.report.site.behaviours import Behaviour
    from harness.report.site.trees import Looks
    from harness.report.survey import Build
    from harness.result import Record
    from harness.scenario import Scenario
    from harness.storyboard.board import Storyboard


@dataclass(frozen=True, slots=True)
class Fault:
    """A broken check with its evidence; `more` is how much of that is left out."""

    level: str
    check: str
    statement: str
    step: int | None
    evidence: tuple[str, ...]
    more: int


@dataclass(frozen=True, slots=True)
class Done:
    """A command as it was run, or what the scenario itself did (`operation`)."""

    number: int
    operation: str
    command: str
    ending: str
    output: str


@dataclass(frozen=True, slots=True)
class Sight:
    """A behaviour in full. `looks` and `script` are None and empty for tools that only the reader has.

    `storyboard` is None where none was recorded.
    """

    number: int
    outcome: Outcome
    message: str
    who: str
    reason: str
    faults: tuple[Fault, ...]
    steps: tuple[Done, ...]
    looks: Looks | None
    script: str
    storyboard: Storyboard | None = None


WRONG = (Outcome.BREAKS, Outcome.WEAK, Outcome.ERRS)
"""Where there is something to reproduce; `venvproof script` writes the script of any case."""


def sight(
    scenario: Scenario, one: Behaviour, storyboard: Storyboard | None = None, *, reproduced: bool = True
) -> Sight:
    """A behaviour, told by its newest build; with the script unless it is not to be `reproduced`."""
    measurement = one.newest.measurement
    case = _planned(scenario, one.variant, measurement)
    record = {**one.case, "subject": measurement.subject}
    return Sight(
        number=one.number,
        outcome=one.outcome,
        message=one.message,
        who=_who(one.builds),
        reason=printable(one.case.get("reason", "")) if one.outcome is Outcome.ERRS else "",
        faults=tuple(_fault(finding) for finding in broken(one.case)),
        steps=tuple(_done(step) for step in one.case["steps"]),
        looks=looks(planted(case.tree, ROOT), one.case["steps"]) if case else None,
        script=script(case, record) if case and reproduced else "",
        storyboard=storyboard,
    )


def _planned(scenario: Scenario, variant: str, measurement: Measurement) -> Case | None:
    tool = builtin_tools().get(measurement.tool)
    chosen = next((one for one in scenario.variants if one.id == variant), None)
    if tool is None or chosen is None:
        return None
    case = on_paper(scenario, chosen, tool, measurement.version, measurement.python, measurement.machine)
    return case if isinstance(case, Case) else None


def _who(builds: Sequence[Build]) -> str:
    """`uv 0.1.45 to 0.7.22 (8 builds), venv 3.11.7`."""
    told = []
    for tool, group in groupby(builds, key=lambda build: build.measurement.tool):
        first, *others = group
        several = f"{tool} {first.version} to {others[-1].version} ({len(others) + 1} builds)" if others else ""
        told.append(several or first.title)
    return ", ".join(told)


def _fault(finding: Record) -> Fault:
    known = KNOWN.get(finding["check"])
    return Fault(
        level=finding["level"],
        check=finding["check"],
        statement=known.statement if known else "",
        step=finding["step"],
        evidence=tuple(shown(one) for one in finding["evidence"]),
        more=finding.get("more", 0),
    )


def _done(step: Record) -> Done:
    lines = (printable(line) for line in step.get("output", "").splitlines() if line.strip())
    return Done(
        number=step["step"],
        operation=printable(step["operation"]),
        command=printable(" ".join(map(_quoted, step.get("run", ())))),
        ending=" ".join(f"{how.replace('_', ' ')} {what}" for how, what in step.get("ending", {}).items()),
        output="\n".join(lines),
    )


def _quoted(word: str) -> str:
    """A word as a shell takes it, but for the names that stand for paths."""
    return word if re.fullmatch(r"\$[a-z]+(/[\w./-]*)?", word) else shlex.quote(word)
