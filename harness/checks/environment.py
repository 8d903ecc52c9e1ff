"""Checks of the environment that was made."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

from harness.case import Act
from harness.changes import Replaced, diff
from harness.checks.commands import declined, failed, own
from harness.checks.paths import changes_that_count, evidence, matches
from harness.checks.registry import check
from harness.run import Exited, child
from harness.snapshot import Leads, Meta, SeenFile, SeenLink, Snapshot, describe
from harness.verdict import Broken, Differs, Held, Moot, Said, Verdict, broken_by

if TYPE_CHECKING:
    from harness.changes import Change
    from harness.run import Moment, Run
    from harness.snapshot import Seen


@check("usable")
def usable(run: Run) -> Verdict:
    """The environment works, under the path that was asked for and under the one that it resolves to.

    Its python starts, `sys.prefix` is the environment, `pyvenv.cfg` names a `home` that exists, and the interpreter
    that each script's first line names exists. Where the tool declined, or failed where no environment stood, it has
    promised none, and there is nothing to judge.
    """
    if not own(run):
        return Moot("no command of the tool ran")
    if not _tool_answers_for_it(run):
        return Moot("the tool said that it made none")
    last = run.moments[-1]
    if not last.probes:
        return Moot("the last step was not reached")
    return broken_by(tuple(Said(last.number, fault) for probe in last.probes for fault in probe.faults))


def _tool_answers_for_it(run: Run) -> bool:
    """Whether the tool has done anything about the environment as it is.

    It has, as soon as a command succeeded, or failed over an environment that stood there; and no longer where it
    declines to deal with what the scenario has made of it since.
    """
    refused = False
    for moment in reversed(run.moments):
        if moment.own and not declined(run, moment):
            return not failed(moment) or _stood(run, moment)
        if refused and not isinstance(moment.action, Act):
            return False
        refused |= moment.own
    return False


def _stood(run: Run, moment: Moment) -> bool:
    """Whether an environment stood where a step began, as a command had left it."""
    real = moment.before.resolve(moment.environment)
    earlier = [one for one in run.whole if one.number < moment.number]
    made = bool(earlier) and isinstance(earlier[-1].action, Act)
    return made and real is not None and child(real, "pyvenv.cfg") in moment.before


@check("repeat-changes-nothing")
def repeat_changes_nothing(run: Run) -> Verdict:
    """Each step equal to the one before it left the same tree.

    Whether entries are the very same or new ones of that name is not asked: see `same-directory`.
    """
    pairs = [
        (first, second)
        for first, second in pairwise(run.moments)
        if isinstance(first.action, Act) and first.action == second.action and not declined(run, first)
    ]
    if not pairs:
        return Moot("no command that did something was repeated")
    return broken_by(tuple(e for _, second in pairs for e in evidence(second, _left_otherwise(run, second))))


def _left_otherwise(run: Run, moment: Moment) -> tuple[Change, ...]:
    """The changes that count: a new entry that is just like the old one leaves the tree the same."""
    return tuple(change for change in changes_that_count(run, moment) if not isinstance(change, Replaced))


@check("removed")
def removed(run: Run) -> Verdict:
    """Where a `remove` ended with exit status 0, the environment that stood there is gone."""
    asked = [
        (moment, moment.cleared)
        for moment in own(run)
        if isinstance(moment.action, Act)
        and moment.action.operation == "remove"
        and moment.cleared is not None
        and all(done.ending == Exited(0) for done in moment.last)
    ]
    if not asked:
        return Moot("no environment was removed")
    return broken_by(
        tuple(
            Differs(moment.number, child(home, "pyvenv.cfg"), "absent", describe(seen))
            for moment, home in asked
            if (seen := moment.after.get(child(home, "pyvenv.cfg"))) is not None
        )
    )


@check("no-dangling-links")
def no_dangling_links(run: Run) -> Verdict:
    """The environment holds no link that resolves to nothing."""
    home = _home(run)
    if home is None:
        return Moot("there is no environment")
    return broken_by(
        tuple(
            Differs(run.moments[-1].number, child(home, path), "link to something", f"{describe(seen)}, {seen.leads}")
            for path, seen in run.end.below(home).items()
            if isinstance(seen, SeenLink) and seen.leads in {Leads.DANGLING, Leads.LOOP}
        )
    )


@check("same-as-plain")
def same_as_plain(run: Run) -> Verdict:
    """The environment equals the one that the same tool makes in an empty place, once paths are normalised.

    What the scenario planted inside it is left out of the comparison.
    """
    home, plain_home = _home(run), run.case.variant.environment
    if home is None:
        return Moot("there is no environment")
    if run.plain is None or child(plain_home, "pyvenv.cfg") not in run.plain:
        return Moot("the tool makes no environment in an empty place")
    last = run.moments[-1]
    ours, theirs = _normalised(run, run.end, home), _normalised(run, run.plain, plain_home)
    changes = [
        c
        for c in diff(theirs, ours)
        if child(home, c.path) not in last.users and not matches(c.path, run.case.volatile)
    ]
    return Broken(evidence(last, changes)) if changes else Held()


def _home(run: Run) -> str | None:
    """The real path of the environment at the end; None where none stands there."""
    if not run.moments:
        return None
    real = run.end.resolve(run.moments[-1].environment)
    return real if real is not None and child(real, "pyvenv.cfg") in run.end else None


def _normalised(run: Run, snapshot: Snapshot, home: str) -> Snapshot:
    """The environment's entries as if it stood in no particular place: no owner, no identity, no path of its own."""
    root = run.case.place.root
    # Of two paths of which one begins with the other, the longer sorts behind and is taken out first.
    spellings = sorted({f"{root}/{home}", f"{root}/{run.case.variant.environment}"}, reverse=True)
    return Snapshot({path: _placeless(seen, spellings) for path, seen in snapshot.below(home).items()})


def _placeless(seen: Seen, spellings: list[str]) -> Seen:
    meta = Meta(mode=seen.meta.mode)
    if isinstance(seen, SeenLink):
        return replace(seen, meta=meta, text=_without(spellings, seen.text))
    if not isinstance(seen, SeenFile):
        return replace(seen, meta=meta)
    if seen.size > len(seen.head):
        return replace(seen, meta=meta, names=())
    # The venv module writes its own command line into pyvenv.cfg, and that says only how the environment was asked for.
    head = re.sub(rb"(?m)^command = .*\n?", b"", seen.head).decode(errors="surrogateescape")
    text = _without(spellings, head)
    return SeenFile(meta, len(text), text, text.encode(errors="surrogateescape"))


def _without(spellings: list[str], text: str) -> str:
    for spelling in spellings:
        text = text.replace(spelling, "$env")
    return text
