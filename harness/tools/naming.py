"""What a user's SPEC means: pure, nothing is looked for."""

from __future__ import annotations

import os
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, TypeAlias

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import InvalidVersion, Version

from harness.errors import did_you_mean, mistake
from harness.tool import INTERPRETER

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from harness.tool import Tool


@dataclass(frozen=True, slots=True)
class Plainest:
    """The one on PATH, else the newest release; of a module of the interpreter, the one of the case's Python."""


@dataclass(frozen=True, slots=True)
class Release:
    """That release."""

    version: str


@dataclass(frozen=True, slots=True)
class Matching:
    """Every release that matches (PEP 440), or of each minor series the newest that does."""

    versions: SpecifierSet
    minor: bool = False


@dataclass(frozen=True, slots=True)
class Newest:
    """The newest release."""


@dataclass(frozen=True, slots=True)
class Executable:
    """That file."""

    path: str


@dataclass(frozen=True, slots=True)
class OfPython:
    """The module of that interpreter, a version or a path."""

    python: str


Build: TypeAlias = Plainest | Release | Matching | Newest | Executable | OfPython


@dataclass(frozen=True, slots=True)
class Spec:
    """A tool, and which builds of it are meant. `text` is how the user put it."""

    text: str
    tool: Tool
    build: Build


_WAYS = "`@0.7.13`, `@latest`, `@>=0.7,<0.9`, `@>=0.7,<0.9:minor`, or a path with a slash"


def parse(text: str, tools: Mapping[str, Tool]) -> Spec:
    """What a SPEC means. Raises HarnessError where it means nothing."""
    name, mark, rest = text.partition("@")
    if name not in tools:
        raise mistake(f"unknown tool `{name}`", hint=did_you_mean(name, tools))
    if mark and not rest:
        raise mistake(f"`{text}` names no build", hint=f"after `{name}`: nothing, {_WAYS}")
    return Spec(text, tools[name], _build(text, rest, tools[name]))


def _build(text: str, rest: str, tool: Tool) -> Build:
    if not rest:
        return Plainest()
    if tool.executable == INTERPRETER:
        return OfPython(rest)
    if "/" in rest or os.sep in rest:
        return Executable(rest)
    if rest == "latest":
        return Newest()
    try:
        return Release(str(Version(rest)))
    except InvalidVersion:
        return _matching(text, rest, tool.name)


def _matching(text: str, rest: str, name: str) -> Matching:
    versions, mark, series = rest.partition(":")
    if mark and series != "minor":
        raise mistake(
            f"`{text}` ends in an unknown `:{series}`", hint="known: `:minor`, the newest of each minor series"
        )
    try:
        return Matching(SpecifierSet(versions), minor=bool(mark))
    except InvalidSpecifier:
        raise mistake(f"`{text}`: `{versions}` is no version", hint=f"after `{name}`: {_WAYS}") from None


def fitting(build: Matching, releases: Iterable[str]) -> list[str]:
    """The releases that are meant, the oldest first."""
    found = sorted(build.versions.filter(releases), key=Version)
    if not build.minor:
        return found
    return [list(series)[-1] for _, series in groupby(found, key=lambda version: Version(version).release[:2])]


def by_age(releases: Iterable[str]) -> list[str]:
    """The oldest first, but previews before everything else: the last one is what `latest` means."""
    return sorted(releases, key=lambda version: (not Version(version).is_prerelease, Version(version)))
