"""`venvproof record`."""

from __future__ import annotations

import argparse
import shlex
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from harness.checks.commands import ended
from harness.errors import ExitStatus, mistake
from harness.record import record
from harness.sandbox import WorkDirectory
from harness.sandbox.capturing import sight
from harness.verbs.capture import check_looking, define_looking
from harness.verbs.common import put

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace


def define(parser: ArgumentParser) -> None:
    """What it takes."""
    parser.usage = "venvproof record [options] -- COMMAND ..."
    parser.description = (
        "Run a command of a tool in a copy of this directory, and write what it did as a scenario: under `must` what "
        "came of it, for you to prune. The copy is what `venvproof capture .` plants, in a root of its own with a home "
        "of its own; the tool is contained, and this directory is only looked at. Files hold sentinels, but for those "
        "of --content. What breaks a standing check is told, and asked for by no check."
    )
    parser.epilog = (
        "examples:\n  venvproof record -- uv venv\n"
        "  venvproof record -o mine.yaml -- uv venv --clear\n"
        "  venvproof record --tool uv@0.7.13 -- uv venv env\n"
        "  venvproof record --content pyproject.toml -- uv sync"
    )
    parser.add_argument("command", nargs=argparse.REMAINDER, metavar="COMMAND ...", help="as you would type it, "
                        "after `--`")  # fmt: skip
    parser.add_argument("--tool", metavar="SPEC", help="the build to run, as in `uv@0.7.13` (default: the one on PATH)")
    parser.add_argument("--tool-file", action="append", type=Path, default=[], metavar="FILE", help="describes a tool")
    parser.add_argument("--offline", action="store_true", help="install nothing")
    define_looking(parser)


def call(parsed: Namespace) -> int:
    """Write a scenario of what a command does."""
    words = parsed.command[1:] if parsed.command[:1] == ["--"] else parsed.command
    if not words:
        raise mistake("there is no command to record", hint="as in `venvproof record -- uv venv`")
    check_looking(parsed)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # whoever ends it so wants nothing left, either
    seen = sight(".", most=parsed.max_entries, contents=parsed.content)
    work = WorkDirectory.make(None)
    try:
        recorded = record(
            words, seen, work=work, spec=parsed.tool, offline=parsed.offline, tool_files=parsed.tool_file,
            anonymous=parsed.anonymous, report=_say,
        )  # fmt: skip
    except KeyboardInterrupt:
        return ExitStatus.INTERRUPTED
    finally:
        work.close()
    _say(f"`{shlex.join(words)}` {ended(recorded.done.ending)}")
    for line in recorded.done.output.splitlines():
        _say(f"  {line}")
    for sentence in recorded.broken:
        _say(f"it {sentence}")
    put(recorded.scenario, parsed.output)
    if parsed.output is not None:
        _say(f"wrote {parsed.output}")
    return ExitStatus.AS_EXPECTED


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")
