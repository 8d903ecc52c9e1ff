"""Whoever is watched does the same: the engine on and off agree, and so do two sweeps of the same build."""

from __future__ import annotations

import sysconfig
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from harness.case import Case
from harness.errors import HarnessError
from harness.folding import folded
from harness.judge import not_run
from harness.plan import plan
from harness.reading.scenario import load_scenario
from harness.result import Outcome
from harness.runner import hidden
from harness.sandbox import Sandbox, WorkDirectory
from harness.session import Entrant, EntrantName, open_session
from harness.store import record
from harness.sweeping import Sweep

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.result import Record
    from harness.scenario import Scenario, Variant
    from harness.session import Session

CHECKOUT = Path(__file__).resolve().parents[2]
TOOLS = {"venv": "venv", "uv": f"uv@{sysconfig.get_path('scripts')}/uv"}
"""Those that `make` puts beside us."""

EACH_FAMILY = 2
"""How many scenarios of each family are played; `make watched` plays all of them."""

NO_RESULT = {Outcome.SKIPPED, Outcome.UNSUPPORTED}
POINTS = 5
"""At how many calls a case is stopped: many make a sweep no other, and take their time."""

SWEPT = (
    "crash/create-then-create",
    "crash/create-then-reuse",
    "errors/full-disk",
    "errors/io-error-recreate",
    "race/create-and-create",
)


def chosen() -> Iterator[Path]:
    """As many of each family, from the first to the last."""
    for family in sorted(file.parent for file in (CHECKOUT / "scenarios").glob("*/family.yaml")):
        files = [file for file in sorted(family.glob("*.yaml")) if file.name != "family.yaml" and not seeded(file)]
        step = (len(files) - 1) / (EACH_FAMILY - 1)
        yield from dict.fromkeys(files[round(number * step)] for number in range(EACH_FAMILY))


def seeded(file: Path) -> bool:
    """Whether pip is put into an environment, which takes 5,000 calls."""
    return "seed: true" in file.read_text(encoding="utf-8")


class Stage:
    """A session of its own, in which cases are played."""

    def __init__(self, work: WorkDirectory, session: Session) -> None:
        self.work, self.session = work, session

    def play(self, tool: str, scenario: Scenario, variant: Variant, sweep: Sweep) -> Record:
        """What becomes of a case, as it would be published."""
        entrant = self.session.entrants[EntrantName(TOOLS[tool])]
        assert isinstance(entrant, Entrant), entrant

        def elsewhere() -> Case:
            other = plan(scenario, variant, self.session.setting(entrant, self.work.place(), variant))
            assert isinstance(other, Case), "the same was planned before"
            return other

        case = plan(scenario, variant, self.session.setting(entrant, self.work.place(), variant))
        if not isinstance(case, Case):
            return folded(record(not_run(scenario, variant, entrant.subject, entrant.python, case), {}, None))
        done = self.session.judged(case, entrant, elsewhere, sweep)
        Sandbox.clear(case.place)
        return folded(record(done.result, hidden(case), done.run.before))


def open_stage(stack: ExitStack, folder: Path, *, watched: bool) -> Stage:
    work = WorkDirectory.make(folder)
    stack.callback(work.close)
    names = [EntrantName(spec) for spec in TOOLS.values()]
    try:
        session = open_session(names, [], work=work, offline=True, tool_files=[], report=print, watched=watched)
    except HarnessError as error:
        pytest.skip(str(error))
    stack.callback(session.close)
    return Stage(work, session)


@pytest.fixture(scope="module")
def stages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Stage, Stage]]:
    """One without the engine, one with it."""
    with ExitStack() as stack:
        off, on = (open_stage(stack, tmp_path_factory.mktemp("stage"), watched=watched) for watched in (False, True))
        yield off, on


@pytest.mark.parametrize("tool", TOOLS)
@pytest.mark.parametrize("path", list(chosen()), ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_case_comes_to_the_same_whether_or_not_its_calls_are_stopped(
    stages: tuple[Stage, Stage], path: Path, tool: str
) -> None:
    scenario = load_scenario(path)
    if scenario.tools and tool not in scenario.tools:
        pytest.skip(f"it is not for {tool}")
    off, on = (stage.play(tool, scenario, scenario.variants[-1], Sweep(most=2)) for stage in stages)
    if Outcome(off["outcome"]) in NO_RESULT:
        pytest.skip(off["reason"])
    assert told(on) == told(off)


def told(case: Record) -> Record:
    """What a case came to, without the words of tools, which may tell of time or of chance."""
    findings = [(finding["check"], finding["step"], finding.get("points")) for finding in case["findings"]]
    steps = [(step["operation"], step.get("ending")) for step in case["steps"]]
    return {**{key: case[key] for key in ("outcome", "held", "moot")}, "findings": findings, "steps": steps}


@pytest.mark.parametrize("tool", TOOLS)
@pytest.mark.parametrize("name", SWEPT)
def test_two_sweeps_of_the_same_build_agree(stages: tuple[Stage, Stage], name: str, tool: str) -> None:
    scenario = load_scenario(CHECKOUT / "scenarios" / f"{name}.yaml")
    off, on = stages
    if "stopping-calls" in off.session.machine.lacks:
        pytest.skip(off.session.machine.lacks["stopping-calls"])
    first, second = (
        stage.play(tool, scenario, scenario.variants[0], Sweep(most=POINTS, lanes=n))
        for n, stage in ((1, off), (2, on))
    )
    if Outcome(first["outcome"]) not in NO_RESULT:  # a tool that refuses without a call cannot be stopped
        assert first["swept"]["missed"] == 0
    assert first == second
