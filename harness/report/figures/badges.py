"""Badges: what a tool's newest build does in a family, for a README: as a picture, and for services that draw it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.report.cells import printable
from harness.report.figures.drawing import element, text, text_width
from harness.report.words import answer
from harness.result import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element

    from harness.report.survey import Column, FamilyOf, Survey
    from harness.report.words import Answer

FORMATS = ("svg", "json")
GREEN, AMBER, RED, GREY = "#1a7f37", "#9a6700", "#cf222e", "#59636e"
"""All holds; nothing breaks, but not all holds; something breaks; there is no result."""

_LABEL = "#30363d"
_SIZE, _HEIGHT, _MARGIN = 11.0, 20.0, 6.0
_WORDS = {
    Outcome.BREAKS: ("breaks", "break"),
    Outcome.ERRS: ("errs", "err"),
    Outcome.WEAK: ("weak", "weak"),
    Outcome.DECLINES: ("refuses", "refuse"),
}
"""Of one scenario and of several, what is worst first."""


@dataclass(frozen=True, slots=True)
class Badge:
    """What a badge says: its left half, its right half and that one's colour; `told` says it to who cannot see it."""

    label: str
    message: str
    color: str
    told: str

    @property
    def svg(self) -> str:
        """As a picture, flat, in which the words are as wide as their boxes expect."""
        left, right = (text_width(words, _SIZE) + 2 * _MARGIN for words in (self.label, self.message))
        root = element(
            "svg",
            "",
            element("title", self.told),
            element("rect", width=left + right, height=_HEIGHT, rx=3, fill=self.color),
            element("path", d=f"M3 0H{left:.1f}V20H3A3 3 0 0 1 0 17V3A3 3 0 0 1 3 0Z", fill=_LABEL),
            _words(self.label, 0, left),
            _words(self.message, left, right),
            xmlns="http://www.w3.org/2000/svg",
            width=left + right,
            height=_HEIGHT,
            viewBox=f"0 0 {left + right:.1f} {_HEIGHT:g}",
            font_family="Verdana,Geneva,'DejaVu Sans',sans-serif",
            font_size=_SIZE,
            role="img",
            aria_label=self.told,
        )
        return text(root)

    @property
    def endpoint(self) -> str:
        """As badge services read it from an address (https://shields.io/badges/endpoint-badge)."""
        told = {"schemaVersion": 1, "label": self.label, "message": self.message, "color": self.color}
        return json.dumps(told, ensure_ascii=False) + "\n"


def badges(survey: Survey) -> dict[str, str]:
    """Every badge by the name of its file: `uv/links.svg`, `uv/links.json`."""
    return dict(_files(survey))


def _files(survey: Survey) -> Iterator[tuple[str, str]]:
    for column in survey.columns:
        for family in survey.families:
            one = badge(family, column)
            yield f"{column.slug}/{family.name}.svg", one.svg
            yield f"{column.slug}/{family.name}.json", one.endpoint


def badge(family: FamilyOf, column: Column) -> Badge:
    """What the newest build of a tool does in a family."""
    found = answer(family, column)
    label, message = printable(f"{column.title} {family.name}"), _message(found)
    version = f" {column.newest.version}" if column.newest else ""
    counts = f" ({found.counted})" if found.counts else ""
    return Badge(label, message, _color(found), printable(f"{column.title}{version}, {family.name}: {message}{counts}"))


def _message(found: Answer) -> str:
    """`12 of 12`, `9 of 12, 3 refuse`; where nothing was played, why."""
    if found.outcome is None:
        return found.word
    counts = dict(found.counts)
    others = (
        f"{counts[outcome]} {words[counts[outcome] > 1]}" for outcome, words in _WORDS.items() if outcome in counts
    )
    return ", ".join((f"{found.holding} of {found.of}", *others))


def _color(found: Answer) -> str:
    match found.outcome:
        case Outcome.HOLDS:
            return GREEN
        case Outcome.BREAKS | Outcome.ERRS:
            return RED
        case None:
            return GREY
        case _:
            return AMBER


def _words(words: str, x: float, width: float) -> Element:
    room = width - 2 * _MARGIN
    return element("text", words, x=x + _MARGIN, y=14, fill="#fff", textLength=room, lengthAdjust="spacingAndGlyphs")
