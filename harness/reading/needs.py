"""What a machine must offer for a case: what the scenario says, and what its entries and steps show."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from packaging.specifiers import InvalidSpecifier, SpecifierSet

from harness.reading.names import references
from harness.scenario import EditStep, Plant, commands_of, stopped_at
from harness.tree import Copy, Directory, Entry, Fifo, File, Hardlink, Link, Mount, Project, Socket

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from harness.reading.nodes import Node
    from harness.reading.values import Reader
    from harness.scenario import Options, Step
    from harness.tree import Tree

NEEDS = (
    "symlinks",
    "hardlinks",
    "fifo",
    "modes",
    "case-sensitive",
    "case-insensitive",
    "mounts",
    "terminal",
    "ordinary-user",
    "containment",
    "stopping-calls",
    "undecodable-names",
    "other-python",
)
"""Every need but that for a version of Python, `python>=3.12`."""


def read_needs(node: Node, reader: Reader) -> tuple[str, ...]:
    """The value of `needs`."""
    found: list[str] = []
    for item in reader.items(node, "`needs`"):
        need = _need(item, reader)
        if need in found:
            reader.note(f"`{need}` is needed twice", item.place)
        elif need:
            found.append(need)
    return tuple(found)


def _need(node: Node, reader: Reader) -> str | None:
    text = reader.text(node, "a need")
    if text is None or not text.startswith("python"):
        return reader.one_of(node, "need", NEEDS)
    versions = text.removeprefix("python")
    try:
        SpecifierSet(versions)
    except InvalidSpecifier:
        versions = ""
    if not versions.strip():
        reader.note(f"`{text}` names no versions of Python", node.place, "as in `python>=3.12`")
    return text


def all_needs(named: tuple[str, ...], nodes: Iterable[Node], tree: Tree, steps: Iterable[Step]) -> tuple[str, ...]:
    """Those named, in their order, then those that show, each once; `nodes` are what tree and steps were read from."""
    shown = {need for path, entry in tree.items() for need in _of_entry(path, entry)}
    shown |= {"other-python" for node in nodes for reference in references(node) if reference.name == "other"}
    shown |= {need for step in steps for need in _of_step(step)}
    return (*named, *(need for need in NEEDS if need in shown and need not in named))


def _of_entry(path: str, entry: Entry) -> Iterator[str]:
    if any("\ud800" <= character <= "\udfff" for character in path):
        yield "undecodable-names"
    match entry:
        case Link():
            yield "symlinks"
        case Hardlink():
            yield "hardlinks"
        case Fifo() | Socket():
            yield "fifo"
        case Mount():
            yield "mounts"
        case Directory(mode=mode) | File(mode=mode):
            if mode is not None:
                yield "modes"
        case Copy() | Project():
            pass
        case _:
            assert_never(entry)


def _of_step(step: Step) -> Iterator[str]:
    if stopped_at(step):
        yield "stopping-calls"
    for command in commands_of(step):
        yield from _of_options(command.options)
    if isinstance(step, EditStep) and isinstance(step.action, Plant):
        for path, entry in step.action.tree.items():
            yield from _of_entry(path, entry)


def _of_options(options: Options) -> Iterator[str]:
    if options.umask is not None:
        yield "modes"
    if options.answer is not None:
        yield "terminal"
    if options.drop:
        yield "ordinary-user"
