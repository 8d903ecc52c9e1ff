"""Whether a scenario says what is true of a tool that conforms, and what that rests on."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from harness.capture.directory import BECAUSE as CAPTURED
from harness.lint.notices import warning
from harness.scaffold import BECAUSE, SUMMARIES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.errors import Place
    from harness.lint.notices import Notice
    from harness.lint.source import Source

FEWEST, LONGEST = 4, 120
"""How many words a statement takes, and how many characters a table has room for."""

_ORDERS = ("assert", "check", "confirm", "ensure", "make sure", "prove", "see", "test", "try", "verify")
_CONDITION = re.compile(r"(when|if|whether|what happens|how)\b(?!.*,)", re.IGNORECASE)
_LATER = re.compile(r"\b(TODO|FIXME|XXX|TBD)\b")
_STATEMENT = "say what is true of a tool that conforms, as in `A .venv link outlives two creates`"


def wording(source: Source) -> Iterator[Notice]:
    """What is wrong with the summary and the reasons, as far as that can be told without understanding them."""
    yield from _summary(source.scenario.summary, source.at("summary"))
    for reason, place in zip(source.scenario.because, source.items("because"), strict=True):
        yield from _reason(reason, source.scenario.summary, place)
    for key in ("permit", "waive"):
        for reason in {why for variant in source.scenario.variants for why in getattr(variant, key).values()}:
            if _LATER.search(reason):
                yield warning(f"a reason under `{key}` is still to be written: `{reason}`", source.at(key))


def _summary(text: str, place: Place) -> Iterator[Notice]:
    first = text.lower()
    order = next((word for word in _ORDERS if first.startswith((f"{word} ", f"{word}s "))), None)
    if text in SUMMARIES or _LATER.search(text):
        yield warning("`summary` is still to be written", place, _STATEMENT)
    elif text.endswith("?"):
        yield warning("`summary` is a question", place, _STATEMENT)
    elif order:
        yield warning(f"`summary` begins with `{text.split(maxsplit=1)[0]}`: it is no statement", place, _STATEMENT)
    elif _CONDITION.match(text):
        yield warning("`summary` names a situation, and does not say what is true in it", place, _STATEMENT)
    elif len(text.split()) < FEWEST:
        yield warning("`summary` is hardly a statement: it is too short", place, _STATEMENT)
    if len(text) > LONGEST:
        yield warning(f"`summary` has {len(text)} characters, and tables have room for {LONGEST}", place)


def _reason(text: str, summary: str, place: Place) -> Iterator[Notice]:
    if text in {BECAUSE, CAPTURED} or _LATER.search(text):
        hint = "the address of an issue or a document, or what was seen, in a sentence"
        yield warning("`because` is still to be written", place, hint)
    elif text.rstrip(".").casefold() == summary.casefold():
        yield warning("`because` only repeats `summary`", place, "say where it is written, or who was bitten by it")
    elif text.startswith("http") and urlsplit(text).path in {"", "/"}:
        yield warning(f"`{text}` leads to no page in particular", place, "name the issue or the page")
