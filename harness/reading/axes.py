"""The axes of a scenario and the combinations of their values."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import TYPE_CHECKING

from harness.reading.names import NAMES, references, refuse_unknown
from harness.reading.nodes import Scalar
from harness.reading.pairs import pairwise

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from harness.errors import Place
    from harness.reading.names import Reference
    from harness.reading.nodes import Node
    from harness.reading.values import Reader

MOST = 1000
"""How many variants a scenario may have."""

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_LABEL = re.compile(r"[A-Za-z0-9._-]+")


@dataclass(frozen=True, slots=True)
class Axis:
    """A name for something that varies, with what it stands for by label."""

    name: str
    values: Mapping[str, Node]
    place: Place

    def narrowed(self) -> Axis:
        """The axis with its first value alone."""
        return Axis(self.name, dict([next(iter(self.values.items()))]), self.place)


@dataclass(frozen=True, slots=True)
class Axes:
    """All axes in the file's order. `pairs` asks for every two values to meet instead of all."""

    axes: tuple[Axis, ...] = ()
    pairs: bool = False

    @property
    def least(self) -> int:
        """How many variants there are, or with `pairs` must be at least."""
        sizes = sorted((len(axis.values) for axis in self.axes), reverse=True)
        return prod(sizes[:2] if self.pairs else sizes)

    def choices(self) -> list[tuple[str, ...]]:
        """A label for every axis, as many times as there are variants: once, with no labels, where nothing varies."""
        labels = [tuple(axis.values) for axis in self.axes]
        if not self.pairs or len(labels) < 2:  # noqa: PLR2004  (a pair is of two)
            return list(product(*labels))
        return [
            tuple(names[at] for names, at in zip(labels, row, strict=True)) for row in pairwise(list(map(len, labels)))
        ]

    def values(self, choice: tuple[str, ...]) -> dict[str, Node]:
        """What each name stands for in one variant."""
        return {axis.name: axis.values[label] for axis, label in zip(self.axes, choice, strict=True)}


def read_axes(node: Node, reader: Reader) -> Axes:
    """The value of `axes`."""
    found, pairs = [], False
    for key, value in reader.entries(node, "`axes`"):
        if key.text == "pairs":
            pairs = reader.truth(value, "`pairs`")
        else:
            found.append(_axis(key, value, reader))
    if pairs and not found:
        reader.note("`pairs` without any axis", node.place)
    axes = Axes(tuple(axis for axis in found if axis.values), pairs)
    if axes.least > MOST:
        reader.note(f"more than {MOST} variants", node.place, "`pairs: true` takes as few as let every two values meet")
        return Axes(tuple(axis.narrowed() for axis in axes.axes))
    return axes


def _axis(key: Scalar, node: Node, reader: Reader) -> Axis:
    name = key.text
    if name in NAMES:
        reader.spoil(f"no axis can be called `{name}`", key.place, f"`${name}` has a meaning already")
    elif not _NAME.fullmatch(name):
        reader.spoil(f"no axis can be called `{name}`", key.place, "small letters, digits and `_`, a letter first")
    values = dict[str, "Node"]()
    for label, value in reader.entries(node, f"the axis `{name}`"):
        if not _LABEL.fullmatch(label.text):
            reader.note(f"no label can be `{label.text}`", label.place, "letters, digits, `-`, `_` and `.`")
        values[label.text] = value
    return Axis(name, values, key.place)


def check_names(sections: Iterable[Node], axes: Axes, reader: Reader) -> None:
    """Note every `$name` that nobody knows and every axis that nobody uses."""
    known = {axis.name: axis for axis in axes.axes}
    used = set()
    for reference in (reference for section in sections for reference in references(section)):
        _check_use(reference, known, reader)
        used.add(reference.name)
    for axis in axes.axes:
        _check_values(axis, known, reader)
        if axis.name not in used:
            reader.note(f"the axis `{axis.name}` is never used", axis.place, f"write `${axis.name}` where it varies")


def _check_use(reference: Reference, known: Mapping[str, Axis], reader: Reader) -> None:
    axis = known.get(reference.name)
    if axis is None:
        refuse_unknown(reference, (*NAMES, *known), reader)
    elif not reference.whole and not all(isinstance(value, Scalar) for value in axis.values.values()):
        what = f"`${axis.name}` stands within a text, but not all its values are texts"
        reader.spoil(what, reference.place, f"the axis is on line {axis.place.line}")


def _check_values(axis: Axis, known: Mapping[str, Axis], reader: Reader) -> None:
    for reference in (reference for value in axis.values.values() for reference in references(value)):
        if reference.name in known:
            what = f"`${reference.name}` cannot stand in a value of the axis `{axis.name}`"
            reader.spoil(what, reference.place, "it is an axis itself")
        else:
            refuse_unknown(reference, NAMES, reader)
