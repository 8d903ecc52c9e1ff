"""What a case costs besides the processes of the tool."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.measure import timed
from harness.case import Case
from harness.judge import judge
from harness.plan import plan
from harness.reading.scenario import load_scenario
from harness.runner import hidden
from harness.sandbox import WorkDirectory
from harness.session import Entrant, entrant_names, open_session
from harness.store import record

if TYPE_CHECKING:
    from pathlib import Path

    from harness.scenario import Variant

FEW = 40
"""How many cases are played each time."""


class OwnWork:
    """Cases played in this process: plan, plant, look, judge, and the line of the result file."""

    def __init__(self, scratch: Path, spec: str, scenario: Path) -> None:
        self.scenario = load_scenario(scenario)
        self.places = WorkDirectory.make(scratch)
        self.session = open_session(
            entrant_names([spec], []), [], work=self.places, offline=True, tool_files=(), report=print
        )
        (entrant,) = self.session.entrants.values()
        assert isinstance(entrant, Entrant), f"{spec} was measured before"
        self.entrant = entrant

    def work(self) -> float:
        """The seconds of a case that no command of the tool's was running."""
        variants = self.scenario.variants[:FEW]
        running: list[float] = []
        whole = timed(lambda: running.extend(seconds for variant in variants for seconds in self._case(variant)))
        return (whole - sum(running)) / len(variants)

    def _case(self, variant: Variant) -> list[float]:
        """The seconds of each of its commands."""
        case = plan(self.scenario, variant, self.session.setting(self.entrant, self.places.place(), variant))
        assert isinstance(case, Case), "it asks for nothing special"
        run = self.session.play(case, self.entrant)
        line = record(judge(run), hidden(case), run.before)
        return [step["seconds"] for step in line["steps"]]
