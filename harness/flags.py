"""The flags of a conformance run: the same for `pytest` and for `venvproof run`."""

from __future__ import annotations

from argparse import ArgumentTypeError
from pathlib import Path
from typing import Any


def _file(text: str) -> Path:
    path = Path(text)
    if not path.is_file():
        raise ArgumentTypeError(f"there is no file `{text}`")
    return path


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
    ("--strict", {"action": "store_true", "help": "let weak and declining cases fail, too"}),
    (
        "--keep",
        {
            "choices": ("failed", "all", "none"),
            "default": "failed",
            "help": "whose trees outlive the run; their paths are printed (default: failed)",
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
    ("--results", {"type": Path, "metavar": "FILE", "help": "write results there, as JSON Lines"}),
    (
        "--work-dir",
        {
            "type": Path,
            "metavar": "DIRECTORY",
            "help": "where trees are planted, and so on which filesystem (default: the temporary directory)",
        },
    ),
    ("--offline", {"action": "store_true", "help": "install nothing: use what is cached or on PATH"}),
)
"""Each flag with what both argparse and pytest take for it."""
