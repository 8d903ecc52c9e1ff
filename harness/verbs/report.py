"""`venvproof report`."""

from __future__ import annotations

import gc
from pathlib import Path
from typing import TYPE_CHECKING

from harness.errors import ExitStatus, mistake
from harness.report import publishing
from harness.verbs.common import suite

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace


def define(parser: ArgumentParser) -> None:
    """What it takes."""
    parser.description = (
        "Make of results what people look at: a site of static files that works without a network, a page "
        "of Markdown, and canonical data to publish. Without RESULTS those in reports/data."
    )
    parser.epilog = (
        "examples:\n  venvproof report results.jsonl -o site           open site/index.html\n"
        "  venvproof report linux.jsonl macos.jsonl --data reports/data\n"
        "  venvproof report reports/data -o reports/site --readme reports/README.md\n"
        "  venvproof report --check                         is what is committed what the data gives?"
    )
    parser.add_argument(
        "results", nargs="*", metavar="RESULTS", help="result files, published data, or folders of them"
    )
    parser.add_argument("-o", "--output", metavar="FOLDER", help="write the site there: a new folder, or one of ours")
    parser.add_argument("--data", metavar="FOLDER", help="write the data there, a file a build and machine")
    parser.add_argument("--readme", metavar="FILE", help="write the table there, as GitHub shows it")
    parser.add_argument(
        "--check",
        action="store_true",
        help="write nothing, and fail where reports/site, reports/README.md or reports/data are not what they would be",
    )
    parser.add_argument("--suite", metavar="FOLDER", help="where the scenarios are (default: those of venvproof)")


def call(parsed: Namespace) -> int:
    """Make of results what people look at."""
    folder = Path(parsed.suite or suite())
    if not folder.is_dir():
        raise mistake(f"there is no folder `{folder}`", hint="a suite holds families, as in `scenarios`")
    inputs = [Path(name) for name in parsed.results or ["reports/data"]]
    gc.disable()  # millions of values that stay to the end: to look through them again and again takes half of the time
    if parsed.check:
        return publishing.check(inputs, folder, Path("reports"))
    if not (parsed.output or parsed.data or parsed.readme):
        raise mistake("nothing is asked for", hint="say `-o site`, `--data FOLDER`, `--readme FILE` or `--check`")
    for told in publishing.publish(inputs, folder, site=parsed.output, data=parsed.data, readme=parsed.readme):
        print(told)
    return ExitStatus.AS_EXPECTED
