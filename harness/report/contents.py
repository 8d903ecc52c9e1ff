"""What a suite holds, chosen as for a run: families with their questions, scenarios, variants, cases."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A scenario that was chosen. `cases` are those of its cases that were, as `parse_case` takes them."""

    scenario: str
    summary: str
    question: str
    variants: tuple[str, ...]
    cases: tuple[str, ...]

    @property
    def family(self) -> str:
        """The folder's name."""
        return self.scenario.partition("/")[0]


def ids(listed: Sequence[Listed], *, cases: bool) -> Iterator[str]:
    """A name a line, as other commands take it."""
    for one in listed:
        yield from one.cases if cases else (one.scenario,)


def table_of_contents(listed: Sequence[Listed], *, variants: bool, cases: bool) -> Iterator[str]:
    """Families with their questions, and below each its scenarios; then how many there are of all."""
    width = max(len(one.scenario) for one in listed)
    family = ""
    for one in listed:
        if one.family != family:
            family = one.family
            yield f"{family}: {one.question}".rstrip(": ")
        yield f"  {one.scenario:<{width}}  {one.summary}"
        yield from (f"    [{variant}]" for variant in one.variants if variants and not cases)
        yield from (f"    {case}" for case in one.cases if cases)
    yield ", ".join(_counts(listed, variants=variants, cases=cases))


def _counts(listed: Sequence[Listed], *, variants: bool, cases: bool) -> Iterator[str]:
    yield _counted(len({one.family for one in listed}), "family", "families")
    yield _counted(len(listed), "scenario", "scenarios")
    if variants and not cases:
        yield _counted(sum(max(1, len(one.variants)) for one in listed), "variant", "variants")
    if cases:
        yield _counted(sum(len(one.cases) for one in listed), "case", "cases")


def _counted(count: int, one: str, several: str) -> str:
    return f"{count} {one if count == 1 else several}"
