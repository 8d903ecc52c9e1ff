"""A case as the Markdown of a bug report, for the tracker of the tool: what happens, how to see it, since when."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness import __version__
from harness.report.cells import broken, printable
from harness.report.happening import code, happening
from harness.report.markdown import escaped
from harness.report.site.behaviours import Behaviour
from harness.report.site.seen import sight
from harness.report.stretches import history, stretches_of, turns
from harness.report.words import machine
from harness.result import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from harness.report.site.seen import Done, Sight
    from harness.report.site.trees import Looks
    from harness.report.stretches import Stretch
    from harness.report.survey import Build, Survey
    from harness.result import Record
    from harness.scenario import Scenario, Variant

ENTRIES, EVIDENCE, OUTPUT = 28, 6, 20
"""How many entries of a tree, pieces of evidence, and lines of output are shown."""


@dataclass(frozen=True, slots=True)
class Bug:
    """A report. `stretches` are the tool's releases, `others` the newest build of every other tool in that place."""

    case: str
    title: str
    outcome: Outcome
    stretches: tuple[Stretch, ...]
    others: tuple[Stretch, ...]
    body: str

    @property
    def markdown(self) -> str:
        """The whole, its title as the heading."""
        return f"# {self.title}\n\n{self.body}"


def bug(survey: Survey, scenario: Scenario, variant: Variant, build: Build) -> Bug:
    """The report of what a build did in a case; raises KeyError where it did not play it."""
    name = case_name(scenario, variant)
    measurement = build.measurement
    case = measurement.cases[name]
    column = next(one for one in survey.columns if build in one.builds)
    seen = sight(scenario, Behaviour(1, variant.id, (build,), name))
    stretches = history(column, name)
    others = tuple(
        stretch
        for one in survey.measured
        if one.tool != column.tool and one.newest
        for stretch in stretches_of([one.newest], name)
    )
    whole = f"{scenario.id}::{measurement.subject}" + (f"[{variant.id}]" if variant.id else "")
    title = happening(case, variant, measurement.tool)
    sections = (
        _summary(scenario, build, case, seen),
        _commands(seen.steps, case),
        _trees(seen.looks, case),
        _reproduction(seen),
        _since(build, stretches),
        _elsewhere(others),
        _norm(scenario, seen),
        _platform(build, whole),
    )
    body = "\n".join(line for section in sections for line in section)
    return Bug(whole, title, Outcome(case["outcome"]), stretches, others, f"{body}\n")


def case_name(scenario: Scenario, variant: Variant) -> str:
    """`links/existing-target-twice[relative]`, as results have it."""
    return scenario.id + (f"[{variant.id}]" if variant.id else "")


# -- what happens ------------------------------------------------------------------------------------------------------


def _summary(scenario: Scenario, build: Build, case: Record, seen: Sight) -> Iterator[str]:
    yield from ("### Summary", "")
    yield f"Seen with {code(build.title)}. What should be true: {_plain(scenario.summary)}."
    yield ""
    for fault in seen.faults:
        step = f", step {fault.step}" if fault.step is not None else ""
        yield f"- {code(fault.check)}{step}: {_plain(fault.statement.rstrip('.'))}."
        yield from (f"  - {code(one)}" for one in fault.evidence[:EVIDENCE])
        more = len(fault.evidence) - EVIDENCE + fault.more
        yield from (f"  - and {more} more",) if more > 0 else ()
    if case.get("reason") and not seen.faults:
        yield f"- {code(case['reason'])}"
    yield ""


_CANNOT = "exit 77\n"
"""How a script ends that cannot show it."""


def _reproduction(seen: Sight) -> Iterator[str]:
    if not seen.script or seen.script.endswith(_CANNOT):
        return
    yield from ("### To reproduce", "")
    shows = ", and exits 1 where it shows" if seen.outcome is Outcome.BREAKS else ""
    yield f"A POSIX script that works in a temporary directory{shows}:"
    yield from ("", *fenced(seen.script.rstrip("\n"), "sh"), "")


_PLACE = re.compile(r"^([A-Za-z]:)?[/\\]\S*[/\\](?=\S)")
"""Where a program stood, which is of no use to others."""


def _commands(steps: Sequence[Done], case: Record) -> Iterator[str]:
    yield from ("### What was run", "")
    ran = [step for step in steps if step.command or step.operation]
    faulty = {finding["step"] for finding in broken(case)}
    for step in ran:
        ends = f" → {step.ending}" if step.ending else ""
        mark = " **← here**" if step.number in faulty else ""
        done = _PLACE.sub("", step.command) or step.operation
        yield f"{step.number}. {code(done)}{ends}{mark}"
        lines = step.output.splitlines()
        if lines:
            cut = [f"... {len(lines) - OUTPUT} more lines"] if len(lines) > OUTPUT else []
            yield from ("", *(f"   {line}" for line in fenced("\n".join([*lines[:OUTPUT], *cut]), "text")))
        yield ""


# -- the tree ----------------------------------------------------------------------------------------------------------


