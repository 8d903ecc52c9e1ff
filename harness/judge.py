"""Run -> Result: every check's verdict, and from them the case's one word."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.case import Act
from harness.checks import KNOWN
from harness.checks.commands import declined, disturbed, ended, last_words
from harness.result import Finding, Outcome, Result
from harness.run import Exited, Interrupted, NotStarted
from harness.scenario import Level
from harness.verdict import Broken, Moot

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.case import Case, Skipped, Unsupported
    from harness.run import Finished, Moment, Run
    from harness.scenario import CheckRef, Scenario, Variant
    from harness.tool import Interpreter, Subject


def judge(run: Run) -> Result:
    """Hold every check of the case against what happened."""
    findings = tuple(_findings(run))
    outcome, reason = _outcome(run, findings)
    case = run.case
    return Result(
        scenario=case.scenario.id,
        variant=case.variant.id,
        subject=case.subject.name,
        python=case.python.version,
        digest=case.scenario.digest(),
        outcome=outcome,
        findings=findings,
        observations=run.observations,
        reason=reason,
    )


def not_run(
    scenario: Scenario, variant: Variant, subject: Subject, python: Interpreter, why: Unsupported | Skipped
) -> Result:
    """The result of a case that there is none of."""
    return Result(
        scenario=scenario.id,
        variant=variant.id,
        subject=subject.name,
        python=python.version,
        digest=scenario.digest(),
        outcome=Outcome[type(why).__name__.upper()],
        reason=why.reason,
    )


def _findings(run: Run) -> Iterator[Finding]:
    for check in KNOWN.values():
        if check.standing is not None and check.name not in run.case.variant.waive:
            verdict = check.judge(run)
            at = verdict.evidence[0].step if isinstance(verdict, Broken) else None
            yield Finding(check.name, check.standing, verdict, at)
    for ref in run.case.checks:
        yield _finding(run, ref, None)
    for step in run.case.steps:
        for ref in step.checks:
            yield _finding(run.reduced_to(step.number), ref, step.number)


def _finding(run: Run, ref: CheckRef, step: int | None) -> Finding:
    check = KNOWN[ref.name]
    if not run.moments:
        return Finding(ref.name, ref.level, Moot("the step was not reached"), step)
    verdict = check.judge(run) if ref.argument is None else check.judge(run, ref.argument)
    if step is None and isinstance(verdict, Broken):
        step = verdict.evidence[0].step
    return Finding(ref.name, ref.level, verdict, step)


def _outcome(run: Run, findings: tuple[Finding, ...]) -> tuple[Outcome, str]:
    """The first word that fits, with a sentence where the findings do not say it."""
    fault = _fault(run)
    if fault:
        return Outcome.ERRS, fault
    if all(isinstance(finding.verdict, Moot) for finding in findings):
        return Outcome.ERRS, "every check is moot: the scenario judges nothing"
    broken = {finding.level for finding in findings if isinstance(finding.verdict, Broken)}
    if Level.MUST in broken:
        return Outcome.BREAKS, ""
    refusal = _refusal(run)
    if refusal:
        return Outcome.DECLINES, refusal
    return (Outcome.WEAK, "") if Level.SHOULD in broken else (Outcome.HOLDS, "")


def _fault(run: Run) -> str:
    """What kept the run from being one: a command that never ended by itself, or a step that is not the tool's."""
    for moment in run.moments:
        for done in moment.finished:
            if isinstance(done.ending, NotStarted) and _is_python(moment):
                continue  # there is no environment to start it from, which other checks judge
            if not isinstance(done.ending, Exited | Interrupted):
                return f"step {moment.number} {ended(done.ending)}"
            if isinstance(moment.action, Act) and not moment.own and done.ending != Exited(0):
                return f"step {moment.number}, which another tool does, {_said(done)}"
    return ""


def _is_python(moment: Moment) -> bool:
    return isinstance(moment.action, Act) and moment.action.operation == "python"


def _refusal(run: Run) -> str:
    """The first command that declined where the scenario does not ask it to, in its own words.

    One that the scenario itself has fail is right to say so.
    """
    for moment in run.moments:
        if declined(run, moment) and not disturbed(moment) and not _asked_to_decline(run.case, moment.number):
            return f"step {moment.number} {_said(moment.last[0])}"
    return ""


def _asked_to_decline(case: Case, number: int) -> bool:
    of_step = (ref for step in case.steps if step.number == number for ref in step.checks)
    refs = [ref for ref in (*case.checks, *of_step) if ref.level is not Level.OBSERVE]
    return any(ref.name == "declines" or (ref.name == "exits" and ref.argument) for ref in refs)


def _said(done: Finished) -> str:
    return f"{ended(done.ending)}: {last_words(done)}"
