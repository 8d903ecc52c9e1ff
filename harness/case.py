"""A case: one scenario, one variant, one subject, one Python, with everything decided and nothing done."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from harness.scenario import Edit, Fault, Interrupt

if TYPE_CHECKING:
    from collections.abc import Mapping

    from harness.scenario import At, CheckRef, Scenario, Variant
    from harness.tool import Interpreter, Subject
    from harness.tree import Plain


@dataclass(frozen=True, slots=True)
class Place:
    """Where a case is played: its root and the tool's cache, both absolute.

    `session` marks every process of this session in its environment, so that none is left behind.
    """

    root: str
    cache: str
    session: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A process to be started, spelled out: `variables` is its whole environment, `limit` is in seconds.

    `answers` None means no terminal; otherwise the lines to type, one at each prompt. `unprivileged` takes root's
    power over modes away. `trace` is the file to which strace writes its calls, empty for an untraced one.
    """

    argv: tuple[str, ...]
    cwd: str
    variables: Mapping[str, str]
    limit: float
    answers: tuple[str, ...] | None = None
    umask: int = 0o022
    unprivileged: bool = False
    trace: str = field(default="", compare=False)  # a command that is followed is still the same command


@dataclass(frozen=True, slots=True)
class Act:
    """Commands that run at the same time, mostly one; then, unless one failed, those that follow, phase by phase.

    `operation` is the scenario's word (`create`, ..., or `run`, `python`); `own` is false where another tool does it
    (`by`). `environment` is the path that the step names, relative to the root, not normalised; `others` are those of
    commands that run at the same time. `stop` says what is done at one of its calls, None for nothing.
    """

    operation: str
    own: bool
    environment: str
    commands: tuple[Command, ...]
    others: tuple[str, ...] = ()
    then: tuple[tuple[Command, ...], ...] = ()
    stop: Stop | None = None


@dataclass(frozen=True, slots=True)
class Interleave:
    """Hold the first before a call of its, let the second run to its end, then let the first go on."""

    first: Act
    second: Act
    at: At


Stop: TypeAlias = Interrupt | Fault | Interleave
"""What is done at a call that one of an act's commands is about to make."""

Action: TypeAlias = Act | Edit


@dataclass(frozen=True, slots=True)
class CaseStep:
    """A step with its number, from one.

    `probe` asks whether the environment works afterwards, `wreck` what its python is where the step did not succeed.
    A step that has the tool look in several ways is as many of these, of one number.
    """

    number: int
    action: Action
    checks: tuple[CheckRef, ...]
    probe: bool
    wreck: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Everything decided.

    `interpreter_within` is where an environment keeps its python. `plain` is the same tool's create in an empty root,
    where a check compares with it. `programs` names the tools of steps that another tool does, by their executables.
    `watched` says that all calls of all its commands are stopped, if only to be looked at; `looked` that it is found
    out, too, what became of each.
    """

    scenario: Scenario
    variant: Variant
    subject: Subject
    python: Interpreter
    place: Place
    tree: Mapping[str, Plain]
    steps: tuple[CaseStep, ...]
    checks: tuple[CheckRef, ...]
    permit: tuple[str, ...]
    own_places: tuple[str, ...]
    volatile: tuple[str, ...]
    interpreter_within: str
    probe_variables: Mapping[str, str]
    plain: Case | None = None
    other_python: Interpreter | None = None
    programs: Mapping[str, str] = field(default_factory=dict)
    watched: bool = False
    looked: bool = False

    @property
    def name(self) -> str:
        """`links/existing-target-twice[absolute]`."""
        return self.scenario.id + (f"[{self.variant.id}]" if self.variant.labels else "")


@dataclass(frozen=True, slots=True)
class Unsupported:
    """The tool, or this version of it, has no such operation."""

    reason: str


@dataclass(frozen=True, slots=True)
class Skipped:
    """The machine lacks a need."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """What this computer, and the filesystem that roots stand on, really offer; all of it probed.

    `lacks` maps every need that is not met to a sentence. `facts` are recorded in result files: system, kernel,
    architecture, filesystem, user, umask, containment. `variables` are those without which no process of this
    system starts (`SYSTEMROOT` on Windows). `powerless` takes root's power over modes from every command.
    """

    lacks: Mapping[str, str]
    facts: Mapping[str, str]
    variables: Mapping[str, str] = field(default_factory=dict)
    powerless: bool = False

    @property
    def windows(self) -> bool:
        """Whether environments keep their programs in `Scripts`."""
        return self.facts.get("system") == "Windows"


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """All that a scenario is combined with: who plays it, by which Python, on which machine, and where.

    `others` are the builds of other tools that a step may ask for (`by`), by the tool's name; `other_python` is an
    interpreter of another minor version, where a scenario asks for one and there is one.
    """

    subject: Subject
    python: Interpreter
    machine: Machine
    place: Place
    others: Mapping[str, Subject]
    other_python: Interpreter | None = None
