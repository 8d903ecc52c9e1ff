"""Located nodes to plain values, every problem gathered on the way."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, assert_never

from harness.errors import HarnessError, Place, Problem, did_you_mean
from harness.reading.nodes import Kind, Mapping, Node, Scalar, Sequence
from harness.reading.paths import HINT, fault

if TYPE_CHECKING:
    from collections import abc

    from harness.reading.nodes import Document

EMPTY = "name something; a key with nothing to say is left out"
"""The hint for a list or a mapping that holds nothing."""

_DURATION = re.compile(r"([1-9][0-9]{0,5})(ms|s|m)")
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0}
_SIZE = re.compile(r"([1-9][0-9]{0,5})(KiB|MiB|GiB)")
_BYTES = {"KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30}
_MODE = re.compile(r"[0-7]{3,4}")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_WHOLE_DIGITS = 12


class Reader:
    """Turns the nodes of one file into values.

    What is wrong is noted, and something empty of the right type taken for it, so that the whole file is read and all
    its problems come in one go: `finish` raises them. `subject` names in messages what is being read, and is mostly a
    key in backticks.
    """

    def __init__(self, document: Document) -> None:
        self.problems = list(document.problems)
        self.spoiled = {problem.place for problem in self.problems}

    def note(self, what: str, place: Place, hint: str = "") -> None:
        """Keep a problem, unless what stands there was never to be understood."""
        if place not in self.spoiled:
            self.problems.append(Problem(what, place, hint))

    def spoil(self, what: str, place: Place, hint: str = "") -> None:
        """Keep a problem that makes everything else said of this place pointless."""
        self.note(what, place, hint)
        self.spoiled.add(place)

    def finish(self) -> None:
        """Raise HarnessError if there was any problem."""
        if self.problems:
            raise HarnessError(*self.problems)

    def text(self, node: Node, subject: str) -> str | None:
        """A text, which may be empty; None where it is something else."""
        if isinstance(node, Scalar) and node.kind is Kind.TEXT:
            return node.text
        hint = f'put it in quotes: `"{node.text}"`' if isinstance(node, Scalar) and node.text else ""
        self.note(f"{subject} must be a text, not {_described(node)}", node.place, hint)
        return None

    def words(self, node: Node, subject: str) -> str:
        """A text with something in it."""
        text = self.text(node, subject)
        if text is not None and not text.strip():
            self.note(f"{subject} is empty", node.place)
        return text or ""

    def one_of(self, node: Node, subject: str, known: abc.Collection[str]) -> str | None:
        """One of a few words; `subject` is what such a word is called, as in `need`."""
        word = self.text(node, f"{'an' if subject[0] in 'aeiou' else 'a'} {subject}")
        if word is not None and word not in known:
            self.note(f"unknown {subject} `{word}`", node.place, did_you_mean(word, known))
            return None
        return word

    def fitting(self, node: Node, subject: str, pattern: re.Pattern[str], hint: str) -> str | None:
        """A text that a pattern matches wholly; the hint says in words which do."""
        text = self.text(node, subject)
        if text is None or pattern.fullmatch(text):
            return text
        self.note(f"{subject} cannot be `{text}`" if text.strip() else f"{subject} is empty", node.place, hint)
        return None

    def whole(self, node: Node, subject: str) -> int:
        """A whole number, zero or more."""
        if isinstance(node, Scalar) and node.kind is Kind.WHOLE:
            if not node.text.startswith("-") and len(node.text) <= _WHOLE_DIGITS:
                return int(node.text, 0)
            self.note(f"{subject} cannot be `{node.text}`", node.place)
        else:
            hint = "leave out the quotes" if isinstance(node, Scalar) and node.text.isdecimal() else ""
            self.note(f"{subject} must be a whole number, not {_described(node)}", node.place, hint)
        return 0

    def truth(self, node: Node, subject: str) -> bool:
        """True or false."""
        if isinstance(node, Scalar) and node.kind is Kind.TRUTH:
            return node.text.lower() == "true"
        self.note(f"{subject} must be `true` or `false`, not {_described(node)}", node.place)
        return False

    def nothing(self, node: Node, subject: str) -> None:
        """No value after the colon."""
        if not isinstance(node, Scalar) or node.kind is not Kind.NOTHING:
            self.note(f"{subject} takes nothing after it", node.place)

    def mode(self, node: Node, subject: str) -> int | None:
        """Permission bits: octal digits in quotes."""
        hint = 'octal digits in quotes, as in `"0755"`'
        if isinstance(node, Scalar) and node.plain:
            self.note(f"{subject} must stand in quotes", node.place, hint)
            return None
        text = self.fitting(node, subject, _MODE, hint)
        return None if text is None else int(text, 8)

    def duration(self, node: Node, subject: str) -> float:
        """A time in seconds."""
        text = node.text if isinstance(node, Scalar) else ""
        if match := _DURATION.fullmatch(text):
            return int(match[1]) * _SECONDS[match[2]]
        self.note(f"{subject} cannot be {_shown(node)}", node.place, "a time has a unit: `10s`, `500ms`, `2m`")
        return 0.0

    def size(self, node: Node, subject: str) -> int:
        """A size in bytes."""
        text = node.text if isinstance(node, Scalar) else ""
        if match := _SIZE.fullmatch(text):
            return int(match[1]) * _BYTES[match[2]]
        self.note(f"{subject} cannot be {_shown(node)}", node.place, "a size has a unit: `64KiB`, `4MiB`, `1GiB`")
        return 0

    def path(self, node: Node, subject: str) -> str:
        """A path below the root; empty where it is none."""
        text = self.text(node, subject)
        wrong = None if text is None else fault(text)
        if wrong:
            self.note(f"{subject} cannot be `{text}`: {wrong}", node.place, HINT)
        return "" if wrong else text or ""

    def items(self, node: Node, subject: str) -> tuple[Node, ...]:
        """What a list holds, at least one thing."""
        if not isinstance(node, Sequence):
            one = isinstance(node, Scalar) and node.text
            hint = f"write `[{one}]`" if one else "write a `-` before each item"
            self.note(f"{subject} must be a list, not {_described(node)}", node.place, hint)
            return ()
        if not node.items:
            self.note(f"{subject} is an empty list", node.place, EMPTY)
        return node.items

    def texts(self, node: Node, subject: str) -> tuple[str, ...]:
        """A list of texts, at least one, any of which may be empty."""
        return tuple(self.text(item, f"each of {subject}") or "" for item in self.items(node, subject))

    def entries(self, node: Node, subject: str, *, empty: str = EMPTY) -> tuple[tuple[Scalar, Node], ...]:
        """What a mapping holds, at least one entry, no key twice; `empty` is the hint where it holds nothing."""
        if not isinstance(node, Mapping):
            self.note(f"{subject} must be a mapping, not {_described(node)}", node.place, "write `key: value`")
            return ()
        if not node.entries:
            self.note(f"{subject} is an empty mapping", node.place, empty)
        found = {key.text: (key, value) for key, value in reversed(node.entries)}
        for key, _ in node.entries:
            # YAML's own duplicates are gone by now: these are keys that held the name of an axis.
            if found[key.text][0] is not key:
                self.note(f"`{key.text}` stands here twice", key.place)
        return tuple(reversed(found.values()))

    def reasons(self, node: Node, subject: str) -> tuple[tuple[Scalar, str], ...]:
        """A mapping to the reason for each key."""
        found = []
        for key, value in self.entries(node, subject):
            if isinstance(value, Scalar) and not value.text.strip():
                self.note(f"`{key.text}` has no reason", key.place, f"{subject} says why: `{key.text}: because ...`")
                found.append((key, ""))
            else:
                found.append((key, self.text(value, f"the reason for `{key.text}`") or ""))
        return tuple(found)

    def variables(self, node: Node) -> dict[str, str]:
        """Environment variables with their values, which may be empty."""
        found = {}
        for key, value in self.entries(node, "`variables`"):
            if not _VARIABLE.fullmatch(key.text):
                self.note(f"no variable is called `{key.text}`", key.place, "letters, digits and `_`, no digit first")
            found[key.text] = self.text(value, f"the variable `{key.text}`") or ""
        return found

    def fields(
        self,
        node: Node,
        subject: str,
        known: abc.Mapping[str, str],
        *,
        required: abc.Collection[str] = (),
        elsewhere: abc.Collection[str] = (),
    ) -> dict[str, Node]:
        """The values of a mapping whose keys are fixed; `known` says what each of them is for.

        The keys that are known `elsewhere` are refused in other words than those that nobody knows.
        """
        entries = self.entries(node, subject)
        for key, _ in entries:
            if key.text not in known and key.text in elsewhere:
                self.note(f"`{key.text}` has no place in {subject}", key.place)
            elif key.text not in known:
                self.note(f"unknown key `{key.text}` in {subject}", key.place, did_you_mean(key.text, known))
        found = {key.text: value for key, value in entries if key.text in known}
        for name in required if entries else ():
            if name not in found:
                self.note(f"{subject} needs `{name}`", node.place, known[name])
        return found


def _shown(node: Node) -> str:
    return f"`{node.text}`" if isinstance(node, Scalar) and node.text else _described(node)


def _described(node: Node) -> str:
    match node:
        case Mapping():
            return "a mapping"
        case Sequence():
            return "a list"
        case Scalar():
            return node.kind
        case _:
            assert_never(node)
