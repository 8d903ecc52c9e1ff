"""What plays cases: one in each process, the controller's own where there is only that."""

from __future__ import annotations

import pickle
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pytest

from harness.result import Outcome

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from harness.case import Place
    from harness.sandbox import WorkDirectory
    from harness.scenario import Scenario, Variant
    from harness.session import EntrantName, Session
    from harness.store import Record

STATE = "venvproof-state"
"""The name under which the state of a run is registered with pytest."""


def players(config: pytest.Config) -> Players:
    """The one that `pytest_configure` registered."""
    found = config.pluginmanager.getplugin(STATE)
    assert isinstance(found, Players), "pytest_configure registers it"
    return found


class Players:
    """The scenarios that were read, and the means to play them."""

    def __init__(self, config: pytest.Config, names: tuple[EntrantName, ...]) -> None:
        self.config, self.names = config, names
        self.scenarios: dict[str, Scenario] = {}
        self.questions: dict[Path, str] = {}
        self.session: Session | None = None
        self.work: WorkDirectory | None = None

    @classmethod
    def of_worker(cls, config: pytest.Config, workerinput: Mapping[str, Any]) -> Players:
        """A worker's: it works in the controller's directory, with what the controller provisioned."""
        from harness.sandbox import WorkDirectory  # noqa: PLC0415 -- heavy, and only where cases are played

        session: Session = pickle.loads(workerinput["venvproof"])  # noqa: S301 -- our own controller's bytes
        found = cls(config, tuple(session.entrants))
        found.session = session
        found.work = WorkDirectory.join(session.work, workerinput["workerid"])
        return found

    @property
    def strict(self) -> bool:
        """Whether weak and declining cases fail, too."""
        return bool(self.config.getini("strict"))

    def read(self, scenario: Scenario) -> None:
        """Take note of a scenario that was collected."""
        self.scenarios[scenario.id] = scenario

    def question(self, folder: Path) -> str:
        """What a family answers; empty where its `family.yaml` does not say, which is told of once."""
        from harness.reading.family import FILE, load_family  # noqa: PLC0415 -- a run without scenarios reads none

        if folder not in self.questions:
            self.questions[folder] = ""
            self.questions[folder] = load_family(folder / FILE)
        return self.questions[folder]

    @cached_property
    def suite(self) -> str:
        """The digest of all scenarios that were collected."""
        from harness.store import suite_digest  # noqa: PLC0415 -- heavy, and only where there are results

        return suite_digest(self.scenarios.values())

    def play(self, scenario: Scenario, variant: Variant, name: EntrantName) -> tuple[Record, str]:
        """Play one case: its line for the result file, and where its tree is kept, empty where it is not."""
        from harness.case import Case  # noqa: PLC0415 -- heavy, and only where cases are played
        from harness.judge import judge, not_run  # noqa: PLC0415
        from harness.plan import plan  # noqa: PLC0415
        from harness.runner import hidden  # noqa: PLC0415
        from harness.store import record  # noqa: PLC0415
        from harness.tool import NotMeasured  # noqa: PLC0415

        assert self.session is not None, "entrants are ready before the first case"
        assert self.work is not None, "entrants are ready before the first case"
        entrant = self.session.entrants[name]
        if isinstance(entrant, NotMeasured):
            pytest.skip(f"not measured: {entrant.reason}")
        place = self.work.place()
        case = plan(scenario, variant, self.session.setting(entrant, place, variant))
        if not isinstance(case, Case):
            return record(not_run(scenario, variant, entrant.subject, entrant.python, case), {}, None), ""
        run = self.session.play(case, entrant)
        result = judge(run)
        return record(result, hidden(case), run.before), self._kept(place, result.outcome)

    def _kept(self, place: Place, outcome: Outcome) -> str:
        failing = {Outcome.BREAKS, Outcome.ERRS}
        if self.strict:
            failing |= {Outcome.WEAK, Outcome.DECLINES}
        wanted = {"all": True, "none": False, "failed": outcome in failing}
        if not wanted[self.config.option.keep] or self.work is None:
            return ""
        self.work.keep(place)
        return place.root
