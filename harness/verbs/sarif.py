"""`venvproof sarif`."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

from harness.errors import ExitStatus, mistake
from harness.report import sarif as report
from harness.results import read_results
from harness.verbs.common import put, suite

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace


def define(parser: ArgumentParser) -> None:
    """What it takes."""
    parser.description = (
        "Tell in SARIF 2.1.0 what is broken: an error for a `must`, a warning for a `should`, each at the "
        "line of the scenario that asks for it."
    )
    parser.epilog = "example:\n  venvproof sarif results.jsonl -o found.sarif"
    parser.add_argument("results", metavar="RESULTS", help="a file that `run --results` has written")
    parser.add_argument("-o", "--output", metavar="FILE", help="write there (default: standard output)")
    parser.add_argument("--suite", metavar="FOLDER", help="where the scenarios are (default: those of venvproof)")


def call(parsed: Namespace) -> int:
    """Tell what is broken in SARIF."""
    folder = Path(parsed.suite or suite())
    shown = Path(os.path.relpath(folder)).as_posix() if parsed.suite else "scenarios"
    if not folder.is_dir():
        raise mistake(f"there is no folder `{folder}`", hint="a suite holds families, as in `scenarios`")
    log = report.sarif(read_results(Path(parsed.results)), folder, shown)
    put(json.dumps(log, indent=2, ensure_ascii=False) + "\n", parsed.output)
    return ExitStatus.AS_EXPECTED
