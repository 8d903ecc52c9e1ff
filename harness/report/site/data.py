"""What the pages' own script reads: a sign a case for every build, and what is wrong in few words."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from harness.report.survey import Cell
from harness.report.words import message
from harness.result import Outcome

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.report.survey import Build, Column, Survey

_TOLD = (Outcome.BREAKS, Outcome.WEAK, Outcome.ERRS)


def script_data(survey: Survey) -> str:
    """A statement in JavaScript, which a page can load from a file where it could fetch no JSON."""
    cases = [
        f"{scenario.id}[{variant.id}]" if variant.labels else scenario.id
        for scenario in survey.scenarios.values()
        for variant in scenario.variants
    ]
    texts: dict[str, int] = {}
    told = {
        "cases": cases,
        "summaries": {name: scenario.summary for name, scenario in survey.scenarios.items()},
        "outcomes": {outcome.sign: str(outcome) for outcome in Outcome},
        "builds": [_build(column, one, cases, texts) for column in survey.measured for one in column.builds],
        "texts": list(texts),
    }
    return f"window.VENVPROOF = {json.dumps(told, separators=(',', ':'))};\n"


def _build(column: Column, build: Build, cases: Sequence[str], texts: dict[str, int]) -> dict[str, object]:
    known = build.measurement.cases
    signs = "".join(Outcome(known[case]["outcome"]).sign if case in known else " " for case in cases)
    notes = {
        number: texts.setdefault(message(Cell({"": known[case]})), len(texts))
        for number, case in enumerate(cases)
        if case in known and known[case]["outcome"] in _TOLD
    }
    return {
        "slug": build.slug, "title": build.title, "column": column.slug, "version": build.version, "signs": signs,
        "notes": notes,
    }  # fmt: skip
