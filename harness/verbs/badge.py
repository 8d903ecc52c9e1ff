"""`venvproof badge`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from harness.errors import ExitStatus
from harness.report.figures.badges import badges
from harness.report.figures.choosing import narrowed, only
from harness.verbs.common import put, surveyed

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace


def define(parser: ArgumentParser) -> None:
    """What it takes."""
    parser.description = (
        "Write a badge for every tool and family, about the newest version measured: a picture, and the "
        "JSON from which badge services draw one. Of one tool and one family it is printed."
    )
    parser.epilog = (
        "examples:\n  venvproof badge -o badges                            badges/uv/links.svg and so on\n"
        "  venvproof badge --tool uv --family links > links.svg\n"
        "  venvproof badge results.jsonl --format json -o badges"
    )
    parser.add_argument(
        "results", nargs="*", metavar="RESULTS", help="result files, published data, or folders of them "
        "(default: reports/data)",
    )  # fmt: skip
    parser.add_argument("-o", "--output", metavar="FOLDER", help="write there (default: badges)")
    parser.add_argument("--tool", metavar="TOOL", help="of this one alone")
    parser.add_argument("--family", metavar="FAMILY", help="of this one alone")
    parser.add_argument("--format", choices=("svg", "json"), help="this one alone (default: both; printed: svg)")
    parser.add_argument("--suite", metavar="FOLDER", help="where the scenarios are (default: those of venvproof)")


def call(parsed: Namespace) -> int:
    """Write badges, or print one."""
    seen = narrowed(surveyed(parsed), parsed.tool, parsed.family)
    printed = parsed.tool and parsed.family and parsed.output is None
    wanted = parsed.format or ("svg" if printed else "")
    files = {name: text for name, text in badges(seen).items() if name.endswith(wanted)}
    if printed:
        only(seen)
        sys.stdout.writelines(files.values())
        return ExitStatus.AS_EXPECTED
    folder = Path(parsed.output or "badges")
    for name, text in files.items():
        put(text, str(folder / name))
        print(folder / name)
    return ExitStatus.AS_EXPECTED
