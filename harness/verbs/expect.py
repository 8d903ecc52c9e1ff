"""`venvproof expect`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from harness.errors import ExitStatus
from harness.learn import Seen, learn, reasons
from harness.reading.expectations import ExpectationFile, read_expectations, rewritten
from harness.results import read_results
from harness.verbs.common import put

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace


def define(parser: ArgumentParser) -> None:
    """What it takes."""
    parser.description = (
        "Print the expectations that explain result files: each known outcome under the shortest "
        "conditions (versions, Python, system, filesystem, ...) that tell it from the others. A file that is written "
        "anew keeps its reasons; give one wherever it says `because: TODO`."
    )
    parser.epilog = "example:\n  venvproof expect --learn linux.jsonl macos.jsonl -o reports/expected/uv.yaml"
    parser.add_argument(
        "--learn", nargs="+", required=True, metavar="RESULTS", help="files that `run --results` has written"
    )
    parser.add_argument("-o", "--output", metavar="FILE", help="write there (default: standard output)")


def call(parsed: Namespace) -> int:
    """Print the expectations that explain results, with the reasons of those that stand in the file already."""
    parts = [part for name in parsed.learn for part in read_results(Path(name)).parts]
    seen = [Seen(case, part.header["machine"]) for part in parts for case in part.cases]
    known = Path(parsed.output) if parsed.output else None
    old = read_expectations(known.read_bytes(), parsed.output).entries if known and known.is_file() else ()
    put(rewritten(ExpectationFile("", ()), learn(seen, reasons(old))), parsed.output)
    return ExitStatus.AS_EXPECTED
