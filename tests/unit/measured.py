"""What builds were measured to do, made by hand: each takes what a test is about and fills in the rest."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import made

from harness.published import Measurement
from harness.report.survey import Cell, FamilyOf, Survey, columns

if TYPE_CHECKING:
    from collections.abc import Mapping

    from harness.report.survey import Column
    from harness.result import Record
    from harness.scenario import Scenario

ENV = made.ENV
LOST = {"path": ENV, "was": "link ../store/env", "is": "directory"}

# -- what became of a case ---------------------------------------------------------------------------------------------


def became(path: str, was: str, now: str, **more: object) -> Record:
    """A change, or a piece of evidence."""
    return {"path": path, "was": was, "is": now, **more}


def came(path: str, what: str = "file", **more: object) -> Record:
    return became(path, "absent", what, **more)


def went(path: str, what: str = "file", **more: object) -> Record:
    return became(path, what, "absent", **more)


def broken(check: str, *evidence: Record, level: str = "must", step: int | None = 1) -> Record:
    told = list(evidence) or [{"said": "so"}]
    return {"check": check, "level": level, "step": step, "verdict": "broken", "evidence": told}


def did(operation: str = "create", *changes: Record, step: int = 1, exits: int = 0, output: str = "") -> Record:
    """A command as it went."""
    told = {"output": output} if output else {}
    ran = {"run": ["uv", operation], "ending": {"exited": exits}}
    return {"step": step, "operation": operation, **ran, **told, "changes": list(changes)}


FINDINGS = {
    "breaks": [broken("links-survive", LOST)],
    "weak": [broken("says", level="should")],
}


def came_to(outcome: str = "holds", *findings: Record, steps: tuple[Record, ...] = (), reason: str = "") -> Record:
    """A case as published data has it."""
    told = {"reason": reason} if reason else {}
    found = list(findings) or FINDINGS.get(outcome, [])
    return {"outcome": outcome, **told, "findings": found, "held": [], "moot": [], "steps": list(steps)}


# -- what was measured -------------------------------------------------------------------------------------------------

Cases = dict[str, "Record | str"]


def measured(
    subject: str,
    cases: Mapping[str, Record | str] | None = None,
    *,
    python: str = "3.12.4",
    day: str = "2026-11-20",
    system: str = "Linux",
    scenarios: Mapping[str, str] | None = None,
    not_measured: str = "",
) -> Measurement:
    """A build by its name, with what became of each of its cases, told in full or by the outcome's word."""
    tool, _, version = subject.partition("@")
    known = {name: came_to(case) if isinstance(case, str) else case for name, case in (cases or {}).items()}
    return Measurement(
        tool=tool,
        version=version,
        python="" if not_measured else python,
        machine={"system": system, "kernel": "6.18.4", "architecture": "x86_64", "filesystem": "ext4"},
        measured=day,
        venvproof="1.0.0",
        digest="",
        scenarios={name.partition("[")[0]: "0123456789ab" for name in known} if scenarios is None else scenarios,
        cases=known,
        not_measured=not_measured,
    )


def over(*words: str, tool: str = "uv", scenario: str = "links/a") -> Column:
    """A tool's builds 1, 2, 3, ... with the word of each in one scenario; empty where it was not played."""
    builds = (measured(f"{tool}@{n}", {scenario: word} if word else {}) for n, word in enumerate(words, start=1))
    (column,) = columns(list(builds))
    return column


def cell(*cases: Record | str) -> Cell:
    """Cases of one scenario, in variants 0, 1, 2, ..."""
    told = (came_to(case) if isinstance(case, str) else case for case in cases)
    return Cell({str(number): case for number, case in enumerate(told)})


# -- what they are measured by -----------------------------------------------------------------------------------------


def scenario(name: str, *variants: str) -> Scenario:
    """A scenario with a variant a label, or with the one."""
    found = [made.variant(labels=(label,) if label else ()) for label in variants or ("",)]
    return replace(made.scenario(*found), id=name, summary=f"Summary of {name}")


def family(*scenarios: str, name: str = "links") -> FamilyOf:
    return FamilyOf(name, "May it be?", "yes", "not always", tuple(f"{name}/{one}" for one in scenarios or ("a",)))


def surveyed(*measurements: Measurement, families: tuple[FamilyOf, ...] = (), **variants: tuple[str, ...]) -> Survey:
    """Measurements by families, of which there is one with the scenarios `a` and `b` unless others are given.

    `variants` has the labels of scenarios that have several, by their names without the family.
    """
    families = families or (family("a", "b"),)
    names = [name for one in families for name in one.scenarios]
    scenarios = {name: scenario(name, *variants.get(name.partition("/")[2], ())) for name in names}
    return Survey(families, scenarios, columns(measurements))
