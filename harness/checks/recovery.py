"""Checks of what is left by commands that were interrupted, or that failed."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from harness.calls import below
from harness.checks.commands import declined, ended, failed, last_words, own
from harness.checks.registry import check
from harness.run import Exited
from harness.verdict import Moot, Said, Verdict, broken_by

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.run import Moment, Run

_SHOWN = 8
"""How many calls are told of."""


@check("recovers")
def recovers(run: Run) -> Verdict:
    """After a step that was interrupted, or that failed, the next one ends in a usable environment.

    One that declines has promised none.
    """
    pairs = [(first, second) for first, second in pairwise(own(run)) if failed(first)]
    if not pairs:
        return Moot("no step was interrupted, and none failed that another one followed")
    pairs = [(first, second) for first, second in pairs if not declined(run, second)]
    if not pairs:
        return Moot("the next step declined")
    return broken_by(tuple(said for _, second in pairs for said in _no_recovery(second)))


def _no_recovery(moment: Moment) -> Iterator[Said]:
    for done in moment.finished:
        if done.ending != Exited(0):
            yield Said(moment.number, f"{ended(done.ending)}: {last_words(done)}")
            return
    yield from (Said(moment.number, fault) for probe in moment.probes for fault in probe.faults)


@check("no-impostor")
def no_impostor(run: Run) -> Verdict:
    """Where a step did not succeed, no other interpreter runs in the place of the environment's own.

    Whoever uses it, as every later command does, works on the base interpreter and takes that for the environment.
    """
    judged = [moment for moment in own(run) if failed(moment)]
    if not judged:
        return Moot("every step succeeded")
    return broken_by(
        tuple(
            Said(moment.number, f"the environment's python runs, and takes {moment.wreck.prefix} for sys.prefix")
            for moment in judged
            if moment.wreck is not None and moment.wreck.runs and not moment.wreck.itself
        )
    )


@check("base-untouched")
def base_untouched(run: Run) -> Verdict:
    """No command tried to change the interpreter that it was handed.

    An attempt counts, though containment refuses it here.
    """
    watched = [(moment, done.watched) for moment in own(run) for done in moment.finished if done.watched is not None]
    if not watched:
        return Moot("no command was watched")
    prefix = run.case.python.prefix
    tried = [
        Said(moment.number, f"{stop.kind} $prefix/{within}")
        for moment, seen in watched
        for stop in (*seen.elsewhere, *seen.calls)
        for path in (stop.paths if stop.kind == "rename" else stop.paths[-1:])  # what is renamed is gone from there
        for within in [below(path, prefix)]
        if within and not within.endswith(".pyc") and "/__pycache__" not in f"/{within}"
    ]
    told = tuple(dict.fromkeys(tried))
    more = (Said(told[0].step, f"and {len(told) - _SHOWN} calls more"),) if len(told) > _SHOWN else ()
    return broken_by(told[:_SHOWN] + more)
