"""The flags of a conformance run: the same for `pytest` and for `venvproof run`."""

from __future__ import annotations

from argparse import ArgumentTypeError
from typing import TYPE_CHECKING

from harness.filesystems import KINDS

if TYPE_CHECKING:
    from typing import Any


def _path(text: str) -> object:
    from pathlib import Path  # noqa: PLC0415 -- slow, and `--help` hands over no path

    return Path(text)


def _file(text: str) -> object:
    from pathlib import Path  # noqa: PLC0415 -- likewise

    path = Path(text)
    if not path.is_file():
        raise ArgumentTypeError(f"there is no file `{text}`")
    return path


def _shard(text: str) -> str:
    number, slash, count = text.partition("/")
    if not (slash and number.isdigit() and count.isdigit() and 1 <= int(number) <= int(count)):
        raise ArgumentTypeError(f"`{text}` is no part: say `2/5` for the second of five")
    return text


def _filesystem(text: str) -> str:
    if text not in KINDS:
        from harness.errors import did_you_mean  # noqa: PLC0415 -- only mistakes need it

        raise ArgumentTypeError(f"unknown filesystem `{text}`: {did_you_mean(text, KINDS)}")
    return text


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise ArgumentTypeError(f"`{text}` is no number of times")
    return int(text)


def points(text: str) -> int:
    """A number of points, of which `all` are `EVERY`. Raises ArgumentTypeError where it is none."""
    if text == "all":
        return EVERY
    if not text.isdecimal() or int(text) < 1:
        raise ArgumentTypeError(f"`{text}` is no number of points: say `50`, or `all`")
    return int(text)


EVERY = 2**63
"""More points than any case has."""

FLAGS: tuple[tuple[str, dict[str, Any]], ...] = (
    (
        "--tool",
        {
            "action": "append",
            "default": [],
            "metavar": "SPEC",
            "help": "a tool to test: `uv`, `uv@0.7.13`, `uv@latest`, `uv@>=0.7,<0.9:minor`, `uv@./path/to/uv`, "
            "`venv@3.12`; repeatable (default: venv and uv, or the ini option venvproof_tools)",
        },
    ),
    (
        "--tool-file",
        {
            "action": "append",
            "default": [],
            "type": _file,
            "metavar": "FILE",
            "help": "a YAML file that describes another tool; repeatable",
        },
    ),
    (
        "--python",
        {
            "action": "append",
            "default": [],
            "metavar": "PYTHON",
            "help": "the interpreter handed to tools, a version or a path; repeatable (default: the running one)",
        },
    ),
    (
        "--points",
        {
            "type": points,
            "default": None,
            "metavar": "N",
            "help": "play a scenario that stops a tool at each of its calls at N of them, evenly spread, or at `all` "
            "(default: the ini option venvproof_points, or all)",
        },
    ),
    (
        "--watched",
        {
            "action": "store_true",
            "help": "stop every call of every command that changes something, and let it go on: the outcomes are the "
            "same, or this finds out that they are not",
        },
    ),
    ("--strict", {"action": "store_true", "help": "let weak and declining cases fail, too"}),
    (
        "--expect",
        {
            "action": "append",
            "default": [],
            "type": _path,
            "metavar": "FILE",
            "help": "known outcomes with their reasons, in YAML: what is listed passes, what is not, but breaks or is "
            "weak, fails; what is better than listed fails as stale; repeatable (default: reports/expected/TOOL.yaml)",
        },
    ),
    (
        "--update-expectations",
        {"action": "store_true", "help": "bring those files up to date with this run, and keep their reasons"},
    ),
    (
        "--against",
        {
            "type": _file,
            "metavar": "RESULTS",
            "help": "hold the run against an earlier one's results instead: fail on what got worse, on nothing else",
        },
    ),
    (
        "--set",
        {
            "metavar": "NAME",
            "help": "play only what a frozen set lists, as in `2026.1`: a newer suite adds nothing to it; a scenario "
            "of it that means something else by now is a mistake",
        },
    ),
    (
        "--variants",
        {
            "choices": ("all", "first"),
            "default": "all",
            "help": "what is played of each scenario: every variant, or the first alone, which is quick (default: all)",
        },
    ),
    (
        "--shard",
        {"type": _shard, "metavar": "N/M", "help": "play the N-th of M equal parts; `venvproof merge` joins them"},
    ),
    (
        "--repeat",
        {
            "type": _count,
            "default": 1,
            "metavar": "N",
            "help": "play each case N times; one that disagrees with itself errs, as unsteady",
        },
    ),
    (
        "--vary",
        {
            "action": "store_true",
            "help": "play each case again: renamed, in odd and deep places, by other link texts, under another umask; "
            "one whose outcome changes fails",
        },
    ),
    (
        "--keep",
        {
            "choices": ("failed", "all", "none"),
            "default": "failed",
            "help": "whose trees outlive the run, until three newer ones have kept theirs; beside each lie listings of "
            "it before and after each step, and a script that reproduces the case; the paths are printed "
            "(default: failed)",
        },
    ),
    (
        "--table",
        {
            "choices": ("auto", "full", "none"),
            "default": "auto",
            "help": "the comparison at the end: what tells tools apart (auto), every row (full), or none",
        },
    ),
    ("--results", {"type": _path, "metavar": "FILE", "help": "write results there, as JSON Lines"}),
    (
        "--summary",
        {
            "type": _path,
            "metavar": "FILE",
            "help": "write the comparison there, in Markdown, as for $GITHUB_STEP_SUMMARY",
        },
    ),
    (
        "--work-dir",
        {
            "type": _path,
            "metavar": "DIRECTORY",
            "help": "where trees are planted, and so on which filesystem (default: the temporary directory)",
        },
    ),
    (
        "--filesystem",
        {
            "type": _filesystem,
            "metavar": "KIND",
            "help": "plant trees on a new filesystem of this kind, which goes with the run and all that is on it: "
            f"{', '.join(KINDS)} (Linux; `venvproof filesystems` tells what this machine offers)",
        },
    ),
    (
        "--ordinary-user",
        {
            "action": "store_true",
            "help": "run every command without root's power over modes, as if no root had started it (Linux; where it "
            "is not root anyway, this changes nothing)",
        },
    ),
    ("--offline", {"action": "store_true", "help": "install nothing: use what is cached or on PATH"}),
)
"""Each flag with what both argparse and pytest take for it."""

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
