"""Pictures for a README or a release note: a tool over its versions, and the tools beside each other."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import groupby
from math import cos, radians, sin
from typing import TYPE_CHECKING

from harness.report.figures.bands import EDGE, ROW, flow, heading, legend, note, origin, question, tone
from harness.report.figures.drawing import (
    CHIP,
    LINE,
    SIZE,
    SMALL,
    Band,
    chip,
    element,
    picture,
    shortened,
    signs,
    text_width,
    wrapped,
    written,
)
from harness.report.words import answer
from harness.result import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from xml.etree.ElementTree import Element

    from harness.report.survey import Cell, Column, FamilyOf, Survey
    from harness.report.words import Answer

NARROWEST = 760.0
"""How narrow a picture is at least, so that its questions and its legend have room."""

ROOM = 700.0
"""What the versions, or the tools, have of the width where there are many."""

FAR = 36
"""After how many rows the versions are named again."""

SLANT = radians(60)
_SEVERAL = {
    Outcome.HOLDS: "hold",
    Outcome.WEAK: "weak",
    Outcome.DECLINES: "decline",
    Outcome.BREAKS: "break",
    Outcome.ERRS: "err",
}
"""An outcome of several scenarios."""


def _name(kind: str, column: Column | None = None) -> str:
    """An id that a style sheet understands, too."""
    words = f"{kind}-{column.slug}" if column else kind
    return "".join(char if char.isascii() and char.isalnum() else "-" for char in words)


# -- a tool over its versions ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Strip:
    """A tool's versions as columns: where they begin, how far apart they are, how wide all of it is."""

    column: Column
    left: float
    pitch: float
    width: float

    def middle(self, number: int) -> float:
        return self.left + (number + 0.5) * self.pitch


def plot_versions(survey: Survey, column: Column) -> str:
    """A tool over its versions, a row a scenario that changed; those that never did are told together, by family."""
    changed = {name for family in survey.families for name in family.scenarios if len(column.spans(name)) > 1}
    first, last = (column.builds[0].version, column.builds[-1].version) if column.builds else ("", "")
    title = f"{column.title} {first} to {last}: what changed" if first != last else f"{column.title} {first}".strip()
    told = _told_of(column, len(changed), sum(len(family.scenarios) for family in survey.families))
    strip = _strip(column, changed)
    bands = [heading(title, told, strip.width), *(_rows(survey, strip, changed) if column.builds else ())]
    bands += [legend(strip.width), origin(column.builds, strip.width)]
    return picture(_name("versions", column), title, told, strip.width, bands)


def _told_of(column: Column, changed: int, scenarios: int) -> str:
    match len(column.builds):
        case 0:
            return "Not measured."
        case 1:
            return f"What its only measured version came to in {scenarios} scenarios."
        case versions:
            what = f"{changed} of {scenarios} scenarios came to another outcome over {versions} versions."
            return f"{what} A row a scenario, a column a version."


def _strip(column: Column, changed: Iterable[str]) -> _Strip:
    names = max((text_width(name.partition("/")[2]) for name in changed), default=160)
    left = EDGE + min(max(names, 160), 300) + 12
    pitch = min(max(ROOM / max(len(column.builds), 1), CHIP), 30)
    over = max((text_width(build.version) for build in column.builds), default=0) * cos(SLANT)
    return _Strip(column, left, pitch, max(left + pitch * len(column.builds) + over + EDGE, NARROWEST))


def _rows(survey: Survey, strip: _Strip, changed: set[str]) -> Iterator[Band]:
    since = FAR
    for family in survey.families:
        rows = [name for name in family.scenarios if name in changed]
        if since + len(rows) > FAR and rows:
            yield _versions(strip)
            since = 0
        yield _family(family)
        yield from (_row(strip, name) for name in rows)
        yield from _folded(strip, [name for name in family.scenarios if name not in changed], len(rows))
        since += len(rows) + 2


def _versions(strip: _Strip) -> Band:
    size = SIZE * SMALL
    words = [shortened(build.version, 110, size) for build in strip.column.builds]
    height = max(text_width(word, size) for word in words) * sin(SLANT) + 14
    places = (f"translate({strip.middle(number) + 3:.1f} {height - 4:.1f})" for number in range(len(words)))
    turned = zip(words, places, strict=True)
    drawn = (written(word, 0, 0, "small", transform=f"{place} rotate(-60)") for word, place in turned)
    return Band(height, tuple(drawn))


def _family(family: FamilyOf) -> Band:
    asked = written(f"{question(family)} ", EDGE, 22, "bold")
    asked.append(element("tspan", family.name, class_="aside muted", dx="0.5em"))
    return Band(30, (asked,))


def _row(strip: _Strip, name: str) -> Band:
    short = name.partition("/")[2]
    told = ", then ".join(f"{span.outcome} in {span.words}" for span in strip.column.spans(name))
    label = written(shortened(short, strip.left - EDGE - 8), EDGE, 14)
    drawn = element("g", "", element("title", f"{name}: {told}"), label, *_cells(strip, name))
    return Band(ROW, (drawn,))


