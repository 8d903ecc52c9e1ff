"""The comparison in Markdown, as GitHub shows it below a run."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from tabulate import tabulate

from harness.report.summary import told_below
from harness.report.table import layout, legend

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from harness.report.cells import Column
    from harness.result import Record

_MARKUP = str.maketrans({char: f"\\{char}" for char in "\\`*_{}[]|#~"} | {"<": "&lt;", ">": "&gt;"})
_INDENT = "&emsp;"


def page(told: Mapping[str, Record], not_measured: Sequence[Column], mode: str) -> str:
    """The table, what its signs mean, and folded below it what broke; `told` is by node id."""
    questions = {case["family"]: case["question"] for case in told.values()}
    headers, rows = layout([case["record"] for case in told.values()], questions, not_measured, mode)
    table = tabulate(
        [[_name(name), *map(escaped, cells)] for name, *cells in rows],
        ["<br>".join(map(escaped, heading.split("\n"))) for heading in headers],
        tablefmt="github", disable_numparse=True,
    )  # fmt: skip
    below = [line.text for line in told_below(told)]
    # In HTML, and not between fences, so that no words of a tool end it.
    fold = ("<details><summary>what was seen</summary>", "", "<pre>", *map(escape, below), "</pre>", "</details>")
    return "\n".join((table, "", f"`{legend()}`", "", *(fold if below else ()), ""))


def _name(name: str) -> str:
    """The first cell of a row: a family stands out, what is below it is indented."""
    words = escaped(name.strip())
    return f"{_INDENT}{words}" if name.startswith(" ") else f"**{words}**"


def escaped(text: str) -> str:
    """Words in a cell of a table: no markup of theirs counts."""
    return text.translate(_MARKUP)
