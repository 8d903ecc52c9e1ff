"""A case played twice, once with its calls followed, and what that showed as a storyboard."""

from __future__ import annotations

import os
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING, TypedDict

from harness.case import Act, Case, Skipped, Unsupported
from harness.errors import ExitStatus, HarnessError, mistake
from harness.judge import judge
from harness.naming import found, parse_case
from harness.plan import plan
from harness.points import aimed, point_of
from harness.process import Guard, tracing
from harness.published import Measurement, load
from harness.report import storyboards
from harness.report.survey import survey
from harness.result import Outcome
from harness.runner import hidden
from harness.sandbox import WorkDirectory
from harness.session import entrant_names, open_session
from harness.stopping import probe as stopping
from harness.storyboard.board import Storyboard
from harness.storyboard.making import storyboard, traced
from harness.sweeping import Sweep
from harness.tool import NotMeasured
from harness.tools.catalogue import builtin_tools, load_tools

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path
    from typing import Unpack

    from harness.report.storyboards import Storyboards, Wanted
    from harness.report.survey import Survey
    from harness.scenario import Scenario, Variant
    from harness.session import Entrant, EntrantName, Session

DEFAULT = "uv"
"""The subject where none is named: the one on PATH."""


ENGINE, STRACE = "engine", "strace"
"""The ways to follow a command's calls: each stopped by ourselves, or written down by another program."""


class Means(TypedDict):
    """How a session is opened, whatever is played in it.

    `by` is the way to follow calls, None for the best; `points` at how many of them a case is swept at most.
    """

    tool_files: Sequence[Path]
    base: Path | None
    offline: bool
    report: Callable[[str], None]
    by: str | None
    points: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """Where cases are explained: a session in a work directory."""

    session: Session
    work: WorkDirectory
    names: tuple[EntrantName, ...]
    by: str
    points: int

    def entrant(self, number: int) -> Entrant:
        """The entrant of that number, in the order in which they were asked for; a mistake where it cannot be had."""
        entrant = self.session.entrants[self.names[number]]
        if isinstance(entrant, NotMeasured):
            what = f"{entrant.spec} is not measured: {entrant.reason}"
            raise mistake(what, hint="`venvproof tools` lists what there is")
        return entrant

    def file(self, entrant: Entrant) -> str:
        """The name of the file in which what is published of an entrant on this machine stands."""
        subject, facts = entrant.subject, self.session.machine.facts
        return Measurement(
            tool=subject.tool.name, version=subject.version, python=entrant.python.version, machine=facts,
            measured="", venvproof="", digest=subject.digest, scenarios={}, cases={},
        ).file  # fmt: skip


@contextmanager
def stage(subjects: Sequence[tuple[str, str]], **means: Unpack[Means]) -> Iterator[Stage]:
    """Have subjects ready, each with its Python, empty for the default; leave no process and no tree behind.

    Raises HarnessError where calls cannot be followed here in that way.
    """
    by = _way(means["by"])
    tool_files, report = means["tool_files"], means["report"]
    names = tuple(
        replace(name, python=python) for spec, python in subjects for name in entrant_names([spec], [], tool_files)
    )
    work = WorkDirectory.make(means["base"])
    guard = Guard(work.path.name)
    try:
        session = open_session(
            tuple(dict.fromkeys(names)), [], work=work, offline=means["offline"], tool_files=tool_files, report=report
        )
        try:
            yield Stage(session=session, work=work, names=names, by=by, points=means["points"])
        finally:
            for fault in session.close():
                report(fault)
    finally:
        guard.dismiss()
        work.close()


def _way(asked: str | None) -> str:
    """That in which calls are followed here, the one asked for or the best; a mistake where there is none."""
    if asked != STRACE and not stopping.missing():
        return ENGINE
    if asked == ENGINE:
        raise mistake(f"calls cannot be stopped here: {stopping.missing()}", hint="`--by strace` may do")
    if tracing.missing():
        what = f"nothing can be traced here: {tracing.missing()}"
        raise mistake(what, hint="on Linux `apt-get install strace`, or as your system has it; it needs no root")
    return STRACE


def explained(
    stage: Stage, entrant: Entrant, scenario: Scenario, variant: Variant, *, everything: bool = False
) -> Storyboard | Unsupported | Skipped:
    """Play a case, then again with its calls followed, and tell what they did; where there is no such case, why.

    One that is to be stopped at each call in turn is told of as it goes at the worst of its points.
    """
    plain = _planned(stage, entrant, scenario, variant)
    if not isinstance(plain, Case):
        return plain
    if stage.by == STRACE and _is_stopped(plain):
        return Skipped("its calls are stopped, and what is stopped cannot be traced: leave out `--by strace`")

    def elsewhere() -> Case:
        case = _planned(stage, entrant, scenario, variant)
        assert isinstance(case, Case), "unreachable because the same was planned before, elsewhere"
        return case

    sweep = Sweep(most=stage.points, lanes=os.cpu_count() or 1)
    alone = stage.session.judged(plain, entrant, elsewhere, sweep)
    if alone.result.outcome is Outcome.UNSUPPORTED:  # it makes no call at which it could be stopped
        return Unsupported(alone.result.reason)
    at = point_of(plain, alone.run) if alone.result.swept else None
    case = elsewhere() if at is None else aimed(elsewhere(), at)
    run = stage.session.play(replace(case, looked=True) if stage.by == ENGINE else traced(case), entrant)
    result = judge(run)
    told = result if at is None else replace(alone.result, outcome=result.outcome)
    files = [one.command.trace for moment in run.moments for one in moment.finished]
    traces = {file: tracing.read(file) for file in files if file}
    return storyboard(run, told, traces, hidden(case), untraced=str(alone.result.outcome), everything=everything)


