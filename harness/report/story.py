"""A storyboard as lines of text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.report.cells import printable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.storyboard.board import Step, Storyboard
    from harness.storyboard.telling import Told

_WIDEST = 40
"""Of a column: what is longer shifts the rest of its line."""


def lines(board: Storyboard) -> Iterator[tuple[str, bool]]:
    """Each line, and whether it is one of a fault, to be seen at once."""
    yield printable(f"{board.case}, {board.subject}, Python {board.python}: {board.outcome}"), False
    for fault in board.faults:
        yield f"  {printable(fault)}", True
    if not board.agrees:
        yield f"  left alone it came to `{board.untraced}`: what follows may not be what happens there", True
    for step in board.steps:
        yield from _step(step)


def _step(step: Step) -> Iterator[tuple[str, bool]]:
    yield "", False
    for words in (*step.commands, *([step.edit] if step.edit else [])):
        yield printable(f"step {step.number}: {words}"), False
    who, call, path = (_width(step.told, word) for word in ("process", "call", "path"))
    for told in step.told:
        broke = f"   <- breaks {', '.join(told.breaks)}" if told.breaks else ""
        text = f"  {told.process:{who}}  {told.call:{call}}  {told.path:{path}}  {told.words}{broke}"
        yield printable(text), bool(told.breaks)
    if not (step.told or step.unseen or step.edit):
        yield "  nothing below the root was changed", False
    if step.unseen:
        yield printable(f"  changed by calls that are not traced: {', '.join(step.unseen)}"), True


def _width(told: tuple[Told, ...], word: str) -> int:
    return min(max((len(getattr(one, word)) for one in told), default=0), _WIDEST)
