"""`venvproof capture`."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from harness.capture.directory import capture
from harness.errors import ExitStatus, did_you_mean, mistake
from harness.sandbox.capturing import sight
from harness.scenario import CommandStep, Perform
from harness.tool import OPERATIONS
from harness.verbs.common import put
from harness.writing import text

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

MOST = 200
"""How many entries are captured, unless more are asked for."""


def define(parser: ArgumentParser) -> None:
    """What it takes."""
    parser.description = (
        "Write a scenario whose tree is a directory of yours: links with their texts, kinds, modes, sizes. It is only "
        "looked at: no link is followed, and no file is read but those of --content. Environments in it become steps "
        "that make them; what .git, node_modules and the like hold is left out."
    )
    parser.epilog = (
        "examples:\n  venvproof capture .                                  what stands here, then a `create`\n"
        "  venvproof capture . --steps create,create -o mine.yaml\n"
        "  venvproof capture ~/app --anonymous --max-entries 50\n"
        "  venvproof run mine.yaml                              play it: put it into a folder of yours"
    )
    parser.add_argument("directory", metavar="DIRECTORY", help="what to look at; it is `project` in the scenario")
    parser.add_argument(
        "--steps", metavar="STEP,...", default="create", help="what is done in it, as in `create,recreate` "
        "(default: create)",
    )  # fmt: skip
    define_looking(parser)


def define_looking(parser: ArgumentParser) -> None:
    """How a directory is looked at, and where the scenario goes."""
    parser.add_argument("--anonymous", action="store_true", help="make names up, but for those that tools look for")
    parser.add_argument(
        "--max-entries", type=int, metavar="N", default=MOST, help="look at no more entries than this, those near to "
        f"the top and links first (default: {MOST})",
    )  # fmt: skip
    parser.add_argument(
        "--content", action="append", metavar="PATTERN", default=[], help="take the content of files that are called "
        "so, as in `pyproject.toml` or `*.cfg`, up to 64 KiB each; may be repeated",
    )  # fmt: skip
    parser.add_argument("-o", "--output", metavar="FILE", help="write there, where nothing stands yet (default: "
                        "standard output)")  # fmt: skip


def call(parsed: Namespace) -> int:
    """Write a scenario of a directory."""
    check_looking(parsed)
    steps = tuple(CommandStep(Perform(_operation(word.strip()))) for word in parsed.steps.split(","))
    seen = sight(parsed.directory, most=parsed.max_entries, contents=parsed.content)
    put(text(capture(seen, steps=steps, anonymous=parsed.anonymous)), parsed.output)
    if parsed.output is not None:
        sys.stderr.write(f"wrote {parsed.output}\n")
    return ExitStatus.AS_EXPECTED


def check_looking(parsed: Namespace) -> None:
    """Refuse what cannot be meant, before anything is done."""
    if parsed.max_entries < 1:
        raise mistake(f"`--max-entries {parsed.max_entries}` leaves nothing to capture", hint="a number from 1 on")
    if parsed.output is not None and os.path.lexists(parsed.output):
        raise mistake(f"`{parsed.output}` stands already", hint="name another file, or remove that one")


def _operation(word: str) -> str:
    if word not in OPERATIONS:
        raise mistake(f"unknown step `{word}`", hint=did_you_mean(word, OPERATIONS))
    return word
