"""A case in full, for the one who has to understand what happened."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from harness.checks import KNOWN
from harness.expect import Ruling
from harness.report.cells import broken, printable, shown
from harness.vary import meaning

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from _pytest._io import TerminalWriter

    from harness.expect import Ruled
    from harness.result import Record

CHANGES = 12
OUTPUT_LINES = 20
"""How much of a step is shown; the result file has all of it."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text and its colour, empty for none."""

    text: str
    colour: str = ""


def lines(
    record: Record, summary: str, because: Sequence[str], kept: str, ruled: Ruled | None = None, *, script: str = ""
) -> Iterator[Line]:
    """Summary, reasons, what is broken with its evidence, every step with its changes and output, and what is left."""
    if ruled is not None and ruled.ruling is not Ruling.FREE:
        yield Line(f"{ruled.ruling}: {ruled.why}", "red")
        yield from (Line(f"  {entry.place}: {entry.because}") for entry in ruled.entries if entry.place)
    yield Line(summary, "bold")
    yield from (Line(f"because {one}") for one in because)
    yield Line("")
    if record["reason"]:
        unsteady = " (unsteady)" if record.get("unsteady") else ""
        yield Line(f"{record['outcome']}{unsteady}: {printable(record['reason'])}", "red")
    for finding in broken(record):
        yield from _finding(finding)
    yield from varied(record)
    for step in record["steps"]:
        yield from _step(step)
    if kept:
        yield Line("")
        yield Line(f"the tree is kept in {kept}")
    if script:
        yield Line(f"a script that reproduces it: {script}")


def varied(record: Record) -> Iterator[Line]:
    """Each way of playing the case that came to another outcome, with the first reason."""
    for other in record.get("varied", ()):
        first = next(broken(other), None)
        why = f"{first['check']}: {shown(first['evidence'][0])}" if first else printable(other["reason"])
        yield Line(f"    {meaning(other['variation'])} it {other['outcome']}{f': {why}' if why else ''}", "red")


class Failure:
    """A case in full, as pytest prints it under its failures."""

    def __init__(self, told: Record, ruled: Ruled | None = None) -> None:
        """Take what the plugin tells of a case: its line, where its tree is kept, and its scenario's wording."""
        wording, script = (told["summary"], told["because"]), told.get("script", "")
        self.lines = tuple(lines(told["record"], *wording, told["kept"], ruled, script=script))

    def toterminal(self, writer: TerminalWriter) -> None:
        """Print it in colour, where there is colour."""
        for line in self.lines:
            writer.line(line.text, **({line.colour: True} if line.colour else {}))

    def __str__(self) -> str:
        return "\n".join(line.text for line in self.lines)


def _finding(finding: Mapping[str, Any]) -> Iterator[Line]:
    where = f" in step {finding['step']}" if finding["step"] is not None else ""
    colour = "red" if finding["level"] == "must" else "yellow"
    yield Line(f"{finding['level']} {finding['check']}: broken{where}", colour)
    yield Line(f"  {KNOWN[str(finding['check'])].statement}")
    evidence = finding["evidence"]
    yield from (Line(f"  {shown(one)}", colour) for one in evidence[:CHANGES])
    yield from _more(len(evidence) - CHANGES)


def _step(step: Mapping[str, object]) -> Iterator[Line]:
    yield Line("")
    run = step.get("run")
    if not isinstance(run, list):
        yield Line(f"step {step['step']}: {step['operation']}")
    else:
        done = " ".join(run) or step["operation"]  # an edit that could not be made has no arguments
        ending = " ".join(f"{how.replace('_', ' ')} {what}" for how, what in dict(step["ending"]).items())  # type: ignore[call-overload]
        yield Line(f"step {step['step']}: {done}   ({ending}, {step['seconds']:.3f} s)")
        yield from _output(str(step["output"]))
        for way in step.get("unseen") or ():  # type: ignore[attr-defined]
            yield Line(f"  it may have changed more than could be stopped: by {printable(way)}", "yellow")
    changes = step["changes"]
    assert isinstance(changes, list), "every step lists its changes"
    # What was there before matters more than what is new.
    changes = sorted(changes, key=lambda change: bool(change["was"] == "absent"))
    yield from (_change(change) for change in changes[:CHANGES])
    yield from _more(len(changes) - CHANGES)


def _output(output: str) -> Iterator[Line]:
    said = [printable(line) for line in output.splitlines() if line.strip()]
    yield from (Line(f"  | {line}") for line in said[:OUTPUT_LINES])
    yield from _more(len(said) - OUTPUT_LINES)


def _change(change: Mapping[str, str]) -> Line:
    path, was, now = (printable(change[word]) for word in ("path", "was", "is"))
    if was == "absent":
        return Line(f"  + {path}: {now}", "green")
    if now == "absent":
        return Line(f"  - {path}: {was}", "red")
    return Line(f"  ~ {path}: {was} -> {now}", "yellow")


def _more(count: int) -> Iterator[Line]:
    if count > 0:
        yield Line(f"  ... and {count} more")
