"""From results to expectations: the shortest conditions under which a case ends as it does."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import combinations, groupby
from typing import TYPE_CHECKING, TypeAlias

from packaging.version import InvalidVersion, Version

from harness.compare import broken, case_of, tool_of
from harness.expect import TODO, Expectation, Ruling, counting, rule
from harness.result import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from harness.result import Record

FACTS = ("python", "system", "filesystem", "architecture", "user")
"""What outcomes may depend on besides the version, the likeliest first."""

_MEASURED = set(Outcome) - {Outcome.UNSUPPORTED, Outcome.SKIPPED}


@dataclass(frozen=True, slots=True)
class Seen:
    """A case line with the facts of the machine that it is from."""

    record: Record
    facts: Mapping[str, str]

    @property
    def version(self) -> str:
        """The subject's version."""
        return str(self.record["subject"].partition("@")[2])

    def fact(self, name: str) -> str:
        """What a condition of that name is held against; of a Python its minor series."""
        if name == "python":
            return ".".join(self.record["python"].split(".")[:2])
        return str(self.facts.get(name, ""))


Ending: TypeAlias = tuple[Outcome, tuple[str, ...]]
"""How a case ended, as an entry has it: its outcome, and the broken checks that make it that."""


def learn(seen: Iterable[Seen], reasons: Mapping[tuple[str, str], str] | None = None) -> list[Expectation]:
    """Entries that explain every line that breaks, is weak or errs, and no other.

    `reasons` are known ones by scenario and check; all else is to do.
    """
    found: list[Expectation] = []
    of_tool = sorted((s for s in seen if Outcome(s.record["outcome"]) in _MEASURED), key=_tool)
    for tool, group in groupby(of_tool, key=_tool):
        found += _of_tool(tool, list(group))
    return [replace(entry, because=_reason(entry, reasons or {})) for entry in sorted(found, key=order)]


def order(entry: Expectation) -> tuple[str, ...]:
    """Where an entry stands in a file."""
    return entry.case, entry.outcome, *entry.checks, entry.versions, str(sorted(entry.when.items()))


def _tool(seen: Seen) -> str:
    return tool_of(seen.record["subject"])


def _reason(entry: Expectation, reasons: Mapping[tuple[str, str], str]) -> str:
    """The reason of an entry that was about the same scenario and one of the same checks."""
    found = (reasons.get((_scenario(entry.case), check)) for check in entry.checks or ("",))
    return next(filter(None, found), TODO)


def _of_tool(tool: str, seen: Sequence[Seen]) -> Iterator[Expectation]:
    by_case: dict[str, list[Seen]] = {}
    for one in seen:
        by_case.setdefault(case_of(one.record), []).append(one)
    variants: dict[str, set[str]] = {}
    for case in by_case:
        variants.setdefault(_scenario(case), set()).add(case)
    same: dict[tuple[str, ...], dict[str, Expectation]] = {}
    for case, lines in by_case.items():
        for entry in _of_case(case, tool, lines):
            key = _scenario(case), entry.outcome, *entry.checks, entry.versions, str(entry.when)
            same.setdefault(key, {})[case] = entry
    for (scenario, *_), entries in same.items():
        if entries.keys() == variants[scenario]:  # all variants end alike: one entry says so
            yield replace(next(iter(entries.values())), case=scenario)
        else:
            yield from entries.values()


def _scenario(case: str) -> str:
    return case.partition("[")[0]


def _of_case(case: str, tool: str, lines: Sequence[Seen]) -> Iterator[Expectation]:
    for end in sorted({end for line in lines if (end := ending(line.record))}):
        outcome, checks = end
        these = [line for line in lines if ending(line.record) == end]
        others = [line for line in lines if ending(line.record) != end]
        for versions, when in _conditions(these, others):
            yield Expectation(
                case=case, outcome=outcome, because="", tool=tool, versions=versions, when=when, checks=checks
            )


def ending(record: Record) -> Ending | None:
    """How a line ended; None where no gate would mind."""
    outcome = Outcome(record["outcome"])
    if outcome not in {Outcome.ERRS, Outcome.BREAKS, Outcome.WEAK}:
        return None
    checks = {check for level, check in broken(record) if level == counting(outcome)}
    return outcome, () if outcome is Outcome.ERRS else tuple(sorted(checks))


# -- conditions --------------------------------------------------------------------------------------------------------


