"""The words that follow the command, and what they mean."""

from __future__ import annotations

import argparse
from importlib import import_module
from typing import TYPE_CHECKING

from harness import __version__
from harness.usage import HELP
from harness.verbs import VERBS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import NoReturn

MISTAKE = 4
"""Of `errors.ExitStatus`, which costs more to import than a mistake is worth."""


def parse(words: Sequence[str]) -> argparse.Namespace:
    """The meaning of words; `verb` is the verb. Ends the process where there is none, or more is wrong with them."""
    parser = _Command(prog="venvproof")
    parser.add_argument("--version", action="version", version=f"venvproof {__version__}")
    verbs = parser.add_subparsers(metavar="VERB", dest="verb", required=True, parser_class=_Parser)
    asked = next((word for word in words if word in VERBS), "")
    for name in VERBS:
        verb = verbs.add_parser(name, formatter_class=argparse.RawDescriptionHelpFormatter)
        if name == asked:  # to import the others would take longer than most verbs do
            import_module(f"harness.verbs.{name}").define(verb)
            verb.description = _wrapped(verb.description or "")
    return parser.parse_args(words)


def _wrapped(text: str) -> str:
    from textwrap import fill  # noqa: PLC0415 -- only where there is a verb

    return fill(text, 78)


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """End with the exit status of the user's mistakes."""
        self.exit(MISTAKE, f"{self.prog}: {message}\n  hint: `{self.prog} --help` tells what there is\n")


class _Command(_Parser):
    def format_help(self) -> str:
        """The text that `cli` prints without any parser."""
        return HELP