def _cells(strip: _Strip, name: str) -> Iterator[Element]:
    """Versions that did the same as one bar, and in it a sign for each."""
    found = [build.cells.get(name) for build in strip.column.builds]
    for outcome, group in groupby(enumerate(found), key=lambda one: one[1].outcome if one[1] else None):
        if outcome is None:
            continue
        places = [number for number, _ in group]
        left, bar = strip.left + places[0] * strip.pitch, len(places) * strip.pitch - 1
        yield element("rect", x=left, y=1, width=bar, height=ROW - 3, rx=3, class_=f"o-{tone(outcome)}")
        yield signs(tone(outcome), outcome.sign * len(places), map(strip.middle, places), 14)


def _folded(strip: _Strip, names: Sequence[str], others: int) -> Iterator[Band]:
    """What never changed, in a row: how many, and what they come to."""
    if not names:
        return
    spans = [strip.column.spans(name) for name in names]
    counts = Counter(found[0].outcome for found in spans if found)
    told: list[tuple[Outcome | None, str]] = [
        (outcome, f"{counts[outcome]} {outcome if counts[outcome] == 1 else _SEVERAL[outcome]}")
        for outcome in reversed(Outcome)
        if counts[outcome]
    ]
    if nothing := sum(not found for found in spans):
        told.append((None, f"{nothing} without a result"))
    never = "scenarios" if len(strip.column.builds) == 1 else "more never changed" if others else "never changed"
    label = written(f"{len(names)} {never}:", EDGE, 14, "muted")
    yield flow(told, strip.left, strip.width, (label,))


# -- the tools beside each other ---------------------------------------------------------------------------------------

_QUESTION = 200.0
_BETWEEN = 12.0


def plot_families(survey: Survey) -> str:
    """Each family's question against each tool's newest build: the sign, how many hold, and the answer in words."""
    columns = survey.measured
    each = min(max((ROOM + 100) / max(len(columns), 1), 98), 180)
    width = max(2 * EDGE + _QUESTION + each * len(columns), NARROWEST)
    title = "What the tools that make Python environments do to the tree around them"
    families = f" in {len(survey.families)} families" if len(survey.families) > 1 else ""
    told = f"{len(survey.scenarios)} scenarios{families}, each tool's newest version."
    missing = [column.title for column in survey.columns if not column.builds]
    bands = [
        heading(title, told, width),
        _tools(columns, each),
        *(_answers(family, columns, each, width) for family in survey.families),
        *([note(f"Not measured: {', '.join(missing)}", width)] if missing else []),
        legend(width),
        origin([column.builds[-1] for column in columns], width),
    ]
    return picture(_name("families"), title, told, width, bands)


def _tools(columns: Sequence[Column], each: float) -> Band:
    drawn: list[Element] = []
    lines = 1
    for number, column in enumerate(columns):
        x = EDGE + _QUESTION + number * each
        names = wrapped(column.title, each - _BETWEEN, SIZE * 1.1)
        version = wrapped(column.newest.version if column.newest else "", each - _BETWEEN, SIZE * SMALL)
        said = [*((line, "bold") for line in names), *((line, "small muted") for line in version)]
        drawn += [written(line, x, place * LINE, class_) for place, (line, class_) in enumerate(said, start=1)]
        lines = max(lines, len(said))
    return Band((lines + 1) * LINE, tuple(drawn))


def _answers(family: FamilyOf, columns: Sequence[Column], each: float, width: float) -> Band:
    lines = wrapped(question(family), _QUESTION - _BETWEEN, SIZE * 1.08)
    drawn = [
        element("rect", x=EDGE, width=width - 2 * EDGE, height=1, class_="o-none"),
        *(written(line, EDGE, 20 + place * LINE, "bold") for place, line in enumerate(lines)),
        written(family.name, EDGE, 20 + len(lines) * LINE, "small muted"),
    ]
    rows = len(lines) + 1
    for number, column in enumerate(columns):
        found = answer(family, column)
        cells = (column.cell(name) for name in family.scenarios)
        said, high = _answer(found, [cell for cell in cells if cell], EDGE + _QUESTION + number * each, each - _BETWEEN)
        drawn.append(element("g", "", element("title", f"{column.title}: {question(family)} {_told(found)}"), *said))
        rows = max(rows, high)
    return Band(rows * LINE + 14, tuple(drawn))


def _answer(found: Answer, cells: Sequence[Cell], x: float, width: float) -> tuple[list[Element], int]:
    """The sign with how many hold, below it the words; and how many lines that takes."""
    drawn: list[Element] = []
    worst = found.outcome or next((cell.outcome for cell in cells), None)
    if worst:
        drawn += chip(tone(worst), worst.sign, x, 7)
    if found.of:
        drawn.append(written(f"{found.holding} of {found.of}", x + CHIP + 6, 20, "small muted"))
    lines = wrapped(found.word, width)
    class_ = "" if found.outcome else "muted"
    drawn += [written(line, x, 20 + (place + 1) * LINE, class_) for place, line in enumerate(lines)]
    return drawn, len(lines) + 1


def _told(found: Answer) -> str:
    return "; ".join(part for part in (found.word, found.counted, *(text for text, _, _ in found.faults)) if part)
