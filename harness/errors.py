"""What the user can put right: a message with its place and a hint, never a traceback."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class ExitStatus(IntEnum):
    """How `pytest` and `venvproof` end; the same numbers for both."""

    AS_EXPECTED = 0
    REGRESSION = 1
    INTERRUPTED = 2
    INTERNAL = 3
    MISTAKE = 4
    NOTHING_SELECTED = 5


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A position in a file, counted from one as editors do."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: lower case, no full stop, literals in backticks."""

    what: str
    place: Place | None = None
    hint: str = ""

    def __str__(self) -> str:
        where = f"{self.place}: " if self.place else ""
        hint = f"\n  hint: {self.hint}" if self.hint else ""
        return f"{where}{self.what}{hint}"


class HarnessError(Exception):
    """The user's mistake. Carries every problem found in one go, sorted by place."""

    def __init__(self, *problems: Problem) -> None:
        """Keep each problem once, those without a place first."""
        unplaced = Place("", 0, 0)
        self.problems = tuple(sorted(dict.fromkeys(problems), key=lambda p: (p.place or unplaced, p.what)))
        super().__init__("\n".join(map(str, self.problems)))


def mistake(what: str, place: Place | None = None, hint: str = "") -> HarnessError:
    """A `HarnessError` of one problem, to be raised."""
    return HarnessError(Problem(what, place, hint))


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A hint that names the closest known word, or all of them where they are few."""
    import difflib  # noqa: PLC0415 -- slow, and only mistakes need it

    known = sorted(known)
    close = difflib.get_close_matches(word, known, n=1, cutoff=0.6)
    if close:
        return f"did you mean `{close[0]}`?"
    few = 16
    return "known: " + ", ".join(f"`{name}`" for name in known) if 0 < len(known) <= few else ""
