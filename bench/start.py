"""`start`: how long it takes to be told what there is."""

from __future__ import annotations

import os
import sys
from functools import partial
from pathlib import Path

from bench.measure import Comparison, Missing, Pair, spawned
from harness.case import Command


def comparison(scratch: Path) -> Comparison:
    """The command as it is installed beside this Python, and this Python doing nothing."""
    installed = Path(sys.executable).with_name("venvproof")
    return Comparison(
        contenders={
            "venvproof --help": partial(_spawned, scratch, str(installed), "--help")
            if installed.exists()
            else Missing("the command is not installed beside this Python"),
            "python -c pass": partial(_spawned, scratch, sys.executable, "-c", "pass"),
        },
        pairs=(Pair("venvproof --help", "python -c pass", 1.5),),
        rounds=41,
    )


def _spawned(scratch: Path, *argv: str) -> float:
    return spawned(Command(argv=argv, cwd=str(scratch), variables=os.environ, limit=60.0))
