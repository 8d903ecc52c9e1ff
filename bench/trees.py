"""Trees of so many entries, the same every time."""

from __future__ import annotations

from itertools import cycle
from typing import TYPE_CHECKING

from harness.tree import Directory, File, Link, plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.tree import Plain

ENVIRONMENT = (264, 904, 1_732, 2_870, 4_369, 6_592, 10_337, 14_505, 29_415, 60_000)
"""The sizes of files in an environment with some forty packages: the deciles, and one for what lies above the last."""

PER_DIRECTORY = 25


def tree(entries: int, sizes: Sequence[int] = ()) -> dict[str, Plain]:
    """Directories of a link and 23 files each, in planting order.

    The files have these sizes in turn, or else contents of their own, as those that scenarios plant.
    """
    whole: dict[str, Plain] = {}
    size = cycle(sizes)
    for number in range(entries):
        directory, at = f"package{number // PER_DIRECTORY:03}", number % PER_DIRECTORY
        match at:
            case 0:
                whole[directory] = Directory()
            case 1:
                whole[f"{directory}/link"] = Link("module2.py")
            case _:
                content = f"{number} ".encode() * (next(size) // 5) if sizes else None
                whole[f"{directory}/module{at}.py"] = File(content)
    return plain(whole)
