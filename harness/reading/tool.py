"""Tool files: how a tool is called, for each of a scenario's operations."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from packaging.specifiers import InvalidSpecifier, SpecifierSet

from harness.reading.checks import expression_fault
from harness.reading.names import NAMES, references, refuse_unknown
from harness.reading.nodes import Sequence, parse
from harness.reading.paths import fault
from harness.reading.steps import TOOL_NAME
from harness.reading.values import Reader
from harness.tool import INTERPRETER, OPERATIONS, Alternative, Tool

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from harness.reading.nodes import Node

KEYS = {
    "name": "what `--tool` and results call it",
    "summary": "the tool in a few words",
    "distribution": "what the package index calls it",
    "executable": "a program by its name, a path, or `$python` for a module of the interpreter",
    "version": "how its version is asked for: `{run: [$tool, --version], pattern: 'uv (\\S+)'}`",
    "variables": "what its commands see of the environment besides the clean one",
    "own-places": "what it may change outside the environment: its cache, its data",
    "volatile": "files that differ from run to run, with reasons",
    "environment": "where it makes environments, seen from where it runs; where its commands say `$env`, leave it out",
    "project": "the files that its commands need where they run",
    "requiring": "the same for a project that requires `tiny`",
    "operations": "what it can do, in the scenarios' words",
}
REQUIRED = ("name", "summary", "executable", "version", "operations")
TOOL_NAMES = (*NAMES, "cache")
"""What a tool's texts can name."""

_VERSION = {"run": "the command that prints the version", "pattern": "an expression with one group: the version"}
_ALTERNATIVE = {
    "versions": 'the versions that this is for, as in `">=0.8"`',
    "run": "the command, or a list of commands, done one after another until one fails",
    "environment": "where this makes environments, unless where the tool always does",
    "seed": "what is added where pip is asked for",
    "without-seed": "what is added where it is not",
}
_DISTRIBUTION = re.compile(rf"{TOOL_NAME.pattern}(\[{TOOL_NAME.pattern}\])?")
_PROGRAM = re.compile(r"\$python|[^$\\]+")
_PLACE = re.compile(r"\$(cache|home)(/.+)?|\$(root|cwd)/.+")


def load_tool(path: Path, *, shown: str | None = None) -> Tool:
    """The tool of a file; `shown` names it in messages."""
    return read_tool(path.read_bytes(), shown or path.as_posix())


def read_tool(source: str | bytes, file: str) -> Tool:
    """The tool that a file's content describes. Raises HarnessError with all that is wrong, in the file's order."""
    document = parse(source, file)
    reader = Reader(document)
    for reference in references(document.root):
        refuse_unknown(reference, TOOL_NAMES, reader)
    fields = reader.fields(document.root, "a tool", KEYS, required=REQUIRED)
    run, pattern = _version(fields["version"], reader) if "version" in fields else ((), "")
    tool = Tool(
        name=_fitting("name", TOOL_NAME, "small letters, digits, `.`, `_` and `-`", fields, reader),
        summary=reader.words(fields["summary"], "`summary`") if "summary" in fields else "",
        distribution=_fitting("distribution", _DISTRIBUTION, "as in `pip install`", fields, reader),
        executable=_fitting("executable", _PROGRAM, "a name, a path with slashes, or `$python`", fields, reader),
        version_run=run,
        version_pattern=pattern,
        variables=reader.variables(fields["variables"]) if "variables" in fields else {},
        own_places=_own_places(fields["own-places"], reader) if "own-places" in fields else (),
        volatile=_volatile(fields["volatile"], reader) if "volatile" in fields else {},
        operations=_operations(fields["operations"], reader) if "operations" in fields else {},
        place=document.root.place,
        environment=reader.path(fields["environment"], "`environment`") if "environment" in fields else "",
        project=_files(fields["project"], "`project`", reader) if "project" in fields else {},
        requiring=_files(fields["requiring"], "`requiring`", reader) if "requiring" in fields else {},
    )
    if tool.executable not in ("", INTERPRETER) and "/" not in tool.executable and "distribution" not in fields:
        reader.note("a tool needs `distribution`", document.root.place, KEYS["distribution"])
    reader.finish()
    return tool


