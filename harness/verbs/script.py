"""`venvproof script`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from harness.errors import ExitStatus
from harness.naming import EXAMPLE, found, parse_case
from harness.verbs.common import put, suite

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

_EXECUTABLE = 0o755


def define(parser: ArgumentParser) -> None:
    """What it takes."""
    parser.description = (
        "Write a case as a POSIX shell script that needs no harness: it plants the tree, runs the commands, shows what "
        "was expected and what is there, and ends with 1 where the fault shows, with 0 where none does, with 77 where "
        "a shell cannot tell. No case is played for it, and no tool need be installed."
    )
    parser.epilog = (
        f"examples:\n  venvproof script '{EXAMPLE}'\n"
        "  venvproof script links/existing-target-twice::uv@0.7.13 -o bug.sh   its first variant\n"
        "  venvproof script names/not-utf-8::venv --from results.jsonl         as that run saw it"
    )
    parser.add_argument(
        "case",
        metavar="CASE",
        help="scenario::subject[variant], as tables print it; without a subject uv, without a version the newest that "
        "has results or is at hand, without a variant the first",
    )
    parser.add_argument("-o", "--output", metavar="FILE", help="write it there, executable (default: standard output)")
    parser.add_argument(
        "--from",
        dest="results",
        action="append",
        default=[],
        metavar="RESULTS",
        help="result files, published data or folders of them that tell what is broken; repeatable (default: "
        "reports/data); where none tells of the case, the script looks at all that is asked for",
    )
    parser.add_argument("--suite", metavar="FOLDER", help="where the scenarios are (default: those of venvproof)")
    parser.add_argument(
        "--tool-file", action="append", default=[], type=Path, metavar="FILE", help="describes another tool; repeatable"
    )


def call(parsed: Namespace) -> int:
    """Write the script of a case."""
    from harness.report.scripts.builds import known_of  # noqa: PLC0415 -- heavy, and not for `--help`
    from harness.report.scripts.reproduction import reproduction  # noqa: PLC0415
    from harness.tools.catalogue import load_tools  # noqa: PLC0415

    name, tools = parse_case(parsed.case), load_tools(parsed.tool_file)
    scenario, variant = found(name, Path(parsed.suite or suite()), tools)
    build, record = known_of(name, scenario, variant, tools, [Path(one) for one in parsed.results])
    put(reproduction(scenario, variant, build, record), parsed.output)
    if parsed.output and Path(parsed.output).is_file():
        Path(parsed.output).chmod(_EXECUTABLE)
    return ExitStatus.AS_EXPECTED