def _is_stopped(case: Case) -> bool:
    """Whether calls of its commands are stopped, however it is played."""
    return case.watched or any(isinstance(step.action, Act) and step.action.stop for step in case.steps)


def _planned(stage: Stage, entrant: Entrant, scenario: Scenario, variant: Variant) -> Case | Unsupported | Skipped:
    return plan(scenario, variant, stage.session.setting(entrant, stage.work.place(), variant))


def tell(
    texts: Sequence[str], suite: Path, *, everything: bool, into: Path | None, **stage_with: Unpack[Means]
) -> list[Storyboard]:
    """The storyboards of named cases, also written to a folder where one is given.

    Of a case that a tool has no command for, or that this machine lacks something for, that alone is reported.
    """
    tools = load_tools(stage_with["tool_files"])
    names = [parse_case(text) for text in texts]
    cases = [found(name, suite, tools) for name in names]
    boards = []
    with stage([(name.subject or DEFAULT, name.python) for name in names], **stage_with) as here:
        for number, (scenario, variant) in enumerate(cases):
            entrant = here.entrant(number)
            board = explained(here, entrant, scenario, variant, everything=everything)
            if not isinstance(board, Storyboard):
                stage_with["report"](f"`{texts[number]}` is not played: {board.reason}")
                continue
            boards.append(board)
            if into is not None:
                _add(into, here.file(entrant), board)
    return boards


def _add(folder: Path, file: str, board: Storyboard) -> None:
    known = storyboards.load(folder).get(file, {})
    storyboards.keep(folder, file, {**known, board.case: board}.values())


def record(
    results: Sequence[Path], suite: Path, folder: Path, tools: Sequence[str], **stage_with: Unpack[Means]
) -> ExitStatus:
    """Write the storyboards of all that breaks in published results; those that are there and fit are kept."""
    report = stage_with["report"]
    seen = survey(load(results), suite)
    digests = {name: scenario.digest() for name, scenario in seen.scenarios.items()}
    wanted = [one for one in storyboards.wanted(seen) if not tools or one.measurement.tool in tools]
    known = storyboards.load(folder)
    missing = [one for one in wanted if not _there(known, one, digests[one.scenario])]
    report(f"{len(wanted)} cases that break, {len(missing)} of them without a storyboard")
    failures = 0
    for file, group in groupby(sorted(missing, key=lambda one: one.measurement.file), lambda one: one.measurement.file):
        cases = list(group)
        boards, told = _recorded(cases, seen, **stage_with)
        failures += len(told)
        for words in told:
            report(words)
        storyboards.keep(folder, file, {**known.get(file, {}), **{board.case: board for board in boards}}.values())
        report(f"{cases[0].measurement.subject}: {len(boards)} of {len(cases)}")
    return ExitStatus.REGRESSION if failures else ExitStatus.AS_EXPECTED


def _there(known: Storyboards, one: Wanted, digest: str) -> bool:
    board = known.get(one.measurement.file, {}).get(one.name)
    return board is not None and storyboards.fits(board, digest, Outcome.BREAKS)


def _recorded(cases: Sequence[Wanted], seen: Survey, **stage_with: Unpack[Means]) -> tuple[list[Storyboard], list[str]]:
    """The storyboards of one build, and in a sentence each why there is none of a case."""
    measurement = cases[0].measurement
    python = ".".join(measurement.python.split(".")[:2])
    boards, told = [], []
    # Of a tool that the user described there is the one build that is described.
    spec = measurement.subject if measurement.tool in builtin_tools() else measurement.tool
    try:
        with stage([(spec, python)], **stage_with) as here:
            entrant = here.entrant(0)
            for one in cases:
                scenario = seen.scenarios[one.scenario]
                variant = next(variant for variant in scenario.variants if variant.id == one.variant)
                board = explained(here, entrant, scenario, variant)
                if isinstance(board, Storyboard) and storyboards.fits(board, scenario.digest(), Outcome.BREAKS):
                    boards.append(board)
                else:
                    came = (
                        f"came to {board.untraced}, with its calls followed to {board.outcome}"
                        if isinstance(board, Storyboard)
                        else board.reason
                    )
                    told.append(f"{one.name} with {measurement.subject}, published as breaking: {came}")
    except HarnessError as error:
        told.append(str(error))
    return boards, told
