"""The command `venvproof`: argument parsing, one call, an exit status."""

from __future__ import annotations

import argparse
import os
import sys
from typing import TYPE_CHECKING

from harness import __version__
from harness.flags import FLAGS, PYTEST_FLAGS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import NoReturn

INTERRUPTED, MISTAKE = 2, 4
"""Of `errors.ExitStatus`, which costs more to import than `--help` to print."""

EXAMPLES = """\
examples:
  venvproof run                                        every scenario against venv and uv
  venvproof run --tool uv@0.7.13 --tool uv links       one family, two releases
  venvproof run --tool uv@./target/debug/uv -n 2       your own build, on two cores
  venvproof tools                                      what can be tested, what is at hand, what is cached
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns one of `ExitStatus`."""
    parser = _parser()
    parsed = parser.parse_args(arguments)
    if parsed.call is None:
        parser.print_help(sys.stderr)
        return MISTAKE
    from harness import verbs  # noqa: PLC0415 -- `--help` need not wait for what the verbs need

    try:
        status = getattr(verbs, parsed.call)(parsed)
        sys.stdout.flush()  # or a reader that went away would show only when this process ends
    except BrokenPipeError:  # whoever reads what is said, as `head` does, has heard enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return INTERRUPTED
    return int(status)


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """End with the exit status of the user's mistakes."""
        self.exit(MISTAKE, f"{self.prog}: {message}\n  hint: `{self.prog} --help` tells what there is\n")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="venvproof",
        description="What tools that make Python environments do to the tree around them.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"venvproof {__version__}")
    parser.set_defaults(call=None)
    verbs = parser.add_subparsers(title="verbs", metavar="VERB")
    run = verbs.add_parser(
        "run",
        help="play scenarios against tools and print the comparison",
        description="Play scenarios against tools, judge what became of the tree, and print the comparison.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    run.add_argument(
        "scenario",
        nargs="*",
        help="a family (`links`), a scenario (`links/existing-target-twice`), a case "
        "(`links/existing-target-twice::uv[relative]`), or a file or folder of your own (default: the whole suite)",
    )
    for group, flags in (("conformance", FLAGS), ("of pytest", PYTEST_FLAGS)):
        titled = run.add_argument_group(group)
        for flag, how in flags:
            titled.add_argument(flag, **how)
    run.set_defaults(call="run")
    tools = verbs.add_parser("tools", help="list the tools that are built in, at hand and cached")
    tools.add_argument(
        "--prune", action="store_true", help="empty the cache of installed tools and copied interpreters"
    )
    tools.set_defaults(call="tools")
    return parser
