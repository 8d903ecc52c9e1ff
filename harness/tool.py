"""A tool as its file describes it, and the builds of it that are put to the test."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

from packaging.specifiers import SpecifierSet
from packaging.version import InvalidVersion, Version

if TYPE_CHECKING:
    from collections.abc import Mapping

    from harness.errors import Place

OPERATIONS = ("create", "recreate", "reuse", "sync", "lock", "add", "execute", "preview", "remove", "inspect")
"""What a scenario can ask of any tool, in the scenario's words."""

INTERPRETER = "$python"
"""The `executable` of a tool that is a module of the interpreter itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternative:
    """The commands that an operation is, in order, for some versions of the tool (PEP 440; empty means all).

    `environment` is where they make it, as in `Tool`, whose own holds where this is empty.
    """

    run: tuple[tuple[str, ...], ...]
    versions: str = ""
    seed: tuple[str, ...] = ()
    without_seed: tuple[str, ...] = ()
    environment: str = ""

    def covers(self, version: str) -> bool:
        """Whether this is the way of that version. What cannot be parsed counts as the newest."""
        return _covers(self.versions, version)


@cache
def _covers(versions: str, version: str) -> bool:
    try:
        return SpecifierSet(versions).contains(Version(version), prereleases=True)
    except InvalidVersion:
        return not any(spec.operator.startswith(("<", "=", "~")) for spec in SpecifierSet(versions))


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """A tool, described once; texts may hold `$tool`, `$python`, `$env`, `$root`, `$home`, `$cwd`, `$cache`, `$wheels`.

    `environment` is where it makes environments, relative to where it runs; empty where its commands say where.
    `project` is what its commands need there, by file name, and `requiring` the same for a project with a requirement.
    """

    name: str
    summary: str
    distribution: str
    executable: str
    version_run: tuple[str, ...]
    version_pattern: str
    variables: Mapping[str, str]
    own_places: tuple[str, ...]
    volatile: Mapping[str, str]
    operations: Mapping[str, tuple[Alternative, ...]]
    place: Place
    environment: str = ""
    project: Mapping[str, str] = field(default_factory=dict)
    requiring: Mapping[str, str] = field(default_factory=dict)

    def alternative(self, operation: str, version: str) -> Alternative | None:
        """The first listed way to do this operation that covers the version; None where there is none."""
        return next((a for a in self.operations.get(operation, ()) if a.covers(version)), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """One build of a tool, ready to run. `spec` is how the user named it; `digest` is of the executable."""

    tool: Tool
    spec: str
    version: str
    executable: str
    digest: str

    @property
    def name(self) -> str:
        """`uv@0.7.13`: the build as results and tables name it."""
        return f"{self.tool.name}@{self.version}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Interpreter:
    """A private copy of a Python: `executable` and `prefix` are absolute and hold no link."""

    spec: str
    version: str
    executable: str
    prefix: str
    digest: str


@dataclass(frozen=True, slots=True)
class NotMeasured:
    """A subject that could not be had or failed its smoke run, and why."""

    spec: str
    reason: str
