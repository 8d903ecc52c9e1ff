"""What is said of a scenario to whoever writes it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from typing import Any

    from harness.errors import Place, Problem


class Severity(StrEnum):
    """How much a notice counts: an error always, a warning under `--strict`, a note never."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing to know, in the words of messages: lower case, no full stop, literals in backticks."""

    severity: Severity
    what: str
    place: Place
    hint: str = ""

    def __str__(self) -> str:
        hint = f"\n  hint: {self.hint}" if self.hint else ""
        return f"{self.place}: {self.severity}: {self.what}{hint}"

    def plain(self) -> Mapping[str, Any]:
        """The same as JSON has it."""
        at = {"file": self.place.file, "line": self.place.line, "column": self.place.column}
        return {**at, "level": str(self.severity), "what": self.what, "hint": self.hint}


def error(problem: Problem, place: Place) -> Notice:
    """A problem that a reader found, where it says, or at this place where it does not."""
    return Notice(Severity.ERROR, problem.what, problem.place or place, problem.hint)


def warning(what: str, place: Place, hint: str = "") -> Notice:
    """What is probably wrong."""
    return Notice(Severity.WARNING, what, place, hint)


def note(what: str, place: Place, hint: str = "") -> Notice:
    """What could not be found out, or is good to know."""
    return Notice(Severity.NOTE, what, place, hint)


def summed(notices: Collection[Notice], files: int) -> str:
    """How many of each there are, in a line."""
    counts = {severity: sum(one.severity is severity for one in notices) for severity in Severity}
    told = ", ".join(_counted(count, severity) for severity, count in counts.items() if count)
    return f"{_counted(files, 'file')}: {told or 'nothing to say against'}"


def _counted(count: int, word: str) -> str:
    return f"{count} {word}" if count == 1 else f"{count} {word}s"
