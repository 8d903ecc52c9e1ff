"""What a tool did on one filesystem beside what it did on others: only where that differs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.compare import broken, by_column
from harness.report.cells import brief, printable
from harness.report.cells import broken as findings
from harness.result import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from harness.compare import Column
    from harness.result import Record
    from harness.results import Part

_NO_RESULT = {Outcome.UNSUPPORTED, Outcome.SKIPPED}

Rows = dict[str, dict[str, "Record"]]
"""For every case what came of it on each filesystem."""


@dataclass(frozen=True, slots=True)
class Compared:
    """The text, and how many cases differ; a subject that is not measured somewhere counts as one."""

    lines: tuple[str, ...]
    differences: int


def compared(parts: Sequence[Part]) -> Compared:
    """A table a subject: a row a case that differs, a column a filesystem; below it what was broken there."""
    kinds = [part.header["machine"].get("filesystem", "unknown") for part in parts]
    on = {kind: by_column(part.cases) for kind, part in zip(kinds, parts, strict=True)}
    lines: list[str] = []
    differences = 0
    for column in sorted({column for columns in on.values() for column in columns}):
        rows = _rows(on, column)
        differing = {case: row for case, row in rows.items() if _differs(row)}
        differences += len(differing)
        lines += [*_table(column, rows, differing, kinds), ""]
    absent = [*_not_measured(parts, kinds)]
    return Compared(tuple([*lines, *absent] if absent else lines[:-1]), differences + len(absent))


def _rows(on: Mapping[str, Mapping[Column, Mapping[str, Record]]], column: Column) -> Rows:
    rows: Rows = {}
    for kind, columns in on.items():
        for case, record in columns.get(column, {}).items():
            rows.setdefault(case, {})[kind] = record
    return dict(sorted(rows.items()))


def _differs(row: Mapping[str, Record]) -> bool:
    """Whether those that were played came to something else, or broke something else."""
    return len({(record["outcome"], broken(record)) for record in row.values() if not _skipped(record)}) > 1


def _skipped(record: Record) -> bool:
    return Outcome(record["outcome"]) in _NO_RESULT


def _table(column: Column, rows: Rows, differing: Rows, kinds: Sequence[str]) -> Iterator[str]:
    from tabulate import tabulate  # noqa: PLC0415 -- as everywhere, only where a table is printed

    subject = column[0].replace("@", " ")
    several = sum(sum(not _skipped(record) for record in row.values()) > 1 for row in rows.values())
    yield f"{subject}: {len(differing)} of {several} cases that were played on several filesystems differ"
    if differing:
        cells = [[case, *(_word(row.get(kind)) for kind in kinds)] for case, row in differing.items()]
        table = tabulate(cells, ["", *kinds], tablefmt="simple", disable_numparse=True)
        yield from table.splitlines()
    for case, row in differing.items():
        yield f"  {case}"
        yield from _whys(row)
    yield from _skips(rows, kinds)


def _word(record: Record | None) -> str:
    if record is None:
        return ""
    outcome = Outcome(record["outcome"])
    return f"{outcome.sign} {outcome}"


def _whys(row: Mapping[str, Record]) -> Iterator[str]:
    """What is wrong, once for all filesystems on which it is."""
    told: dict[str, list[str]] = {}
    for kind, record in row.items():
        finding = next(findings(record), None)
        why = brief(finding) if finding else printable(record["reason"])
        if why:
            told.setdefault(why, []).append(kind)
    yield from (f"    {', '.join(where)}: {why}" for why, where in told.items())


def _skips(rows: Rows, kinds: Sequence[str]) -> Iterator[str]:
    """How many cases each filesystem has no result of that others have."""
    for kind in kinds:
        missing: dict[str, int] = {}
        for row in rows.values():
            if kind in row and _skipped(row[kind]) and not all(map(_skipped, row.values())):
                missing[row[kind]["reason"]] = missing.get(row[kind]["reason"], 0) + 1
        yield from (f"  not played on {kind}: {count}, {printable(reason)}" for reason, count in missing.items())


def _not_measured(parts: Sequence[Part], kinds: Sequence[str]) -> Iterator[str]:
    for kind, part in zip(kinds, parts, strict=True):
        for subject in part.header["subjects"]:
            if "not_measured" in subject:
                yield f"{subject['spec']} is not measured on {kind}: {printable(subject['not_measured'])}"
