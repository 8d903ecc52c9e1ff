"""What pictures have in common: a heading, signs with words in a row, what the signs mean, where it was measured."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.report.figures.drawing import CHIP, LINE, SIZE, Band, chip, element, text_width, wrapped, written
from harness.report.survey import NO_RESULT
from harness.result import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable
    from xml.etree.ElementTree import Element

    from harness.report.survey import Build, FamilyOf

EDGE = 16.0
"""What is left free at either side."""

ROW = 20.0
"""How high a row is of signs."""

_MEANINGS = {
    Outcome.HOLDS: "holds",
    Outcome.WEAK: "weak: holds, with flaws",
    Outcome.DECLINES: "declines: refuses, changes nothing",
    Outcome.BREAKS: "breaks",
    Outcome.ERRS: "errs: hangs or crashes",
    Outcome.UNSUPPORTED: "no such command",
    Outcome.SKIPPED: "not on this machine",
}


def tone(outcome: Outcome) -> str:
    """The colour of an outcome."""
    return "none" if outcome in NO_RESULT else str(outcome)


def question(family: FamilyOf) -> str:
    """What a family asks, as plain words."""
    return family.question.replace("`", "") or family.name


def origin(builds: Iterable[Build], width: float) -> Band:
    """When and where builds were measured."""
    measured = [build.measurement for build in builds]
    days = sorted({one.measured for one in measured})
    places = sorted({one.platform.partition("-py")[0] for one in measured})
    versions = sorted({one.venvproof for one in measured})
    when = " to ".join(dict.fromkeys((days[0], days[-1]))) if days else "never"
    return note(f"Measured {when} on {', '.join(places)} by venvproof {', '.join(versions)}." if days else "", width)


def heading(title: str, told: str, width: float) -> Band:
    """The title, and below it what is shown."""
    lines = wrapped(title, width - 2 * EDGE, SIZE * 1.6)
    drawn = [written(line, EDGE, 30 + place * 22, "big") for place, line in enumerate(lines)]
    low = 30 + len(lines) * 22
    return Band(low + 14, (*drawn, written(told, EDGE, low, "muted")))


def flow(
    told: Iterable[tuple[Outcome | None, str]], left: float, width: float, before: tuple[Element, ...] = ()
) -> Band:
    """Signs with words, one after another, and on the next line where one is full."""
    x, y, drawn = left, 0.0, [*before]
    for outcome, words in told:
        wide = text_width(words) + CHIP + 6
        if x > left and x + wide > width - EDGE:
            x, y = left, y + ROW
        if outcome:
            drawn += chip(tone(outcome), outcome.sign, x, y + 1)
        drawn.append(written(words, x + (CHIP + 6 if outcome else 0), y + 14, "" if outcome else "muted"))
        x += wide + 14
    return Band(y + ROW + 2, tuple(drawn))


def legend(width: float) -> Band:
    """What the signs mean."""
    told = flow(_MEANINGS.items(), EDGE, width)
    below = element("g", "", *told.drawn, transform="translate(0 22)")
    rule = element("rect", x=EDGE, y=10, width=width - 2 * EDGE, height=1, class_="o-none")
    return Band(told.height + 34, (rule, below))


def note(words: str, width: float) -> Band:
    """An aside."""
    lines = wrapped(words, width - 2 * EDGE)
    drawn = tuple(written(line, EDGE, 18 + place * LINE, "muted") for place, line in enumerate(lines))
    return Band(len(lines) * LINE + 12, drawn)
