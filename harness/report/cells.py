"""The lines of a result file as a grid: a row a case's name, a column a subject with its Python."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.result import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from harness.result import Record


@dataclass(frozen=True, slots=True)
class Column:
    """A subject with its Python; `not_measured` is the reason where it has no results, else empty."""

    subject: str
    python: str
    not_measured: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A scenario and the choice on its axes."""

    scenario: str
    variant: str

    @property
    def family(self) -> str:
        """The folder of the scenario."""
        return self.scenario.partition("/")[0]

    def __str__(self) -> str:
        return self.scenario + (f"[{self.variant}]" if self.variant else "")


WIDTH = 80
"""How much is shown of what stood at a path; the result file has all of it."""

Grid = dict[Row, dict[Column, "Record"]]
"""For every row what each column's case became, in the order of families, scenarios and variants."""


def grid(records: Iterable[Record]) -> Grid:
    """Sort case lines into rows and columns."""
    rows: Grid = {}
    for record in records:
        row = Row(record["scenario"], record["variant"])
        rows.setdefault(row, {})[Column(record["subject"], record["python"])] = record
    return dict(sorted(rows.items(), key=lambda item: (item[0].family, item[0].scenario, item[0].variant)))


def outcome(record: Record | None) -> Outcome | None:
    """The one word of a case line; None where there is no case."""
    return Outcome(record["outcome"]) if record else None


def broken(record: Record) -> Iterator[Record]:
    """The findings of a case that are broken and count, the heaviest first."""
    for level in ("must", "should"):
        yield from (f for f in record["findings"] if f["verdict"] == "broken" and f["level"] == level)


def brief(finding: Record) -> str:
    """A broken check in one line: where it broke, and the first piece of evidence."""
    first, *others = finding["evidence"]
    told = shown(first)
    if finding.get("points") and "said" not in first:  # at which calls it shows comes next
        told, others = f"{told}; {shown(others[0])}", others[1:]
    more = f" (and {len(others)} more)" if others else ""
    return f"{finding['check']}, step {finding['step']}: {told}{more}"


def properties(record: Record) -> list[tuple[str, object]]:
    """What a case came to, in pairs for reports that others make of test runs, as JUnit XML."""
    words = ("scenario", "variant", "subject", "python", "outcome")
    return [(word, record[word]) for word in words] + [("evidence", brief(finding)) for finding in broken(record)]


def shown(evidence: Mapping[str, str]) -> str:
    """A piece of evidence in one line: `project/.venv: link ../store/env -> directory`."""
    if "said" in evidence:
        return printable(evidence["said"])
    return printable(f"{evidence['path']}: {_short(evidence['was'])} -> {_short(evidence['is'])}")


def _short(words: str) -> str:
    return words if len(words) <= WIDTH else f"{words[: WIDTH - 3]}..."


def printable(text: str) -> str:
    """A tool's words without what would act on the reader's terminal: escape sequences and control characters."""
    text = re.sub(r"\x1b(\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(\x07|\x1b\\)|[@-Z\\-_])", "", text)
    return "".join(char if char.isprintable() or char == "\t" else " " for char in text)
