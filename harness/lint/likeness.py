"""Scenarios that mean the same as others, or are called so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.lint.notices import warning

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from harness.lint.notices import Notice
    from harness.lint.source import Source
    from harness.scenario import Scenario


def alike(sources: Iterable[Source], others: Iterable[Scenario]) -> Iterator[Notice]:
    """What each source has in common with one before it, or with any of the others.

    What means the same has the same digest; a summary that two share tells them apart in no table.
    """
    known = list(others)
    by_digest = {one.digest(): one.id for one in reversed(known)}
    by_summary = {one.summary.casefold(): one.id for one in reversed(known)}
    for source in sources:
        scenario = source.scenario
        twin = by_digest.setdefault(scenario.digest(), scenario.id)
        namesake = by_summary.setdefault(scenario.summary.casefold(), scenario.id)
        if twin != scenario.id:
            yield warning(f"this means the same as `{twin}`", source.start, "keep one of them")
        elif namesake != scenario.id:
            hint = "say in what they differ"
            yield warning(f"`{namesake}` has the same summary", source.at("summary"), hint)
