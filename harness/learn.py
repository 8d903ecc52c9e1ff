"""From results to expectations: the shortest conditions under which a case ends as it does."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import combinations, groupby
from typing import TYPE_CHECKING, TypeAlias

from packaging.specifiers import SpecifierSet
from packaging.version import InvalidVersion, Version

from harness.compare import broken, case_of, tool_of
from harness.expect import TODO, Expectation, Ruling, counting, rule, within
from harness.result import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

    from harness.result import Record

    Reasons: TypeAlias = Mapping[tuple[str, str], str]
    """The reason for each scenario or family, and check; empty for no check."""

    Cases: TypeAlias = Callable[[str], Collection[str]]
    """Every case of a scenario or a family, by name; none where that is not known."""

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


def learn(seen: Iterable[Seen], known: Reasons | None = None, cases: Cases = lambda _: ()) -> list[Expectation]:
    """Entries that explain every line that breaks, is weak or errs, and no other; reasons where they are known."""
    found: list[Expectation] = []
    of_tool = sorted((s for s in seen if Outcome(s.record["outcome"]) in _MEASURED), key=_tool)
    for tool, group in groupby(of_tool, key=_tool):
        found += _of_tool(tool, list(group), cases)
    return [replace(entry, because=_reason(entry, known or {})) for entry in sorted(found, key=order)]


def order(entry: Expectation) -> tuple[str, ...]:
    """Where an entry stands in a file."""
    return entry.case, entry.tool, entry.outcome, *entry.checks, entry.versions, str(sorted(entry.when.items()))


def _tool(seen: Seen) -> str:
    return tool_of(seen.record["subject"])


def _reason(entry: Expectation, known: Reasons) -> str:
    """The reason of an entry that was about the same scenario or family, and one of the same checks."""
    scenario = _scenario(entry.case)
    ids = scenario, f"{scenario.partition('/')[0]}/*"
    found = (known.get((name, check)) for name in ids for check in entry.checks or ("",))
    return next(filter(None, found), TODO)


def _of_tool(tool: str, seen: Sequence[Seen], cases: Cases) -> Iterator[Expectation]:
    by_case: dict[str, list[Seen]] = {}
    for one in seen:
        by_case.setdefault(case_of(one.record), []).append(one)
    variants: dict[str, set[str]] = {}
    for case in by_case:
        variants.setdefault(_scenario(case), set(cases(_scenario(case)))).add(case)
    yield from _joined(
        [e for case, lines in by_case.items() for e in _of_case(case, tool, lines)], variants.__getitem__
    )


def _joined(entries: Iterable[Expectation], cases: Cases) -> Iterator[Expectation]:
    """The same entries, but where all cases of a scenario end alike one says so."""
    same: dict[tuple[str, ...], dict[str, Expectation]] = {}
    for entry in entries:
        same.setdefault((_scenario(entry.case), *order(entry)[1:]), {})[entry.case] = entry
    for (scenario, *_), found in same.items():
        if found.keys() == set(cases(scenario)):
            yield replace(next(iter(found.values())), case=scenario)
        else:
            yield from found.values()


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
    these, others = set(map(_public, these)), set(map(_public, others))
    if these & others:
        return None
    if not others:
        return [""]
    runs = [(mine, list(run)) for mine, run in groupby(sorted(these | others, key=_age), key=these.__contains__)]
    found = []
    for number, (mine, run) in enumerate(runs):
        if mine:
            lower = [f">={run[0]}" if run[0] else f">{runs[number - 1][1][-1]}"] if number else []
            upper = [_below(runs[number + 1][1][0], run[-1])] if number + 1 < len(runs) else []
            found.append(",".join((*lower, *upper)))
    return found


def _below(bound: str, last: str) -> str:
    """Below a version, but not below one of which the last is a pre-release, as that range would not hold it."""
    return f"<{bound}" if bound and within(f"<{bound}", last) else f"<={last}"


def _public(version: str) -> str:
    """A version as a range can name it: without the label of a build, and empty where it cannot be parsed."""
    try:
        return Version(version).public
    except InvalidVersion:
        return ""


def _age(version: str) -> tuple[bool, Version]:
    return (False, Version(version)) if version else (True, Version("0"))  # what cannot be parsed is the newest


# -- bringing a list up to date ----------------------------------------------------------------------------------------


def updated(
    entries: Sequence[Expectation], seen: Sequence[Seen], today: str, cases: Cases = lambda _: ()
) -> list[Expectation]:
    """The list that a run asks for: what is stale removed or narrowed, what is missing added, all else as it is.

    What an entry says of cases that were not measured it goes on saying.
    """
    measured = [one for one in seen if Outcome(one.record["outcome"]) in _MEASURED]
    standing = [entry for entry in entries if not entry.is_over(today)]
    fine = {id(one) for one in measured if _ruling(one, standing) is Ruling.EXPECTED}
    kept: list[Expectation] = []
    for entry in entries:
        covered = [one for one in measured if _covers(entry, one)]
        over = entry.is_over(today)
        right = [one for one in covered if not over and (id(one) in fine or _right(entry, one.record))]
        kept += [entry] if right == covered else _narrowed(entry, covered, right, cases)
    missing = _missing([entry for entry in kept if not entry.is_over(today)], measured, learn(measured, cases=cases))
    return kept + [replace(entry, because=_reason(entry, reasons(entries))) for entry in missing]


def reasons(entries: Iterable[Expectation]) -> Reasons:
    """Why what is known is as it is."""
    return {(_scenario(e.case), check): e.because for e in entries for check in e.checks or ("",)}


def _covers(entry: Expectation, one: Seen) -> bool:
    return entry.covers(one.record, one.facts)


def _ruling(one: Seen, entries: Iterable[Expectation]) -> Ruling:
    return rule(one.record, [entry for entry in entries if _covers(entry, one)]).ruling


def _right(entry: Expectation, record: Record) -> bool:
    listed = {check for _, check in broken(record)}
    return entry.outcome == record["outcome"] and listed.issuperset(entry.checks)


def _narrowed(
    entry: Expectation, covered: Sequence[Seen], right: Sequence[Seen], cases: Cases
) -> Iterator[Expectation]:
    """What is left of an entry that is right for some of the lines that it covers: also all that was not measured."""
    measured = {(case_of(one.record), _tool(one)) for one in covered}
    one_tool = len({tool for _, tool in measured}) == 1
    found = [replace(entry, case=case) for case in cases(entry.case) if case not in dict(measured)]
    for case, tool in sorted(measured):
        lines = [one for one in covered if (case_of(one.record), _tool(one)) == (case, tool)]
        these = [one for one in lines if one in right]
        for versions, when in _conditions(these, [one for one in lines if one not in these]) if these else ():
            named = entry.tool if one_tool else tool
            both = _both(entry.versions, versions)
            found.append(replace(entry, case=case, tool=named, versions=both, when={**entry.when, **when}))
    return _joined(found, cases)


def _both(one: str, other: str) -> str:
    """The range of versions that lie in two, without the bounds that a tighter one makes needless."""
    both = SpecifierSet(f"{one},{other}")
    for side in "<>":
        bounds = sorted((s for s in both if s.operator[0] == side), key=lambda s: _age(s.version), reverse=side == ">")
        both = SpecifierSet(",".join(str(s) for s in both if s not in bounds[1:]))
    return ",".join(sorted(map(str, both), key=lambda text: (text[0] != ">", text)))


def _missing(
    kept: Sequence[Expectation], seen: Sequence[Seen], learned: Iterable[Expectation]
) -> Iterator[Expectation]:
    """The learned entries of lines that the kept ones do not explain, without the checks that those do."""
    unexplained = [one for one in seen if _ruling(one, kept) is Ruling.REGRESSION]
    for entry in learned:
        lines = [one for one in unexplained if _covers(entry, one)]
        if lines:
            known = set.intersection(*({c for e in kept if _covers(e, one) for c in e.checks} for one in lines))
            yield replace(entry, checks=tuple(check for check in entry.checks if check not in known) or entry.checks)
