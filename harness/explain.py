"""A case played twice, once under strace, and what that showed as a storyboard."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING, TypedDict

from harness.case import Case
from harness.errors import ExitStatus, HarnessError, mistake
from harness.judge import judge
from harness.naming import found, parse_case
from harness.plan import plan
from harness.process import Guard, tracing
from harness.published import Measurement, load
from harness.report import storyboards
from harness.report.survey import survey
from harness.result import Outcome
from harness.runner import hidden
from harness.sandbox import WorkDirectory
from harness.session import entrant_names, open_session
from harness.storyboard.board import Storyboard
from harness.storyboard.making import storyboard, traced
from harness.tool import NotMeasured
from harness.tools.catalogue import builtin_tools, load_tools

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path
    from typing import Unpack

    from harness.case import Skipped, Unsupported
    from harness.report.storyboards import Storyboards, Wanted
    from harness.report.survey import Survey
    from harness.scenario import Scenario, Variant
    from harness.session import Entrant, EntrantName, Session

DEFAULT = "uv"
"""The subject where none is named: the one on PATH."""


class Means(TypedDict):
    """How a session is opened, whatever is played in it."""

    tool_files: Sequence[Path]
    base: Path | None
    offline: bool
    report: Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """Where cases are explained: a session in a work directory."""

    session: Session
    work: WorkDirectory
    names: tuple[EntrantName, ...]

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

    Raises HarnessError where nothing can be traced here.
    """
    if tracing.missing():
        what = f"nothing can be traced here: {tracing.missing()}"
        raise mistake(what, hint="on Linux `apt-get install strace`, or as your system has it; it needs no root")
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
            yield Stage(session=session, work=work, names=names)
        finally:
            for fault in session.close():
                report(fault)
    finally:
        guard.dismiss()
        work.close()


def explained(
    stage: Stage, entrant: Entrant, scenario: Scenario, variant: Variant, *, everything: bool = False
) -> Storyboard | Unsupported | Skipped:
    """Play a case untraced, then traced, and tell what its commands did; where there is no such case, why."""
    plain = _planned(stage, entrant, scenario, variant)
    if not isinstance(plain, Case):
        return plain
    case = _planned(stage, entrant, scenario, variant)
    assert isinstance(case, Case), "unreachable because the same was planned before, elsewhere"
    untraced = judge(stage.session.play(plain, entrant)).outcome
    run = stage.session.play(traced(case), entrant)
    files = [one.command.trace for moment in run.moments for one in moment.finished]
    traces = {file: tracing.read(file) for file in files}
    return storyboard(run, judge(run), traces, hidden(case), untraced=str(untraced), everything=everything)


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
                        f"came to {board.untraced}, under strace to {board.outcome}"
                        if isinstance(board, Storyboard)
                        else board.reason
                    )
                    told.append(f"{one.name} with {measurement.subject}, published as breaking: {came}")
    except HarnessError as error:
        told.append(str(error))
    return boards, told
