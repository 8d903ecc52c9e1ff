"""The standing checks: they apply to every scenario, after every step, unless it waives them with a reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.changes import Added, Relinked, Reowned, Replaced, changes_of
from harness.checks.commands import failed, interrupted
from harness.checks.paths import changes_that_count, evidence, matches
from harness.checks.registry import check
from harness.run import inside, users_files
from harness.scenario import Level
from harness.snapshot import SeenLink
from harness.verdict import Broken, Held, Moot, Verdict, broken_by

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from harness.changes import Change
    from harness.run import Moment, Run
    from harness.snapshot import Seen
    from harness.verdict import Differs


@check("links-survive", standing=Level.MUST)
def links_survive(run: Run) -> Verdict:
    """Every link that the scenario planted is still that link, holding that text."""

    def links(moment: Moment) -> dict[str, Seen]:
        return {path: seen for path, seen in moment.users.items() if isinstance(seen, SeenLink)}

    return _survive(run, links, "link")


@check("files-survive", standing=Level.MUST)
def files_survive(run: Run) -> Verdict:
    """Every file that the scenario planted is still there with its content and mode.

    Pipes and sockets count as files.
    """

    def files(moment: Moment) -> dict[str, Seen]:
        return {path: seen for path, seen in users_files(moment).items() if not isinstance(seen, SeenLink)}

    return _survive(run, files, "file")


def _survive(run: Run, theirs: Callable[[Moment], Mapping[str, Seen]], what: str) -> Verdict:
    """Judge the steps in order; the first that breaks something is the one to be shown."""
    judged = False
    for moment in run.moments:
        if not moment.own:
            continue  # what the scenario itself moves or deletes is not lost, and another tool answers for itself
        at_stake = {path: seen for path, seen in theirs(moment).items() if not moment.may_go(path)}
        at_stake = {path: seen for path, seen in at_stake.items() if not matches(path, run.case.permit)}
        judged |= bool(at_stake)
        lost = (change for path, seen in at_stake.items() for change in changes_of(path, seen, moment.after.get(path)))
        found = evidence(moment, (change for change in lost if not isinstance(change, Relinked | Replaced | Reowned)))
        if found:
            return Broken(found)
    if judged:
        return Held()
    planted = any(theirs(moment) for moment in run.moments)
    return Moot(f"every {what} that the scenario plants may change" if planted else f"the scenario plants no {what}")


@check("nothing-outside", standing=Level.MUST)
def nothing_outside(run: Run) -> Verdict:
    """Nothing changed outside the environment and the tool's declared own places.

    The environment is its path, and what that path resolves to inside the root.
    """
    acts = [moment for moment in run.moments if moment.own]
    if not acts:
        return Moot("no command of the tool ran")
    return broken_by(next(filter(None, (_outside(run, moment) for moment in acts)), ()))


def _outside(run: Run, moment: Moment) -> tuple[Differs, ...]:
    allowed = (*run.case.own_places, *run.case.permit)
    return evidence(
        moment,
        (
            change
            for change in moment.changes
            if not _belongs(change, (*moment.homes, *run.case.own_places)) and not matches(change.path, allowed)
        ),
    )


def _belongs(change: Change, homes: Iterable[str]) -> bool:
    """Whether a change is in one of these places, or the making of a directory that holds one."""
    if isinstance(change, Relinked):
        return True  # a name inside the environment came or went; the file outside is what it was
    if any(change.path == home or inside(change.path, home) for home in homes):
        return True
    return isinstance(change, Added) and any(inside(home, change.path) for home in homes)


@check("no-debris", standing=Level.SHOULD)
def no_debris(run: Run) -> Verdict:
    """A command that failed left the tree exactly as it found it.

    One that was interrupted could not.
    """
    failures = [moment for moment in run.moments if moment.own and failed(moment) and not interrupted(moment)]
    if not failures:
        return Moot("no command failed")
    return broken_by(next(filter(None, (evidence(m, changes_that_count(run, m)) for m in failures)), ()))
