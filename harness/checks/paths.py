"""Which paths a pattern means, and which changes count."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from harness.changes import Added, Removed, Replaced, Retyped, was_and_is
from harness.run import inside, spot_of
from harness.verdict import Differs

if TYPE_CHECKING:
    from collections.abc import Iterable

    from harness.changes import Change
    from harness.run import Moment, Run
    from harness.snapshot import Seen, Snapshot


def matches(path: str, patterns: Iterable[str]) -> bool:
    """Whether a path, or a directory above it, is meant by one of the patterns.

    `*` and `?` stay within a name, `**` spans directories.
    """
    return any(_compiled(pattern, r"(?:/.*)?\Z").match(path) for pattern in patterns)


@lru_cache(maxsize=1024)
def _compiled(pattern: str, end: str) -> re.Pattern[str]:
    words = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    parts = re.split(r"(\*\*/|\*\*|\*|\?)", pattern)
    return re.compile("".join(words.get(part, re.escape(part)) for part in parts) + end, re.DOTALL)


def lookup(snapshot: Snapshot, path: str) -> Seen | None:
    """What stands at a path: links above it followed, the path itself not, as lstat has it."""
    found = spot_of(snapshot, path)
    return None if found is None else snapshot.get(found)


def found_at(snapshot: Snapshot, patterns: Iterable[str]) -> dict[str, Seen]:
    """What stands at these very paths, by each path as it is asked for; a wildcard looks through no link."""
    found: dict[str, Seen] = {}
    for pattern in patterns:
        if "*" in pattern or "?" in pattern:
            found |= {path: snapshot[path] for path in snapshot if _compiled(pattern, r"\Z").match(path)}
        elif seen := lookup(snapshot, pattern):
            found[pattern] = seen
    return found


def changes_that_count(run: Run, moment: Moment) -> tuple[Change, ...]:
    """What a step changed, but for the tool's own places and the files that the tool declares volatile."""
    ignored = (*run.case.own_places, *run.case.volatile)
    return tuple(c for c in moment.changes if not matches(c.path, ignored))


def evidence(moment: Moment, changes: Iterable[Change]) -> tuple[Differs, ...]:
    """The changes as evidence, those below a directory that came, went or became another left out."""
    told: list[Differs] = []
    whole: set[str] = set()
    for change in changes:
        if any(inside(change.path, directory) for directory in whole):
            continue
        if isinstance(change, Added | Removed | Retyped | Replaced):
            whole.add(change.path)
        told.append(Differs(moment.number, change.path, *was_and_is(change)))
    return tuple(told)
