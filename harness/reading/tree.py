"""The `tree` of a scenario and the entries that a step plants."""

from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING
from urllib.parse import unquote_to_bytes

from packaging.requirements import InvalidRequirement, Requirement

from harness.errors import did_you_mean
from harness.reading.mounts import KEYS as MOUNT_KEYS
from harness.reading.mounts import read_mount
from harness.reading.nodes import Kind, Mapping, Node, Scalar
from harness.reading.paths import HINT, fault
from harness.reading.standing import check_tree
from harness.tree import Copy, Directory, Entry, Fifo, File, Hardlink, Link, Mount, Project, Socket

if TYPE_CHECKING:
    from harness.errors import Place
    from harness.reading.values import Reader

ODD_NAMES = "odd-names"
"""The key below which names stand that YAML or UTF-8 cannot hold."""

KINDS = {
    "directory": "a directory",
    "file": "a file with this text, or with one of its own",
    "bytes": "a file with these bytes, in base64",
    "link": "a symbolic link holding exactly this text",
    "hardlink": "a second name for a planted file",
    "fifo": "a named pipe",
    "socket": "a Unix socket",
    "mount": "a filesystem of its own, `tmpfs` or `bind`",
    "copy": "a copy of another planted entry with all below it",
    "project": "a minimal project",
}
_EMPTY = "of a root with nothing of yours in it say `project: directory`"
_ALONE: dict[str, Entry] = {"directory": Directory(), "file": File(), "fifo": Fifo(), "socket": Socket()}
_WITH_MODE = ("directory", "file", "bytes")
_MODE = {"mode": 'permission bits, as in `"0755"`'}
_MORE = {**dict.fromkeys(_WITH_MODE, _MODE), "mount": MOUNT_KEYS}
_PROJECT = {"name": "what the project is called", "requires": "what it depends on"}
_PROJECT_NAME = re.compile(r"[A-Za-z0-9]|[A-Za-z0-9][A-Za-z0-9._-]*[A-Za-z0-9]")
_BAD_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")


def read_tree(node: Node, subject: str, reader: Reader, *, alone: bool = True) -> dict[str, Entry]:
    """What a mapping of paths plants. `alone` says that nothing else stands but what always does."""
    tree: dict[str, Entry] = {}
    places: dict[str, Place] = {}
    before = len(reader.problems)
    for key, value in reader.entries(node, subject, empty=_EMPTY):
        for path, entry, place in _planted(key, value, reader):
            if path in tree:
                reader.note(f"`{path}` is planted twice", place)
            elif isinstance(entry, Mount) and not alone:
                reader.note(f"{subject} mounts something", place, "what is mounted stands before the first step")
            elif path and entry:
                tree[path], places[path] = entry, place
    if len(reader.problems) == before:
        check_tree(tree, places, reader, alone=alone)
    return tree


def _planted(key: Scalar, value: Node, reader: Reader) -> list[tuple[str, Entry | None, Place]]:
    if key.text == ODD_NAMES:
        return [_odd(item, reader) for item in reader.items(value, f"`{ODD_NAMES}`")]
    return [(reader.path(key, "a path of the tree"), _entry(value, reader), key.place)]


def _odd(node: Node, reader: Reader) -> tuple[str, Entry | None, Place]:
    """An item of `odd-names`: an entry with its name in it."""
    named = {key.text: value for key, value in node.entries} if isinstance(node, Mapping) else {}
    if not isinstance(node, Mapping) or "name" not in named:
        what = f"each of `{ODD_NAMES}` must be a mapping with a `name`"
        reader.note(what, node.place, "`{name: project/caf%E9, file: }`")
        return "", None, node.place
    entry = Mapping(tuple(pair for pair in node.entries if pair[0].text != "name"), node.place)
    return _odd_name(named["name"], reader), _entry(entry, reader), named["name"].place


