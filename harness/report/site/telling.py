"""A scenario in words: its steps, its checks, its tree as a drawing."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from typing import TYPE_CHECKING, assert_never

from harness.checks import KNOWN
from harness.report.site.trees import planted, readable
from harness.scenario import (
    CommandStep,
    Delete,
    Each,
    EditStep,
    InterleaveStep,
    Move,
    Options,
    Perform,
    Plant,
    RunPython,
    RunTool,
    Spot,
    TogetherStep,
)
from harness.tree import Copy, Project

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.scenario import Argument, At, Edit, Fault, Step, Variant
    from harness.tree import Entry, Plain, Tree


_CHANGING = "call that changes the tree"


def step(one: Step) -> str:
    """A step in a line: `create`, `recreate, answered with no`."""
    return readable(_step(one))


def _step(one: Step) -> str:
    match one:
        case CommandStep(action=action, options=options):
            return ", ".join([_command(action), *_options(options)])
        case TogetherStep(steps=steps):
            return "at the same time: " + "; ".join(map(_step, steps))
        case InterleaveStep(first=first, second=second, at=at):
            return f"{_step(first)}, held before {_calls(at, _CHANGING)} until this has ended: {_step(second)}"
        case EditStep(action=action):
            return _edit(action)
        case _:
            assert_never(one)


def _command(action: Perform | RunTool | RunPython) -> str:
    match action:
        case Perform(operation=operation):
            return operation
        case RunTool(arguments=arguments):
            return f"the tool with {shlex.join(arguments)}"
        case RunPython(arguments=arguments):
            return f"the environment's python with {shlex.join(arguments)}"
        case _:
            assert_never(action)


def _options(options: Options) -> Iterator[str]:
    told = {"by": "by {}", "at": "at {}", "cwd": "in {}", "through": "standing in {}", "python": "with {}"}
    for name, words in told.items():
        if value := getattr(options, name):
            yield words.format(value)
    if options.seed:
        yield "with pip"
    if options.answer is not None:
        yield f"in a terminal, answered {', '.join(map(repr, options.answer)) or 'with nothing'}"
    if options.umask is not None:
        yield f"umask {options.umask:04o}"
    yield from (f"{name}={value}" for name, value in options.variables.items())
    yield from (f"without {need}" for need in options.drop)
    yield from stops(options)


def stops(options: Options) -> Iterator[str]:
    """Where a command is stopped: `killed before each call that changes the tree`; nothing for most."""
    if options.interrupt is not None:
        sent = "killed" if options.interrupt.signal == "SIGKILL" else f"sent {options.interrupt.signal}"
        yield f"{sent} before {_calls(options.interrupt.at, _CHANGING)}"
    if options.fault is not None:
        yield _fault(options.fault)


def _fault(fault: Fault) -> str:
    which = _calls(fault.at, " or ".join(fault.calls) or "call that can fail so")
    return f"with {fault.error} at {which}{' and at all that follow' if fault.lasting else ''}"


def _calls(at: At, kind: str) -> str:
    """Which calls of a kind."""
    match at:
        case Each():
            return f"each {kind}"
        case Spot(call=call, path=path, occurrence=occurrence):
            return f"the {f'{_nth(occurrence)} ' if occurrence > 1 else ''}{call} at {path}"
        case int():
            return f"the {_nth(at)} {kind}"
        case _:
            assert_never(at)


def _nth(number: int) -> str:
    teens = number % 100 in {11, 12, 13}
    return f"{number}{'th' if teens else {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th')}"


def _edit(edit: Edit) -> str:
    match edit:
        case Plant(tree=tree):
            return "the user adds " + ", ".join(tree)
        case Delete(path=path):
            return f"the user deletes {path}"
        case Move(source=source, target=target):
            return f"the user moves {source} to {target}"
        case _:
            assert_never(edit)


def checks(variant: Variant) -> Iterator[tuple[str, str, str]]:
    """What a variant asks for by name: the level, the check with its argument, and its statement."""
    steps = [check for step in variant.steps for check in step.checks]
    asked = [(ref, KNOWN[ref.name]) for ref in (*variant.checks, *steps)]
    named = [(ref, known) for ref, known in asked if known.standing is None or ref.argument is not None]
    told = ((str(ref.level), f"{ref.name}{_argument(ref.argument)}", known.statement) for ref, known in named)
    yield from dict.fromkeys(told)


def _argument(argument: Argument) -> str:
    match argument:
        case None:
            return ""
        case tuple():
            told = ", ".join(argument)
        case Mapping():
            told = ", ".join(f"{path}: {word}" for path, word in argument.items())
        case _:
            told = str(argument)
    return readable(f": {told}")


def drawing(tree: Tree) -> str:
    """A tree as `tree` would draw it, links with their texts."""
    words = {path: _entry(entry) for path, entry in tree.items()}
    lines = []
    paths = sorted({*words, *(above for path in words for above in _above(path))}, key=lambda path: path.split("/"))
    for path in paths:
        *above, name = path.split("/")
        lines.append("  " * len(above) + name + words.get(path, "/"))
    return readable("\n".join(lines)) or "nothing but the empty directories home, project and tmp"


def _above(path: str) -> Iterator[str]:
    parts = path.split("/")
    return ("/".join(parts[:number]) for number in range(1, len(parts)))


def _entry(entry: Entry) -> str:
    match entry:
        case Copy(of=of):
            return f"  (a copy of {of})"
        case Project(name=name, requires=requires):
            return f"/  (the project {name}{' requiring ' + ', '.join(requires) if requires else ''})"
        case _:
            return _plain(entry)


def _plain(entry: Plain) -> str:
    words = planted({"": entry}, "\0")[""]
    kind, _, rest = words.partition(" ")
    match kind:
        case "link":
            return f" -> {rest}"
        case "directory":
            return f"/  ({rest})" if rest else "/"
        case "file" | "file,":
            return f"  ({rest})" if rest else ""
        case _:
            return f"  ({words})"
