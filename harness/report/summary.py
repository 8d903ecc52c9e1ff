"""What is said at the end of a run: the comparison, and below it what broke."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.expect import Ruling
from harness.report.cells import brief, broken, printable
from harness.report.failure import Line, varied
from harness.report.table import legend, table
from harness.result import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from harness.report.cells import Column
    from harness.result import Record


def comparison(told: Mapping[str, Record], not_measured: Sequence[Column], mode: str) -> Iterator[Line]:
    """The table, what its signs mean, and each case that broke, is weak or was kept; `told` is by node id."""
    questions = {case["family"]: case["question"] for case in told.values()}
    yield Line(table([case["record"] for case in told.values()], questions, not_measured, mode))
    yield Line("")
    yield Line(legend())
    yield from told_below(told)
    yield Line("")


def told_below(told: Mapping[str, Record]) -> Iterator[Line]:
    """Each case that broke, is weak or was kept, with what was seen."""
    for nodeid, case in sorted(told.items()):
        known = case["ruled"].ruling is Ruling.EXPECTED
        if case["failed"] or case["kept"] or (case["record"]["outcome"] == Outcome.WEAK and not known):
            yield from _case(nodeid, case)


def _case(nodeid: str, case: Record) -> Iterator[Line]:
    record, outcome = case["record"], Outcome(case["record"]["outcome"])
    yield Line("")
    yield Line(f"{outcome.sign} {nodeid}", "red" if case["failed"] else "yellow" if outcome is Outcome.WEAK else "")
    ruled = case["ruled"]
    if ruled.ruling in {Ruling.REGRESSION, Ruling.STALE}:
        yield Line(f"    {ruled.ruling}: {ruled.why}", "red")
        yield from (Line(f"    {entry.place}") for entry in ruled.entries if entry.place)
    if record["reason"]:
        yield Line(f"    {printable(record['reason'])}")
    for finding in broken(record):
        yield Line(f"    {brief(finding)}")
    yield from varied(record)
    if case["kept"]:
        yield Line(f"    kept: {case['kept']}")
    if case.get("script"):
        yield Line(f"    script: {case['script']}")
