"""Checks of what stands where."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.case import Act
from harness.changes import Relinked, Remoded, Removed, Reowned, Replaced, Retyped, changes_of
from harness.checks.paths import evidence, found_at, lookup, matches
from harness.checks.registry import ArgumentKind, check
from harness.snapshot import SeenDirectory, SeenLink, describe, kind
from harness.verdict import Differs, Moot, Verdict, broken_by

if TYPE_CHECKING:
    from collections.abc import Mapping

    from harness.changes import Change
    from harness.run import Moment, Run

ANYTHING = "anything"
KINDS = ("directory", "file", "link", "fifo", "socket", ANYTHING)
"""What `present` can ask for."""


@check("unchanged", argument=ArgumentKind.PATHS)
def unchanged(run: Run, paths: tuple[str, ...]) -> Verdict:
    """No command changed these entries or anything below them: kind, mode, content, link text, or which file it is."""
    acts = _acts(run)
    if not any(matches(path, paths) for moment in acts for path in moment.before):
        return Moot("nothing stood at these paths")
    return broken_by(tuple(e for moment in acts for e in evidence(moment, _changes_at(run, moment, paths))))


def _changes_at(run: Run, moment: Moment, paths: tuple[str, ...]) -> tuple[Change, ...]:
    found = sorted({*moment.before, *moment.after})
    # What differs from run to run is not the tool's doing, unless the user put it there.
    volatile = run.case.volatile
    meant = (p for p in found if matches(p, paths) and (p in moment.users or not matches(p, volatile)))
    changes = (c for path in meant for c in changes_of(path, moment.before.get(path), moment.after.get(path)))
    return tuple(change for change in changes if not isinstance(change, Relinked))


@check("same-directory", argument=ArgumentKind.PATHS)
def same_directory(run: Run, paths: tuple[str, ...]) -> Verdict:
    """The directory is still the same directory (identity, owner, mode), not a new one of that name."""
    stood = [(m, path) for m in _acts(run) for path, seen in found_at(m.before, paths).items()
             if isinstance(seen, SeenDirectory)]  # fmt: skip
    if not stood:
        return Moot("no directory stood at these paths")
    return broken_by(tuple(e for moment, path in stood for e in evidence(moment, _replaced(moment, path))))


def _replaced(moment: Moment, path: str) -> tuple[Change, ...]:
    changes = changes_of(path, lookup(moment.before, path), lookup(moment.after, path))
    return tuple(c for c in changes if isinstance(c, Removed | Retyped | Replaced | Remoded | Reowned))


@check("present", argument=ArgumentKind.PATH_KINDS)
def present(run: Run, wanted: Mapping[str, str]) -> Verdict:
    """At each of these paths stands something of this kind."""
    found = {path: lookup(run.end, path) for path in wanted}
    return broken_by(
        tuple(
            Differs(_last(run), path, wanted[path], describe(seen))
            for path, seen in found.items()
            if seen is None or wanted[path] not in (ANYTHING, kind(seen))
        )
    )


@check("absent", argument=ArgumentKind.PATHS)
def absent(run: Run, paths: tuple[str, ...]) -> Verdict:
    """Nothing stands at these paths."""
    there = found_at(run.end, paths)
    return broken_by(tuple(Differs(_last(run), path, "absent", describe(seen)) for path, seen in there.items()))


@check("link", argument=ArgumentKind.PATH_TEXTS)
def link(run: Run, texts: Mapping[str, str]) -> Verdict:
    """Each of these paths is a link holding exactly this text."""
    found = {path: lookup(run.end, path) for path in texts}
    return broken_by(
        tuple(
            Differs(_last(run), path, f"link {texts[path]}", describe(seen))
            for path, seen in found.items()
            if not isinstance(seen, SeenLink) or seen.text != texts[path]
        )
    )


def _acts(run: Run) -> list[Moment]:
    return [moment for moment in run.moments if isinstance(moment.action, Act)]


def _last(run: Run) -> int:
    return run.moments[-1].number