def _trees(looks: Looks | None, case: Record) -> Iterator[str]:
    """The tree before the step that broke it and after, as a difference."""
    if looks is None or not looks.entries:
        return
    steps = [finding["step"] for finding in broken(case) if finding["step"] is not None]
    head = f"after step {steps[0]}" if steps else looks.heads[-1]
    number = looks.heads.index(head) if head in looks.heads else len(looks.heads) - 1
    if number == 0:
        return
    before = "before" if number == 1 else looks.heads[number - 1]
    lines = _difference(looks, number)
    if not any(line[0] in "+-" for line in lines):
        return
    yield from ("### The tree before and after", "")
    yield f"From {before if number > 1 else 'what was there before'} to {looks.heads[number]}:"
    yield from ("", *fenced("\n".join(lines), "diff"), "")


_ALWAYS = ("home", "project", "tmp")
"""Directories that stand in every tree."""


def _difference(looks: Looks, number: int) -> list[str]:
    rows: list[tuple[bool, list[str]]] = []
    for entry in looks.entries:
        spots = [stay.spot for stay in entry.stays for _ in range(stay.looks)]
        was, now = spots[number - 1], spots[number]
        # What a step removes is told there, and is no more in the next.
        stood, stands = was.words, now.words
        if not stood and not stands:
            continue
        if now.mark and stood != stands:
            gone = [f"- {printable(entry.path)}: {printable(stood)}"] if stood else []
            came = [f"+ {printable(entry.path)}: {printable(stands)}"] if stands else []
            rows.append((True, [*gone, *came]))
        elif stands and entry.path not in _ALWAYS:
            rows.append((False, [f"  {printable(entry.path)}: {printable(stands)}"]))
    return _kept(rows)


def _kept(rows: Sequence[tuple[bool, list[str]]]) -> list[str]:
    """The lines to show: what changed first, in the tree's order."""
    touched = [number for number, (changed, _) in enumerate(rows) if changed]
    rest = [number for number, (changed, _) in enumerate(rows) if not changed]
    kept = sorted([*touched, *rest][:ENTRIES])
    lines = [line for number in kept for line in rows[number][1]]
    return [*lines, *([f"  ... {len(rows) - len(kept)} more"] if len(rows) > len(kept) else [])]


# -- since when, and elsewhere -----------------------------------------------------------------------------------------


def _since(build: Build, stretches: Sequence[Stretch]) -> Iterator[str]:
    builds = sum(len(stretch.builds) for stretch in stretches)
    if builds <= 1:
        return
    yield from ("### Since when", "")
    tool = build.measurement.tool
    yield f"{_turns(build, stretches)} Of the {builds} releases that were measured:"
    yield from ("", f"| {_plain(tool)} | |", "| --- | --- |")
    for stretch in stretches:
        yield f"| {_plain(stretch.versions)} | {_words(stretch)} |"
    yield ""


def _turns(build: Build, stretches: Sequence[Stretch]) -> str:
    """Where it begins and ends: `First bad: 0.1.45. Last bad: 0.7.22. First good after it: 0.8.0`."""
    first, last, good = turns(build, stretches)
    oldest = ", the oldest measured" if stretches[0].builds[0].version == first else ""
    found = [f"First bad: {code(first)}{oldest}.", f"Last bad: {code(last)}."]
    found += [f"First good after it: {code(good)}."] if good else ["None after it is good."]
    return " ".join(found)


def _elsewhere(others: Sequence[Stretch]) -> Iterator[str]:
    if not others:
        return
    yield from ("### What other tools do in that place", "", "| | |", "| --- | --- |")
    yield from (f"| {_plain(one.builds[0].title)} | {_words(one)} |" for one in others)
    yield ""


def _words(stretch: Stretch) -> str:
    told = f": {_plain(stretch.message)}" if stretch.message else ""
    return f"`{stretch.outcome.sign}` {stretch.outcome}{told}"


# -- the norm, and where it was seen -----------------------------------------------------------------------------------


def _norm(scenario: Scenario, seen: Sight) -> Iterator[str]:
    told = [reason for reason in scenario.because if reason]
    if not told:
        return
    yield from ("### Why it matters", "")
    if any(fault.level == "must" for fault in seen.faults):
        yield from ("Nothing that the user made should be lost or replaced, and what is made should work.", "")
    yield from (f"- {_reason(reason)}" for reason in told)
    yield ""


def _reason(text: str) -> str:
    return f"<{text}>" if re.fullmatch(r"https?://[^\s<>]+", text) else _plain(text)


def _platform(build: Build, case: str) -> Iterator[str]:
    one = build.measurement
    yield from ("### Platform", "", _plain(machine(one)), "")
    yield from ("### Version", "", _plain(f"{one.tool} {one.version}"), "")
    yield from ("### Python version", "", _plain(f"Python {one.python}"), "")
    made = f"Measured {_plain(one.measured)} by venvproof {_plain(one.venvproof or __version__)}"
    again = code(f"venvproof run '{case}'")
    yield f"{made}; {again} plays it again."


# -- Markdown ----------------------------------------------------------------------------------------------------------


def fenced(text: str, language: str = "") -> tuple[str, ...]:
    """Lines in a fence that none of them can end, without what would act on a terminal."""
    lines = [printable(line) for line in text.split("\n")]
    longest = max((len(run) for line in lines for run in re.findall(r"`+", line)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}", *lines, fence


def _plain(words: str) -> str:
    """Words of others, in a line, none of them markup, a mention or a link."""
    return escaped(printable(words)).replace("@", "&#64;").replace("://", ":&#47;&#47;")
