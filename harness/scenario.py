"""What a scenario file says, knowing nothing of any tool or machine."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields, is_dataclass
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeAlias, assert_never

if TYPE_CHECKING:
    from harness.errors import Place
    from harness.tree import Tree


class Level(StrEnum):
    """How much a check counts: `must` breaks, `should` weakens, `observe` is only shown."""

    MUST = "must"
    SHOULD = "should"
    OBSERVE = "observe"


Argument: TypeAlias = int | str | tuple[str, ...] | Mapping[str, str] | None
"""What follows a check's word: nothing, a number, a text, paths, or paths with a word for each."""


@dataclass(frozen=True, slots=True)
class CheckRef:
    """A check as a scenario asks for it. `place` says where, and is no part of what it means."""

    name: str
    argument: Argument
    level: Level
    place: Place = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Perform:
    """An operation in the scenario's words: `create`, `recreate`, `reuse`, `sync`, `remove`, `inspect`."""

    operation: str


@dataclass(frozen=True, slots=True)
class RunTool:
    """The tool with these arguments."""

    arguments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RunPython:
    """The environment's own interpreter with these arguments."""

    arguments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Spot:
    """A call by what it does: the `occurrence`-th of that kind (`calls.CALLS`) at that path, relative to the root."""

    call: str
    path: str
    occurrence: int = 1


@dataclass(frozen=True, slots=True)
class Each:
    """Every call in turn, each in a fresh root."""


At: TypeAlias = int | Spot | Each
"""At which of the calls that would change the tree: its number, from one; what it does; or each in turn."""


@dataclass(frozen=True, slots=True)
class Interrupt:
    """Send the signal to a command as it is about to make that call."""

    signal: str
    at: At


@dataclass(frozen=True, slots=True)
class Fault:
    """Let that call fail with this error, and where it is `lasting` all that follow, too.

    Only calls of the kinds in `calls` fail, and are counted; without any, those of every kind that can fail so.
    """

    error: str
    at: At
    lasting: bool = False
    calls: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """The modifiers of a command step. Paths are spelled as the scenario spells them; `limit` in seconds."""

    at: str | None = None
    cwd: str | None = None
    through: str | None = None
    by: str | None = None
    seed: bool = False
    python: str | None = None
    answer: tuple[str, ...] | None = None
    variables: Mapping[str, str] = field(default_factory=dict)
    drop: tuple[str, ...] = ()
    umask: int | None = None
    limit: float = 60.0
    interrupt: Interrupt | None = None
    fault: Fault | None = None


@dataclass(frozen=True, slots=True)
class CommandStep:
    """One command."""

    action: Perform | RunTool | RunPython
    options: Options = Options()
    checks: tuple[CheckRef, ...] = ()


@dataclass(frozen=True, slots=True)
class TogetherStep:
    """Commands that run at the same time."""

    steps: tuple[CommandStep, ...]
    checks: tuple[CheckRef, ...] = ()


@dataclass(frozen=True, slots=True)
class InterleaveStep:
    """Two commands: the first is held before that call until the second has ended."""

    first: CommandStep
    second: CommandStep
    at: At
    checks: tuple[CheckRef, ...] = ()


@dataclass(frozen=True, slots=True)
class Plant:
    """Add these entries to the tree."""

    tree: Tree


@dataclass(frozen=True, slots=True)
class Delete:
    """Remove this entry and all below it; a link as a link."""

    path: str


@dataclass(frozen=True, slots=True)
class Move:
    """Rename an entry; a link as a link."""

    source: str
    target: str


Edit: TypeAlias = Plant | Delete | Move


@dataclass(frozen=True, slots=True)
class EditStep:
    """A change that the scenario itself makes between commands."""

    action: Edit
    checks: tuple[CheckRef, ...] = ()


Step: TypeAlias = CommandStep | TogetherStep | InterleaveStep | EditStep


def commands_of(step: Step) -> tuple[CommandStep, ...]:
    """The commands that a step consists of; none for an edit."""
    match step:
        case CommandStep():
            return (step,)
        case TogetherStep(steps=steps):
            return steps
        case InterleaveStep(first=first, second=second):
            return (first, second)
        case EditStep():
            return ()
        case _:
            assert_never(step)


def stopped_at(step: Step) -> tuple[At, ...]:
    """At which calls the commands of a step are stopped; nowhere in most."""
    held = (step.at,) if isinstance(step, InterleaveStep) else ()
    stops = (stop for one in commands_of(step) for stop in (one.options.interrupt, one.options.fault) if stop)
    return (*held, *(stop.at for stop in stops))


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """A scenario with a value chosen on each axis; `labels` names the choice, empty without axes.

    Texts may still hold `$root`, `$env`, `$cwd`, `$home`, `$python` and `$tool`.
    """

    labels: tuple[str, ...]
    needs: tuple[str, ...]
    tree: Tree
    environment: str
    cwd: str
    steps: tuple[Step, ...]
    checks: tuple[CheckRef, ...]
    permit: Mapping[str, str]
    waive: Mapping[str, str]

    @property
    def id(self) -> str:
        """The labels as they stand between the brackets of a case's name."""
        return ",".join(self.labels)

    @property
    def others(self) -> frozenset[str]:
        """The tools that steps ask for by name (`by`)."""
        found: set[str] = set()
        for step in self.steps:
            found |= {one.options.by for one in commands_of(step) if one.options.by}
        return frozenset(found)


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """One situation, what is done in it, and what must be true of it."""

    id: str
    summary: str
    because: tuple[str, ...]
    tools: tuple[str, ...]
    variants: tuple[Variant, ...]
    file: str

    @property
    def family(self) -> str:
        """The folder's name."""
        return self.id.partition("/")[0]

    def digest(self) -> str:
        """A digest of what the scenario means: wording (summary, because, reasons) does not count."""
        return self._digest

    @cached_property
    def _digest(self) -> str:
        # Every case asks for it, and it takes as long as there are variants.
        variants = [{**_meaning(v), "permit": sorted(v.permit), "waive": sorted(v.waive)} for v in self.variants]
        told = json.dumps([sorted(self.tools), variants], sort_keys=True)  # as ASCII, whatever names hold
        return hashlib.sha256(told.encode()).hexdigest()


def _meaning(value: object) -> Any:  # noqa: ANN401 -- as JSON has it
    """A value as JSON, of which only what was said counts: a new key of the format changes no digest."""
    match value:
        case bytes():
            return value.hex()
        case tuple():
            return [_meaning(one) for one in value]
        case Mapping():
            return {key: _meaning(one) for key, one in value.items()}
        case _ if is_dataclass(value):
            said = {f.name: getattr(value, f.name) for f in fields(value) if f.compare}
            usual = {f.name: f.default for f in fields(value)} | {
                f.name: f.default_factory() for f in fields(value) if f.default_factory is not MISSING
            }
            told = {name: _meaning(one) for name, one in said.items() if one != usual[name]}
            return {"is": type(value).__name__, **told}
        case _:
            return value
