"""The script of any case: with what is known of a build, or else with what the case asks of every build."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.case import Case
from harness.checks import KNOWN
from harness.errors import mistake
from harness.paper import on_paper
from harness.report.scripts.script import script
from harness.result import Outcome
from harness.scenario import Level

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from harness.result import Record
    from harness.scenario import Scenario, Variant
    from harness.tool import Tool

FILE = "reproduce.sh"
"""What the script is called that lies beside a root."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Build:
    """What a script is written for; nothing of it need be here. `facts` are a machine's, as result files have them."""

    tool: Tool
    version: str
    python: str
    facts: Mapping[str, str]


def reproduction(scenario: Scenario, variant: Variant, build: Build, known: Record | None) -> str:
    """The script of a case. `known` is its line of a result file, as it was written or as it is published.

    Without it, or where a published line does not tell all, the script looks at what the case asks of every build.
    Raises HarnessError where the build has no such case.
    """
    case = on_paper(scenario, variant, build.tool, build.version, build.python, build.facts)
    if not isinstance(case, Case):
        name = scenario.id + (f"[{variant.id}]" if variant.labels else "")
        raise mistake(f"there is nothing to reproduce of `{name}`: {case.reason}")
    return script(case, _record(case, known))


def _record(case: Case, known: Record | None) -> Record:
    subject = f"{case.subject.tool.name}@{case.subject.version}"
    if known is None:
        return {"subject": subject, "outcome": str(Outcome.HOLDS), "findings": list(_promised(case))}
    if "held" not in known:
        return {**known, "subject": subject}
    # Published lines keep of what held its name alone.
    held = [finding for finding in _promised(case) if finding["check"] in known["held"]]
    return {**known, "subject": subject, "findings": [*known["findings"], *held]}


def _promised(case: Case) -> Iterator[Record]:
    """Every check of a case, as if it had held."""
    standing = ((name, known.standing, None) for name, known in KNOWN.items() if known.standing)
    asked = ((ref.name, ref.level, None) for ref in case.checks)
    of_steps = ((ref.name, ref.level, step.number) for step in case.steps for ref in step.checks)
    for check, level, step in (*standing, *asked, *of_steps):
        if level is not Level.OBSERVE and check not in case.variant.waive:
            yield {"check": check, "level": str(level), "step": step, "verdict": "held"}