def _odd_name(node: Node, reader: Reader) -> str:
    """A path with percent escapes; bytes that are no UTF-8 become halves of surrogate pairs, as in `os.fsdecode`."""
    text = reader.text(node, "`name`")
    if text is None:
        return ""
    if _BAD_ESCAPE.search(text):
        reader.note(f"`name` cannot be `{text}`: a `%` without two digits", node.place, "a percent sign is `%25`")
        return ""
    # A dollar sign that is spelled out names nothing.
    path = unquote_to_bytes(text.replace("%24", "$$")).decode("utf-8", "surrogateescape")
    wrong = "it holds U+0000" if "\0" in path else fault(path)
    if wrong:
        reader.note(f"`name` cannot be `{text}`: {wrong}", node.place, HINT)
    return "" if wrong else path


def _entry(node: Node, reader: Reader) -> Entry | None:
    if not isinstance(node, Mapping):
        word = reader.one_of(node, "entry", KINDS)
        if word in KINDS and word not in _ALONE:
            reader.note(f"`{word}` alone says too little", node.place, f"`{{{word}: ...}}`: {KINDS[word]}")
        return _ALONE.get(word or "")
    kinds = [key for key, _ in node.entries if key.text in KINDS]
    if len(kinds) != 1:
        _not_one(kinds, node, reader)
        return None
    kind = kinds[0].text
    known = {kind: KINDS[kind], **_MORE.get(kind, {})}
    fields = reader.fields(node, f"the entry `{kind}`", known, elsewhere=_MODE | MOUNT_KEYS)
    if kind == "mount":
        return read_mount(node, fields, reader)
    mode = reader.mode(fields["mode"], "`mode`") if "mode" in fields else None
    return _of_kind(kind, fields[kind], mode, reader)


def _not_one(kinds: list[Scalar], node: Mapping, reader: Reader) -> None:
    if kinds:
        first, second = (f"`{key.text}`" for key in kinds[:2])
        reader.note(f"an entry is one thing, not {first} and {second}", kinds[1].place)
    elif node.entries:
        key = node.entries[0][0]
        reader.note(f"unknown entry `{key.text}`", key.place, did_you_mean(key.text, KINDS))
    else:
        reader.note("an entry says nothing", node.place, did_you_mean("", KINDS))


def _of_kind(kind: str, node: Node, mode: int | None, reader: Reader) -> Entry | None:
    subject = f"`{kind}`"
    match kind:
        case "directory":
            reader.nothing(node, subject)
            return Directory(mode)
        case "file":
            return File(_content(node, reader), mode)
        case "bytes":
            return File(_bytes(node, reader), mode)
        case "link":
            return Link(reader.words(node, subject))
        case "hardlink":
            path = reader.path(node, subject)
            return Hardlink(path) if path else None
        case "copy":
            path = reader.path(node, subject)
            return Copy(path) if path else None
        case "project":
            return _project(node, reader)
        case _:
            reader.nothing(node, subject)
            return _ALONE[kind]


def _content(node: Node, reader: Reader) -> bytes | None:
    if isinstance(node, Scalar) and node.kind is Kind.NOTHING:
        return None
    return (reader.text(node, "`file`") or "").encode()


def _bytes(node: Node, reader: Reader) -> bytes:
    text = reader.text(node, "`bytes`") or ""
    try:
        # A content is a text with names in it, as others are; in bytes there are none.
        return base64.b64decode(text, validate=True).replace(b"$", b"$$")
    except ValueError:
        reader.note(f"`bytes` cannot be `{text}`", node.place, "bytes are written in base64")
        return b""


def _project(node: Node, reader: Reader) -> Project:
    fields = reader.fields(node, "`project`", _PROJECT, required=("name",))
    name = "demo"
    if "name" in fields:
        hint = "letters, digits, `.`, `_` and `-`"
        name = reader.fitting(fields["name"], "the name of a project", _PROJECT_NAME, hint) or name
    requires = reader.items(fields["requires"], "`requires`") if "requires" in fields else ()
    return Project(name, tuple(_requirement(item, reader) for item in requires))


def _requirement(node: Node, reader: Reader) -> str:
    text = reader.words(node, "each of `requires`")
    try:
        Requirement(text or "nothing")
    except InvalidRequirement:
        reader.note(f"`{text}` is no requirement", node.place, "as in `tiny`, `tiny>=1.0`")
    return text
