"""One case, played now and told as published data would: what a verb needs that works on a single case."""

from __future__ import annotations

import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING

from harness import __version__
from harness.case import Case
from harness.errors import mistake
from harness.folding import folded
from harness.plan import plan
from harness.process import Guard, end_all, sweep
from harness.published import DIGITS, Measurement
from harness.runner import hidden, hidden_too
from harness.sandbox import WorkDirectory
from harness.session import Entrant, entrant_names, open_session
from harness.store import header, record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from harness.result import Record
    from harness.scenario import Scenario, Variant
    from harness.session import Session


def replay(
    scenario: Scenario, variant: Variant, spec: str, python: str, *, offline: bool, report: Callable[[str], None]
) -> Measurement:
    """Play a case with the build that a spec means, and leave nothing behind.

    Raises HarnessError where the build cannot be had, or neither tool nor machine can play the case.
    """
    work: WorkDirectory | None = None
    guard: Guard | None = None
    session: Session | None = None
    try:
        with _undisturbed():
            work = WorkDirectory.make(None)
        guard = Guard(work.path.name)
        pythons = [python] if python else []
        names = entrant_names([spec], pythons)
        session = open_session(names, pythons, work=work, offline=offline, tool_files=(), report=report)
        (entrant,) = session.entrants.values()
        if not isinstance(entrant, Entrant):
            raise mistake(f"`{spec}` cannot be played: {entrant.reason}")
        return _measured(scenario, entrant, session, _line(scenario, variant, entrant, session, work))
    finally:
        with _undisturbed():
            for told in _cleared(work, guard, session):
                report(told)


def _cleared(work: WorkDirectory | None, guard: Guard | None, session: Session | None) -> tuple[str, ...]:
    """Remove all that was made, and say what a tool did to the interpreter that it was handed."""
    end_all()
    if work:
        sweep(work.path.name)
    told = session.close() if session else ()
    if guard:
        guard.dismiss()
    if work:
        work.close()
    return told


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Let an interrupt wait until this is done: whoever is impatient presses twice."""
    came: list[int] = []
    before = {sign: signal.signal(sign, lambda number, _: came.append(number)) for sign in _INTERRUPTS}
    try:
        yield
    finally:
        for sign, handler in before.items():
            signal.signal(sign, handler or signal.SIG_DFL)
    if came:
        raise KeyboardInterrupt


_INTERRUPTS = (signal.SIGINT, signal.SIGTERM)


def _line(scenario: Scenario, variant: Variant, entrant: Entrant, session: Session, work: WorkDirectory) -> Record:
    """What became of it, as a result file has it."""

    def planned() -> Case:
        case = plan(scenario, variant, session.setting(entrant, work.place(), variant))
        if not isinstance(case, Case):
            raise mistake(f"`{scenario.id}` cannot be played with `{entrant.subject.name}`: {case.reason}")
        return case

    case = planned()
    done = session.judged(case, entrant, planned)
    return record(done.result, {**hidden(case), **hidden_too(done.lanes)}, done.run.before)


def _measured(scenario: Scenario, entrant: Entrant, session: Session, line: Record) -> Measurement:
    told = header(suite="", machine=session.machine, subjects=[entrant.subject], planned=1)
    name = scenario.id + (f"[{line['variant']}]" if line["variant"] else "")
    return Measurement(
        tool=entrant.subject.tool.name,
        version=entrant.subject.version,
        python=entrant.python.version,
        machine={fact: value for fact, value in told["machine"].items() if isinstance(value, str)},
        measured=told["started"].partition("T")[0],
        venvproof=__version__,
        digest=entrant.subject.digest,
        scenarios={scenario.id: scenario.digest()[:DIGITS]},
        cases={name: folded(line)},
    )
