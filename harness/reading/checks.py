"""The checks that a scenario asks for, each with its argument."""

from __future__ import annotations

import re
import warnings
from typing import TYPE_CHECKING, assert_never

from harness.checks import KNOWN, ArgumentKind
from harness.checks.trees import KINDS
from harness.errors import did_you_mean
from harness.reading.nodes import Mapping, Node, Scalar, Sequence
from harness.scenario import CheckRef, Level

if TYPE_CHECKING:
    from collections import abc

    from harness.reading.values import Reader
    from harness.scenario import Argument

LEVELS = {
    "must": "what has to be true",
    "should": "what ought to be true",
    "observe": "what is only recorded and shown",
}
_EXAMPLES = {
    ArgumentKind.NUMBER: "2",
    ArgumentKind.REGEX: "'already exists'",
    ArgumentKind.TEXT: "text",
    ArgumentKind.PATHS: "project/notes.txt",
    ArgumentKind.PATH_TEXTS: "{project/.venv: ../store/env}",
    ArgumentKind.PATH_KINDS: "{project/.venv: link}",
}
# A `$` that no backslash or other `$` comes before.
_BARE_NAME = re.compile(r"(?<![\\$])\$[A-Za-z]+")


def read_checks(fields: abc.Mapping[str, Node], reader: Reader) -> tuple[CheckRef, ...]:
    """The checks at each level, in the order of levels."""
    return tuple(ref for level in Level if level in fields for ref in _at_level(fields[level], level, reader))


def _at_level(node: Node, level: Level, reader: Reader) -> list[CheckRef]:
    found: list[CheckRef] = []
    for item in reader.items(node, f"`{level}`"):
        before = len(reader.problems)
        ref = _check(item, level, reader)
        if ref is None or len(reader.problems) > before:
            continue
        if ref in found:
            reader.note(f"`{ref.name}` is asked for twice", ref.place)
        found.append(ref)
    return found


def _check(node: Node, level: Level, reader: Reader) -> CheckRef | None:
    if not isinstance(node, Mapping):
        word = reader.one_of(node, "check", KNOWN)
        if word is None:
            return None
        if (kind := KNOWN[word].argument) is not ArgumentKind.NONE:
            reader.note(f"`{word}` says too little", node.place, f"`{word}: {_EXAMPLES[kind]}`")
            return None
        return CheckRef(word, None, level, node.place)
    if len(node.entries) != 1:
        reader.note("a check is one word, or one key with its argument", node.place, "give each check its own `-`")
        return None
    key, value = node.entries[0]
    if key.text not in KNOWN:
        reader.note(f"unknown check `{key.text}`", key.place, did_you_mean(key.text, KNOWN))
        return None
    return CheckRef(key.text, _argument(key.text, value, reader), level, key.place)


def _argument(name: str, node: Node, reader: Reader) -> Argument:
    subject = f"`{name}`"
    match KNOWN[name].argument:
        case ArgumentKind.NONE:
            reader.note(f"{subject} takes no argument", node.place, f"`- {name}`, without a colon")
            return None
        case ArgumentKind.NUMBER:
            return reader.whole(node, subject)
        case ArgumentKind.REGEX:
            return _regex(node, subject, reader)
        case ArgumentKind.TEXT:
            return reader.words(node, subject)
        case ArgumentKind.PATHS:
            return _paths(node, subject, reader)
        case ArgumentKind.PATH_TEXTS:
            return {key: reader.words(value, f"`{key}`") for key, value in _by_path(node, subject, reader)}
        case ArgumentKind.PATH_KINDS:
            return {key: reader.one_of(value, "kind", KINDS) or "" for key, value in _by_path(node, subject, reader)}
        case _ as never:
            assert_never(never)


def _paths(node: Node, subject: str, reader: Reader) -> tuple[str, ...]:
    nodes = reader.items(node, subject) if isinstance(node, Sequence) else (node,)
    return tuple(reader.path(item, subject if item is node else f"a path of {subject}") for item in nodes)


def _by_path(node: Node, subject: str, reader: Reader) -> list[tuple[str, Node]]:
    entries = reader.entries(node, subject)
    return [(reader.path(key, f"a path of {subject}"), value) for key, value in entries]


def _regex(node: Node, subject: str, reader: Reader) -> str:
    text = reader.words(node, subject)
    wrong = expression_fault(text)
    if wrong:
        reader.note(f"{subject} cannot be `{text}`: {wrong}", node.place, "it is a regular expression of Python's `re`")
    elif isinstance(node, Scalar) and (bare := _BARE_NAME.search(text)):
        hint = f"an expression's `$` is an end: write `\\{bare[0]}`"
        reader.note(f"{subject} can never match `{bare[0]}`", node.place, hint)
    return text


def expression_fault(text: str) -> str | None:
    """Why a text is no regular expression; None if it is one."""
    try:
        with warnings.catch_warnings():
            # What means something else in Python's next version is refused in this one.
            warnings.simplefilter("error")
            re.compile(text)
    except (re.error, OverflowError, RecursionError, FutureWarning, DeprecationWarning) as error:
        return str(error)
    return None
