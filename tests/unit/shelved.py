"""Published data of one scenario of the suite, put where tests of the command look for it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from measured import LOST, broken, came_to, did, measured

from harness.published import DIGITS, dumped
from harness.reading.scenario import load_scenario

if TYPE_CHECKING:
    from collections.abc import Mapping

    from harness.result import Record

NAME = "links/existing-target-twice"
BREAKS = came_to("breaks", broken("links-survive", LOST, step=2), steps=(did("venv"), did("venv", LOST, step=2)))
TITLE = "`uv venv` run twice replaces the link `.venv` by a directory"


@dataclass(frozen=True, slots=True)
class Said:
    """How the command ended, and what it said."""

    status: int
    out: str
    err: str


def publish(folder: Path, builds: Mapping[str, Mapping[str, Record | str]]) -> None:
    """Published data of some builds, each with its cases by variant."""
    digest = load_scenario(Path(__file__).parents[2] / "scenarios" / f"{NAME}.yaml").digest()[:DIGITS]
    for name, cases in builds.items():
        told = {f"{NAME}[{variant}]": case for variant, case in cases.items()}
        one = measured(name, told, scenarios={NAME: digest})
        path = folder / one.file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dumped(one))
