"""`venvproof plot`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.errors import ExitStatus
from harness.report.figures.choosing import narrowed, only
from harness.report.figures.plot import plot_families, plot_versions
from harness.verbs.common import put, surveyed

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace


def define(parser: ArgumentParser) -> None:
    """What it takes."""
    parser.description = (
        "Draw a picture in SVG for a README or a release note: what a tool did over its versions; without "
        "a tool, what every tool's newest version does in each family."
    )
    parser.epilog = (
        "examples:\n  venvproof plot uv -o uv.svg\n  venvproof plot uv --family links -o uv-links.svg\n"
        "  venvproof plot --from results.jsonl -o tools.svg"
    )
    parser.add_argument("tool", nargs="?", metavar="TOOL", help="as in `uv`")
    parser.add_argument(
        "--from", dest="results", nargs="+", metavar="RESULTS", help="result files, published data, or folders of them "
        "(default: reports/data)",
    )  # fmt: skip
    parser.add_argument("--family", metavar="FAMILY", help="of this one alone")
    parser.add_argument("-o", "--output", metavar="FILE", help="write there (default: standard output)")
    parser.add_argument("--suite", metavar="FOLDER", help="where the scenarios are (default: those of venvproof)")


def call(parsed: Namespace) -> int:
    """Draw a tool over its versions, or the tools beside each other."""
    seen = narrowed(surveyed(parsed), parsed.tool, parsed.family)
    put(plot_versions(seen, only(seen)) if parsed.tool else plot_families(seen), parsed.output)
    return ExitStatus.AS_EXPECTED
