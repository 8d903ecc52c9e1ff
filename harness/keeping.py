"""What outlives a run: the roots of cases, and beside each the looks at it and the script that reproduces it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.compare import tool_of
from harness.listing import looks
from harness.report.scripts.reproduction import FILE, Build, reproduction
from harness.result import Outcome
from harness.tree import mounts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from harness.case import Machine, Place
    from harness.result import Record
    from harness.run import Run
    from harness.sandbox import WorkDirectory
    from harness.scenario import Scenario
    from harness.tool import Tool

ALL, NONE = "all", "none"
EXECUTABLE = 0o555
"""The mode of what is read and run, and not written to."""

_GONE = {"mounts.txt": "What was mounted in this root is gone. The looks at it tell what was there.\n"}


def tell(run: Run, outcome: Outcome, work: WorkDirectory, keep: str) -> None:
    """Write down every look at a root that is likely to be kept; what all is well with seldom is."""
    if keep == ALL or (keep != NONE and outcome is not Outcome.HOLDS):
        work.tell(run.case.place, {**looks(run), **(_GONE if mounts(run.case.tree) else {})})


def reproduce(
    record: Record,
    scenario: Scenario,
    place: Place,
    *,
    tools: Mapping[str, Tool],
    machine: Machine,
    work: WorkDirectory,
) -> str:
    """Write the script of a case beside its root; its path, empty on Windows, where there is no POSIX shell."""
    if machine.windows:
        return ""
    (variant,) = (one for one in scenario.variants if one.id == record["variant"])
    tool, version = tool_of(record["subject"]), record["subject"].partition("@")[2]
    build = Build(tool=tools[tool], version=version, python=record["python"], facts=machine.facts)
    work.tell(place, {FILE: reproduction(scenario, variant, build, record)}, EXECUTABLE)
    return str(work.beside(place, FILE))
