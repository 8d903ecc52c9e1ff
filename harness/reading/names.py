"""`$name` in texts: who knows it, where it stands, and an axis' value put in its place.

Only axes are replaced while reading. `$root`, `$env` and the like, and `$$` for a dollar sign, stay in the texts until
a case is planned.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, assert_never

from harness.errors import did_you_mean
from harness.reading.nodes import Mapping, Node, Scalar, Sequence

if TYPE_CHECKING:
    from collections import abc
    from collections.abc import Collection, Iterator

    from harness.errors import Place
    from harness.reading.values import Reader

NAMES = ("root", "env", "cwd", "home", "python", "other", "tool", "wheels")
"""What a scenario's texts can name besides its axes."""

# `$$` comes first, so that the name in `$$root` is none. A `$` before anything else is itself, as in `end$`.
_REFERENCE = re.compile(r"\$(?:\$|\{|([A-Za-z_][A-Za-z0-9_]*))")


@dataclass(frozen=True, slots=True)
class Reference:
    """`$name` somewhere in a document. `whole` says that a value consists of it; `${` has the name `{`."""

    name: str
    place: Place
    whole: bool


def names_in(text: str) -> tuple[str, ...]:
    """The name of every `$name` in a text.

    >>> names_in("$root/a$$b/$axis")
    ('root', 'axis')
    """
    if "$" not in text:
        return ()
    return tuple(match[1] or "{" for match in _REFERENCE.finditer(text) if match[0] != "$$")


def references(node: Node) -> Iterator[Reference]:
    """Every `$name` in a node, in keys as well."""
    match node:
        case Scalar(text=text, place=place):
            for name in names_in(text):
                yield Reference(name, place, whole=text == f"${name}")
        case Sequence(items=items):
            for item in items:
                yield from references(item)
        case Mapping(entries=entries):
            for key, value in entries:
                yield from (Reference(name, key.place, whole=False) for name in names_in(key.text))
                yield from references(value)
        case _:
            assert_never(node)


def refuse_unknown(reference: Reference, known: Collection[str], reader: Reader) -> None:
    """Note a name unless it is one of these."""
    if reference.name == "{":
        reader.spoil("no `${` here", reference.place, "names are written without braces, a dollar sign `$$`")
    elif reference.name not in known:
        hint = did_you_mean(f"${reference.name}", [f"${name}" for name in known])
        hint = hint if hint.endswith("?") else f"{hint}; a dollar sign is written `$$`".removeprefix("; ")
        reader.spoil(f"unknown name `${reference.name}`", reference.place, hint)


def substitute(node: Node, values: abc.Mapping[str, Node]) -> Node:
    """The node with these names replaced; a value that is only a name becomes the very node that it stands for."""
    match node:
        case Scalar(text=text):
            whole = values.get(text[1:]) if text.startswith("$") else None
            return whole or _replaced(node, values)
        case Sequence(items=items, place=place):
            return Sequence(tuple(substitute(item, values) for item in items), place)
        case Mapping(entries=entries, place=place):
            pairs = ((_replaced(key, values), substitute(value, values)) for key, value in entries)
            return Mapping(tuple(pairs), place)
        case _:
            assert_never(node)


def _replaced(scalar: Scalar, values: abc.Mapping[str, Node]) -> Scalar:
    def value(match: re.Match[str]) -> str:
        node = values.get(match[1] or "")
        return node.text if isinstance(node, Scalar) else match[0]

    if "$" not in scalar.text:
        return scalar
    text = _REFERENCE.sub(value, scalar.text)
    return scalar if text == scalar.text else Scalar(text, plain=False, place=scalar.place)
