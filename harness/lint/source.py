"""A scenario together with the nodes that it was read from, which say where each of its parts stands."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.errors import Place
from harness.reading.nodes import Mapping, Node, parse
from harness.reading.scenario import read_scenario

if TYPE_CHECKING:
    from harness.scenario import Scenario

_NAME = re.compile(r"\\\$[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Source:
    """A scenario that could be read."""

    scenario: Scenario
    root: Node

    @property
    def start(self) -> Place:
        """The beginning of the file."""
        return Place(self.scenario.file, 1, 1)

    def at(self, key: str) -> Place:
        """Where the value of a key stands; the beginning of the file where there is none."""
        value = _value(self.root, key)
        return value.place if value else self.start

    def items(self, key: str) -> tuple[Place, ...]:
        """Where each item of a list stands, or the one value that takes its place."""
        value = _value(self.root, key)
        if value is None:
            return ()
        return tuple(item.place for item in value.items) if hasattr(value, "items") else (value.place,)

    def planted(self, path: str) -> Place:
        """Where the tree says that this path, or what lies below it, is planted."""
        tree = _value(self.root, "tree")
        for key, _ in tree.entries if isinstance(tree, Mapping) else ():
            below = _NAME.sub(".*", re.escape(key.text))  # the value of an axis may be anything
            if re.fullmatch(below, path, re.DOTALL) or re.match(f"{re.escape(path)}/", key.text):
                return key.place
        return self.at("tree")


def read_source(content: bytes, id: str, file: str) -> Source:  # noqa: A002  (as a scenario has it)
    """What a file says. Raises HarnessError with all that is wrong."""
    return Source(read_scenario(content, id=id, file=file), parse(content, file).root)


def _value(root: Node, wanted: str) -> Node | None:
    entries = root.entries if isinstance(root, Mapping) else ()
    return next((value for key, value in entries if key.text == wanted), None)
