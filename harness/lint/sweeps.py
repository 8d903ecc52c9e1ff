"""Steps that are stopped at each of their calls, and whether anything is asked of what they leave."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.lint.notices import note
from harness.scenario import Each, stopped_at

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.lint.notices import Notice
    from harness.lint.source import Source
    from harness.scenario import Variant


def unasked(source: Source) -> Iterator[Notice]:
    """What would not tell whether a tool gets along with what it left when it was stopped."""
    if any(map(_ends_stopped, source.scenario.variants)):
        hint = "a step after it, or a check such as `usable`, tells whether what it leaves is of use"
        yield note("standing checks alone judge what is stopped at `each` call", source.at("steps"), hint)


def _ends_stopped(variant: Variant) -> bool:
    """Whether the last step is such a one, and no check is named for it."""
    last = variant.steps[-1]
    return Each() in stopped_at(last) and not (variant.checks or last.checks)
