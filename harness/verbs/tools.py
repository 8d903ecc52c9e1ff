"""`venvproof tools`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.errors import ExitStatus
from harness.tools import catalogue

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace


def define(parser: ArgumentParser) -> None:
    """What it takes."""
    parser.description = "List the tools that are built in, at hand and cached."
    parser.epilog = (
        "examples:\n  venvproof tools            what `--tool` can name without a file\n"
        "  venvproof tools --prune    when the disk is full; what a run asks for is installed again"
    )
    parser.add_argument(
        "--prune", action="store_true", help="empty the cache of installed tools and copied interpreters"
    )


def call(parsed: Namespace) -> int:
    """List the tools, or empty the cache."""
    if parsed.prune:
        print(f"freed {catalogue.prune()}")
    else:
        print(catalogue.listing())
    return ExitStatus.AS_EXPECTED
