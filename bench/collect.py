"""`collect`: naming 10,000 cases, of which none is run."""

from __future__ import annotations

import os
import sys
from functools import partial
from typing import TYPE_CHECKING

from bench.cases import SCENARIO
from bench.measure import Comparison, Pair, spawned
from harness.case import Command

if TYPE_CHECKING:
    from pathlib import Path

FILES, VARIANTS = 10, 1_000
PLAIN = """\
import pytest

@pytest.mark.parametrize("name", [f"number-{{n}}" for n in range({variants})])
def test_case(name):
    pass
"""


def comparison(scratch: Path) -> Comparison:
    """Ten scenarios of a thousand variants, and ten modules with a function of a thousand parameters."""
    ours, plain = scratch / "suite", scratch / "plain"
    for folder in (ours, plain):
        folder.mkdir()
    names = "\n".join(f"    v{number}: number {number}" for number in range(VARIANTS))
    for number in range(FILES):
        (ours / f"links{number}.yaml").write_text(SCENARIO.format(names=names))
        (plain / f"test_plain{number}.py").write_text(PLAIN.format(variants=VARIANTS))
    flags = ("--collect-only", "-q")
    alone = ("-p", "no:cacheprovider", "--noconftest", "-c", os.devnull)
    run = ("import sys, harness.cli; sys.exit(harness.cli.main())", "run", "--tool", "uv")
    return Comparison(
        contenders={
            "collect": partial(_spawned, "-c", *run, *flags, str(ours)),
            "plain parametrize": partial(_spawned, "-m", "pytest", *alone, *flags, str(plain)),
        },
        pairs=(Pair("collect", "plain parametrize", 2.0),),
        rounds=7,
    )


def _spawned(*argv: str) -> float:
    variables = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    return spawned(Command(argv=(sys.executable, *argv), cwd=os.curdir, variables=variables, limit=600.0))
