"""Scenario files: everything that one says, or everything that is wrong with it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from harness.errors import Place
from harness.reading.checks import LEVELS
from harness.reading.nodes import Sequence, parse
from harness.reading.steps import TOOL_NAME
from harness.reading.values import Reader
from harness.reading.variants import read_variants
from harness.scenario import Scenario

if TYPE_CHECKING:
    from collections import abc
    from pathlib import Path

    from harness.reading.nodes import Node

KEYS = {
    "summary": "one statement that is true of a tool that conforms",
    "because": "the issue, the documentation or the PEP that this rests on",
    "needs": "what the machine or the filesystem must offer",
    "tools": "the only tools that this is for",
    "axes": "what varies, each with its values by label",
    "tree": "what stands before the first step",
    "environment": "the path of the environment",
    "cwd": "where commands run",
    "steps": "what is done, in order",
    **LEVELS,
    "permit": "what may change besides the environment, with reasons",
    "waive": "standing checks that do not apply here, with reasons",
}
REQUIRED = ("summary", "because", "tree", "steps")

_SHOULD = re.compile(r"\bshould\b", re.IGNORECASE)
_REASON = re.compile(r"https?://[^\s/]+\S*|(?!https?://)\S+(\s+\S+)+")
_ID = re.compile(r"[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)*")


def load_scenario(path: Path, *, shown: str | None = None) -> Scenario:
    """The scenario of a file; its folder and its name without the ending are its id. `shown` names it in messages."""
    return read_scenario(
        path.read_bytes(), id=f"{path.absolute().parent.name}/{path.stem}", file=shown or path.as_posix()
    )


def read_scenario(source: str | bytes, *, id: str, file: str) -> Scenario:  # noqa: A002  (as a scenario has it)
    """The scenario that a file's content describes. Raises HarnessError with all that is wrong, in the file's order."""
    document = parse(source, file)
    reader = Reader(document)
    if not _ID.fullmatch(id):
        what = f"`{id}` cannot be the id of a scenario"
        reader.note(what, Place(file, 1, 1), "files are named with letters, digits, `-`, `_` and `.`")
    fields = reader.fields(document.root, "a scenario", KEYS, required=REQUIRED)
    scenario = Scenario(
        id=id,
        summary=_summary(fields, reader),
        because=_because(fields, reader),
        tools=_tools(fields, reader),
        variants=read_variants(fields, reader),
        file=file,
    )
    reader.finish()
    return scenario


def _summary(fields: abc.Mapping[str, Node], reader: Reader) -> str:
    if "summary" not in fields:
        return ""
    node = fields["summary"]
    text = reader.words(node, "`summary`")
    if text.endswith("."):
        reader.note("`summary` ends in a full stop", node.place, "it is a statement for tables: leave the stop out")
    if "\n" in text.strip():
        reader.note("`summary` has more than one line", node.place)
    if _SHOULD.search(text):
        reader.note("`summary` says `should`", node.place, "say what is true of a tool that conforms")
    return text


def _because(fields: abc.Mapping[str, Node], reader: Reader) -> tuple[str, ...]:
    if "because" not in fields:
        return ()
    node = fields["because"]
    nodes = reader.items(node, "`because`") if isinstance(node, Sequence) else (node,)
    return tuple(reader.fitting(item, "`because`", _REASON, "a URL, or a sentence") or "" for item in nodes)


def _tools(fields: abc.Mapping[str, Node], reader: Reader) -> tuple[str, ...]:
    found: list[str] = []
    for item in reader.items(fields["tools"], "`tools`") if "tools" in fields else ():
        name = reader.fitting(item, "a name in `tools`", TOOL_NAME, "the name of a tool, as in `uv`")
        if name in found:
            reader.note(f"`{name}` is named twice", item.place)
        elif name:
            found.append(name)
    return tuple(found)
