"""What plays cases: one in each process, the controller's own where there is only that."""

from __future__ import annotations

import os
import pickle
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pytest

from harness.compare import unsteady
from harness.errors import HarnessError
from harness.flags import EVERY, points
from harness.result import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from harness.case import Place
    from harness.reading.sets import Pinned
    from harness.result import Record, Result
    from harness.run import Run
    from harness.sandbox import WorkDirectory
    from harness.scenario import Scenario, Variant
    from harness.session import Entrant, EntrantName, Session
    from harness.sweeping import Sweep

STATE = "venvproof-state"
"""The name under which the state of a run is registered with pytest."""

SESSION = "session"
"""The file in the work directory in which workers find what the controller provisioned."""


@contextmanager
def mistakes_end_the_run() -> Iterator[None]:
    """Let pytest end with its exit status for mistakes, and their messages."""
    try:
        yield
    except HarnessError as error:
        raise pytest.UsageError(str(error)) from None


def players(config: pytest.Config) -> Players:
    """The one that `pytest_configure` registered."""
    found = config.pluginmanager.getplugin(STATE)
    assert isinstance(found, Players), "pytest_configure registers it"
    return found


def shown(path: Path, config: pytest.Config) -> str:
    """A file as the user would name it."""
    here = config.invocation_params.dir
    return (path.relative_to(here) if path.is_relative_to(here) else path).as_posix()


@dataclass(frozen=True, slots=True, kw_only=True)
class Play:
    """What came of playing a case once, and where; `run` is None where there was nothing to play."""

    result: Result
    line: Record
    place: Place
    run: Run | None = None


