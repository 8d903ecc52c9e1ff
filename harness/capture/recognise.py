"""A command as a user types it -> the step of a scenario that it is, by what the tools' files say. Pure."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from posixpath import basename, isabs, normpath
from typing import TYPE_CHECKING

from harness.errors import did_you_mean, mistake
from harness.scenario import CommandStep, Options, Perform, RunTool
from harness.tool import INTERPRETER

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from harness.tool import Alternative, Tool

PYTHON = "$python"
ENVIRONMENT = "$env"

LEFT_OUT: Mapping[str, frozenset[str]] = {
    "uv": frozenset(("--python", "--isolated", ENVIRONMENT)),  # it looks for one on PATH, and makes a `.venv`
    "virtualenv": frozenset(("-p", "--no-download")),  # it takes its own, and the wheels that it carries
}
"""What users may leave out of the commands in tools' files, and still mean the same."""

_INTERPRETER = re.compile(r"(python|pypy)[\d.]*")


@dataclass(frozen=True, slots=True)
class Typed:
    """A command as it was typed: whose it is, by which program, and with which arguments."""

    tool: Tool
    program: str
    arguments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Recognised:
    """A step, the environment that it is about relative to the directory, and the Python that was asked for."""

    step: CommandStep
    environment: str | None = None
    python: str | None = None


def typed(words: Sequence[str], tools: Mapping[str, Tool]) -> Typed:
    """Whose command it is. Raises HarnessError where no tool is described that it could be of."""
    program, *rest = words
    name = basename(program.replace("\\", "/")).removesuffix(".exe")
    if _INTERPRETER.fullmatch(name) and rest[:1] == ["-m"] and rest[1:2] and rest[1] in tools:
        tool = tools[rest[1]]
        return Typed(tool, program, tuple(rest if tool.executable == INTERPRETER else rest[2:]))
    known = {alias: tool for tool in tools.values() for alias in _called(tool)}
    if name not in known:
        hint = did_you_mean(name, known) or "describe the tool in a file, and name that with --tool-file"
        raise mistake(f"`{name}` is no tool that is known", hint=hint)
    return Typed(known[name], program, tuple(rest))


def _called(tool: Tool) -> tuple[str, ...]:
    if tool.executable == INTERPRETER:
        return ()
    return tuple(dict.fromkeys((tool.name, basename(tool.executable))))


def recognised(command: Typed, version: str, directory: str) -> Recognised:
    """The operation of the tool that the command is; the very words where it is none.

    `directory` is where it was typed, an absolute path.
    """
    arguments = tuple(_spelled(word, directory) for word in command.arguments)
    for operation, alternatives in command.tool.operations.items():
        way = next((one for one in alternatives if one.covers(version)), None)
        if way is not None and len(way.run) == 1:
            found = _as(operation, way, arguments, LEFT_OUT.get(command.tool.name, frozenset()))
            if found is not None:
                return found
    return Recognised(CommandStep(RunTool(arguments)))


def _spelled(word: str, directory: str) -> str:
    """A word as a scenario has it; the directory itself is where the command runs."""
    if word == directory or word.startswith(f"{directory}/"):
        return "$cwd" + word.removeprefix(directory).replace("$", "$$")
    return word.replace("$", "$$")


def _as(operation: str, way: Alternative, arguments: tuple[str, ...], left_out: frozenset[str]) -> Recognised | None:
    """The command as this operation; None where it is another."""
    (template,) = way.run
    flag = _flag(template)
    wanted, _ = _without_python(template[1:], flag)
    given, python = _without_python(arguments, flag)
    if flag and python is None and flag not in left_out:
        return None
    for seed, more in ((False, way.without_seed), (True, way.seed)):
        words = [word for word in wanted if word != ENVIRONMENT] + list(more)
        missing, extra = Counter(words) - Counter(given), list((Counter(given) - Counter(words)).elements())
        first, typed_first = (next((word for word in line if word not in left_out), None) for line in (words, given))
        if set(missing) - left_out or (first is not None and first != typed_first):
            continue
        if _is_environment(extra, named=ENVIRONMENT in wanted, optional=ENVIRONMENT in left_out):
            return _at(operation, extra[0] if extra else None, python, seed=seed)
    return None


def _is_environment(extra: Sequence[str], *, named: bool, optional: bool) -> bool:
    """Whether what was typed besides the operation's own words is the path of an environment."""
    if not extra:
        return optional or not named
    return named and len(extra) == 1 and not extra[0].startswith("-")


def _flag(template: Sequence[str]) -> str | None:
    """The option after which a tool is told the interpreter."""
    pairs = pairwise(template[1:])
    return next((word for word, value in pairs if value == PYTHON and word.startswith("-")), None)


def _without_python(words: Sequence[str], flag: str | None) -> tuple[tuple[str, ...], str | None]:
    """The words without the option for the interpreter, and its value."""
    kept: list[str] = []
    python: str | None = None
    rest: Iterator[str] = iter(words)
    for word in rest:
        if flag and word in (flag, "-p"):
            python = next(rest, None)
        elif flag and word.startswith(f"{flag}="):
            python = word.partition("=")[2]
        else:
            kept.append(word)
    return tuple(kept), python


def _at(operation: str, spelled: str | None, python: str | None, *, seed: bool) -> Recognised:
    """The operation at an environment as it was spelled."""
    if spelled is None:
        return Recognised(CommandStep(Perform(operation), Options(seed=seed)), None, python)
    path = normpath(spelled.replace("$cwd/", "", 1) if spelled.startswith("$cwd/") else spelled)
    if isabs(path) or path.split("/")[0] == "..":
        raise mistake(f"`{spelled}` lies outside of this directory", hint="stand in the directory that holds it")
    options = Options(seed=seed, at=None if path == spelled else spelled)
    return Recognised(CommandStep(Perform(operation), options), path.replace("$$", "$"), python)
