"""Result x expectation -> as expected, a regression, or stale."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from packaging.specifiers import SpecifierSet
from packaging.version import InvalidVersion, Version

from harness.compare import Turn, broken, case_of, tool_of, turn
from harness.result import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from harness.errors import Place
    from harness.result import Record

TODO = "TODO"
"""The reason that nobody has given yet."""

EXPECTABLE = (Outcome.ERRS, Outcome.BREAKS, Outcome.DECLINES, Outcome.WEAK)
"""What can be written down as known; to hold needs no writing down."""

_RANK = {outcome: rank for rank, outcome in enumerate(Outcome)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """A known outcome: of a case, all variants of a scenario, or a family (`links/*`).

    `tool` empty means any, `versions` empty all (PEP 440). `when` are facts of the machine as the header records them,
    and `python`, whose value is a version or a range of them. No `checks` means that the outcome says it all.
    `until` is the last day on which it holds, as in `2026-12-31`; empty for ever. A case that errs until then is known
    to be unsteady: whatever it comes to is as expected.
    """

    case: str
    outcome: Outcome
    because: str
    tool: str = ""
    versions: str = ""
    when: Mapping[str, str] = field(default_factory=dict)
    checks: tuple[str, ...] = ()
    until: str = ""
    place: Place | None = field(default=None, compare=False)

    def covers(self, record: Record, facts: Mapping[str, str]) -> bool:
        """Whether it is about this case line, of a machine of which these facts are recorded."""
        conditions = dict(self.when)
        python = conditions.pop("python", "")
        return (
            self._names(record)
            and self.tool in ("", tool_of(record["subject"]))
            and within(self.versions, record["subject"].partition("@")[2])
            and within(python, record["python"])
            and all(str(facts.get(name)) == value for name, value in conditions.items())
        )

    def is_over(self, today: str) -> bool:
        """Whether its last day has gone by."""
        return bool(self.until) and self.until < today

    def _names(self, record: Record) -> bool:
        family, star, _ = self.case.partition("/*")
        if star:
            return str(record["scenario"]).startswith(f"{family}/")
        return self.case in (case_of(record), record["scenario"])


def within(versions: str, version: str) -> bool:
    """Whether a version lies in a range; without a range all do. What cannot be parsed counts as the newest."""
    if versions and versions[0].isdigit():
        versions = f"=={versions}.*" if versions.count(".") < 2 else f"=={versions}"  # noqa: PLR2004 -- X.Y is a series
    specifiers = SpecifierSet(versions)
    try:
        return specifiers.contains(Version(version), prereleases=True)
    except InvalidVersion:
        return not any(specifier.operator.startswith(("<", "=", "~")) for specifier in specifiers)


class Ruling(StrEnum):
    """What a gate makes of a case line. FREE leaves it to the outcome."""

    FREE = "free"
    EXPECTED = "as expected"
    REGRESSION = "regression"
    STALE = "stale"


@dataclass(frozen=True, slots=True)
class Ruled:
    """A ruling, and why in a sentence; `entries` are the expectations that it rests on."""

    ruling: Ruling
    why: str = ""
    entries: tuple[Expectation, ...] = ()


def rule(record: Record, entries: Iterable[Expectation]) -> Ruled:
    """Hold a case line against all that is expected of it: entries that cover it."""
    listed = tuple(entries)
    outcome = Outcome(record["outcome"])
    if outcome in {Outcome.UNSUPPORTED, Outcome.SKIPPED}:
        return Ruled(Ruling.FREE)
    if not listed:
        fine = outcome in {Outcome.HOLDS, Outcome.DECLINES}
        return Ruled(Ruling.FREE) if fine else Ruled(Ruling.REGRESSION, f"{_it(outcome)}, and no expectation says so")
    if any(entry.until and entry.outcome is Outcome.ERRS for entry in listed):
        return Ruled(Ruling.EXPECTED, _reasons(listed), listed)
    expected = min((entry.outcome for entry in listed), key=_RANK.__getitem__)
    if _RANK[outcome] > _RANK[expected] and (some := _sampled(record)):
        return Ruled(Ruling.EXPECTED, f"{some}: {_reasons(listed)}", listed)
    if outcome is not expected:
        ruling = Ruling.REGRESSION if _RANK[outcome] < _RANK[expected] else Ruling.STALE
        return Ruled(ruling, f"{_it(outcome)}, where `{expected}` is expected", listed)
    return _same_outcome(record, outcome, listed)


def _same_outcome(record: Record, outcome: Outcome, listed: tuple[Expectation, ...]) -> Ruled:
    checks = {check for entry in listed for check in entry.checks}
    found = broken(record)
    new = sorted({check for level, check in found if level == counting(outcome)} - checks) if checks else []
    if new:
        return Ruled(Ruling.REGRESSION, f"`{'`, `'.join(new)}` is broken, too, and no expectation says so", listed)
    gone = sorted(checks - {check for _, check in found})
    if gone and not _sampled(record):
        return Ruled(Ruling.STALE, f"`{'`, `'.join(gone)}` is expected to be broken, and is not", listed)
    return Ruled(Ruling.EXPECTED, _reasons(listed), listed)


def _sampled(record: Record) -> str:
    """At how few of its calls a case was stopped; empty where it was at all of them, or is not of that kind.

    At the others it may be what is expected of it.
    """
    swept = record.get("swept")
    return f"stopped at {swept['played']} of {swept['of']} calls" if swept and swept["played"] < swept["of"] else ""


def _reasons(listed: tuple[Expectation, ...]) -> str:
    return "; ".join(dict.fromkeys(entry.because for entry in listed))


def _it(outcome: str) -> str:
    return "it is weak" if outcome == Outcome.WEAK else f"it {outcome}"


def counting(outcome: Outcome) -> str:
    """The level of the checks that make an outcome what it is."""
    return "must" if outcome is Outcome.BREAKS else "should"


def rule_against(record: Record, old: Record | None) -> Ruled:
    """Hold a case line against the one of an earlier run; what is new is held against nothing."""
    if old is None:
        return Ruled(Ruling.EXPECTED, "the earlier results have no such case")
    how = turn(old, record)
    if how is Turn.WORSE:
        return Ruled(Ruling.REGRESSION, f"{_it(record['outcome'])}, and it was `{old['outcome']}` before")
    return Ruled(Ruling.EXPECTED, f"{how or 'as before'}: it was `{old['outcome']}`")
