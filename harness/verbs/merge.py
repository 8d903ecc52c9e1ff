"""`venvproof merge`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from harness import results
from harness.errors import ExitStatus
from harness.store import dumped
from harness.verbs.common import put

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace


def define(parser: ArgumentParser) -> None:
    """What it takes."""
    parser.description = (
        "Join result files: the shards of a run become one again, machines stand beside each other. "
        "Refused where suites differ, a case disagrees with itself on one machine, or planned cases are missing."
    )
    parser.epilog = (
        "examples:\n  venvproof merge shard-1.jsonl shard-2.jsonl -o all.jsonl\n"
        "  venvproof merge linux.jsonl macos.jsonl windows.jsonl > everywhere.jsonl"
    )
    parser.add_argument("results", nargs="+", metavar="RESULTS", help="a file that `run --results` has written")
    parser.add_argument("-o", "--output", metavar="FILE", help="write there (default: standard output)")


def call(parsed: Namespace) -> int:
    """Join result files."""
    merged = results.merge([results.read_results(Path(name)) for name in parsed.results])
    put("".join(map(dumped, merged.lines())), parsed.output)
    return ExitStatus.AS_EXPECTED
