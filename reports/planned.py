"""What `reports/play.py` has to play, which of it is there already, and how long the rest takes. Pure."""

from __future__ import annotations

import dataclasses
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias, assert_never

from harness import __version__
from harness.errors import HarnessError
from harness.reading.nodes import parse
from harness.reading.values import Reader
from harness.tool import INTERPRETER
from harness.tools import naming

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from harness.errors import Place
    from harness.result import Record
    from harness.scenario import Scenario
    from harness.tool import Tool

EVERY = "every"
KEYS = {
    "tool": "which builds, as `--tool` takes them: `uv@>=0.7:minor`",
    "python": 'the interpreter that they are handed, as in `"3.12"`, or `every` one at hand',
    "variants": "`first` plays the first variant of each scenario alone",
}


# -- the list --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Build:
    """One build of a tool, the Python that it is handed (empty: the running one), and what of each scenario is played.

    As it stands in the list `spec` may mean several, and `python` be `every`.
    """

    spec: str
    python: str = ""
    variants: str = "all"

    @property
    def tool(self) -> str:
        """`uv`, of `uv@0.7.13`."""
        return self.spec.partition("@")[0]

    @property
    def name(self) -> str:
        """What users call it: `uv@0.7.13`, `uv@0.7.13+py3.12`."""
        return f"{self.spec}+py{self.python}" if self.python else self.spec

    @property
    def file(self) -> str:
        """What its result file is called: `uv-0.7.13-py3.12.jsonl`."""
        python = f"-py{self.python}" if self.python else ""
        return re.sub(r"[^\w.+]+", "-", f"{self.spec}{python}") + ".jsonl"

    @property
    def words(self) -> tuple[str, ...]:
        """The flags that play it."""
        python = ("--python", self.python) if self.python else ()
        return "--tool", self.spec, *python, "--variants", self.variants


def listed(source: str | bytes, file: str, tools: Mapping[str, Tool]) -> tuple[Build, ...]:
    """What the list says. Raises HarnessError with all that is wrong."""
    document = parse(source, file)
    reader = Reader(document)
    found = []
    for node in reader.items(document.root, "the list of subjects"):
        fields = reader.fields(node, "a subject", KEYS, required=("tool",))
        texts = {key: reader.words(value, f"`{key}`") for key, value in fields.items() if key != "variants"}
        if "variants" in fields:
            texts["variants"] = reader.one_of(fields["variants"], "choice of variants", ("all", "first")) or "all"
        if texts.get("tool"):
            _demand(texts["tool"], tools, reader, fields["tool"].place)
            found.append(Build(spec=texts.pop("tool"), **texts))
    reader.finish()
    return tuple(found)


def _demand(spec: str, tools: Mapping[str, Tool], reader: Reader, place: Place) -> None:
    """Note what is wrong with a spec."""
    try:
        naming.parse(spec, tools)
    except HarnessError as error:
        for problem in error.problems:
            reader.note(problem.what, place, problem.hint)


def singles(entry: Build, specs: Iterable[str], pythons: Iterable[str], tools: Mapping[str, Tool]) -> Iterator[Build]:
    """What an entry comes to, given the releases that it means and the interpreters that are at hand."""
    own = tools[entry.tool].executable == INTERPRETER
    for spec in specs:
        for python in pythons if entry.python == EVERY else (entry.python,):
            if own and python:  # a module of an interpreter is handed no other
                yield dataclasses.replace(entry, spec=f"{entry.tool}@{python}", python="")
            else:
                yield dataclasses.replace(entry, spec=spec, python=python)


def concerned(entries: Iterable[Build], only: Sequence[str]) -> tuple[Build, ...]:
    """The entries that may come to what is asked for: where it stands in the list itself, nothing is looked up."""
    entries = tuple(entries)
    literal = {entry.name for entry in entries if "@" in entry.name} & {*only}
    tools = {re.split("[@+]", name)[0] for name in only if name not in literal}
    return tuple(entry for entry in entries if not only or entry.name in literal or entry.tool in tools)


