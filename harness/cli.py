"""The command `venvproof`: argument parsing, one call, an exit status."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from harness import __version__
from harness.errors import ExitStatus, HarnessError, did_you_mean, mistake
from harness.flags import FLAGS

if TYPE_CHECKING:
    from collections.abc import Sequence

PYTEST_FLAGS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("-n", {"dest": "numprocesses", "metavar": "N", "help": "play on N processes, or `auto`"}),
    ("-k", {"dest": "keyword", "metavar": "EXPRESSION", "help": "only cases whose names match"}),
    ("-m", {"dest": "markexpr", "metavar": "EXPRESSION", "help": "only cases of these families or needs"}),
    ("-x", {"dest": "exitfirst", "action": "store_true", "help": "stop at the first failure"}),
    ("-v", {"dest": "verbose", "action": "count", "default": 0, "help": "name every case; again: say more"}),
    ("-q", {"dest": "quiet", "action": "count", "default": 0, "help": "say less"}),
    (
        "-r",
        {"dest": "reportchars", "metavar": "CHARS", "help": "list at the end, for example `s`: why cases were skipped"},
    ),
    ("--collect-only", {"action": "store_true", "help": "list the cases, start nothing"}),
    ("--color", {"choices": ("auto", "yes", "no"), "help": "colour in the terminal"}),
    ("--durations", {"metavar": "N", "help": "the N slowest cases"}),
    ("--junitxml", {"metavar": "FILE", "help": "write JUnit XML there"}),
)
"""What `venvproof run` hands on; everything else of pytest's is had by calling pytest itself."""

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
        return ExitStatus.MISTAKE
    try:
        status = int(parsed.call(parsed))
        sys.stdout.flush()  # or a reader that went away would show only when this process ends
    except HarnessError as error:
        print(error, file=sys.stderr)
        return ExitStatus.MISTAKE
    except BrokenPipeError:  # whoever reads what is said, as `head` does, has heard enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ExitStatus.INTERRUPTED
    return status


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """End with the exit status of the user's mistakes."""
        self.exit(ExitStatus.MISTAKE, f"{self.prog}: {message}\n  hint: `{self.prog} --help` tells what there is\n")


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
    run.set_defaults(call=_run)
    tools = verbs.add_parser("tools", help="list the tools that are built in, at hand and cached")
    tools.add_argument(
        "--prune", action="store_true", help="empty the cache of installed tools and copied interpreters"
    )
    tools.set_defaults(call=_tools)
    return parser


def _run(parsed: argparse.Namespace) -> int:
    import pytest  # noqa: PLC0415 -- a third of a second that `--help` need not wait for

    folder = suite()
    chosen = [_located(word, folder) for word in parsed.scenario] or [str(folder)]
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # whoever ends it so wants nothing left, either
    # What the user has set up for pytest is for tests of their own.
    for name in ("PYTEST_ADDOPTS", "PYTEST_PLUGINS"):
        os.environ.pop(name, None)
    # Only our own plugins: others cost more time at the start than a case takes.
    plugins = ["--disable-plugin-autoload", "-p", "harness.plugin", *(("-p", "xdist") if parsed.numprocesses else ())]
    configured = ["-c", str(Path(__file__).with_name("run.ini")), "--rootdir", str(folder.parent), "--noconftest"]
    return int(pytest.main([*plugins, *configured, *_spelled(parsed), *chosen]))


def _spelled(parsed: argparse.Namespace) -> list[str]:
    """The flags that were given, as words again."""
    words: list[str] = []
    for flag, how in (*FLAGS, *PYTEST_FLAGS):
        name = str(how.get("dest", flag.strip("-").replace("-", "_")))
        value = getattr(parsed, name)
        if value is True:
            words.append(flag)
        elif isinstance(value, int) and how.get("action") == "count":
            words += [flag] * value
        elif value not in (None, False):
            words += [word for one in (value if isinstance(value, list) else [value]) for word in (flag, str(one))]
    return words


def suite() -> Path:
    """The folder of the scenarios that come with venvproof: inside the package, or beside it in a checkout."""
    package = Path(__file__).resolve().parent
    inside = package / "scenarios"
    return inside if inside.is_dir() else package.parent / "scenarios"


def _located(word: str, folder: Path) -> str:
    """A scenario as pytest finds it: what exists as spelled wins over what is in the suite."""
    name, mark, rest = word.partition("::")
    if Path(name).exists():
        return word
    for candidate in (folder / name, folder / f"{name}.yaml", folder.parent / name):
        if candidate.exists():
            return f"{candidate}{mark}{rest}"
    ids = [f"{path.parent.name}/{path.stem}" for path in folder.glob("*/*.yaml") if path.name != "family.yaml"]
    families = [path.name for path in folder.iterdir() if path.is_dir()]
    raise mistake(f"there is no scenario `{name}`", hint=did_you_mean(name, [*ids, *families]))


def _tools(parsed: argparse.Namespace) -> int:
    from harness.tools import catalogue  # noqa: PLC0415 -- only this verb needs it

    if parsed.prune:
        print(f"freed {catalogue.prune()}")
    else:
        print(catalogue.listing())
    return ExitStatus.AS_EXPECTED
