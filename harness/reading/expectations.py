"""Expectation files: read strictly, and rewritten so that what did not change stays as its author wrote it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from packaging.specifiers import InvalidSpecifier, SpecifierSet

from harness.checks import KNOWN
from harness.errors import did_you_mean
from harness.expect import EXPECTABLE, Expectation
from harness.learn import order
from harness.reading.nodes import Sequence, parse
from harness.reading.values import Reader
from harness.result import Outcome

if TYPE_CHECKING:
    from collections import abc
    from collections.abc import Collection, Mapping
    from pathlib import Path

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
_NO_TEXTS = ("when", "check")
_REQUIRED = ("case", "outcome", "because")
_DAY = re.compile(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])")
_PLAIN = re.compile(r"[A-Za-z$][^:#\n'\"\[\]{},&*!|>%@`]*(?<! )|https://[^\s#,]+")
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


def load_expectations(path: Path, cases: Collection[str]) -> ExpectationFile:
    """The entries of a file; `cases` are the ids that there are: of cases, scenarios, and families with `/*`."""
    return read_expectations(path.read_text(encoding="utf-8"), path.as_posix(), cases)


def read_expectations(text: str, file: str, cases: Collection[str]) -> ExpectationFile:
    """The same of a text. Raises HarnessError with all that is wrong, in the file's order."""
    if not re.search(r"^[^#\s]", text, re.MULTILINE):
        return ExpectationFile(text, ())  # nothing is expected: all entries are gone, and their comments are left
    document = parse(text, file)
    reader = Reader(document)
    entries = tuple(_entry(item, reader, cases) for item in reader.items(document.root, "a list of expectations"))
    reader.finish()
    return ExpectationFile(text, entries)


def _entry(node: Node, reader: Reader, cases: Collection[str]) -> Expectation:
    fields = reader.fields(node, "an expectation", KEYS, required=_REQUIRED)
    texts = {key: reader.words(fields[key], f"`{key}`") for key in KEYS if key in fields and key not in _NO_TEXTS}
    _known("case", texts, fields, reader, cases)
    checks = _checks(fields["check"], reader) if "check" in fields else ()
    _known("outcome", texts, fields, reader, EXPECTABLE)
    when = _when(fields["when"], reader) if "when" in fields else {}
    if "versions" in texts and not _is_range(texts["versions"]):
        reader.note(f"`versions` cannot be `{texts['versions']}`", fields["versions"].place, 'as in `">=0.8,<0.9"`')
    if "until" in texts and not _DAY.fullmatch(texts["until"]):
        reader.note(f"`until` cannot be `{texts['until']}`", fields["until"].place, "a day as in `2026-12-31`")
    outcome = texts.get("outcome")
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


def _known(
    key: str, texts: Mapping[str, str], fields: Mapping[str, Node], reader: Reader, known: Collection[str]
) -> None:
    if texts.get(key) and texts[key] not in known:
        hint = did_you_mean(texts[key], known)
        reader.note(f"there is no {key} `{texts[key]}`", fields[key].place, hint)


def _checks(node: Node, reader: Reader) -> tuple[str, ...]:
    nodes = reader.items(node, "`check`") if isinstance(node, Sequence) else (node,)
    return tuple(word for one in nodes if (word := reader.one_of(one, "check", KNOWN)))


def _is_range(text: str) -> bool:
    try:
        SpecifierSet(text)
    except InvalidSpecifier:
        return False
    return True


def _when(node: Node, reader: Reader) -> dict[str, str]:
    return {key.text: reader.words(value, f"`{key.text}`") for key, value in reader.entries(node, "`when`")}


# -- writing -----------------------------------------------------------------------------------------------------------


def rewritten(file: ExpectationFile, entries: abc.Sequence[Expectation]) -> str:
    """The text of a file with these entries: those that it had keep their very lines, the others are put in order."""
    head, blocks = _blocks(file)
    left = dict(zip(map(_identity, file.entries), blocks, strict=True))
    told = [(entry, left.get(_identity(entry)) or _dumped(entry)) for entry in entries]
    old = [block for entry, block in told if _identity(entry) in left]
    new = sorted(((order(entry), block) for entry, block in told if _identity(entry) not in left), reverse=True)
    keys = [order(entry) for entry, _ in told if _identity(entry) in left]
    for key, block in new:
        at = next((number for number, known in enumerate(keys) if known > key), len(keys))
        old.insert(at, block)
        keys.insert(at, key)
    return (head or _HEADER) + "".join(old)


def _identity(entry: Expectation) -> str:
    return repr(entry)


def _blocks(file: ExpectationFile) -> tuple[str, list[str]]:
    """What stands before the first entry, and the lines of each; comments belong to the entry below them."""
    lines = file.text.splitlines(keepends=True)
    starts = [entry.place.line - 1 for entry in file.entries if entry.place is not None]
    starts = [_with_comments(lines, start, first=number == 0) for number, start in enumerate(starts)]
    ends = [*starts[1:], len(lines)] if starts else []
    head = "".join(lines[: starts[0]] if starts else lines)
    return head, [_ended("".join(lines[start:end])) for start, end in zip(starts, ends, strict=True)]


def _with_comments(lines: abc.Sequence[str], start: int, *, first: bool) -> int:
    while start and lines[start - 1].startswith("#") and not first:
        start -= 1
    return start


def _ended(block: str) -> str:
    return block if block.endswith("\n") else f"{block}\n"


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
    return text if _PLAIN.fullmatch(text) and text not in _WORDS else json.dumps(text, ensure_ascii=False)