def chosen(builds: Iterable[Build], only: Sequence[str]) -> list[Build]:
    """Those that were asked for, each once; all where nothing was."""
    once: dict[str, Build] = {}
    for build in builds:
        once.setdefault(build.name, build)
    return [build for build in once.values() if not only or {build.tool, build.spec, build.name} & {*only}]


# -- what there is, and what that takes ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Suite:
    """What is played: scenarios, with the digest of what they mean together."""

    digest: str
    scenarios: tuple[Scenario, ...]

    def cases(self, build: Build) -> int:
        """How many cases a build has."""
        theirs = [one for one in self.scenarios if not one.tools or build.tool in one.tools]
        return len(theirs) if build.variants == "first" else sum(len(one.variants) for one in theirs)


@dataclass(frozen=True, slots=True)
class Outline:
    """The first line of a result file, and whether the last one says that the run came to its end."""

    header: Record
    whole: bool

    def stale(self, suite: Suite) -> str:
        """Why it tells nothing of today's suite; empty where it does."""
        if not self.whole:
            return "its run died"
        if self.header.get("suite") != suite.digest:
            return "the scenarios have changed"
        version = self.header.get("venvproof")
        return "" if version == __version__ else f"it was played by venvproof {version}"


@dataclass(frozen=True, slots=True)
class There:
    """A result that is used: how many cases, and the day on which they were played."""

    cases: int
    day: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """No result that could be used, and why; empty where there simply is none."""

    why: str = ""


Standing: TypeAlias = There | Wanted


def standing(build: Build, outline: Outline | None, suite: Suite, *, again: bool = False) -> Standing:
    """Whether a build has to be played."""
    if outline is None or again:
        return Wanted("again" if outline else "")
    why = outline.stale(suite)
    if not why and outline.header.get("variants", "all") not in {"all", build.variants}:
        why = "only the first variants were played"
    if not why and any("not_measured" in subject for subject in outline.header["subjects"]):
        why = "it could not be measured the last time"
    return Wanted(why) if why else There(outline.header["planned"], outline.header["started"].partition("T")[0])


@dataclass(frozen=True, slots=True)
class Spent:
    """How long so many cases took."""

    seconds: float
    cases: int


def estimate(builds: Iterable[Build], suite: Suite, spent: Mapping[str, Spent]) -> float | None:
    """Seconds that they will take, by what they took before, else their tool, else any; None where nothing is known."""
    total = 0.0
    for build in builds:
        of_tool = [one for name, one in spent.items() if name.partition("@")[0] == build.tool]
        known = [spent[build.name]] if build.name in spent else of_tool or [*spent.values()]
        cases = sum(one.cases for one in known)
        if not cases:
            return None
        total += suite.cases(build) * sum(one.seconds for one in known) / cases
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


def plan(builds: Mapping[Build, Standing], suite: Suite, spent: Mapping[str, Spent]) -> Iterator[str]:
    """What there is and what is to be played, for people to read."""
    width = max(len(build.name) for build in builds)
    for build, state in builds.items():
        match state:
            case There(cases=cases, day=day):
                said = f"there: {cases} cases of {day}"
            case Wanted(why=why):
                seconds = estimate([build], suite, spent)
                known = f", {to_go(seconds)}" if seconds is not None else ""
                said = f"to play{known}{why and f': {why}'}"
            case _:
                assert_never(state)
        yield f"  {build.name:{width}}  {said}{' (first variants)' if build.variants == 'first' else ''}"
    wanted = [build for build, state in builds.items() if isinstance(state, Wanted)]
    rest = f", {to_go(estimate(wanted, suite, spent))}" if wanted else ""
    count = "1 build" if len(builds) == 1 else f"{len(builds)} builds"
    yield f"{count}: {len(builds) - len(wanted)} there, {len(wanted)} to play{rest}"


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
