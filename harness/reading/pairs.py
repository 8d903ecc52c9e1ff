"""A small set of combinations in which every two values of different axes meet."""

from __future__ import annotations

from itertools import combinations, product
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Sequence

Choice: TypeAlias = tuple[int, int]
"""An axis by its number, and one of its values by its own."""


def pairwise(sizes: Sequence[int]) -> list[tuple[int, ...]]:
    """Combinations of values, sorted, that hold every pair of values of any two axes; the same ones each time.

    >>> pairwise([2, 2, 2])
    [(0, 0, 0), (0, 1, 1), (1, 0, 1), (1, 1, 0)]
    """
    open_pairs = {
        ((first, a), (second, b)): None
        for first, second in combinations(range(len(sizes)), 2)
        for a, b in product(range(sizes[first]), range(sizes[second]))
    }
    rows: list[tuple[int, ...]] = []
    while open_pairs:
        row = _row(dict(next(iter(open_pairs))), sizes, open_pairs)
        for pair in combinations(enumerate(row), 2):
            open_pairs.pop(pair, None)
        rows.append(row)
    return sorted(rows)


def _row(
    chosen: dict[int, int], sizes: Sequence[int], open_pairs: dict[tuple[Choice, Choice], None]
) -> tuple[int, ...]:
    """A row that starts from one open pair and takes on each other axis the value that meets most open ones."""

    def met(axis: int, value: int) -> int:
        pairs = (tuple(sorted(((axis, value), choice))) for choice in chosen.items())
        return sum(pair in open_pairs for pair in pairs)

    for axis in (axis for axis in range(len(sizes)) if axis not in chosen):
        # The first of equals, so that the rows never depend on anything but the sizes.
        chosen[axis] = max(range(sizes[axis]), key=lambda value: met(axis, value))
    return tuple(chosen[axis] for axis in range(len(sizes)))
