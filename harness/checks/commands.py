"""Checks of how commands ended and what they said."""

from __future__ import annotations

import re
from posixpath import relpath
from typing import TYPE_CHECKING, assert_never

from harness.case import Act
from harness.checks.paths import changes_that_count, evidence
from harness.checks.registry import ArgumentKind, check
from harness.run import Exited, Interrupted, NotStarted, Signalled, TimedOut
from harness.scenario import Fault, Interrupt
from harness.snapshot import lexical
from harness.verdict import Held, Moot, Said, Verdict, broken_by

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from harness.run import Ending, Finished, Moment, Run
    from harness.verdict import Evidence

NO_COMMAND = Moot("no command of the tool ran")


def ended(ending: Ending) -> str:
    """How a command ended, as a predicate: `exited 2`, `was killed by SIGSEGV`."""
    match ending:
        case Exited(code=code):
            return f"exited {code}"
        case Signalled(signal=signal):
            return f"was killed by {signal}"
        case Interrupted(signal=signal):
            return f"was interrupted by {signal}"
        case TimedOut(limit=limit):
            return f"did not end within {limit:g} s"
        case NotStarted(reason=reason):
            return f"was not started: {reason}"
        case _:
            assert_never(ending)


def last_words(done: Finished) -> str:
    """The last line that a command printed with anything in it, standard error preferred."""
    lines = (done.stderr.strip() or done.stdout.strip()).splitlines()
    return lines[-1].strip() if lines else "it said nothing"


def own(run: Run) -> list[Moment]:
    """The steps that the subject itself did."""
    return [moment for moment in run.moments if moment.own]


def declined(run: Run, moment: Moment) -> bool:
    """Whether a step's last commands exited non-zero by themselves, and it left the tree exactly as it found it."""
    return _of_tool(moment) and failed(moment) and not interrupted(moment) and not changes_that_count(run, moment)


def failed(moment: Moment) -> bool:
    """Whether none of a step's last commands succeeded: they exited non-zero by themselves, or were interrupted."""
    return all(_did_not_succeed(done.ending) for done in moment.last)


def interrupted(moment: Moment) -> bool:
    """Whether one of a step's commands died by the signal that the scenario had us send."""
    return any(isinstance(done.ending, Interrupted) for done in moment.finished)


def _did_not_succeed(ending: Ending) -> bool:
    return isinstance(ending, Interrupted) or (isinstance(ending, Exited) and ending.code != 0)


def disturbed(moment: Moment) -> bool:
    """Whether the scenario has a call of this step fail, or interrupts it: nobody promises that it succeeds."""
    return isinstance(moment.action, Act) and isinstance(moment.action.stop, Interrupt | Fault)


def _of_tool(moment: Moment) -> bool:
    """Whether the subject did this step itself, and not the environment's own python."""
    return moment.own and isinstance(moment.action, Act) and moment.action.operation != "python"


def _commands(run: Run) -> Iterator[tuple[Moment, Finished]]:
    for moment in own(run):
        for done in moment.finished:
            yield moment, done


@check("succeeds")
def succeeds(run: Run) -> Verdict:
    """Every command of the tool, and of the environment's own interpreter, ended with exit status 0.

    What the scenario itself interrupts, or has a call fail of, is not asked to.
    """
    asked = [moment for moment in own(run) if not disturbed(moment)]
    return _all_exit(asked, 0) if asked or not own(run) else Moot("the scenario itself disturbed every command")


@check("exits", argument=ArgumentKind.NUMBER)
def exits(run: Run, code: int) -> Verdict:
    """Every command of the tool ended with this exit status."""
    return _all_exit(own(run), code)


def _all_exit(moments: Sequence[Moment], code: int) -> Verdict:
    if not moments:
        return NO_COMMAND
    return broken_by(
        tuple(
            Said(moment.number, f"{ended(done.ending)}: {last_words(done)}")
            for moment in moments
            for done in moment.finished
            if done.ending != Exited(code)
        )
    )


@check("declines")
def declines(run: Run) -> Verdict:
    """The command exited non-zero by itself, said why on stderr, and left the tree exactly as it found it."""
    if not own(run):
        return NO_COMMAND
    return broken_by(tuple(found for moment in own(run) for found in _not_declined(run, moment)))


def _not_declined(run: Run, moment: Moment) -> Iterator[Evidence]:
    for done in moment.last:
        match done.ending:
            case Exited(code=0):
                yield Said(moment.number, "it did not decline: exited 0")
            case Exited():
                # A terminal has one stream for both.
                if not (done.stdout if done.command.answers is not None else done.stderr).strip():
                    yield Said(moment.number, "it declined without a word on stderr")
            case other:
                yield Said(moment.number, f"it did not decline by itself: {ended(other)}")
    yield from evidence(moment, changes_that_count(run, moment))


@check("says", argument=ArgumentKind.REGEX)
def says(run: Run, pattern: str) -> Verdict:
    """The output, both streams together and paths written as `$root/...`, holds a match of this expression."""
    if not own(run):
        return NO_COMMAND
    if any(re.search(pattern, done.output) for _, done in _commands(run)):
        return Held()
    return broken_by(
        tuple(Said(moment.number, f"it does not say so: {last_words(done)}") for moment, done in _commands(run))
    )


@check("never-says", argument=ArgumentKind.REGEX)
def never_says(run: Run, pattern: str) -> Verdict:
    """The output, both streams together and paths written as `$root/...`, holds no match of this expression."""
    if not own(run):
        return NO_COMMAND
    found = ((moment, re.search(pattern, done.output)) for moment, done in _commands(run))
    return broken_by(tuple(Said(moment.number, f"it said: {match[0]}") for moment, match in found if match))


@check("prints-path", argument=ArgumentKind.TEXT)
def prints_path(run: Run, spelled: str) -> Verdict:
    """The output names the environment as the user spelled it, not as it resolves."""
    lines = [(m, line.strip()) for m, done in _commands(run) for line in done.output.splitlines()]
    misnamed = tuple(
        Said(moment.number, f"it named `{resolved}`: {line}")
        for moment, line in lines
        for resolved in _resolved_names(run, moment)
        if _names(line, resolved)
    )
    if not misnamed and not any(_names(line, spelled) for _, line in lines):
        return Moot("the output names no environment")
    return broken_by(misnamed)


def _resolved_names(run: Run, moment: Moment) -> tuple[str, ...]:
    """The environment's real path, absolute and as seen from where the command ran, where it has another."""
    real = moment.after.resolve(moment.environment)
    if real is None or real == lexical(moment.environment) or not isinstance(moment.action, Act):
        return ()
    cwd = moment.action.commands[0].cwd.removeprefix(run.case.place.root).replace("\\", "/").strip("/")
    return f"$root/{real}", relpath(real, cwd or ".")


def _names(text: str, path: str) -> bool:
    return re.search(rf"(?<![\w./$-]){re.escape(path)}(?![\w-])", text) is not None
