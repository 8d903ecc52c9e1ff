"""What stands in a project besides what the scenario plants there: the files that its tools need."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from harness.scenario import EditStep, Move, Perform, Plant, RunPython, commands_of
from harness.tree import Directory, File, Mount, Project
from harness.wheel import NAME

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from harness.scenario import CommandStep, Options, Variant
    from harness.tool import Tool
    from harness.tree import Entry, Tree

WHEELS = "wheels"
"""The directory, relative to the root, that holds the wheel which projects require."""

SHIPPED = "tiny"
"""The one requirement that can be had."""


def with_projects(tree: Tree, running: Mapping[str, Sequence[Tool]], wheels: str) -> dict[str, Entry]:
    """The tree with the files of its projects, and of every directory in which tools run that need some.

    What the tree plants itself is not replaced. `wheels` is the URL of the wheel's directory.
    """
    found: dict[str, Entry] = {}
    for path, entry in tree.items():
        found[path] = Directory() if isinstance(entry, Project) else entry
    everywhere = list({tool.name: tool for tools in running.values() for tool in tools}.values())
    projects = {path: entry for path, entry in tree.items() if isinstance(entry, Project)}
    for path in dict.fromkeys((*projects, *running)):
        if isinstance(found.get(path, Directory()), Directory | Mount):
            for name, text in _files(projects.get(path), running.get(path, everywhere), wheels).items():
                found.setdefault(f"{path}/{name}", File(text.encode()))
    return found


def running(variant: Variant, tool_of: Callable[[Options], Tool]) -> dict[str, list[Tool]]:
    """The directories in which tools run, with the tools, the first first; not those that a step brings about."""
    found = dict[str, list["Tool"]]()
    for command in _commands(variant):
        found.setdefault(command.options.cwd or variant.cwd, []).append(tool_of(command.options))
    later = tuple(f"{path}/" for path in _brought_about(variant))
    return {path: tools for path, tools in found.items() if not f"{path}/".startswith(later)}


def _brought_about(variant: Variant) -> Iterator[str]:
    """The paths at which an edit puts something."""
    for step in variant.steps:
        match step:
            case EditStep(action=Move(target=target)):
                yield target
            case EditStep(action=Plant(tree=tree)):
                yield from tree
            case _:
                pass


def needs_wheel(variant: Variant) -> bool:
    """Whether anything in the variant requires the package that the wheel holds."""
    if any(isinstance(entry, Project) and entry.requires for entry in variant.tree.values()):
        return True
    return "$wheels" in repr((variant.tree, variant.steps)) or any(
        isinstance(command.action, Perform) and command.action.operation == "add" for command in _commands(variant)
    )


def _commands(variant: Variant) -> Iterator[CommandStep]:
    """Every command that a tool runs."""
    for step in variant.steps:
        yield from (one for one in commands_of(step) if not isinstance(one.action, RunPython))


def _files(project: Project | None, tools: Sequence[Tool], wheels: str) -> dict[str, str]:
    """The texts by file name; the tool that runs first decides where two want the same file."""
    files = {} if project is None else {"pyproject.toml": _pyproject(project, wheels)}
    for tool in reversed(tools):
        files |= tool.requiring if project and project.requires else tool.project
    return files


def _pyproject(project: Project, wheels: str) -> str:
    there = {SHIPPED: f"{SHIPPED} @ {wheels}/{NAME}"}
    requires = [there.get(requirement, requirement) for requirement in project.requires]
    # A JSON list of strings is a TOML one, too; a dollar sign would name something.
    return (
        f'[project]\nname = "{project.name}"\nversion = "0.1.0"\nrequires-python = ">=3.8"\n'
        f"dependencies = {json.dumps(requires).replace('$', '$$')}\n"
    )