def _fitting(key: str, pattern: re.Pattern[str], hint: str, fields: Mapping[str, Node], reader: Reader) -> str:
    return reader.fitting(fields[key], f"`{key}`", pattern, hint) or "" if key in fields else ""


def _version(node: Node, reader: Reader) -> tuple[tuple[str, ...], str]:
    fields = reader.fields(node, "`version`", _VERSION, required=_VERSION)
    run = reader.texts(fields["run"], "`run`") if "run" in fields else ()
    pattern = reader.words(fields["pattern"], "`pattern`") if "pattern" in fields else ""
    wrong = expression_fault(pattern)
    if not wrong and pattern and re.compile(pattern).groups != 1:
        wrong = f"it has {re.compile(pattern).groups} groups"
    if wrong:
        hint = "a regular expression with one group, which matches the version"
        reader.note(f"`pattern` cannot be `{pattern}`: {wrong}", fields["pattern"].place, hint)
    return run, pattern


def _own_places(node: Node, reader: Reader) -> tuple[str, ...]:
    places, hint = [], "it begins with `$cache`, `$home`, `$cwd/` or `$root/`, and stays below"
    for item in reader.items(node, "`own-places`"):
        text = reader.fitting(item, "a path of `own-places`", _PLACE, hint) or ""
        wrong = fault(text.partition("/")[2]) if "/" in text else None
        if wrong:
            reader.note(f"a path of `own-places` cannot be `{text}`: {wrong}", item.place, hint)
        places.append(text)
    return tuple(places)


def _volatile(node: Node, reader: Reader) -> dict[str, str]:
    return {reader.path(key, "a path of `volatile`"): why for key, why in reader.reasons(node, "`volatile`")}


def _files(node: Node, subject: str, reader: Reader) -> dict[str, str]:
    return {
        reader.path(key, f"a path of {subject}"): reader.text(value, f"`{key.text}`") or ""
        for key, value in reader.entries(node, subject)
    }


def _operations(node: Node, reader: Reader) -> dict[str, tuple[Alternative, ...]]:
    fields = reader.fields(node, "`operations`", dict.fromkeys(OPERATIONS, ""))
    return {name: _alternatives(value, name, reader) for name, value in fields.items()}


def _alternatives(node: Node, operation: str, reader: Reader) -> tuple[Alternative, ...]:
    items, before = reader.items(node, f"`{operation}`"), len(reader.problems)
    found = tuple(_alternative(item, operation, reader) for item in items)
    sound = len(reader.problems) == before
    for number, (item, alternative) in enumerate(zip(items, found, strict=True)):
        earlier = {other.versions for other in found[:number]}
        if sound and ("" in earlier or alternative.versions in earlier):
            hint = "the first that fits is taken: put the most particular versions first"
            reader.note(f"this way to `{operation}` is never taken", item.place, hint)
    return found


def _alternative(node: Node, operation: str, reader: Reader) -> Alternative:
    fields = reader.fields(node, f"a way to `{operation}`", _ALTERNATIVE, required=("run",))
    texts = {key: reader.texts(fields[key], f"`{key}`") for key in ("seed", "without-seed") if key in fields}
    return Alternative(
        run=_commands(fields["run"], reader) if "run" in fields else (),
        versions=_versions(fields["versions"], reader) if "versions" in fields else "",
        seed=texts.get("seed", ()),
        without_seed=texts.get("without-seed", ()),
        environment=reader.path(fields["environment"], "`environment`") if "environment" in fields else "",
    )


def _commands(node: Node, reader: Reader) -> tuple[tuple[str, ...], ...]:
    """One command, or several one after another."""
    if isinstance(node, Sequence) and all(isinstance(item, Sequence) for item in node.items):
        return tuple(reader.texts(item, "each command of `run`") for item in reader.items(node, "`run`"))
    return (reader.texts(node, "`run`"),)


def _versions(node: Node, reader: Reader) -> str:
    text = reader.words(node, "`versions`")
    try:
        SpecifierSet(text)
    except InvalidSpecifier:
        reader.note(f"`versions` cannot be `{text}`", node.place, 'versions as in `">=0.8,<0.9"`; all: leave it out')
    return text
