"""A variant with one name put for another wherever it stands: in paths, link texts, contents and arguments."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


def renamed(value: T, old: str, new: str) -> T:
    """The same value, with `new` where the name `old` is a whole part of a path in any of its texts.

    In a regular expression the name is looked for as it is escaped there, too.

    >>> renamed(("project/.venv/bin", "my.venv"), ".venv", "env")
    ('project/env/bin', 'my.venv')
    """
    spellings = {re.escape(old): re.escape(new), old: new}
    either = "|".join(map(re.escape, spellings))
    whole = re.compile(rf"(?<![\\\w.$-])(?:{either})(?![\w.-])")
    return _mapped(value, lambda text: whole.sub(lambda match: spellings[match[0]], text))


def _mapped(value: T, change: Callable[[str], str]) -> T:
    """The value with every text in it changed; what carries a place keeps it."""
    found: object
    match value:
        case str():
            found = change(value) if type(value) is str else value  # an enumeration's word is no text
        case bytes():
            found = change(value.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")
        case tuple():
            found = tuple(_mapped(one, change) for one in value)
        case Mapping():
            found = {_mapped(key, change): _mapped(one, change) for key, one in value.items()}
        case _ if dataclasses.is_dataclass(value):
            fields = {f.name: _mapped(getattr(value, f.name), change) for f in dataclasses.fields(value) if f.compare}
            found = dataclasses.replace(value, **fields)  # type: ignore[type-var]
        case _:
            found = value
    return found  # type: ignore[return-value]
