"""What a gate made of a run: how much was known, what changed, what became of the lists."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.expect import Ruling
from harness.gate import GateBefore, near
from harness.report.differences import lines
from harness.report.failure import Line

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from harness.gate import Gate
    from harness.result import Record


def gated(gate: Gate | GateBefore | None, told: Mapping[str, Record]) -> Iterator[Line]:
    """What a run was held against, and what that came to; `told` is by node id."""
    if isinstance(gate, GateBefore):
        yield Line(f"held against {near(gate.path)}: only what got worse fails")
        if not gate.results.complete:
            missing = sum(part.missing for part in gate.results.parts)
            yield Line(
                f"{near(gate.path)} has no end: its run died; planned cases that are missing: {missing}", "yellow"
            )
        yield from lines(gate.differences([case["record"] for case in told.values()]))
        return
    ruled = [case["ruled"] for case in told.values()]
    known = [one for one in ruled if one.entries and one.ruling is Ruling.EXPECTED]
    if known:
        files = dict.fromkeys(entry.place.file for one in known for entry in one.entries if entry.place)
        yield Line(f"known outcomes: {len(known)}, listed in {', '.join(sorted(files))}")
