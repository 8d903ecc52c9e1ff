"""The command `venvproof`: its help at once; for all else its arguments, one call, an exit status."""

from __future__ import annotations

import sys

from harness.usage import HELP

TYPE_CHECKING = False  # to import it from `typing` takes as long as all the rest
if TYPE_CHECKING:
    from collections.abc import Sequence

INTERRUPTED, MISTAKE = 2, 4
"""Of `errors.ExitStatus`, which costs more to import than the help to print."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns one of `ExitStatus`."""
    words = sys.argv[1:] if arguments is None else list(arguments)
    if words in (["-h"], ["--help"]):
        sys.stdout.write(HELP)
        return 0
    if not words:
        sys.stderr.write(HELP)
        return MISTAKE
    return _call(words)


def _call(words: Sequence[str]) -> int:
    import os  # noqa: PLC0415 -- as all of this, not for the help
    from importlib import import_module  # noqa: PLC0415
    from io import TextIOWrapper  # noqa: PLC0415

    from harness.arguments import parse  # noqa: PLC0415
    from harness.errors import HarnessError  # noqa: PLC0415

    parsed = parse(words)
    if isinstance(sys.stdout, TextIOWrapper):  # or what goes to both streams would come in another order in a pipe
        sys.stdout.reconfigure(line_buffering=True)
    try:
        status = import_module(f"harness.verbs.{parsed.verb}").call(parsed)
        sys.stdout.flush()  # or a reader that went away would show only when this process ends
    except HarnessError as error:
        sys.stdout.flush()
        sys.stderr.write(f"{error}\n")
        return MISTAKE
    except BrokenPipeError:  # whoever reads what is said, as `head` does, has heard enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return INTERRUPTED
    return int(status)
