"""What the pages' own script reads: every case of every build as a sign, and what is wrong in few words."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from measured import measured, surveyed

from harness.report.site.data import script_data

if TYPE_CHECKING:
    from harness.report.survey import Survey


def read(survey: Survey) -> Any:
    """The data as the script has it."""
    start, end = "window.VENVPROOF = ", ";\n"
    text = script_data(survey)
    assert (text[: len(start)], text[-len(end) :]) == (start, end)
    return json.loads(text[len(start) : -len(end)])


def test_every_case_is_a_sign_and_a_note_is_told_once() -> None:
    old = measured("uv@1", {"links/a[x]": "breaks", "links/a[y]": "breaks", "links/b": "weak"})
    new = measured("uv@2", {"links/a[x]": "declines", "links/b": "breaks"})
    other = measured("venv@3.12.4", {"links/a[x]": "skipped", "links/a[y]": "unsupported", "links/b": "errs"})
    gone = measured("hatch@newest", not_measured="why")
    told = read(surveyed(old, new, other, gone, a=("x", "y")))
    assert told == {
        "cases": ["links/a[x]", "links/a[y]", "links/b"],
        "summaries": {"links/a": "Summary of links/a", "links/b": "Summary of links/b"},
        "outcomes": {"!": "errs", "-": "unsupported", ".": "skipped", "x": "breaks", "o": "declines", "~": "weak",
                     "+": "holds"},
        "builds": [
            {"slug": "uv-1", "title": "uv 1", "column": "uv", "version": "1", "signs": "xx~",
             "notes": {"0": 0, "1": 0, "2": 1}},
            {"slug": "uv-2", "title": "uv 2", "column": "uv", "version": "2", "signs": "o x", "notes": {"2": 0}},
            {"slug": "venv-3.12.4", "title": "venv 3.12.4", "column": "venv", "version": "3.12.4", "signs": ".-!",
             "notes": {"2": 2}},
        ],
        "texts": ["the link becomes a directory", "it does not say so", "it crashes or cannot be started"],
    }  # fmt: skip
