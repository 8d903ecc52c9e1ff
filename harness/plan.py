"""Scenario x variant x subject x Python x machine -> a case with every command spelled out."""

from __future__ import annotations

import posixpath
from dataclasses import replace
from itertools import zip_longest
from pathlib import PurePosixPath, PureWindowsPath
from typing import TYPE_CHECKING, assert_never

from packaging.specifiers import SpecifierSet

from harness.case import Act, Case, CaseStep, Command, Interleave, Skipped, Unsupported
from harness.clean import clean_environment, paths_of
from harness.projects import WHEELS, needs_wheel, running, with_projects
from harness.renaming import renamed
from harness.scenario import (
    CheckRef,
    CommandStep,
    EditStep,
    InterleaveStep,
    Options,
    Perform,
    Plant,
    RunPython,
    RunTool,
    Spot,
    TogetherStep,
    commands_of,
    stopped_at,
)
from harness.spelling import Spelling, below_root, substitute
from harness.tool import INTERPRETER
from harness.tree import ALWAYS, Directory, File, Project, plain
from harness.wheel import NAME, wheel

if TYPE_CHECKING:
    from collections.abc import Mapping

    from harness.case import Action, Setting
    from harness.scenario import At, Scenario, Step, Variant
    from harness.tool import Subject, Tool
    from harness.tree import Entry, Plain

USUAL = ".venv"
"""What an environment is called unless a tool has another name for it."""


class _NoCaseError(Exception):
    """Carries why there is no case."""

    def __init__(self, why: Unsupported | Skipped) -> None:
        super().__init__(why.reason)
        self.why = why


def plan(scenario: Scenario, variant: Variant, setting: Setting) -> Case | Unsupported | Skipped:
    """Decide everything. Unsupported where the tool lacks an operation, Skipped where the machine lacks a need."""
    lacking = next(filter(None, (_lack(need, setting) for need in variant.needs)), None)
    try:
        case = _Planner(scenario, variant, setting).case()
    except _NoCaseError as no_case:
        # What a tool cannot do it can do on no machine.
        return Skipped(lacking) if lacking and isinstance(no_case.why, Skipped) else no_case.why
    return Skipped(lacking) if lacking else case


def _lack(need: str, setting: Setting) -> str | None:
    if need.startswith("python"):
        version = setting.python.version
        fits = SpecifierSet(need.removeprefix("python")).contains(version, prereleases=True)
        return None if fits else f"needs {need}, this is Python {version}"
    if need == "other-python":
        return None if setting.other_python else "needs other-python: no Python of another minor version is here"
    reason = setting.machine.lacks.get(need)
    return f"needs {need}: {reason}" if reason else None


