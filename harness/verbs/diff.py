"""`venvproof diff`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from harness import compare
from harness.compare import tool_of
from harness.errors import ExitStatus, did_you_mean, mistake
from harness.reading.renamed import load_renamed
from harness.report import differences
from harness.results import read_results
from harness.verbs.common import suite

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Sequence

    from harness.result import Record


def define(parser: ArgumentParser) -> None:
    """What it takes."""
    parser.description = (
        "Tell what changed between two result files: what got worse, is wrong in another way, got better, "
        "is new or gone. Exit status 1 where anything got worse."
    )
    parser.epilog = (
        "examples:\n  venvproof diff old.jsonl new.jsonl --format markdown >> $GITHUB_STEP_SUMMARY\n"
        "  venvproof diff --tools virtualenv uv results.jsonl      what changes for whoever moves"
    )
    parser.add_argument("results", nargs="+", metavar="RESULTS", help="the old and the new file; with --tools one file")
    parser.add_argument(
        "--tools", nargs=2, metavar="TOOL", help="hold the second tool against the first, by name or name@version"
    )
    parser.add_argument(
        "--format", choices=("terminal", "markdown", "json"), default="terminal", help="for whom (default: terminal)"
    )


def call(parsed: Namespace) -> int:
    """Tell what changed between two sets of results."""
    wanted = 1 if parsed.tools else 2
    if len(parsed.results) != wanted:
        what = f"{len(parsed.results)} result files, where {wanted} are asked for"
        raise mistake(what, hint="`diff old.jsonl new.jsonl`, or `diff --tools virtualenv uv results.jsonl`")
    renamed = load_renamed(suite())
    files = [list(compare.now_called(read_results(Path(name)).cases, renamed)) for name in parsed.results]
    if parsed.tools:
        one, other = parsed.tools
        _demand_tools(files[0], parsed.tools)
        found = compare.between(files[0], one, other)
    else:
        found = compare.differences(*files)
    sys.stdout.write(differences.FORMATS[parsed.format](found))
    worse = any(difference.turn is compare.Turn.WORSE for difference in found)
    return ExitStatus.REGRESSION if worse else ExitStatus.AS_EXPECTED


def _demand_tools(cases: Sequence[Record], names: Sequence[str]) -> None:
    """Refuse names that have no results."""
    known = {name for case in cases for name in (case["subject"], tool_of(case["subject"]))}
    for name in names:
        if name not in known:
            raise mistake(f"there are no results of `{name}`", hint=did_you_mean(name, sorted(known)))
