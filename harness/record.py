"""A command that a user types -> a scenario of what it does: played twice in copies of the directory, contained."""

from __future__ import annotations

import dataclasses
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from harness.capture.directory import capture
from harness.capture.observed import broken, common, ended_so, observed
from harness.capture.recognise import recognised, typed
from harness.case import Case
from harness.checks.commands import ended, last_words
from harness.errors import Place, mistake
from harness.judge import judge
from harness.plan import plan
from harness.reading.scenario import read_scenario
from harness.run import Exited
from harness.sandbox import Sandbox
from harness.scenario import CheckRef, Level, Perform, RunTool
from harness.session import Entrant, EntrantName, open_session
from harness.tool import INTERPRETER
from harness.tools.catalogue import load_tools
from harness.writing import Draft, text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from harness.capture.recognise import Recognised, Typed
    from harness.capture.sight import Sight
    from harness.run import Finished, Run
    from harness.sandbox import WorkDirectory
    from harness.session import Session

SUMMARY = "What `{}` was seen to do in a directory like this one, it does again"
HEAD = "Recorded of `{}` by {}: under `must` stands what came of it. Take out what a tool is free to do otherwise."
BECAUSE = "recorded from a run - put here the issue or what was seen"
_USABLE = CheckRef("usable", None, Level.MUST, Place("", 0, 0))


@dataclass(frozen=True, slots=True)
class Recorded:
    """A scenario's text, the last command as it went, and what it did that no scenario may ask for."""

    scenario: str
    done: Finished
    broken: tuple[str, ...]


def record(
    words: Sequence[str],
    sight: Sight,
    *,
    work: WorkDirectory,
    spec: str | None = None,
    offline: bool = False,
    tool_files: Sequence[Path] = (),
    anonymous: bool = False,
    report: Callable[[str], None] = lambda _: None,
) -> Recorded:
    """Run a command in copies of a directory as it was seen, and write what it did as a scenario.

    `spec` is the build to be run where another is meant than the one that the command names.
    """
    command = typed(words, load_tools(tool_files))
    build = spec or _build(command)
    asked = recognised(command, "newest", sight.path).python or _python(command)
    name = EntrantName(build)
    session = open_session(
        [name], [asked] if asked else [], work=work, offline=offline, tool_files=tool_files, report=report
    )
    try:
        entrant = session.entrants[name]
        if not isinstance(entrant, Entrant):
            raise mistake(f"`{build}` cannot be run: {entrant.reason}")
        step = recognised(command, entrant.subject.version, sight.path)
        draft = _draft(sight, step, command, " ".join(words), entrant, anonymous=anonymous)
        return _recorded(draft, session, entrant, work)
    finally:
        for problem in session.close():
            report(problem)


def _build(command: Typed) -> str:
    """The build that a command names: what is on PATH, or a file."""
    is_file = "/" in command.program and command.tool.executable != INTERPRETER
    return f"{command.tool.name}@{Path(command.program).absolute()}" if is_file else command.tool.name


def _python(command: Typed) -> str | None:
    """The interpreter whose module the tool is."""
    return shutil.which(command.program) if command.tool.executable == INTERPRETER else None


def _draft(sight: Sight, asked: Recognised, command: Typed, line: str, entrant: Entrant, *, anonymous: bool) -> Draft:
    """The scenario before anything is known of what comes of it."""
    step = dataclasses.replace(asked.step, options=dataclasses.replace(asked.step.options, at=None))
    draft = capture(
        sight, steps=[step if anonymous else asked.step], anonymous=anonymous, environment=asked.environment
    )
    if anonymous and isinstance(asked.step.action, RunTool):
        what = f"`{line}` is no operation that is known of `{command.tool.name}`, and names in it cannot be made up"
        raise mistake(what, hint="leave out --anonymous, and read what is written before you show it")
    what = asked.step.action.operation if isinstance(asked.step.action, Perform) else line
    return dataclasses.replace(
        draft,
        summary=SUMMARY.format(what),
        because=BECAUSE,
        notes=(HEAD.format(what if anonymous else line, entrant.subject.name), *draft.notes[1:]),
        tools=(command.tool.name,) if isinstance(asked.step.action, RunTool) else (),
        checks=(),
    )


def _recorded(draft: Draft, session: Session, entrant: Entrant, work: WorkDirectory) -> Recorded:
    probing = dataclasses.replace(draft, checks=[_USABLE])
    first, second = (_played(probing, session, entrant, work) for _ in range(2))
    findings = [judge(run).findings for run in (first, second)]
    wrong = tuple(dict.fromkeys(sentence for found in findings for sentence in broken(found)))
    outcome = common(ended_so(first), ended_so(second))
    checks = common(*(observed(run, found) for run, found in zip((first, second), findings, strict=True)))
    return Recorded(
        scenario=text(_with(draft, outcome, checks, wrong)),
        done=first.moments[-1].last[-1],
        broken=wrong,
    )


def _with(draft: Draft, outcome: Sequence[CheckRef], checks: Sequence[CheckRef], wrong: Sequence[str]) -> Draft:
    """The scenario with what came of it. How a command ended is said of its step where it is not the only one."""
    notes = (*draft.notes, *(f"It {sentence}" for sentence in wrong))
    *before, last = draft.steps
    if not before:
        return dataclasses.replace(draft, notes=notes, checks=(*outcome, *checks))
    step = dataclasses.replace(last.step, checks=tuple(outcome))
    steps = (*before, dataclasses.replace(last, step=step))
    return dataclasses.replace(draft, notes=notes, checks=checks, steps=steps)


def _played(draft: Draft, session: Session, entrant: Entrant, work: WorkDirectory) -> Run:
    """One play of what the draft says, in a place of its own that is gone afterwards."""
    scenario = read_scenario(text(draft), id="recorded/command", file="recorded.yaml")
    (variant,) = scenario.variants
    place = work.place()
    case = plan(scenario, variant, session.setting(entrant, place, variant))
    if not isinstance(case, Case):
        raise mistake(f"this cannot be recorded here: {case.reason}")
    run = session.play(case, entrant)
    Sandbox.clear(place)
    for moment in run.moments:
        for done in moment.finished:
            if not isinstance(done.ending, Exited):
                raise mistake(f"nothing is recorded: the command {ended(done.ending)}: {last_words(done)}")
    return run