class _Planner:
    def __init__(self, scenario: Scenario, variant: Variant, setting: Setting) -> None:
        self.scenario, self.setting = scenario, setting
        tool = setting.subject.tool
        variant = at_home(variant, tool)
        self.variant = variant = replace(
            variant,
            environment=below_root(variant.environment),
            cwd=below_root(variant.cwd),
            permit={below_root(path): why for path, why in variant.permit.items()},
        )
        self.root = setting.place.root
        self.path = paths_of(setting)
        self.scripts = ("Scripts", "python.exe") if setting.machine.windows else ("bin", "python")
        self.names = {
            "root": self.root,
            "env": self.below(variant.environment),
            "cwd": self.below(variant.cwd),
            "home": self.below("home"),
            "python": setting.python.executable,
            "other": setting.other_python.executable if setting.other_python else "",
            "tool": self.executable(setting.subject, setting.python.executable),
            "cache": setting.place.cache,
            "wheels": self.below(WHEELS),
        }
        self.wheels = (PureWindowsPath if setting.machine.windows else PurePosixPath)(self.names["wheels"]).as_uri()
        own = "$python" if tool.executable == INTERPRETER else tool.name
        below = {name: value.replace(self.root, "$root") for name, value in self.names.items()}
        shown = {**below, "python": "$python", "other": "$other", "cache": "$cache", "tool": own}
        self.spelling = Spelling(self.names, shown)

    def below(self, path: str) -> str:
        """The absolute path of something in the root."""
        return str(self.path.join(self.root, *path.split("/")))

    def case(self) -> Case:
        checks = tuple(self.spelling.check(ref) for ref in self.variant.checks)
        steps = tuple(self.steps(self.probed(checks), wreck=_asks("no-impostor", checks)))
        compared = any(_asks("same-as-plain", step.checks) for step in steps) or _asks("same-as-plain", checks)
        return self.spelled_out(self.tree(self.variant), steps, checks, self.plain() if compared else None)

    def probed(self, checks: tuple[CheckRef, ...]) -> set[int]:
        """The steps after which checks of the whole run want to know whether the environment works."""
        last = len(self.variant.steps)
        found = {last} if _asks("usable", checks) else set()
        if _asks("recovers", checks):
            first = next((n for n, step in enumerate(self.variant.steps, start=1) if stopped_at(step)), 1)
            found |= set(range(first + 1, last + 1))
        return found

    def plain(self) -> Case:
        """The same tool's create where nothing stands."""
        # Under the umask that the scenario's own commands have, or it would not be the same tool's plain environment.
        umasks = (step.options.umask for step in self.variant.steps if isinstance(step, CommandStep))
        create = CommandStep(Perform("create"), Options(umask=next(umasks, None)))
        step = CaseStep(1, self.act(create), (), probe=False)
        nothing = replace(self.variant, tree={self.variant.cwd: Directory()}, steps=(create,))
        return self.spelled_out(self.tree(nothing), (step,), (), None)

    def spelled_out(
        self, tree: Mapping[str, Plain], steps: tuple[CaseStep, ...], checks: tuple[CheckRef, ...], plain: Case | None
    ) -> Case:
        tools = (self.setting.subject.tool, *(other.tool for other in self.setting.others.values()))
        everywhere = [{**self.names, "cwd": self.below(cwd)} for cwd in self.directories()]
        own = dict.fromkeys(
            substitute(place, names) for tool in tools for place in tool.own_places for names in everywhere
        )
        return Case(
            scenario=self.scenario,
            variant=self.variant,
            subject=self.setting.subject,
            python=self.setting.python,
            other_python=self.setting.other_python,
            programs={other.executable: name for name, other in self.setting.others.items()},
            place=self.setting.place,
            tree=tree,
            steps=steps,
            checks=checks,
            permit=tuple(self.variant.permit),
            own_places=tuple(self.relative(path) for path in own if path.startswith(self.root)),
            volatile=tuple(pattern for tool in tools for pattern in tool.volatile),
            interpreter_within=self.path.join(*self.scripts),
            probe_variables=clean_environment(self.setting, self.names["tool"], self.below(self.variant.cwd)),
            plain=plain,
            watched=any(_asks("base-untouched", asked) for asked in (checks, *(step.checks for step in steps))),
        )

    def directories(self) -> list[str]:
        """Where commands run, relative to the root."""
        commands = (command for step in self.variant.steps for command in commands_of(step))
        return list(dict.fromkeys([self.variant.cwd, *(self.cwd(command.options) for command in commands)]))

    def relative(self, path: str) -> str:
        return path.removeprefix(self.root).replace("\\", "/").strip("/")

    def tree(self, variant: Variant) -> dict[str, Plain]:
        tools = running(variant, lambda options: self.subject(options).tool)
        tree = with_projects(variant.tree, tools, self.wheels)
        wheels: dict[str, Entry] = {f"{WHEELS}/{NAME}": File(wheel())} if needs_wheel(variant) else {}
        return plain({**dict.fromkeys(ALWAYS, Directory()), **self.spelling.tree(tree), **wheels})

    def steps(self, probed: set[int], *, wreck: bool) -> list[CaseStep]:
        found = []
        for number, step in enumerate(self.variant.steps, start=1):
            checks = tuple(self.spelling.check(ref) for ref in step.checks)
            probe = number in probed or _asks("usable", checks) or _asks("recovers", checks)
            seen = wreck or _asks("no-impostor", checks)
            *before, last = self.actions(step)
            found += [CaseStep(number, action, (), probe=False) for action in before]
            found.append(CaseStep(number, last, checks, probe, seen))
        return found

    def actions(self, step: Step) -> list[Action]:
        """What a step is: one action, or each of a tool's ways to look by itself, so that one is told from another."""
        match step:
            case CommandStep(action=Perform(operation="inspect")):
                act = self.act(step)
                return [replace(act, commands=commands, then=()) for commands in (act.commands, *act.then)]
            case CommandStep():
                return [self.act(step)]
            case TogetherStep(steps=steps):
                return [self.together([self.act(one) for one in steps])]
            case InterleaveStep(at=at):
                first, second = (self.act(one) for one in commands_of(step))
                return [replace(self.together([first, second]), stop=Interleave(first, second, _spelled(at)))]
            case EditStep(action=Plant(tree=tree)):
                tools = {path: [self.setting.subject.tool] for path in tree if isinstance(tree[path], Project)}
                return [self.spelling.edit(Plant(with_projects(tree, tools, self.wheels)))]
            case EditStep(action=edit):
                return [self.spelling.edit(edit)]
            case _:
                assert_never(step)

    def together(self, acts: list[Act]) -> Act:
        first, *others = acts
        operation = " and ".join(dict.fromkeys(act.operation for act in acts))
        # What takes several commands waits for the others after each, as long as they have one more.
        by_act = [[command for (command,) in (act.commands, *act.then)] for act in acts]
        commands, *then = (tuple(filter(None, phase)) for phase in zip_longest(*by_act))
        environments = tuple(act.environment for act in others)
        return Act(operation, any(act.own for act in acts), first.environment, commands, environments, tuple(then))

    def act(self, step: CommandStep) -> Act:
        options = step.options
        cwd = below_root(options.through) if options.through else self.cwd(options)
        names = {**self.names, "env": self.spelled(options)}
        subject = self.subject(options)
        if options.python:
            names["python"] = substitute(options.python, self.names)
        names["tool"] = self.executable(subject, names["python"])
        match step.action:
            case Perform(operation=operation):
                argvs, word = self.operation(subject, operation, options), operation
            case RunTool(arguments=arguments):
                argvs, word = (("$tool", *arguments),), "run"
                names["env"] = self.names["env"]
            case RunPython(arguments=arguments):
                argvs, word = ((self.python_of(names["env"], cwd), *arguments),), "python"
            case _:
                assert_never(step.action)
        more = {**subject.tool.variables, **options.variables}
        added = {name: substitute(value, names) for name, value in more.items()}
        first, *then = (
            Command(
                argv=tuple(substitute(argument, names) for argument in argv),
                cwd=self.below(cwd),
                variables={**clean_environment(self.setting, names["tool"], self.below(cwd)), **added},
                limit=options.limit,
                answers=options.answer,
                umask=0o022 if options.umask is None else options.umask,
                unprivileged=self.unprivileged(options),
            )
            for argv in argvs
        )
        own = subject is self.setting.subject
        environment = self.environment(names["env"], cwd)
        stop = options.interrupt or options.fault
        return Act(
            word, own, environment, (first,), then=tuple((command,) for command in then),
            stop=replace(stop, at=_spelled(stop.at)) if stop else None,
        )  # fmt: skip

    def subject(self, options: Options) -> Subject:
        if options.by is None or options.by == self.setting.subject.tool.name:
            return self.setting.subject
        if options.by not in self.setting.others:
            raise _NoCaseError(Skipped(f"a step is done by `{options.by}`, which could not be had"))
        return self.setting.others[options.by]

    def operation(self, subject: Subject, operation: str, options: Options) -> tuple[tuple[str, ...], ...]:
        tool = subject.tool
        found = tool.alternative(operation, subject.version)
        if found is None:
            raise _NoCaseError(Unsupported(f"{tool.name} {subject.version} has no `{operation}`"))
        place = found.environment or tool.environment
        if place and self.spelled(options) != place:
            raise _NoCaseError(Unsupported(f"the `{operation}` of {tool.name} knows environments at `{place}` alone"))
        *before, last = found.run
        return (*before, (*last, *(found.seed if options.seed else found.without_seed)))

    def executable(self, subject: Subject, python: str) -> str:
        return python if subject.tool.executable == INTERPRETER else subject.executable

    def spelled(self, options: Options) -> str:
        """The environment as a user where the command runs would write it, or as the step has it."""
        if options.at is not None:
            return substitute(options.at, self.names)
        # `through` is another way to the same directory.
        relative = posixpath.relpath(self.variant.environment, self.cwd(options))
        return relative.replace("/", str(self.path.sep))

    def cwd(self, options: Options) -> str:
        return below_root(options.cwd) if options.cwd else self.variant.cwd

    def environment(self, spelled: str, cwd: str) -> str:
        """The path that a spelling means, relative to the root, links and `..` untouched."""
        if spelled.startswith(self.root):
            return self.relative(spelled)
        return f"{cwd}/{spelled}".replace("\\", "/").rstrip("/")

    def python_of(self, spelled: str, cwd: str) -> str:
        # `$` stands for a name in an argument, so a dollar sign of the path itself is doubled.
        return str(self.path.join(self.below(cwd), spelled, *self.scripts)).replace("$", "$$")

    def unprivileged(self, options: Options) -> bool:
        asked = "write-anywhere" in options.drop or "ordinary-user" in self.variant.needs
        machine = self.setting.machine
        return machine.powerless or (asked and machine.facts.get("user") == "root")


def at_home(variant: Variant, tool: Tool) -> Variant:
    """The variant as this tool can play it: a `.venv` under the one name that the tool has for an environment."""
    name = posixpath.basename(tool.environment)
    if name in ("", USUAL) or posixpath.basename(variant.environment) != USUAL:
        return variant
    return replace(renamed(variant, USUAL, name), labels=variant.labels)


def _spelled(at: At) -> At:
    return replace(at, path=below_root(at.path)) if isinstance(at, Spot) else at


def _asks(name: str, checks: tuple[CheckRef, ...]) -> bool:
    return any(ref.name == name for ref in checks)
