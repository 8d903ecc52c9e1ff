"""The steps of a scenario, each with its modifiers and its own checks."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from harness.errors import did_you_mean
from harness.reading.checks import LEVELS, read_checks
from harness.reading.nodes import Mapping, Node, Scalar
from harness.reading.paths import leaves
from harness.reading.stops import BEFORE, STOPS, Stops, refuse_second_sweep, refuse_stops
from harness.reading.tree import read_tree
from harness.scenario import (
    CommandStep,
    Delete,
    EditStep,
    InterleaveStep,
    Move,
    Options,
    Perform,
    Plant,
    RunPython,
    RunTool,
    Step,
    TogetherStep,
)
from harness.tool import OPERATIONS

if TYPE_CHECKING:
    from collections import abc

    from harness.reading.values import Reader
    from harness.scenario import CheckRef

T = TypeVar("T")

EDITS = ("plant", "delete", "move")
ACTIONS = (*OPERATIONS, "run", "python", *EDITS, "together", "interleave")
MODIFIERS = {
    "at": "the environment's path for this step, as a user would spell it",
    "cwd": "where this command runs",
    "through": "where this command runs, by a path that goes through a link",
    "by": "the tool that does this step",
    "seed": "whether pip is put inside",
    "python": "the interpreter for this step: a path, or `$other` for one of another minor version",
    "answer": "lines to type at the prompts of a terminal",
    "variables": "environment variables for this command",
    "drop": "powers to run without",
    "umask": 'the umask, as in `"0077"`',
    "limit": "how long it may take, as in `30s`",
    **STOPS,
}
INTERPRETERS = ("$python", "$other")
POWERS = ("write-anywhere",)
TOOL_NAME = re.compile(r"[a-z0-9]([a-z0-9._-]*[a-z0-9])?")

_SEEDED = ("create", "recreate", "reuse", "sync")
_MOVE = {"from": "what is renamed", "to": "its new path"}


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What steps are read against: where commands run and the environment is, and whether the tools are named."""

    cwd: str
    environment: str
    tools: bool

    @property
    def places(self) -> dict[str, str]:
        """The names with which the spelling of a path in the root may begin, each with its path."""
        return {"$root": ".", "$home": "home", "$cwd": self.cwd, "$env": self.environment}


def read_steps(node: Node, around: Surroundings, reader: Reader) -> tuple[Step, ...]:
    """The value of `steps`."""
    found = [(item, step) for item in reader.items(node, "`steps`") if (step := _step(item, around, reader))]
    refuse_second_sweep(found, reader)
    return tuple(step for _, step in found)


def _step(node: Node, around: Surroundings, reader: Reader) -> Step | None:
    if not isinstance(node, Mapping):
        return _bare(node, reader)
    key = _action(node, reader)
    if key is None:
        return None
    action = key.text
    required = ["at"] if action == "interleave" else []
    fields = reader.fields(node, f"the step `{action}`", _allowed(action), required=required, elsewhere=MODIFIERS)
    return _of_action(action, fields, around, reader)


def _bare(node: Node, reader: Reader) -> CommandStep | None:
    word = reader.one_of(node, "step", ACTIONS)
    if word in OPERATIONS:
        return CommandStep(Perform(word))
    if word:
        reader.note(f"`{word}` says too little", node.place, f"`{word}: ...`, with what it is about")
    return None


def _action(node: Mapping, reader: Reader) -> Scalar | None:
    """The key that says what is done. `python` is one too, where it stands alone or with a list."""
    keys = [key for key, value in node.entries if key.text in ACTIONS and not _is_path(key, value)]
    keys = keys or [key for key, _ in node.entries if key.text == "python"]
    if len(keys) == 1:
        return keys[0]
    if keys:
        what = f"two actions in one step: `{keys[0].text}` and `{keys[1].text}`"
        reader.note(what, keys[1].place, "give each step its own `-`")
        return None
    known = (*ACTIONS, *MODIFIERS, *LEVELS)
    for key, _ in node.entries:
        if key.text not in known:
            reader.note(f"unknown step `{key.text}`", key.place, did_you_mean(key.text, ACTIONS))
    if all(key.text in known for key, _ in node.entries):
        reader.note("a step needs an action", node.place, "`create:` or another word with nothing after the colon")
    return None


def _is_path(key: Scalar, value: Node) -> bool:
    return key.text == "python" and isinstance(value, Scalar)


def _allowed(action: str) -> dict[str, str]:
    """The keys of a step that does this."""
    if action in EDITS or action == "together":
        return {action: action, **LEVELS}
    if action == "interleave":
        return {action: action, "at": BEFORE, **LEVELS}
    modifiers = dict(MODIFIERS)
    if action not in _SEEDED:
        del modifiers["seed"]
    if action == "python":
        del modifiers["by"]
    return {action: action, **modifiers, **LEVELS}


