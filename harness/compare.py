"""Two sets of case lines held against each other: what got worse, better, wrong in another way, new or gone."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias

from harness.result import Outcome
from harness.scenario import Level

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from harness.result import Record

_NO_RESULT = {Outcome.UNSUPPORTED, Outcome.SKIPPED}
_RANK = {outcome: rank for rank, outcome in enumerate(Outcome)}


class Turn(StrEnum):
    """How a case changed; `worse` is what a gate fails on."""

    WORSE = "worse"
    OTHERWISE = "wrong in another way"
    BETTER = "better"
    NEW = "new"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Difference:
    """A case that is not as it was; `old` or `new` is None where there was, or is, none."""

    turn: Turn
    case: str
    old: Record | None
    new: Record | None


Column: TypeAlias = tuple[str, str]
"""A subject and the Python it was handed."""


def differences(old: Iterable[Record], new: Iterable[Record]) -> list[Difference]:
    """Every case that changed, what matters most first.

    The columns of both are paired: the very same subject with the same Python; else the one of the same tool, where
    there is only one.
    """
    before, after = by_column(old), by_column(new)
    pairs = paired(list(before), list(after))
    found = [
        difference
        for now, then in pairs
        for difference in _changed(before.get(then, {}) if then else {}, after.get(now, {}) if now else {})
    ]
    return sorted(found, key=_weight)


def between(records: Sequence[Record], one: str, other: str) -> list[Difference]:
    """How another tool behaves where one was used before; both by name, or by name and version."""
    return differences(
        ({**record, "subject": "the tool"} for record in records if _is(record, one)),
        ({**record, "subject": "the tool"} for record in records if _is(record, other)),
    )


def _is(record: Record, name: str) -> bool:
    return name in (record["subject"], tool_of(record["subject"]))


def tool_of(subject: str) -> str:
    """`uv` of `uv@0.7.13`."""
    return subject.partition("@")[0]


def broken(record: Record) -> frozenset[tuple[str, str]]:
    """The checks that count and are broken, each with its level."""
    return frozenset(
        (finding["level"], finding["check"])
        for finding in record["findings"]
        if finding["verdict"] == "broken" and finding["level"] != Level.OBSERVE
    )


def now_called(records: Iterable[Record], renamed: Mapping[str, str]) -> Iterator[Record]:
    """The lines under the ids that scenarios have now; `renamed` has the new id for each that was called otherwise."""
    return ({**record, "scenario": renamed.get(record["scenario"], record["scenario"])} for record in records)


def unsteady(plays: Sequence[Record]) -> str:
    """How a case disagrees with itself, of lines from several plays; empty where it does not."""
    ends = Counter((play["outcome"], *_shown(play)) for play in plays)
    told = (f"{count} of {len(plays)} times {' '.join(end)}" for end, count in sorted(ends.items()))
    return ", ".join(told) if len(ends) > 1 else ""


def _shown(play: Record) -> list[str]:
    """The checks that count and are broken; of a case that was swept each with the calls at which it is."""
    where = {
        finding["check"]: ",".join(str(a) if a == b else f"{a}-{b}" for a, b in finding.get("points", ()))
        for finding in play["findings"]
        if finding["verdict"] == "broken"
    }
    names = sorted({check for _, check in broken(play)})
    return [f"{name} at {where[name]}" if where[name] else name for name in names]


def turn(old: Record, new: Record) -> Turn | None:
    """How a case changed; None where it is as it was."""
    was, now = Outcome(old["outcome"]), Outcome(new["outcome"])
    if _NO_RESULT & {was, now}:
        # What was not measured is neither better nor worse.
        return None if {was, now} <= _NO_RESULT else Turn.GONE if now in _NO_RESULT else Turn.NEW
    if was is not now:
        return Turn.WORSE if _RANK[now] < _RANK[was] else Turn.BETTER
    if broken(old) == broken(new):
        return None
    return Turn.BETTER if broken(new) < broken(old) else Turn.WORSE if broken(old) < broken(new) else Turn.OTHERWISE


def by_column(records: Iterable[Record]) -> dict[Column, dict[str, Record]]:
    """The lines by subject and Python, and by case."""
    found: dict[Column, dict[str, Record]] = {}
    for record in records:
        found.setdefault((record["subject"], record["python"]), {})[case_of(record)] = record
    return found


def case_of(record: Record) -> str:
    """`links/existing-target-twice[relative]`."""
    return str(record["scenario"]) + (f"[{record['variant']}]" if record["variant"] else "")


def paired(before: Sequence[Column], after: Sequence[Column]) -> list[tuple[Column | None, Column | None]]:
    """Each column of now with the one it is held against, and those of before that none is held against."""
    partners = {now: _partner(now, before) for now in after}
    gone = [(None, column) for column in before if column not in partners.values()]
    return [*partners.items(), *gone]


def _partner(now: Column, before: Sequence[Column]) -> Column | None:
    if now in before:
        return now
    subject, python = now
    same_tool = [column for column in before if tool_of(column[0]) == tool_of(subject)]
    for fitting in ([c for c in same_tool if c[1] == python], [c for c in same_tool if c[0] == subject], same_tool):
        if len(fitting) == 1:
            return fitting[0]
    return None


def _changed(old: Mapping[str, Record], new: Mapping[str, Record]) -> Iterator[Difference]:
    for case in dict.fromkeys((*new, *old)):
        before, after = old.get(case), new.get(case)
        if before and after:
            how = turn(before, after)
            if how:
                yield Difference(how, case, before, after)
        elif (before or after or {})["outcome"] not in _NO_RESULT:
            yield Difference(Turn.NEW if after else Turn.GONE, case, before, after)


def _weight(difference: Difference) -> tuple[object, ...]:
    """What matters most first: worse before better, the worst outcome, the deepest fall; then what is simplest."""
    old, new = difference.old, difference.new
    now = _RANK[Outcome(new["outcome"])] if new else 0
    was = _RANK[Outcome(old["outcome"])] if old else 0
    record = new or old or {"findings": ()}
    wrong = {check for level, check in broken(record) if level == Level.MUST}
    simplest = len(record.get("steps", ())), -len(wrong), difference.case.count(",")
    return list(Turn).index(difference.turn), now, -was, "links-survive" not in wrong, simplest, difference.case
