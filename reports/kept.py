"""What `reports/play.py` keeps of an earlier result, and what of a build is to be played. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from harness import __version__
from harness.result import Outcome

if TYPE_CHECKING:
    from builds import Build
    from planned import Suite

    from harness.result import Record

Key: TypeAlias = tuple[str, str]
"""A case of a build: its scenario and its variant."""

_TOLD_BY_LACKS = {"offers", "lacks"}


@dataclass(frozen=True, slots=True)
class Now:
    """What a build is played with: the machine as headers have it, the build's digest and the Python's version.

    The last two are empty where nobody knows before it is played.
    """

    machine: Record
    digest: str = ""
    python: str = ""


@dataclass(frozen=True, slots=True)
class Outline:
    """A result file in short: its header, whether its last line says that all is there, and the start of each case."""

    header: Record
    whole: bool
    cases: tuple[Record, ...] = ()

    def unfit(self, suite: Suite) -> str:
        """Why it is no result of this suite; empty where it is."""
        return self._dead or ("the scenarios have changed" if self.header.get("suite") != suite.digest else "")

    def stale(self, now: Now) -> str:
        """Why no case of it is kept, whatever became of the scenarios; empty where some may be."""
        if any("not_measured" in subject for subject in self.header["subjects"]):
            return self._dead or "it could not be measured the last time"
        return self._dead or self._moved(now)

    @property
    def _dead(self) -> str:
        version = self.header.get("venvproof")
        if not self.whole:
            return "its run died"
        return "" if version == __version__ else f"it was played by venvproof {version}"

    def _moved(self, now: Now) -> str:
        """Why it was played on another machine, of another build, or with another Python.

        A machine that lacks less is no other: what was played there did not need it, and what was skipped is no result.
        """
        then = self.header["machine"]
        for fact in sorted((then.keys() | now.machine.keys()) - _TOLD_BY_LACKS):
            if then.get(fact) != now.machine.get(fact):
                return f"the machine's {fact} was `{then.get(fact)}`, and is `{now.machine.get(fact)}`"
        if lost := now.machine["lacks"].keys() - then["lacks"].keys():
            return f"the machine no longer has {', '.join(sorted(lost))}"
        if now.digest and {subject["digest"] for subject in self.header["subjects"]} != {now.digest}:
            return "it was another build of that name"
        pythons = {case["python"] for case in self.cases}
        if now.python and pythons - {now.python}:
            return f"it was handed Python {', '.join(sorted(pythons))}, and is {now.python}"
        return ""

    @property
    def played_with(self) -> Now:
        """What it was played with, if it was with one build and one Python."""
        (subject,) = self.header["subjects"]
        return Now(self.header["machine"], subject["digest"], self.cases[0]["python"])

    def good(self, suite: Suite, now: Now) -> frozenset[Key]:
        """The cases that mean what they mean in the suite, and came to what they would."""
        digests = {scenario.id: scenario.digest() for scenario in suite.scenarios}
        skips = self.header["machine"]["lacks"] == now.machine["lacks"]
        return frozenset(
            key_of(case) for case in self.cases
            if case["digest"] == digests.get(case["scenario"]) and (skips or case["outcome"] != Outcome.SKIPPED)
            and not _too_few(case, suite.points)
        )  # fmt: skip


def _too_few(case: Record, points: int) -> bool:
    """Whether a swept case was stopped at fewer calls than is asked for."""
    swept = case.get("swept")
    return bool(swept) and swept["played"] < min(swept["of"], points)


def key_of(case: Record) -> Key:
    """Which case a line is about."""
    return case["scenario"], case["variant"]


@dataclass(frozen=True, slots=True)
class There:
    """A result in which nothing is missing: the cases that are kept, and the day of the latest.

    It is `exact` where its file holds just those, as of today's suite, and need not be written anew.
    """

    kept: frozenset[Key]
    day: str
    exact: bool = True


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be played, what of an earlier result is kept, and why that is nothing, if there is one."""

    suite: Suite
    kept: frozenset[Key] = frozenset()
    why: str = ""


Standing: TypeAlias = There | Wanted


def standing(build: Build, outline: Outline | None, suite: Suite, now: Now, *, again: bool = False) -> Standing:
    """What of a build has to be played. A scenario is played whole, or kept whole."""
    if outline is None:
        return Wanted(suite)
    if why := "again" if again else outline.stale(now):
        return Wanted(suite, why=why)
    good = outline.good(suite, now)
    keys = {scenario.id: frozenset(suite.keys(scenario, build)) for scenario in suite.of(build)}
    kept = frozenset[Key]().union(*(theirs for theirs in keys.values() if theirs <= good))
    if all(theirs <= kept for theirs in keys.values()):
        exact = renewed(outline.header, build, suite, len(kept)) == outline.header
        return There(kept, outline.header["started"].partition("T")[0], exact)
    if not kept:
        return Wanted(suite, why="the scenarios have changed")
    return Wanted(suite.part(name for name, theirs in keys.items() if not theirs <= kept), kept)


def renewed(header: Record, build: Build, suite: Suite, planned: int) -> Record:
    """The header of a result of so many cases that is of the suite as a whole."""
    variants = {"variants": build.variants} if build.variants != "all" else {}
    rest = {key: value for key, value in header.items() if key != "variants"}
    return {**rest, "suite": suite.digest, "planned": planned, **variants}