def _conditions(these: Sequence[Seen], others: Sequence[Seen]) -> list[tuple[str, Mapping[str, str]]]:
    """The fewest pairs of versions and facts that hold for all of these and none of the others."""
    if not others:
        return [("", {})]
    found = [
        split
        for number in range(len(FACTS) + 1)
        for names in combinations(FACTS, number)
        if (split := _split(these, others, names)) is not None
    ]
    if not found:
        # Nothing that is recorded tells them apart: whoever reads this is to know.
        return [("", {})]
    return min(found, key=lambda split: (len(split), sum(bool(v) + len(when) for v, when in split)))


def _split(
    these: Sequence[Seen], others: Sequence[Seen], names: Sequence[str]
) -> list[tuple[str, Mapping[str, str]]] | None:
    """Pairs that tell these from the others by those facts and by versions; None where they do not suffice."""

    def values(one: Seen) -> tuple[str, ...]:
        return tuple(one.fact(name) for name in names)

    found: list[tuple[str, Mapping[str, str]]] = []
    for chosen in sorted({values(one) for one in these}):
        ranges = _ranges(
            {one.version for one in these if values(one) == chosen},
            {one.version for one in others if values(one) == chosen},
        )
        if ranges is None:
            return None
        found += [(versions, dict(zip(names, chosen, strict=True))) for versions in ranges]
    return found


def _ranges(these: set[str], others: set[str]) -> list[str] | None:
    """Ranges of versions that hold all of these and none of the others; None where a version is in both."""
    if these & others:
        return None
    if not others:
        return [""]
    runs = [(mine, list(run)) for mine, run in groupby(sorted(these | others, key=_age), key=these.__contains__)]
    found = []
    for number, (mine, run) in enumerate(runs):
        if mine:
            lower = [f">={run[0]}"] if number else []
            upper = [f"<{runs[number + 1][1][0]}"] if number + 1 < len(runs) else []
            found.append(",".join((*lower, *upper)))
    return found


def _age(version: str) -> tuple[int, Version, str]:
    try:
        return 0, Version(version), version
    except InvalidVersion:
        return 1, Version("0"), version  # as everywhere, what cannot be parsed is the newest


# -- bringing a list up to date ----------------------------------------------------------------------------------------


def updated(entries: Sequence[Expectation], seen: Sequence[Seen]) -> list[Expectation]:
    """The list that a run asks for: what is stale removed or narrowed, what is missing added, all else as it is."""
    measured = [one for one in seen if Outcome(one.record["outcome"]) in _MEASURED]
    reasons = {(_scenario(e.case), check): e.because for e in entries for check in e.checks or ("",)}
    learned = learn(measured, reasons)
    kept: list[Expectation] = []
    for entry in entries:
        covered = [one for one in measured if entry.covers(one.record, one.facts)]
        right = [one for one in covered if _right(entry, one.record)]
        kept += [entry] if right == covered else _narrowed(entry, right, learned)
    return kept + _missing(kept, measured, learned)


def _right(entry: Expectation, record: Record) -> bool:
    listed = {check for _, check in broken(record)}
    return entry.outcome == record["outcome"] and listed.issuperset(entry.checks)


def _narrowed(entry: Expectation, right: Sequence[Seen], learned: Sequence[Expectation]) -> list[Expectation]:
    """What is left of an entry that is right for these lines only."""
    if entry.outcome is Outcome.DECLINES:  # which is never learned, as no gate asks for it
        return [replace(entry, case=case) for case in dict.fromkeys(case_of(one.record) for one in right)]
    fitting = [one for one in learned if one.outcome is entry.outcome and set(entry.checks) <= set(one.checks)]
    return [
        replace(one, because=entry.because, until=entry.until, tool=entry.tool)
        for one in fitting
        if any(one.covers(line.record, line.facts) for line in right)
    ]


def _missing(kept: Sequence[Expectation], seen: Sequence[Seen], learned: Sequence[Expectation]) -> list[Expectation]:
    """The learned entries of lines that the kept ones do not explain."""
    unexplained = [
        one
        for one in seen
        if rule(one.record, [e for e in kept if e.covers(one.record, one.facts)]).ruling is Ruling.REGRESSION
    ]
    known = {order(entry) for entry in kept}
    return [
        entry
        for entry in learned
        if order(entry) not in known and any(entry.covers(one.record, one.facts) for one in unexplained)
    ]
