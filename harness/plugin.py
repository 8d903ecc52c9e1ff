"""The pytest plugin: a scenario file is a collector, a case an item; only the controller writes.

Loaded by a `conftest.py` that names it and by `venvproof run`, never by mere installation.
"""

from __future__ import annotations

import gc
import warnings
from functools import cache
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import pytest

from harness.controller import Controller
from harness.errors import HarnessError
from harness.expect import Ruling
from harness.flags import FLAGS
from harness.players import STATE, Players, mistakes_end_the_run, players, shown
from harness.report.cells import broken, properties
from harness.report.failure import Failure
from harness.result import Outcome

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator
    from pathlib import Path

    from harness.result import Record
    from harness.scenario import Scenario, Variant
    from harness.session import EntrantName

FAMILY_FILE = "family.yaml"
NO_SCENARIOS = {FAMILY_FILE, "renamed.yaml"}
"""Files beside scenarios that are none."""


class WeakWarning(UserWarning):
    """A `should` is broken, or a tool declined."""


class CaseError(Exception):
    """A case does not pass, and its item knows why."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the flags of a conformance run."""
    group = parser.getgroup("venvproof", "conformance of tools that make Python environments")
    for flag, how in FLAGS:
        if flag != "--strict":  # pytest has one of its own
            group.addoption(flag, **how)
    parser.addini("venvproof_tools", "the tools to test where no --tool is given", type="args", default=["venv", "uv"])
    parser.addini(
        "venvproof_points", "at how many of its calls a tool is stopped where no --points is given", default="all"
    )


def pytest_configure(config: pytest.Config) -> None:
    """Register the state of this run: the controller's, or a worker's that works in the controller's directory."""
    if config.pluginmanager.hasplugin(STATE):
        return
    workerinput = getattr(config, "workerinput", None)
    with mistakes_end_the_run():
        state = Players.of_worker(config, workerinput) if workerinput else Controller(config)
    config.pluginmanager.register(state, STATE)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Collect without looking for garbage: thousands of cases are made, and none is dropped before the end."""
    if not gc.isenabled():
        return (yield)
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()
        gc.freeze()


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """A YAML file is a scenario where a `family.yaml` lies beside it, or where the user names it or its folder."""
    if file_path.suffix != ".yaml" or file_path.name in NO_SCENARIOS:
        return None
    asked = parent.config.args_source is not pytest.Config.ArgsSource.INVOCATION_DIR
    named = asked and (parent.session.isinitpath(file_path) or parent.session.isinitpath(file_path.parent))
    if named or (file_path.parent / FAMILY_FILE).is_file():
        # Outside of the root directory pytest knows no name for a file, or the wrong one.
        inside = file_path.is_relative_to(parent.config.rootpath)
        return ScenarioFile.from_parent(parent, path=file_path, nodeid=None if inside else file_path.as_posix())
    return None


class ScenarioFile(pytest.File):
    """A scenario, with a case for every variant and entrant."""

    def collect(self) -> Iterator[CaseItem]:
        """Read the file; what is wrong with it is reported in one go."""
        from harness.reading.scenario import load_scenario  # noqa: PLC0415 -- a run without scenarios reads none

        state = players(self.config)
        if not state.chosen(self.path):
            return
        state.question(self.path.parent)
        scenario = load_scenario(self.path, shown=shown(self.path, self.config))
        state.read(scenario)
        shared = set(scenario.variants[0].needs).intersection(*(variant.needs for variant in scenario.variants))
        for word in (scenario.family, *sorted(shared)):
            self.add_marker(_marker(word, self.config))
        variants = scenario.variants[:1] if self.config.option.variants == "first" else scenario.variants
        for name in state.names:
            if scenario.tools and name.spec.partition("@")[0] not in scenario.tools:
                continue
            for variant in variants:
                label = f"{name}[{variant.id}]" if variant.labels else str(name)
                yield CaseItem.from_parent(self, name=label, scenario=scenario, variant=variant, entrant=name)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:  # noqa: ANN401, ARG002
        """Show the user's mistakes as messages."""
        return str(excinfo.value) if isinstance(excinfo.value, HarnessError) else super().repr_failure(excinfo)


@cache
def _word(name: str) -> str:
    return "".join(char if char.isalnum() else "_" for char in name)


def _marker(name: str, config: pytest.Config) -> str:
    word = _word(name)
    if word not in _registered(config):
        _registered(config).add(word)
        config.addinivalue_line("markers", f"{word}: scenarios of that family, or that need it")
    return word


_MARKERS = pytest.StashKey[set[str]]()


def _registered(config: pytest.Config) -> set[str]:
    return config.stash.setdefault(_MARKERS, set())