def _of_action(action: str, fields: dict[str, Node], around: Surroundings, reader: Reader) -> Step | None:
    node, checks = fields[action], read_checks(fields, reader)
    match action:
        case "plant":
            return EditStep(Plant(read_tree(node, "`plant`", reader, alone=False)), checks)
        case "delete":
            return EditStep(Delete(reader.path(node, "`delete`")), checks)
        case "move":
            return EditStep(_move(node, reader), checks)
        case "together":
            return TogetherStep(_together(node, around, reader), checks)
        case "interleave":
            return _interleaved(fields, checks, around, reader)
        case "run":
            if not around.tools:
                reader.note("`run` without `tools`", node.place, "say whose arguments they are: `tools: [uv]`")
            return CommandStep(RunTool(reader.texts(node, "`run`")), _options(fields, around, reader), checks)
        case "python":
            arguments = reader.texts(fields.pop("python"), "`python`")
            return CommandStep(RunPython(arguments), _options(fields, around, reader), checks)
        case _:
            reader.nothing(node, f"`{action}`")
            return CommandStep(Perform(action), _options(fields, around, reader), checks)


def _move(node: Node, reader: Reader) -> Move:
    fields = reader.fields(node, "`move`", _MOVE, required=_MOVE)
    source, target = (reader.path(fields[key], f"`{key}`") if key in fields else "" for key in _MOVE)
    if source and f"{target}/".startswith(f"{source}/"):
        reader.note(f"`{source}` cannot be moved to `{target}`", fields["to"].place, "name a path beside it")
    return Move(source, target)


def _together(node: Node, around: Surroundings, reader: Reader) -> tuple[CommandStep, ...]:
    items = reader.items(node, "`together`")
    if len(items) == 1:
        reader.note("`together` with one step alone", node.place, "name two or more")
    return _commands(items, "together", around, reader)


def _interleaved(
    fields: dict[str, Node], checks: tuple[CheckRef, ...], around: Surroundings, reader: Reader
) -> InterleaveStep | None:
    node = fields["interleave"]
    items = reader.items(node, "`interleave`")
    if len(items) not in {0, 2}:
        what = f"`interleave` takes two commands, not {len(items)}"
        reader.note(what, node.place, "the second runs while the first is held")
    at = Stops(around.places, reader).at(fields["at"], "`at`") if "at" in fields else None
    match _commands(items, "interleave", around, reader):
        case (first, second) if at is not None:
            return InterleaveStep(first, second, at, checks)
        case _:
            return None


def _commands(items: abc.Iterable[Node], within: str, around: Surroundings, reader: Reader) -> tuple[CommandStep, ...]:
    """The commands of a step that has several."""
    found = []
    for item in items:
        step = _step(item, around, reader)
        refuse_stops(item, within, reader)
        if isinstance(step, CommandStep) and not step.checks:
            found.append(step)
        elif step:
            hint = f"its checks stand beside `{within}`" if isinstance(step, CommandStep) else ""
            reader.note(f"`{within}` holds commands alone, without checks of their own", item.place, hint)
    return tuple(found)


def _options(fields: dict[str, Node], around: Surroundings, reader: Reader) -> Options:
    def given(key: str, read: abc.Callable[[Node, str], T]) -> T | None:
        return read(fields[key], f"`{key}`") if key in fields else None

    def spelled(node: Node, subject: str) -> str:
        return _spelled(node, subject, through or cwd or around.cwd, around, reader)

    def interpreter(node: Node, subject: str) -> str:
        if isinstance(node, Scalar) and node.text in INTERPRETERS:
            return node.text
        return spelled(node, subject)

    stops = Stops(around.places, reader)
    cwd, through = given("cwd", reader.path), given("through", reader.path)
    if cwd and through:
        reader.note("`cwd` and `through` both say where the command runs", fields["through"].place, "leave one out")
    interrupt, fault = given("interrupt", stops.interrupt), given("fault", stops.fault)
    if interrupt and fault:
        reader.note(
            "`interrupt` and `fault` in one step", fields["fault"].place, "leave one out, or make it two scenarios"
        )
    return Options(
        at=given("at", spelled),
        cwd=cwd,
        through=through,
        by=_tool(fields["by"], reader) if "by" in fields else None,
        seed=given("seed", reader.truth) or False,
        python=given("python", interpreter),
        answer=given("answer", reader.texts),
        variables=reader.variables(fields["variables"]) if "variables" in fields else {},
        drop=_drop(fields["drop"], reader) if "drop" in fields else (),
        umask=given("umask", reader.mode),
        limit=given("limit", reader.duration) or Options().limit,
        interrupt=interrupt,
        fault=fault,
    )


def _spelled(node: Node, subject: str, start: str, around: Surroundings, reader: Reader) -> str:
    """A path as a user in `start` would type it; it may begin with a name that stands for a place in the root."""
    text = reader.text(node, subject)
    if text is None:
        return ""
    first, _, rest = text.partition("/")
    place = around.places.get(first)
    wrong = leaves(text, start) if place is None else leaves(rest or ".", place)
    if wrong:
        hint = "it is relative to where the command runs, or begins with `$root/`"
        reader.note(f"{subject} cannot be `{text}`: {wrong}", node.place, hint)
    return text


def _tool(node: Node, reader: Reader) -> str:
    return reader.fitting(node, "`by`", TOOL_NAME, "the name of a tool, as in `venv`") or ""


def _drop(node: Node, reader: Reader) -> tuple[str, ...]:
    return tuple(reader.one_of(item, "power", POWERS) or "" for item in reader.items(node, "`drop`"))