class Players:
    """The scenarios that were read, and the means to play them."""

    def __init__(self, config: pytest.Config, names: tuple[EntrantName, ...]) -> None:
        self.config, self.names = config, names
        self.scenarios: dict[str, Scenario] = {}
        self.questions: dict[Path, str] = {}
        self.sets: dict[Path, Mapping[str, Pinned]] = {}
        self.session: Session | None = None
        self.work: WorkDirectory | None = None

    @classmethod
    def of_worker(cls, config: pytest.Config, workerinput: Mapping[str, Any]) -> Players:
        """A worker's: it works in the controller's directory."""
        from harness.process import die_with_parent  # noqa: PLC0415 -- heavy, and only where cases are played
        from harness.sandbox import WorkDirectory  # noqa: PLC0415

        die_with_parent()
        names, work = pickle.loads(workerinput[STATE])  # noqa: S301 -- our own controller's bytes
        found = cls(config, names)
        found.work = WorkDirectory.join(work, workerinput["workerid"])
        config.option.maxfail = 0  # only the controller knows what was expected, and so when enough has failed
        return found

    def ready(self) -> Session:
        """What the controller has provisioned, which it does once it knows that there are cases."""
        assert self.work is not None, "a worker has joined the controller's directory"
        if self.session is None:
            self.session = pickle.loads((self.work.path / SESSION).read_bytes())  # noqa: S301 -- likewise
        assert self.session is not None, "it is ready now"
        return self.session

    @property
    def strict(self) -> bool:
        """Whether weak and declining cases fail, too."""
        return bool(self.config.getini("strict"))

    def chosen(self, path: Path) -> bool:
        """Whether a scenario is in the set that was asked for; what is wrong with the set is told of once."""
        name, suite = self.config.option.set, path.parents[1]
        if name is None:
            return True
        from harness.reading.sets import FOLDER, load_set  # noqa: PLC0415 -- only where a set is asked for

        if suite not in self.sets:
            self.sets[suite] = {}
            self.sets[suite] = load_set(suite, name, shown(suite / FOLDER / f"{name}.txt", self.config))
        return f"{path.parent.name}/{path.stem}" in self.sets[suite]

    def read(self, scenario: Scenario) -> None:
        """Take note of a scenario that was collected; refuse one that means something else than in the set."""
        for pinned in self.sets.values():
            if scenario.id in pinned:
                pinned[scenario.id].demand(scenario)
        self.scenarios[scenario.id] = scenario

    def question(self, folder: Path) -> str:
        """What a family answers; empty where its `family.yaml` does not say, which is told of once."""
        from harness.reading.family import FILE, load_family  # noqa: PLC0415 -- a run without scenarios reads none

        if folder not in self.questions:
            self.questions[folder] = ""
            self.questions[folder] = load_family(folder / FILE).question
        return self.questions[folder]

    @cached_property
    def sweep(self) -> Sweep:
        """How cases are swept here: with as many lanes as there are processors for each worker."""
        from harness.sweeping import Sweep  # noqa: PLC0415 -- heavy, and only where cases are played

        workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
        option = self.config.option
        # A list of what is known is about all of them.
        usual = "all" if option.update_expectations else self.config.getini("venvproof_points")
        asked = option.points or points(usual)
        return Sweep(
            most=None if asked == EVERY else asked, lanes=max(1, (os.cpu_count() or 1) // workers), tell=self.tell
        )

    def tell(self, name: str, done: int, count: int, left: float) -> None:
        """Show how far a sweep is, where somebody is looking at it."""
        plugins = self.config.pluginmanager
        reporter, capture = plugins.getplugin("terminalreporter"), plugins.getplugin("capturemanager")
        if reporter is None or not reporter.isatty():
            return
        words = f"{name}: point {done} of {count}, about {left:.0f} s left" if done < count else ""
        with capture.global_and_fixture_disabled() if capture else nullcontext():
            reporter.rewrite(words, erase=True)
            reporter.flush()

    @cached_property
    def suite(self) -> str:
        """The digest of all scenarios that were collected."""
        from harness.store import suite_digest  # noqa: PLC0415 -- heavy, and only where there are results

        return suite_digest(self.scenarios.values())

    def play(self, scenario: Scenario, variant: Variant, name: EntrantName) -> tuple[Record, str]:
        """Play one case: its line for the result file, and the root in which it was played, empty for none."""
        from harness.tool import NotMeasured  # noqa: PLC0415 -- heavy, and only where cases are played

        entrant = self.ready().entrants[name]
        if isinstance(entrant, NotMeasured):
            pytest.skip(f"not measured: {entrant.reason}")
        played = self._repeated(scenario, variant, entrant)
        line = played.line
        if self.config.option.vary and played.run is not None:
            line["varied"] = list(self._varied(scenario, variant, entrant, played.result.outcome))
        if played.run is not None and self.work is not None:
            from harness.keeping import tell  # noqa: PLC0415 -- heavy, and only where cases are played

            tell(played.run, played.result.outcome, self.work, self.config.option.keep)
        return line, "" if played.run is None else played.place.root

    def _repeated(self, scenario: Scenario, variant: Variant, entrant: Entrant) -> Play:
        """Play a case as often as is asked for; one that disagrees with itself errs, as the worst of its plays."""
        plays = [self._once(scenario, variant, entrant)]
        if plays[0].run is not None:
            plays += [self._once(scenario, variant, entrant) for _ in range(1, self.config.option.repeat)]
        worst = min(plays, key=lambda play: list(Outcome).index(play.result.outcome))
        reason = unsteady([play.line for play in plays])
        return (
            replace(worst, line={**worst.line, "outcome": "errs", "reason": reason, "unsteady": True})
            if reason
            else worst
        )

    def _once(self, scenario: Scenario, variant: Variant, entrant: Entrant, within: str = "") -> Play:
        """Play a case in a place of its own, or say why there is none."""
        from harness.case import Case  # noqa: PLC0415 -- heavy, and only where cases are played
        from harness.judge import not_run  # noqa: PLC0415
        from harness.plan import plan  # noqa: PLC0415
        from harness.runner import hidden, hidden_too  # noqa: PLC0415
        from harness.store import record  # noqa: PLC0415

        session = self.ready()
        assert self.work is not None, "what is ready has a directory"
        place = self.work.place(within)
        case = plan(scenario, variant, session.setting(entrant, place, variant))
        if not isinstance(case, Case):
            result = not_run(scenario, variant, entrant.subject, entrant.python, case)
            return Play(result=result, line=record(result, {}, None), place=place)

        def elsewhere() -> Case:
            assert self.work is not None, "it has one already"
            other = plan(scenario, variant, session.setting(entrant, self.work.place(within), variant))
            assert isinstance(other, Case), "the same was planned before"
            return other

        done = session.judged(case, entrant, elsewhere, self.sweep)
        line = record(done.result, {**hidden(case), **hidden_too(done.lanes)}, done.run.before)
        return Play(result=done.result, line=line, place=place, run=done.run)

    def _varied(self, scenario: Scenario, variant: Variant, entrant: Entrant, usual: Outcome) -> Iterator[Record]:
        """What became of the case in each way of playing it that came to something else."""
        from harness.vary import VARIATIONS  # noqa: PLC0415 -- only where it is asked for

        for variation in VARIATIONS:
            other = self._once(scenario, variation.change(variant), entrant, variation.within)
            # A tool that knows one name, for example, makes no renamed environment, and is not judged by it.
            if other.run is not None and other.result.outcome is not usual:
                told = {key: other.line[key] for key in ("outcome", "reason", "findings")}
                yield {"variation": variation.name, **told}
