"""`plant`: making 1,000 entries."""

from __future__ import annotations

import shutil
from functools import partial
from itertools import count
from typing import TYPE_CHECKING

from bench.measure import Comparison, Missing, Pair, spawned, timed
from bench.trees import tree
from harness.case import Command, Place
from harness.sandbox import Sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from harness.tree import Plain

ENTRIES = 1_000


def comparison(scratch: Path) -> Comparison:
    """The same tree, planted and unpacked; each time in a new directory."""
    whole, numbers = tree(ENTRIES), count()
    Sandbox.build(_place(scratch, numbers), whole, None).close()
    tar = {"PATH": "/usr/bin:/bin"}
    if shutil.which("tar"):
        argv = ("tar", "-cf", str(scratch / "tree.tar"), "-C", str(scratch / "root-0"), ".")
        spawned(Command(argv=argv, cwd=str(scratch), variables=tar, limit=60.0))
    return Comparison(
        contenders={
            "plant": partial(_plant, scratch, numbers, whole),
            "tar xf": partial(_unpack, scratch, numbers) if shutil.which("tar") else Missing("there is no tar"),
        },
        pairs=(Pair("plant", "tar xf", 0.7),),
        rounds=15,
    )


def _place(scratch: Path, numbers: Iterator[int]) -> Place:
    number = next(numbers)
    return Place(root=str(scratch / f"root-{number}"), cache=str(scratch / f"cache-{number}"))


def _plant(scratch: Path, numbers: Iterator[int], whole: Mapping[str, Plain]) -> float:
    place = _place(scratch, numbers)
    return timed(lambda: Sandbox.build(place, whole, None).close())


def _unpack(scratch: Path, numbers: Iterator[int]) -> float:
    target = scratch / f"root-{next(numbers)}"
    target.mkdir()
    argv = ("tar", "-xf", str(scratch / "tree.tar"), "-C", str(target))
    return spawned(Command(argv=argv, cwd=str(scratch), variables={"PATH": "/usr/bin:/bin"}, limit=60.0))
