"""What `reports/play.py` plays builds with, and how long that takes. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, assert_never

from kept import There, Wanted

from harness.scenario import Each, stopped_at
from harness.store import suite_digest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from builds import Build
    from kept import Standing

    from harness.scenario import Scenario, Variant


@dataclass(frozen=True, slots=True)
class Suite:
    """What is played: scenarios, with the digest of what they mean together, and a swept one at how many calls."""

    digest: str
    scenarios: tuple[Scenario, ...]
    points: int

    @classmethod
    def made_of(cls, scenarios: Iterable[Scenario], points: int) -> Suite:
        """These scenarios."""
        scenarios = tuple(scenarios)
        return cls(suite_digest(scenarios), scenarios, points)

    def part(self, names: Iterable[str]) -> Suite:
        """The scenarios of these names alone."""
        names = frozenset(names)
        return Suite.made_of((one for one in self.scenarios if one.id in names), self.points)

    def of(self, build: Build) -> tuple[Scenario, ...]:
        """The scenarios that a build is played with."""
        return tuple(one for one in self.scenarios if not one.tools or build.tool in one.tools)

    def keys(self, scenario: Scenario, build: Build) -> Iterator[tuple[str, str]]:
        """The cases that a build has of a scenario."""
        return ((scenario.id, variant.id) for variant in _variants(scenario, build))

    def cases(self, build: Build) -> int:
        """How many cases a build has."""
        return sum(len(_variants(one, build)) for one in self.of(build))

    def plays(self, build: Build) -> int:
        """How often that makes a tool be played: a swept case at each point, and before and after."""
        points = min(self.points, _MANY)
        return sum(points + 2 if _swept(v) else 1 for one in self.of(build) for v in _variants(one, build))


def _variants(scenario: Scenario, build: Build) -> tuple[Variant, ...]:
    return scenario.variants[:1] if build.variants == "first" else scenario.variants


def _swept(variant: Variant) -> bool:
    return any(isinstance(at, Each) for step in variant.steps for at in stopped_at(step))


_MANY = 40
"""At so many points a swept case is played, about, where no number limits them."""


@dataclass(frozen=True, slots=True)
class Spent:
    """How long so many plays of cases took."""

    seconds: float
    cases: int

    def with_kept(self, plays: int, known: Spent | None) -> Spent:
        """The same with so many that were kept, which took what is known of before."""
        if not known or not known.cases:
            return self
        return Spent(round(self.seconds + plays * known.seconds / known.cases, 1), self.cases + plays)


def estimate(work: Iterable[tuple[Build, Suite]], spent: Mapping[str, Spent]) -> float | None:
    """Seconds that it will take, by what builds took before, else their tool, else any; None where nothing is known."""
    total = 0.0
    for build, suite in work:
        of_tool = [one for name, one in spent.items() if name.partition("@")[0] == build.tool]
        known = [spent[build.name]] if build.name in spent else of_tool or [*spent.values()]
        cases = sum(one.cases for one in known)
        if not cases:
            return None
        total += suite.plays(build) * sum(one.seconds for one in known) / cases
    return total


def duration(seconds: float) -> str:
    """A time for people: `35 s`, `4 min`, `1 h 05 min`."""
    if seconds < 100:  # noqa: PLR2004 -- as long as seconds are easy to read
        return f"{seconds:.0f} s"
    hours, minutes = divmod(round(seconds / 60), 60)
    return f"{hours} h {minutes:02} min" if hours else f"{minutes} min"


def to_go(seconds: float | None) -> str:
    """An estimate for people."""
    return "nobody knows how long" if seconds is None else f"about {duration(max(seconds, 0))}"


def plan(builds: Mapping[Build, Standing], spent: Mapping[str, Spent]) -> Iterator[str]:
    """What there is and what is to be played, for people to read."""
    width = max(len(build.name) for build in builds)
    for build, state in builds.items():
        match state:
            case There(kept=kept, day=day):
                said = f"there: {counted(len(kept), 'case')} of {day}"
            case Wanted(suite=suite, kept=kept, why=why):
                seconds = estimate([(build, suite)], spent)
                known = f", {to_go(seconds)}" if seconds is not None else ""
                new = f"{counted(suite.cases(build), 'case')} of {counted(len(suite.of(build)), 'scenario')}"
                more = f"{new}; kept are {len(kept)}" if kept else why
                said = f"to play{known}{more and f': {more}'}"
            case _:
                assert_never(state)
        yield f"  {build.name:{width}}  {said}{' (first variants)' if build.variants == 'first' else ''}"
    work = [(build, state.suite) for build, state in builds.items() if isinstance(state, Wanted)]
    rest = f", {to_go(estimate(work, spent))}" if work else ""
    yield f"{counted(len(builds), 'build')}: {len(builds) - len(work)} there, {len(work)} to play{rest}"


def counted(number: int, what: str) -> str:
    """So many of them, for people: `1 case`, `3 cases`."""
    return f"{number} {what}{'' if number == 1 else 's'}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How a build that is being played is shown; `own` and `rest` are the seconds for it and for all others."""

    label: str
    cases: int
    own: float | None
    rest: float | None

    def text(self, lines: int, gone: float) -> str:
        """So many lines stand in its result file, and so many seconds are gone."""
        done = min(max(lines - 1, 0), self.cases)  # the header is no case, nor is the footer
        told = f"{self.label}: {done} of {self.cases} cases, {duration(gone)}"
        early = done <= self.cases * _EARLY
        total = self.own if early else gone / done * self.cases
        if total is None or self.rest is None:
            return told
        return f"{told}; {to_go(self.rest + max(total - gone, 0))} to go"


_EARLY = 0.1
"""Up to this part of the cases the pace says little: the start counts for most of it."""
