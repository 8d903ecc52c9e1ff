"""`stop`: what it costs to stop every call of a command, beside strace; a sweep, beside the bare time of its runs."""

from __future__ import annotations

import dataclasses
from functools import partial
from statistics import median
from typing import TYPE_CHECKING

from bench.measure import Comparison, Missing, Pair, timed
from harness.case import Act, Case
from harness.plan import plan
from harness.process import run, tracing
from harness.reading.scenario import load_scenario
from harness.runner import PROBE, hidden
from harness.sandbox import WorkDirectory
from harness.session import Entrant, EntrantName, open_session
from harness.storyboard.making import traced
from harness.sweeping import Sweep, judged

if TYPE_CHECKING:
    from pathlib import Path

    from bench.measure import Once
    from harness.case import Command
    from harness.run import Finished, Run
    from harness.runner import Known
    from harness.scenario import Scenario

FEW = 9
"""How many commands are taken together: one alone is quick, and what else the machine does is not."""

SPECS = ("uv", "venv", "virtualenv")

CREATE = """\
summary: A create where nothing stands ends with success
because: it is what is measured
tree:
  project: directory
steps:
  - create
must:
  - succeeds
"""

SWEEP = """\
summary: A create that was killed anywhere is put right by one that clears
because: it is what is measured
tree:
  project: directory
steps:
  - create:
    interrupt: {signal: SIGKILL, at: each}
  - recreate
must:
  - recovers
"""


def comparison(scratch: Path) -> Comparison:
    """Every contender contained, with the same interpreter and a warm cache of the tool's."""
    stage = _Stage(scratch)
    lacking = stage.session.machine.lacks.get("stopping-calls")
    strace = tracing.missing()
    contenders: dict[str, Once | Missing] = {}
    pairs = []
    for spec in SPECS:
        create = f"{spec} create"
        contenders[create] = partial(stage.create, spec)
        contenders[f"{create}, stopped"] = Missing(lacking) if lacking else partial(stage.create, spec, watched=True)
        contenders[f"{create}, strace"] = Missing(strace) if strace else partial(stage.create, spec, strace=True)
        contenders[f"{spec} sweep"] = Missing(lacking) if lacking else partial(stage.sweep, spec)
        contenders[f"{spec} sweep, its runs alone"] = Missing(lacking) if lacking else partial(stage.bare, spec)
        pairs += [
            Pair(f"{create}, stopped", create, 1.6),
            Pair(f"{create}, strace", create),
            Pair(f"{spec} sweep", f"{spec} sweep, its runs alone", 2.0),
        ]
    return Comparison(contenders=contenders, pairs=tuple(pairs), rounds=5)


class _Stage:
    """Where they are played."""

    def __init__(self, scratch: Path) -> None:
        folder = scratch / "suite"
        folder.mkdir()
        self.work = WorkDirectory.make(scratch)
        names = tuple(EntrantName(spec) for spec in SPECS)
        self.session = open_session(names, [], work=self.work, offline=False, tool_files=(), report=print)
        self.entrants = dict(zip(SPECS, self.session.entrants.values(), strict=True))
        self.scenarios = {name: _scenario(folder, name, text) for name, text in (("one", CREATE), ("all", SWEEP))}
        self.runs_alone = 0.0

    def case(self, spec: str, scenario: str) -> Case:
        """A case in a place of its own."""
        entrant, told = self.entrants[spec], self.scenarios[scenario]
        assert isinstance(entrant, Entrant), f"{spec} cannot be had"
        case = plan(told, told.variants[0], self.session.setting(entrant, self.work.place(), told.variants[0]))
        assert isinstance(case, Case), "it asks for nothing special"
        return case

    def play(self, spec: str, case: Case, known: Known | None = None) -> Run:
        """Play a case."""
        entrant = self.entrants[spec]
        assert isinstance(entrant, Entrant), f"{spec} cannot be had"
        return self.session.play(case, entrant, known)

    def create(self, spec: str, *, watched: bool = False, strace: bool = False) -> float:
        """The seconds of the command alone, of a few."""
        seconds = []
        for _ in range(FEW):
            case = dataclasses.replace(self.case(spec, "one"), watched=watched)
            run = self.play(spec, traced(case) if strace else case)
            seconds.append(run.observations[0].finished[0].seconds)
        return median(seconds)

    def sweep(self, spec: str) -> float:
        """The seconds of a whole sweep, one point after the other; how long its runs would take alone is summed up."""
        stopped = self.create(spec, watched=True) / self.create(spec)
        probe = self.probe(spec)
        self.runs_alone = 0.0
        counted: dict[int, Finished] = {}  # what was remembered of an earlier play did not run again

        def play(case: Case, known: Known | None = None) -> Run:
            run = self.play(spec, case, known)
            for observation in run.observations:
                watched = isinstance(observation.step.action, Act) and observation.step.action.stop is not None
                ran = [done for done in observation.finished if counted.setdefault(id(done), done) is done]
                seconds = sum(done.seconds for done in ran)
                self.runs_alone += seconds / stopped if watched else seconds
                self.runs_alone += probe * len(observation.probes) if ran else 0.0
            return run

        return timed(lambda: judged(self.case(spec, "all"), play, lambda: self.case(spec, "all"), Sweep()))

    def bare(self, _: str) -> float:
        """The seconds of that sweep's processes: the killed ones as they would have been unwatched."""
        return self.runs_alone

    def probe(self, spec: str) -> float:
        """The seconds that an interpreter takes to say what it is."""
        case = self.case(spec, "one")
        create: Command = next(step.action.commands[0] for step in case.steps if isinstance(step.action, Act))
        asks = (case.python.executable, "-I", "-B", "-c", PROBE, case.python.prefix)
        command = dataclasses.replace(create, argv=asks, cwd="/")
        return run(command, writable=(), hide=hidden(case)).seconds


def _scenario(folder: Path, name: str, text: str) -> Scenario:
    path = folder / f"{name}.yaml"
    path.write_text(text, encoding="utf-8")
    return load_scenario(path)
