"""What became of calls that were stopped -> calls, as they are read from what strace writes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.storyboard.calls import KINDS, Call

if TYPE_CHECKING:
    from collections.abc import Iterable

    from harness.calls import Made

_ASIDE = ("fallocate", "ioctl")
"""These change no more of a tree than what is told of it by others, or fail where a disk has no clones."""


def calls_of(made: Iterable[Made]) -> tuple[Call, ...]:
    """The calls that storyboards tell of, in the order in which they stopped."""
    return tuple(_call(one) for one in made if one.stop.kind in KINDS and one.stop.name not in _ASIDE)


def _call(made: Made) -> Call:
    stop = made.stop
    by_handle = stop.kind == "write" or not stop.spelled[-1]
    opened = stop.kind == "open" and not made.error
    paths = tuple(spelled or real for spelled, real in zip(stop.spelled, stop.paths, strict=True))
    return Call(
        at=made.at, process=stop.process, program=made.program, kind=stop.kind, name=stop.name,
        paths=() if by_handle else paths, handle=stop.path if by_handle or opened else "",
        text=stop.text, rest=made.rest, result=made.size, error=made.error, order=made.order,
    )  # fmt: skip
