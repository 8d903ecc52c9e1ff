"""YAML text to located nodes: the strict part of YAML 1.2 that scenario and tool files are written in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol, TypeAlias

import yaml
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from harness.errors import HarnessError, Place, Problem, mistake

if TYPE_CHECKING:
    from collections.abc import Callable

    from yaml._yaml import Mark as FastMark
    from yaml.error import Mark
    from yaml.events import Event


class Kind(StrEnum):
    """What a scalar is by the core schema of YAML 1.2, in the words of messages."""

    TEXT = "a text"
    WHOLE = "a whole number"
    NUMBER = "a fraction"
    TRUTH = "true or false"
    NOTHING = "nothing"


# As YAML 1.2 has it but for leading zeros: who writes 0755 hardly means the number 755.
_KINDS = {
    Kind.NOTHING: re.compile(r"null|Null|NULL|~|"),
    Kind.TRUTH: re.compile(r"true|True|TRUE|false|False|FALSE"),
    Kind.WHOLE: re.compile(r"[-+]?(0|[1-9][0-9]*)|0o[0-7]+|0x[0-9a-fA-F]+"),
    Kind.NUMBER: re.compile(
        r"[-+]?(\.[0-9]+|(0|[1-9][0-9]*)(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)"
    ),
}
_MAY_BE_NO_TEXT = frozenset("+-.0123456789~nNtTfF")


@dataclass(frozen=True, slots=True)
class Scalar:
    """A text as written. `plain` says that it stood without quotes and so may be a number, a truth value or nothing."""

    text: str
    plain: bool
    place: Place

    @property
    def kind(self) -> Kind:
        """What it is; quoted, it is always a text."""
        if not self.plain or (self.text and self.text[0] not in _MAY_BE_NO_TEXT):
            return Kind.TEXT
        return next((kind for kind, pattern in _KINDS.items() if pattern.fullmatch(self.text)), Kind.TEXT)


@dataclass(frozen=True, slots=True)
class Mapping:
    """Keys, no two alike, with what they map to, in the file's order."""

    entries: tuple[tuple[Scalar, Node], ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Sequence:
    """Items in the file's order."""

    items: tuple[Node, ...]
    place: Place


Node: TypeAlias = Scalar | Mapping | Sequence


@dataclass(frozen=True, slots=True)
class Document:
    """What stands in a file, and what of it was refused on the way. An alias is kept as an empty scalar."""

    root: Node
    problems: tuple[Problem, ...]


class Parser(Protocol):
    """One of PyYAML's two parsers, already at work on a text."""

    def get_event(self) -> Event:
        """The next event."""


PURE: Callable[[str], Parser] = yaml.BaseLoader
FAST: Callable[[str], Parser] = getattr(yaml, "CBaseLoader", PURE)

DEEPEST = 50
"""How many collections may stand within one another."""

# Of what YAML forbids or, like the tab and Unicode's line ends, treats in a way that parsers and editors disagree on.
_REFUSED_RAW = re.compile(r"[^\n\r\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
_REFUSED_WRITTEN = re.compile(r"[\0\ud800-\udfff]")
_ODD_HEADER = re.compile(r"[|>][-+0-9]*#")


def parse(source: str | bytes, file: str, parser: Callable[[str], Parser] = FAST) -> Document:
    """The nodes of a file's one document.

    Raises HarnessError where it is no YAML at all. What is YAML but not allowed here is among the problems, and
    reading goes on.
    """
    text = _checked(_decoded(source, file), file)
    try:
        document = _Builder(parser, text, file).document()
    except (yaml.YAMLError, HarnessError):
        return _explained(text, file)
    return _explained(text, file) if document.problems else document


def _explained(text: str, file: str) -> Document:
    """What is wrong, by the parser that is there on every machine, so that all users get the same words."""
    try:
        return _Builder(PURE, text, file).document()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        assert mark is not None, "unreachable because the parser marks all it complains of"
        what = ", ".join(filter(None, (error.context, error.problem)))
        raise HarnessError(Problem(f"not YAML: {what}", _place(file, mark))) from None


def _decoded(source: str | bytes, file: str) -> str:
    if isinstance(source, str):
        return source.removeprefix("\ufeff")
    try:
        return source.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = source[: error.start].decode("utf-8-sig")
        hint = "files are written in UTF-8; a name that is not is written with percent escapes under `odd-names`"
        raise HarnessError(
            Problem(f"byte 0x{source[error.start]:02x} is not UTF-8", _end(before, file), hint)
        ) from None


def _checked(text: str, file: str) -> str:
    refused = _REFUSED_RAW.search(text)
    if refused is None:
        return text
    name = "a tab" if refused[0] == "\t" else f"the character U+{ord(refused[0]):04X}"
    hint = f'indent with spaces; within a text write `"{_escape(refused[0])}"`, in double quotes'
    raise HarnessError(Problem(f"{name} cannot stand here as it is", _end(text[: refused.start()], file), hint))


def _escape(character: str) -> str:
    return "\\t" if character == "\t" else f"\\u{ord(character):04x}"


def _end(text: str, file: str) -> Place:
    lines = re.split(r"\r\n|\r|\n", text)
    return Place(file, len(lines), len(lines[-1]) + 1)


def _place(file: str, mark: Mark | FastMark) -> Place:
    return Place(file, mark.line + 1, mark.column + 1)


def _is_missing(node: Node) -> bool:
    return isinstance(node, Scalar) and node.plain and not node.text


def _at_key(value: Node, key: Node) -> Node:
    """What is left out stands where its key does: the parsers disagree on the place, and it shows nothing there."""
    return Scalar("", plain=True, place=key.place) if _is_missing(value) else value


class _Builder:
    def __init__(self, parser: Callable[[str], Parser], text: str, file: str) -> None:
        self.next = parser(text).get_event
        self.text = text
        self.file = file
        self.problems: list[Problem] = []

    def document(self) -> Document:
        empty = mistake("the file is empty", Place(self.file, 1, 1))
        self.next()
        start = self.next()
        if not isinstance(start, DocumentStartEvent):
            raise empty
        if start.version or start.tags:
            self.note("no `%` lines here", self.place(start), "files are YAML 1.2 without tags")
        root = self.node(self.next(), DEEPEST, flow=False)
        if _is_missing(root):
            raise empty
        self.next()
        end = self.next()
        if not isinstance(end, StreamEndEvent):
            self.note("a second document", self.place(end), "one file holds one document")
        return Document(root, tuple(self.problems))

    def place(self, event: Event) -> Place:
        assert event.start_mark, "unreachable because both parsers mark every event"
        return _place(self.file, event.start_mark)

    def note(self, what: str, place: Place, hint: str) -> None:
        self.problems.append(Problem(what, place, hint))

    def node(self, event: Event, room: int, *, flow: bool) -> Node:
        place = self.place(event)
        if isinstance(event, AliasEvent):
            self.note(f"no aliases here: `*{event.anchor}`", place, "write it out, or make it an axis")
            return Scalar("", plain=False, place=place)
        assert isinstance(event, ScalarEvent | MappingStartEvent | SequenceStartEvent), "unreachable by YAML's grammar"
        if event.anchor:
            self.note(f"no anchors here: `&{event.anchor}`", place, "there are no aliases to refer to it")
        if event.tag:
            self.note(f"no tags here: `{event.tag}`", place, "put a text in quotes; nothing else needs a tag")
        if isinstance(event, ScalarEvent):
            return self.scalar(event, place, flow=flow)
        if not room:
            raise HarnessError(Problem(f"more than {DEEPEST} levels deep", place))
        flow = flow or bool(event.flow_style)
        if isinstance(event, MappingStartEvent):
            return self.mapping(place, room - 1, flow=flow)
        return self.sequence(place, room - 1, flow=flow)

    def scalar(self, event: ScalarEvent, place: Place, *, flow: bool) -> Scalar:
        text, plain = event.value, event.implicit[0] and not event.tag
        if not plain and _REFUSED_WRITTEN.search(text):
            self.note("a text cannot hold U+0000 or half a surrogate pair", place, "`bytes` takes base64")
        if (plain and flow and "?" in text) or self.has_odd_header(event):
            # libyaml takes what the other parser refuses; any problem here has the other one read it again.
            self.note("not YAML to every parser", place, "put it in quotes")
        return Scalar(text, plain, place)

    def has_odd_header(self, event: ScalarEvent) -> bool:
        index = event.start_mark.index if event.start_mark else 0
        return event.style in {"|", ">"} and _ODD_HEADER.match(self.text, index) is not None

    def mapping(self, place: Place, room: int, *, flow: bool) -> Mapping:
        entries: dict[str, tuple[Scalar, Node]] = {}
        while not isinstance(event := self.next(), MappingEndEvent):
            key = self.node(event, room, flow=flow)
            value = _at_key(self.node(self.next(), room, flow=flow), key)
            if not isinstance(key, Scalar) or _is_missing(key):
                where = place if _is_missing(key) else key.place
                self.note("a key must be a text", where, "put it in quotes if it begins with `[` or `{`")
            elif key.text in entries:
                first = entries[key.text][0].place
                self.note(f"`{key.text}` stands here twice", key.place, f"the first is on line {first.line}")
            else:
                entries[key.text] = (key, value)
        return Mapping(tuple(entries.values()), place)

    def sequence(self, place: Place, room: int, *, flow: bool) -> Sequence:
        items: list[Node] = []
        while not isinstance(event := self.next(), SequenceEndEvent):
            items.append(self.node(event, room, flow=flow))
        return Sequence(tuple(items), place)
