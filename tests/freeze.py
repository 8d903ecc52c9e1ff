"""Freeze the suite as it is: `make set NAME=2026.1` writes `scenarios/sets/2026.1.txt`, once and never again."""

from __future__ import annotations

import re
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parents[1]
sys.path.append(str(HERE))

from harness.reading.family import FILE  # noqa: E402 -- found by the path above
from harness.reading.scenario import load_scenario  # noqa: E402
from harness.reading.sets import FOLDER, frozen  # noqa: E402

SUITE = HERE / "scenarios"


def freeze(suite: Path, name: str) -> str:
    """Write a set of all scenarios of a suite; what came of it, in a sentence."""
    if not re.fullmatch(r"\d{4}\.\d+", name):
        sys.exit(f"`{name}` is no name of a set: `make set NAME=2026.1` writes the first of 2026")
    path = suite / FOLDER / f"{name}.txt"
    if path.exists():
        sys.exit(f"{path} is there, and a set is never changed")
    scenarios = [load_scenario(one) for one in sorted(suite.glob("*/*.yaml")) if one.name != FILE]
    path.parent.mkdir(exist_ok=True)
    path.write_text(frozen(scenarios), encoding="utf-8")
    return f"{path}: {len(scenarios)} scenarios"


if __name__ == "__main__":
    print(freeze(SUITE, *sys.argv[1:2] or [""]))
