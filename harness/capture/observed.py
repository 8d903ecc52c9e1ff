"""What became of a run, said as checks that it holds. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from harness.changes import Added, Removed, Retyped
from harness.checks.commands import declined, last_words
from harness.checks.paths import changes_that_count
from harness.errors import Place
from harness.run import Exited, inside
from harness.scenario import CheckRef, Level
from harness.snapshot import kind
from harness.tree import ALWAYS
from harness.verdict import Broken, Differs, Held
from harness.writing import can_be_a_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from harness.changes import Change
    from harness.result import Finding
    from harness.run import Moment, Run
    from harness.scenario import Argument

_HERE = Place("", 0, 0)
_NAME = re.compile(r"\\\$(?!root\b)[a-z]+(?:\\-[a-z]+)?")
_NUMBER = re.compile(r"\d+")


def ended_so(run: Run) -> tuple[CheckRef, ...]:
    """How the last step ended: for that step alone, where there are others."""
    last = run.moments[-1]
    (done, *_) = last.last
    assert isinstance(done.ending, Exited), "unreachable because what did not end is not recorded"
    if not done.ending.code:
        return (_must("succeeds"),)
    refused = declined(run, last) and done.stderr.strip()
    return (_must("exits", done.ending.code), *((_must("declines"),) if refused else ()))


def observed(run: Run, findings: Sequence[Finding]) -> tuple[CheckRef, ...]:
    """What came of it: what is there, what is gone, what is as it was, what was said.

    Nothing is said of what breaks a standing check, which is told by `broken`.
    """
    last, wrong = run.moments[-1], {path for path, *_ in _differing(findings)}
    changes = [c for c in _outermost(changes_that_count(run, last)) if c.path not in wrong and _sayable(c.path)]
    there = {_written(c.path): kind(c.now) for c in changes if isinstance(c, Added | Retyped)}
    gone = tuple(_written(c.path) for c in changes if isinstance(c, Removed) and not _is_pattern(c.path))
    usable = any(one.check == "usable" and isinstance(one.verdict, Held) for one in findings)
    said = (_must("present", there), _must("absent", gone), _must("unchanged", tuple(_untouched(run))), *_says(last))
    return (*((_must("usable"),) if usable else ()), *(ref for ref in said if ref.argument))


def broken(findings: Sequence[Finding]) -> Iterator[str]:
    """What the command did that no scenario may ask for, a sentence each."""
    for path, was, now, check in _differing(findings):
        yield f"breaks {check}: {path} was {was}, is {now}"


def common(first: Sequence[CheckRef], second: Sequence[CheckRef]) -> tuple[CheckRef, ...]:
    """What two plays of the same have both shown."""
    found = []
    for ref in first:
        others = [other.argument for other in second if (other.name, other.level) == (ref.name, ref.level)]
        for other in others[:1]:
            shared = _shared(ref.argument, other)
            if shared or ref.argument is None:
                found.append(replace(ref, argument=shared))
    return tuple(found)


def _shared(one: Argument, other: Argument) -> Argument:
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return {path: word for path, word in one.items() if other.get(path) == word}
    if isinstance(one, tuple) and isinstance(other, tuple):
        return tuple(path for path in one if path in other)
    return one if one == other else None


def _must(name: str, argument: Argument = None) -> CheckRef:
    return CheckRef(name, argument, Level.MUST, _HERE)


def _differing(findings: Sequence[Finding]) -> Iterator[tuple[str, str, str, str]]:
    """Every path that broke something, with what it was, what it is, and what it broke."""
    for finding in findings:
        for one in finding.verdict.evidence if isinstance(finding.verdict, Broken) else ():
            if isinstance(one, Differs):
                yield one.path, one.was, one.now, finding.check


def _outermost(changes: Sequence[Change]) -> Iterator[Change]:
    """The changes, but for those below a directory that came or went itself."""
    whole: list[str] = []
    for change in changes:
        if not any(inside(change.path, directory) for directory in whole):
            whole += [change.path] if isinstance(change, Added | Removed | Retyped) else []
            yield change


def _untouched(run: Run) -> Iterator[str]:
    """What stands beside what changed: in the project, and where its links lead."""
    changed = {change.path for moment in run.whole for change in moment.changes}
    for path in run.before:
        above, _, _ = path.rpartition("/")
        near = above == "project" or (not above and path not in ALWAYS) or above == "outside"
        touched = any(path == one or inside(one, path) for one in changed)
        if near and not touched and _sayable(path) and not _is_pattern(path):
            yield _written(path)


def _says(moment: Moment) -> Iterator[CheckRef]:
    """The last words, without what is another the next time: numbers, and paths that no scenario can name."""
    words = last_words(moment.last[-1])
    if moment.last[-1].output.strip() and words.isascii() and words.isprintable():
        pattern = _NAME.sub(lambda _: r"\S*", re.sub(r"\\([ -])", r"\1", re.escape(words)))
        yield CheckRef("says", _NUMBER.sub(lambda _: r"\d+", pattern), Level.SHOULD, _HERE)


def _sayable(path: str) -> bool:
    return can_be_a_text(path) and "\\" not in path


def _is_pattern(path: str) -> bool:
    return "*" in path or "?" in path


def _written(path: str) -> str:
    return path.replace("$", "$$")
