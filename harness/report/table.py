"""The comparison table as a terminal shows it, disagreements first."""

from __future__ import annotations

from collections import Counter
from itertools import groupby
from math import prod
from typing import TYPE_CHECKING

from packaging.version import InvalidVersion, Version

from harness.report.cells import Column, grid, outcome
from harness.result import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from harness.report.cells import Grid, Row
    from harness.result import Record

AUTO, FULL, NONE = "auto", "full", "none"
MODES = (AUTO, FULL, NONE)
"""`auto` folds the rows on which all columns agree, `full` shows every row, `none` prints no table."""


def table(
    records: Iterable[Record],
    questions: Mapping[str, str],
    not_measured: Sequence[Column] = (),
    mode: str = AUTO,
) -> str:
    """Lay out results by tabulate: rows by family, a column a subject; `questions` is by family."""
    import tabulate  # noqa: PLC0415 -- a run that prints no table needs not wait for it

    headers, lines = layout(records, questions, not_measured, mode)
    return tabulate.tabulate(lines, headers, tablefmt="simple", disable_numparse=True, preserve_whitespace=True)


def layout(
    records: Iterable[Record], questions: Mapping[str, str], not_measured: Sequence[Column], mode: str
) -> tuple[list[str], list[list[str]]]:
    """The same as headings and rows: that of a family, and below it those that are indented."""
    cells = grid(records)
    measured = sorted({column for row in cells.values() for column in row}, key=_column_order)
    columns = [*measured, *not_measured]
    lines: list[list[str]] = []
    for family, rows in groupby(cells, key=lambda row: row.family):
        title = ": ".join(filter(None, (family, questions.get(family))))
        lines += _family(title, {row: cells[row] for row in rows}, columns, mode)
    return ["", *_headings(columns)], lines


def legend() -> str:
    """What the signs mean."""
    return "   ".join(f"{word.sign} {word}" for word in reversed(Outcome))


def _column_order(column: Column) -> tuple[str, bool, Version | str, str]:
    """By name and age; what has no version that can be compared counts as the newest."""
    name, _, version = column.subject.partition("@")
    try:
        return name, False, Version(version), column.python
    except InvalidVersion:
        return name, True, version, column.python


def _headings(columns: Sequence[Column]) -> list[str]:
    """`uv 0.13.9`, and the Python below it where there are several."""
    several = len({column.python for column in columns if not column.not_measured}) > 1
    return [
        column.subject.replace("@", " ")
        + (f"\nPython {column.python}" if several and column.python and not column.subject.startswith("venv@") else "")
        for column in columns
    ]


def _family(title: str, rows: Grid, columns: Sequence[Column], mode: str) -> list[list[str]]:
    disagreements_first = dict(sorted(rows.items(), key=lambda item: _agreed(item[1])))
    told = {row: cells for row, cells in disagreements_first.items() if mode == FULL or not _agreed(cells)}
    blank = [""] * len(columns)
    lines = [[title, *blank]]
    for scenario, group in groupby(told, key=lambda row: row.scenario):
        every = [row for row in rows if row.scenario == scenario]
        for alike in [[row] for row in group] if mode == FULL else _alike(list(group), every, rows):
            name = scenario.partition("/")[2] + _variants(alike, every)
            lines.append([f"  {name}", *_cells([told[row] for row in alike], columns)])
    folded = [cells for row, cells in rows.items() if row not in told]
    if folded:
        words = Counter(outcome(next(iter(cells.values()))) for cells in folded)
        counts = ", ".join(f"{count} {word}" for word, count in words.most_common())
        lines.append([f"  all agree on {len(folded)}{' more' if told else ''}: {counts}", *blank])
    return lines


def _alike(rows: Sequence[Row], every: Sequence[Row], cells: Grid) -> list[list[Row]]:
    """These variants of one scenario, of which there are `every`; those that came out alike on all columns together."""
    groups: dict[frozenset[object], list[Row]] = {}
    for row in rows:
        groups.setdefault(frozenset((column, outcome(record)) for column, record in cells[row].items()), []).append(row)
    return [
        part
        for group in groups.values()
        for part in ([group] if _variants(group, every) is not None else [[row] for row in group])
    ]


def _variants(rows: Sequence[Row], every: Sequence[Row]) -> str | None:
    """What these variants have in common, `*` where an axis takes all its labels: `[*,create]`; empty for all of them.

    None where no such name means these and no others.
    """
    if len(rows) == len(every):
        return f" ({len(rows)} variants)" if len(rows) > 1 else str(rows[0]).removeprefix(rows[0].scenario)
    labels = [set(values) for values in zip(*(row.variant.split(",") for row in rows), strict=True)]
    known = [set(values) for values in zip(*(row.variant.split(",") for row in every), strict=True)]
    if len(rows) != prod(map(len, labels)):
        return None
    axes = (
        "*" if one == all_ and len(one) > 1 else "|".join(sorted(one)) for one, all_ in zip(labels, known, strict=True)
    )
    return f"[{','.join(axes)}]"


def _agreed(row: Mapping[Column, Record]) -> bool:
    """Whether a row tells nothing about the difference between columns; alone, a column is compared with `holds`."""
    words = {outcome(record) for record in row.values()}
    return words == {Outcome.HOLDS} if len(row) == 1 else len(words) == 1


def _cells(rows: Sequence[Mapping[Column, Record]], columns: Sequence[Column]) -> list[str]:
    """Rows that came out alike as one."""
    words = [outcome(rows[0].get(column)) for column in columns]
    return [
        f"{word.sign} {word}{_share([row[column] for row in rows])}"
        if word
        else ("not measured" if column.not_measured else "")
        for word, column in zip(words, columns, strict=True)
    ]


def _share(records: Sequence[Record]) -> str:
    """At how many of the calls that they were stopped at cases came to this; empty where it goes without saying."""
    swept = [record["swept"] for record in records if "swept" in record and record["outcome"] != Outcome.HOLDS]
    return f" {sum(one['alike'] for one in swept)}/{sum(one['played'] for one in swept)}" if swept else ""
