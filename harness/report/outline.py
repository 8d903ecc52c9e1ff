"""A scenario, and a case of it, laid open before anything runs: the tree, the steps, the checks, the commands."""

from __future__ import annotations

from dataclasses import dataclass, replace
from textwrap import indent
from typing import TYPE_CHECKING

from harness.case import Act
from harness.checks import KNOWN
from harness.paper import CACHE, OTHER_PYTHON, PYTHON, ROOT, executable_of
from harness.report.scripts.shell import Shell, quote
from harness.report.site import telling
from harness.report.site.trees import readable
from harness.scenario import CommandStep
from harness.spelling import below_root
from harness.tree import ALWAYS, plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from harness.case import Case, Command
    from harness.scenario import Scenario, Variant

_USUAL_UMASK, _USUAL_LIMIT = 0o022, 60.0
_WIDEST = 30
_NAMES = {ROOT: "$root", CACHE: "$cache", PYTHON: "$python", OTHER_PYTHON: "$other"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A check that a scenario names, with its statement; `step` is 0 for the run as a whole."""

    level: str
    check: str
    statement: str
    step: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """A variant of a scenario in words. `standing` are the checks that apply without being named."""

    scenario: str
    variant: str
    summary: str
    because: tuple[str, ...]
    variants: tuple[str, ...]
    needs: tuple[str, ...]
    tools: tuple[str, ...]
    tree: str
    steps: tuple[str, ...]
    checks: tuple[Asked, ...]
    standing: tuple[str, ...]
    waived: Mapping[str, str]
    permitted: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Spelled:
    """A command as it would run: in which step and directory, with which variables of the tool's and the step's."""

    step: int
    cwd: str
    line: str
    variables: Mapping[str, str]
    remarks: tuple[str, ...] = ()


def outlined(scenario: Scenario, variant: Variant) -> Outline:
    """A variant in words."""
    return Outline(
        scenario=scenario.id,
        variant=variant.id,
        summary=scenario.summary,
        because=scenario.because,
        variants=tuple(one.id for one in scenario.variants if one.labels),
        needs=variant.needs,
        tools=scenario.tools,
        tree=telling.drawing(variant.tree),
        steps=tuple(map(telling.step, variant.steps)),
        checks=tuple(_asked(variant)),
        standing=tuple(name for name, check in KNOWN.items() if check.standing and name not in variant.waive),
        waived=variant.waive,
        permitted=variant.permit,
    )


def _asked(variant: Variant) -> Iterator[Asked]:
    at = {0: variant.checks, **{number: step.checks for number, step in enumerate(variant.steps, start=1)}}
    for number, refs in at.items():
        for level, check, statement in telling.checks(replace(variant, checks=refs, steps=())):
            yield Asked(level=level, check=check, statement=statement, step=number)


def spelled_out(case: Case) -> Iterator[Spelled]:
    """Every command of a case that was planned on paper, with `$root`, `$python` and `$cache` for what paper has."""
    shell = Shell(_NAMES)
    usual = case.probe_variables.keys()
    for step in case.steps:
        if isinstance(step.action, Act):
            of_step = case.variant.steps[step.number - 1]
            stops = telling.stops(of_step.options) if isinstance(of_step, CommandStep) else ()
            told = tuple(map(readable, stops))
            for command in (*step.action.commands, *(one for phase in step.action.then for one in phase)):
                own = {name: text for name, text in sorted(command.variables.items()) if name not in usual}
                yield Spelled(
                    step=step.number,
                    cwd=_named(command.cwd),
                    line=" ".join(_word(argument, shell) for argument in command.argv),
                    variables={name: _named(text) for name, text in own.items()},
                    remarks=(*_remarks(command), *told),
                )


def planted_besides(case: Case) -> tuple[str, ...]:
    """What stands for this tool's sake, as the settings of its projects, and is not in the scenario's tree."""
    told = {*map(below_root, plain(case.variant.tree)), *ALWAYS}
    above = {path.rpartition("/")[0] for path in case.tree}
    return tuple(readable(path) for path in case.tree if path not in told and path not in above)


def _word(argument: str, shell: Shell) -> str:
    tool = argument.removesuffix("/program").rpartition("/")[2]
    return quote(tool) if argument == executable_of(tool) else shell.word(argument)


def _named(text: str) -> str:
    for path, name in _NAMES.items():
        text = text.replace(path, name)
    return readable(text)


def _remarks(command: Command) -> Iterator[str]:
    if command.umask != _USUAL_UMASK:
        yield f"umask {command.umask:04o}"
    if command.answers is not None:
        yield f"in a terminal, answered {', '.join(map(repr, command.answers)) or 'with nothing'}"
    if command.unprivileged:
        yield "without root's power over modes"
    if command.limit != _USUAL_LIMIT:
        yield f"ended after {command.limit:g} s"


def lines(outline: Outline) -> Iterator[str]:
    """An outline for people to read."""
    yield f"{outline.scenario}{f'[{outline.variant}]' if outline.variant else ''}"
    yield f"  {outline.summary}"
    yield from (f"  because: {reason}" for reason in outline.because)
    others = [variant for variant in outline.variants if variant != outline.variant]
    for what, words in (("other variants", others), ("needs", outline.needs), ("only for", outline.tools)):
        if words:
            yield f"  {what}: {'  '.join(words)}"
    yield from ("", "tree", indent(outline.tree, "  "), "", "steps")
    yield from (f"  {number}. {indent(step, '     ').strip()}" for number, step in enumerate(outline.steps, start=1))
    yield from ("", "checks", *_checks(outline))


def _checks(outline: Outline) -> Iterator[str]:
    narrow = [len(one.check) for one in outline.checks if len(one.check) <= _WIDEST]
    width = max(narrow, default=0)
    for one in outline.checks:
        where = f"after step {one.step}: " if one.step else ""
        gap = f"\n{'':<{width + 12}}" if len(one.check) > width else "  "
        yield f"  {one.level:<8}{one.check:<{width}}{gap}{where}{one.statement}"
    yield f"  {'always':<8}{', '.join(outline.standing)}"
    for what, reasons in (("waived", outline.waived), ("permit", outline.permitted)):
        yield from (f"  {what:<8}{one}: {why}" for one, why in reasons.items())


def command_lines(commands: Iterable[Spelled], besides: Sequence[str]) -> Iterator[str]:
    """Commands for people to read, each with what differs from the one before it."""
    if besides:
        yield f"  planted besides, for this tool: {', '.join(besides)}"
    before = ("", dict[str, str]())
    for one in commands:
        if one.cwd != before[0]:
            yield f"  in {one.cwd}"
        if one.variables != before[1]:
            yield from (f"     {name}={text}" for name, text in one.variables.items())
        remarks = f"  ({'; '.join(one.remarks)})" if one.remarks else ""
        yield f"  {one.step}. {one.line}{remarks}"
        before = (one.cwd, dict(one.variables))
