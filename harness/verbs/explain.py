"""`venvproof explain`."""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from harness.errors import ExitStatus, mistake
from harness.flags import EVERY, points
from harness.verbs.common import suite

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from harness.storyboard.board import Storyboard

RED, PLAIN = "\x1b[31m", "\x1b[0m"


def define(parser: ArgumentParser) -> None:
    """What it takes."""
    parser.description = (
        "Play a case and tell, in order, the calls that changed the tree, who made them, and the one that broke a "
        "check. It is played with nobody following its calls, too: where the two come to something else, that is told, "
        "and the exit status is 1. A case that is stopped at each call in turn is told of at the worst of them. "
        "Linux alone; it needs no root."
    )
    parser.epilog = (
        "examples:\n  venvproof explain 'links/existing-target-twice::uv@0.7.13[relative]'\n"
        "  venvproof explain links/dangling-target::uv --step 1 --all    every call of the first step\n"
        "  venvproof explain clear/project-directory::virtualenv --format json\n"
        "  venvproof explain links/existing-target-twice::venv --by strace\n"
        "  venvproof explain --record reports/storyboards                of all that is published as breaking"
    )
    parser.add_argument(
        "case",
        nargs="*",
        metavar="CASE",
        help="as tables name it; without a subject with uv, without a variant the first",
    )
    parser.add_argument("--step", type=int, metavar="N", help="tell of this step alone")
    parser.add_argument(
        "--all", action="store_true", dest="everything",
        help="every call by itself, also what failed and what was gone again in the end",
    )  # fmt: skip
    parser.add_argument(
        "--by", choices=("engine", "strace"),
        help="who follows the calls: venvproof's own engine, which stops each of them, or strace, a program apart "
        "(default: the engine, where the system lets it)",
    )  # fmt: skip
    parser.add_argument(
        "--points", type=points, default=EVERY, metavar="N",
        help="find the worst of N calls, evenly spread, of a case that is stopped at each in turn (default: of all)",
    )  # fmt: skip
    parser.add_argument("--format", choices=("text", "json"), default="text", help="default: text")
    parser.add_argument("--color", choices=("auto", "yes", "no"), default="auto", help="default: auto")
    parser.add_argument(
        "--record", metavar="FOLDER",
        help="write it there, for the site; without CASE all that break in reports/data, but those that are there",
    )  # fmt: skip
    parser.add_argument(
        "--from",
        dest="results",
        action="append",
        metavar="RESULTS",
        help="with --record: results other than reports/data",
    )
    parser.add_argument("--tool", action="append", metavar="TOOL", help="with --record: of this tool alone; repeatable")
    parser.add_argument(
        "--tool-file",
        action="append",
        default=[],
        type=Path,
        metavar="FILE",
        help="a YAML file that describes another tool",
    )
    parser.add_argument("--work-dir", type=Path, metavar="DIRECTORY", help="where trees are planted")
    parser.add_argument("--offline", action="store_true", help="install nothing: use what is cached or on PATH")
    parser.add_argument("--suite", metavar="FOLDER", help="where the scenarios are (default: those of venvproof)")


def call(parsed: Namespace) -> int:
    """Tell what the calls of a case did."""
    from harness.explain import record, tell  # noqa: PLC0415 -- heavy

    folder = Path(parsed.suite or suite())
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # whoever ends it so wants nothing left, either
    _demand(parsed)
    common = {
        "tool_files": parsed.tool_file, "base": parsed.work_dir, "offline": parsed.offline, "report": _say,
        "by": parsed.by, "points": parsed.points,
    }  # fmt: skip
    try:
        if not parsed.case:
            results = [Path(name) for name in parsed.results or ["reports/data"]]
            return record(results, folder, Path(parsed.record), parsed.tool or (), **common)
        into = Path(parsed.record) if parsed.record is not None else None
        boards = tell(parsed.case, folder, everything=parsed.everything, into=into, **common)
    except KeyboardInterrupt:
        return ExitStatus.INTERRUPTED
    if not boards:
        return ExitStatus.NOTHING_SELECTED
    _print([_reduced(board, parsed.step) for board in boards], parsed)
    return ExitStatus.AS_EXPECTED if all(board.agrees for board in boards) else ExitStatus.REGRESSION


def _demand(parsed: Namespace) -> None:
    """Refuse what does not go together."""
    if not parsed.case and parsed.record is None:
        raise mistake("no case is named", hint="as in `venvproof explain links/existing-target-twice::uv@0.7.13`")
    if parsed.case and (parsed.results or parsed.tool):
        hint = "the tool is part of a case's name, as in `links/existing-target-twice::uv@0.7.13`"
        raise mistake("`--from` and `--tool` choose what is recorded without a CASE", hint=hint)
    if parsed.record is not None and (parsed.everything or parsed.step is not None):
        raise mistake("what is recorded is folded and whole: leave out `--all` and `--step`")


def _say(words: str) -> None:
    print(words, file=sys.stderr)


def _reduced(board: Storyboard, step: int | None) -> Storyboard:
    from dataclasses import replace  # noqa: PLC0415 -- as below, not for the help

    if step is None:
        return board
    steps = tuple(one for one in board.steps if one.number == step)
    if not steps:
        known = ", ".join(dict.fromkeys(f"`{one.number}`" for one in board.steps))
        raise mistake(f"`{board.case}` has no step {step}", hint=f"known: {known}")
    return replace(board, steps=steps)


def _print(boards: list[Storyboard], parsed: Namespace) -> None:
    from harness.report.story import lines  # noqa: PLC0415
    from harness.storyboard.board import as_json  # noqa: PLC0415

    if parsed.format == "json":
        print(json.dumps([as_json(board) for board in boards], indent=2, ensure_ascii=False))
        return
    coloured = _coloured(parsed.color)
    for number, board in enumerate(boards):
        print("\n" * bool(number), end="")
        for text, red in lines(board):
            print(f"{RED}{text}{PLAIN}" if red and coloured else text)


def _coloured(asked: str) -> bool:
    return asked == "yes" or (asked == "auto" and sys.stdout.isatty() and "NO_COLOR" not in os.environ)
