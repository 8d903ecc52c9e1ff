"""Expectation files: read strictly, and rewritten so that what did not change stays as its author wrote it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from packaging.specifiers import InvalidSpecifier

from harness.checks import KNOWN
from harness.errors import did_you_mean
from harness.expect import EXPECTABLE, Expectation, within
from harness.learn import FACTS, order
from harness.reading import nodes
from harness.reading.values import Reader
from harness.result import Outcome

if TYPE_CHECKING:
    from collections import abc
    from collections.abc import Collection, Mapping

    from harness.reading.nodes import Node

KEYS = {
    "case": "a case, a scenario for all its variants, or a family as in `links/*`",
    "tool": "the tool that this is about, where the file is for several",
    "versions": 'its versions, as in `"<=0.13.9"`',
    "when": "facts of the machine that must hold, as in `{filesystem: ext4}`",
    "check": "the check that is broken, or a list of those",
    "outcome": "how the case ends",
    "until": "the last day on which this holds, as in `2026-12-31`",
    "because": "the upstream issue, or what was seen",
}
_MACHINE = (*FACTS, "kernel", "umask", "containment")
"""What `when` can ask for."""

_NO_TEXTS = ("when", "check")
_REQUIRED = ("case", "outcome", "because")
_RANGE = 'as in `">=0.8,<0.9"`, or a series as in `"0.8"`'
_PLAIN = re.compile(r"[A-Za-z$][^:#?'\"\[\]{},&*!|>%@`]*(?<! )|https://[^\s#?,\[\]{}]+(?<!:)")
_WORDS = ("true", "True", "TRUE", "false", "False", "FALSE", "null", "Null", "NULL")
_HEADER = """\
# Known outcomes, each with its reason. `--update-expectations` removes what is stale and adds what is new; what stands
# here stays as you wrote it, reasons included.
"""


@dataclass(frozen=True, slots=True)
class ExpectationFile:
    """A file's entries, and its text as it is."""

    text: str
    entries: tuple[Expectation, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ids:
    """What an entry can be about: `cases` are the ids of cases, of scenarios, and of families with `/*`.

    `renamed` has the new id of each scenario that was called otherwise.
    """

    cases: Collection[str]
    tools: Collection[str]
    renamed: Mapping[str, str] = field(default_factory=dict)


def read_expectations(source: bytes, file: str, ids: Ids | None = None) -> ExpectationFile:
    """The entries of a file; without ids it may be about anything.

    Raises HarnessError with all that is wrong, in the file's order.
    """
    text = source.decode("utf-8-sig", "replace")
    if not re.search(r"^\s*[^#\s]|\ufffd", text, re.MULTILINE):
        return ExpectationFile(text, ())  # nothing is expected: all entries are gone, and their comments are left
    document = nodes.parse(source, file)
    reader = Reader(document)
    items = reader.items(document.root, "a list of expectations")
    lines = text.splitlines()
    for item in items:
        if isinstance(item, nodes.Mapping) and lines[item.place.line - 1][: item.place.column - 1] != "- ":
            reader.note("an expectation begins its line with `- `", item.place, "so that it can be brought up to date")
    entries = tuple(_entry(item, reader, ids) for item in items)
    reader.finish()
    return ExpectationFile(text, entries)


def _entry(node: Node, reader: Reader, ids: Ids | None) -> Expectation:
    fields = reader.fields(node, "an expectation", KEYS, required=_REQUIRED)
    texts = {key: reader.words(fields[key], f"`{key}`") for key in KEYS if key in fields and key not in _NO_TEXTS}
    if ids is not None:
        texts["case"] = _renamed(texts.get("case", ""), ids.renamed)
        _known("case", texts, fields, reader, ids.cases)
        _known("tool", texts, fields, reader, ids.tools)
    checks = _checks(fields["check"], reader) if "check" in fields else ()
    _known("outcome", texts, fields, reader, EXPECTABLE)
    when = _when(fields["when"], reader) if "when" in fields else {}
    if "versions" in texts and not _is_range(texts["versions"]):
        reader.note(f"`versions` cannot be `{texts['versions']}`", fields["versions"].place, _RANGE)
    if "until" in texts and not _is_day(texts["until"]):
        reader.note(f"`until` cannot be `{texts['until']}`", fields["until"].place, "a day as in `2026-12-31`")
    outcome = texts.get("outcome")
    if outcome == Outcome.ERRS and checks:
        reader.note("a case that errs is not judged by any check", fields["check"].place, "leave out `check`")
    return Expectation(
        case=texts.get("case", ""),
        outcome=Outcome(outcome) if outcome in EXPECTABLE else Outcome.BREAKS,
        because=texts.get("because", ""),
        tool=texts.get("tool", ""),
        versions=texts.get("versions", ""),
        when=when,
        checks=checks,
        until=texts.get("until", ""),
        place=node.place,
    )


def _renamed(case: str, renamed: Mapping[str, str]) -> str:
    scenario, bracket, variant = case.partition("[")
    return renamed.get(scenario, scenario) + bracket + variant


def _known(
    key: str, texts: Mapping[str, str], fields: Mapping[str, Node], reader: Reader, known: Collection[str]
) -> None:
    if texts.get(key) and texts[key] not in known:
        hint = did_you_mean(texts[key], known)
        reader.note(f"there is no {key} `{texts[key]}`", fields[key].place, hint)


def _checks(node: Node, reader: Reader) -> tuple[str, ...]:
    listed = reader.items(node, "`check`") if isinstance(node, nodes.Sequence) else (node,)
    return tuple(word for one in listed if (word := reader.one_of(one, "check", KNOWN)))


def _is_range(text: str) -> bool:
    try:
        within(text, "1")
    except InvalidSpecifier:
        return False
    return True


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _when(node: Node, reader: Reader) -> dict[str, str]:
    found = {}
    for key, value in reader.entries(node, "`when`"):
        found[key.text] = reader.words(value, f"`{key.text}`")
        if key.text not in _MACHINE:
            reader.note(f"there is no fact `{key.text}`", key.place, did_you_mean(key.text, _MACHINE))
        elif key.text == "python" and found[key.text] and not _is_range(found[key.text]):
            reader.note(f"`python` cannot be `{found[key.text]}`", value.place, 'as in `"3.12"` or `">=3.11,<3.13"`')
    return found


# -- writing -----------------------------------------------------------------------------------------------------------


def rewritten(file: ExpectationFile, entries: abc.Sequence[Expectation]) -> str:
    """The text of a file with these entries: those that it had keep their very lines, the others are put in order."""
    head, blocks = _blocks(file)
    end = "\r\n" if "\r\n" in file.text else "\n"
    left = dict(zip(map(_identity, file.entries), blocks, strict=True))
    told = [(entry, left.get(_identity(entry)) or _dumped(entry).replace("\n", end)) for entry in entries]
    old = [block for entry, block in told if _identity(entry) in left]
    new = sorted(((order(entry), block) for entry, block in told if _identity(entry) not in left), reverse=True)
    keys = [order(entry) for entry, _ in told if _identity(entry) in left]
    for key, block in new:
        at = next((number for number, known in enumerate(keys) if known > key), len(keys))
        old.insert(at, block)
        keys.insert(at, key)
    blocks = [head if file.text else _HEADER, *old]
    return "".join(block if block.endswith("\n") else f"{block}{end}" for block in blocks if block)


def _identity(entry: Expectation) -> str:
    return repr(entry)


def _blocks(file: ExpectationFile) -> tuple[str, list[str]]:
    """What stands before the first entry, and the lines of each; comments belong to the entry below them."""
    lines = file.text.splitlines(keepends=True)
    starts = [entry.place.line - 1 for entry in file.entries if entry.place is not None]
    starts = [_with_comments(lines, start, first=number == 0) for number, start in enumerate(starts)]
    ends = [*starts[1:], len(lines)] if starts else []
    head = "".join(lines[: starts[0]] if starts else lines)
    return head, ["".join(lines[start:end]) for start, end in zip(starts, ends, strict=True)]


def _with_comments(lines: abc.Sequence[str], start: int, *, first: bool) -> int:
    while start and lines[start - 1].startswith("#") and not first:
        start -= 1
    return start


def _dumped(entry: Expectation) -> str:
    fields: dict[str, str] = {}
    for key in KEYS:
        value = entry.checks if key == "check" else getattr(entry, key)
        if value:
            fields[key] = _value(value)
    rows = [f"{key}: {text}" for key, text in fields.items()]
    return f"- {rows[0]}\n" + "".join(f"  {row}\n" for row in rows[1:])


def _value(value: str | tuple[str, ...] | Mapping[str, str]) -> str:
    match value:
        case str():
            return _scalar(value)
        case tuple():
            return _scalar(value[0]) if len(value) == 1 else f"[{', '.join(map(_scalar, value))}]"
        case _:
            return _mapping(value)


def _mapping(pairs: Mapping[str, str]) -> str:
    return "{" + ", ".join(f"{key}: {_scalar(value)}" for key, value in pairs.items()) + "}"


def _scalar(text: str) -> str:
    """A text as YAML reads it back: plain where that is safe, else as JSON has it, which YAML takes too."""
    if text.isprintable() and _PLAIN.fullmatch(text) and text not in _WORDS:
        return text
    quoted = json.dumps(text, ensure_ascii=False)
    return "".join(char if char.isprintable() else f"\\U{ord(char):08x}" for char in quoted)