class CaseItem(pytest.Item):
    """One scenario, variant, subject and Python. Set-up plays it, the call judges it."""

    def __init__(self, *, scenario: Scenario, variant: Variant, entrant: EntrantName, **rest: Any) -> None:  # noqa: ANN401
        super().__init__(**rest)
        self.scenario, self.variant, self.entrant = scenario, variant, entrant
        self.record: Record | None = None
        self.kept = ""
        for need in variant.needs:
            if self.get_closest_marker(_word(need)) is None:  # or the file has it for all
                self.add_marker(_marker(need, self.config))

    def setup(self) -> None:
        """Play the case; what is no fault of the tool's, and what is no run at all, ends here."""
        self.record, self.kept = players(self.config).play(self.scenario, self.variant, self.entrant)
        self.user_properties += properties(self.record)
        outcome = Outcome(self.record["outcome"])
        if outcome in {Outcome.UNSUPPORTED, Outcome.SKIPPED}:
            pytest.skip(self.record["reason"])
        if outcome is Outcome.ERRS:
            raise CaseError

    def runtest(self) -> None:
        """Fail where a `must` is broken, and warn, or fail under --strict, where the case is weak or declines."""
        assert self.record is not None, "set-up played it"
        outcome = Outcome(self.record["outcome"])
        mild = outcome in {Outcome.WEAK, Outcome.DECLINES}
        if outcome is Outcome.BREAKS or self.record.get("varied") or (mild and players(self.config).strict):
            raise CaseError
        if outcome is Outcome.WEAK:
            with warnings.catch_warnings():
                warnings.simplefilter("always")  # whoever makes errors of warnings means those of programs
                checks = ", ".join(dict.fromkeys(str(finding["check"]) for finding in broken(self.record)))
                warnings.warn_explicit(f"weak: {checks}", WeakWarning, str(self.path), 0)

    def shard(self, count: int) -> int:
        """Which of so many shards plays this, from one."""
        name = f"{self.scenario.id}::{self.name}"
        return int.from_bytes(sha256(name.encode()).digest()[:8], "big") % count + 1

    def told(self) -> Record:
        """What the controller needs to know of this case."""
        state = players(self.config)
        return {
            "record": self.record, "kept": self.kept, "summary": self.scenario.summary,
            "because": list(self.scenario.because), "family": self.scenario.family,
            "question": state.question(self.path.parent), "suite": state.suite,
        }  # fmt: skip

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Where the case stands, and the heading of its failure."""
        return self.path, None, f"{self.scenario.id} {self.name}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Let the report of the phase that settles a case carry its line to the controller, unless we crashed.

    What is shown is what happened to the tree, or what the user can put right; only a fault of ours is a traceback.
    """
    report = yield
    if not isinstance(item, CaseItem):
        return report
    fault = call.excinfo.value if call.excinfo is not None else None
    settles = report.when == "call" or (report.when == "setup" and not report.passed)
    if settles and item.record is not None and (isinstance(fault, CaseError) or not report.failed):
        report.venvproof = item.told()  # type: ignore[attr-defined]
    if isinstance(fault, CaseError):
        report.longrepr = Failure(item.told())  # type: ignore[assignment]  # whatever has toterminal() will do
    if isinstance(fault, HarnessError):
        report.longrepr, report.venvproof_mistake = str(fault), True  # type: ignore[attr-defined]
    if isinstance(report.longrepr, tuple):
        report.longrepr = (str(item.path), None, report.longrepr[2])  # type: ignore[assignment]  # no line says why
    return report


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what other shards play: which one a case is of is decided by its name alone."""
    shard: str | None = config.option.shard
    if shard:
        number, _, count = shard.partition("/")
        theirs = {item for item in items if isinstance(item, CaseItem) and item.shard(int(count)) != int(number)}
        config.hook.pytest_deselected(items=[item for item in items if item in theirs])
        items[:] = [item for item in items if item not in theirs]


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Let the report of a file that cannot be read say that the user can put it right."""
    report = yield
    excinfo = getattr(getattr(report, "call", None), "excinfo", None)
    if isinstance(collector, ScenarioFile) and excinfo is not None and isinstance(excinfo.value, HarnessError):
        report.venvproof_mistake = True  # type: ignore[attr-defined]
    return report


def pytest_report_teststatus(report: pytest.TestReport) -> tuple[str, str, str] | None:
    """Count weak and declining cases as passed, but show them as what they are; tell stale from worse."""
    told: Record | None = getattr(report, "venvproof", None)
    if told is None:
        return None
    if report.failed and "ruled" in told and told["ruled"].ruling is Ruling.STALE:
        return "failed", "F", "FAILED (stale)"
    if report.failed and told["record"].get("unsteady"):
        return "error", "E", "ERROR (unsteady)"
    if report.when != "call" or not report.passed:
        return None
    outcome = Outcome(told["record"]["outcome"])
    return None if outcome is Outcome.HOLDS else ("passed", outcome.sign, outcome.value.upper())
