"""Scenario x variant x subject x Python x machine -> a case with every command spelled out."""

from __future__ import annotations

import ntpath
import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias, assert_never

from packaging.specifiers import SpecifierSet

from harness.case import Act, Case, CaseStep, Command, Skipped, Unsupported
from harness.checks import KNOWN, ArgumentKind
from harness.scenario import (
    CheckRef,
    CommandStep,
    Delete,
    EditStep,
    Move,
    Options,
    Perform,
    Plant,
    RunPython,
    RunTool,
    TogetherStep,
)
from harness.tool import INTERPRETER
from harness.tree import ALWAYS, Copy, Directory, File, Hardlink, Link, plain

if TYPE_CHECKING:
    from types import ModuleType

    from harness.case import Action, Machine, Place
    from harness.scenario import Argument, Edit, Scenario, Step, Variant
    from harness.tool import Interpreter, Subject
    from harness.tree import Entry, Plain, Tree

Names: TypeAlias = Mapping[str, str]
"""What `$name` stands for, by the name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """All that a scenario is combined with: who plays it, by which Python, on which machine, and where.

    `others` are the builds of other tools that a step may ask for (`by`), by the tool's name.
    """

    subject: Subject
    python: Interpreter
    machine: Machine
    place: Place
    others: Mapping[str, Subject]


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
    reason = setting.machine.lacks.get(need)
    return f"needs {need}: {reason}" if reason else None


def substitute(text: str, names: Names) -> str:
    """The text with every `$name` replaced and `$$` a dollar sign. Readers refuse names that are not known."""
    return re.sub(r"\$(\$|[a-z]+)", lambda match: "$" if match[1] == "$" else names[match[1]], text)


def _path(text: str) -> str:
    """A path below the root, which holds no name: only `$$` is left to be replaced."""
    return substitute(text, {})


class _Planner:
    def __init__(self, scenario: Scenario, variant: Variant, setting: Setting) -> None:
        self.scenario, self.setting = scenario, setting
        self.variant = variant = replace(
            variant,
            environment=_path(variant.environment),
            cwd=_path(variant.cwd),
            permit={_path(path): why for path, why in variant.permit.items()},
        )
        self.root = setting.place.root
        self.path: ModuleType = ntpath if setting.machine.windows else posixpath
        self.scripts = ("Scripts", "python.exe") if setting.machine.windows else ("bin", "python")
        self.names: Names = {
            "root": self.root,
            "env": self.below(variant.environment),
            "cwd": self.below(variant.cwd),
            "home": self.below("home"),
            "python": setting.python.executable,
            "tool": self.executable(setting.subject, setting.python.executable),
            "cache": setting.place.cache,
        }

    def below(self, path: str) -> str:
        """The absolute path of something in the root."""
        return str(self.path.join(self.root, *path.split("/")))

    def case(self) -> Case:
        checks = tuple(self.check(ref) for ref in self.variant.checks)
        steps = tuple(self.steps(probed={len(self.variant.steps)} if _asks("usable", checks) else set()))
        compared = any(_asks("same-as-plain", step.checks) for step in steps) or _asks("same-as-plain", checks)
        return self.spelled_out(self.tree(self.variant.tree), steps, checks, self.plain() if compared else None)

    def plain(self) -> Case:
        """The same tool's create where nothing stands."""
        step = CaseStep(1, self.command_step(CommandStep(Perform("create"))), (), probe=False)
        return self.spelled_out(self.tree({self.variant.cwd: Directory()}), (step,), (), None)

    def spelled_out(
        self, tree: Mapping[str, Plain], steps: tuple[CaseStep, ...], checks: tuple[CheckRef, ...], plain: Case | None
    ) -> Case:
        own = (substitute(place, self.names) for place in self.setting.subject.tool.own_places)
        return Case(
            scenario=self.scenario,
            variant=self.variant,
            subject=self.setting.subject,
            python=self.setting.python,
            place=self.setting.place,
            tree=tree,
            steps=steps,
            checks=checks,
            permit=tuple(self.variant.permit),
            own_places=tuple(self.relative(path) for path in own if path.startswith(self.root)),
            interpreter_within=self.path.join(*self.scripts),
            probe_variables=self.variables(self.below(self.variant.cwd), self.setting.subject),
            plain=plain,
        )

    def relative(self, path: str) -> str:
        return path.removeprefix(self.root).replace("\\", "/").strip("/")

    def tree(self, tree: Tree) -> dict[str, Plain]:
        return plain({**dict.fromkeys(ALWAYS, Directory()), **self.entries(tree)})

    def entries(self, tree: Tree) -> dict[str, Entry]:
        return {_path(path): self.entry(entry) for path, entry in tree.items()}

    def entry(self, entry: Entry) -> Entry:
        match entry:
            case Link(text=text):
                return Link(substitute(text, self.names))
            case Hardlink(to=path):
                return Hardlink(_path(path))
            case Copy(of=path):
                return Copy(_path(path))
            case File(content=bytes() as content):
                return replace(entry, content=_substitute_bytes(content, self.names))
            case _:
                return entry

    def check(self, ref: CheckRef) -> CheckRef:
        if KNOWN[ref.name].argument is ArgumentKind.REGEX:
            return replace(ref, argument=self.expression(str(ref.argument)))
        return replace(ref, argument=self.argument(ref.argument))

    def argument(self, argument: Argument) -> Argument:
        match argument:
            case str():
                return substitute(argument, self.shown())
            case tuple():
                return tuple(map(_path, argument))
            case Mapping():
                return {_path(path): substitute(text, self.names) for path, text in argument.items()}
            case None | int():
                return argument
            case _:
                assert_never(argument)

    def expression(self, text: str) -> str:
        """An expression that is held against output; a name in it, be it after a backslash, stands for itself."""
        shown = self.shown()
        return re.sub(r"(\\?)\$(\$|[a-z]+)", lambda m: f"{m[1]}$" if m[2] == "$" else re.escape(shown[m[2]]), text)

    def shown(self) -> Names:
        """The names as output has them, in which the machine's paths are not written."""
        tool = self.setting.subject.tool
        below = {name: value.replace(self.root, "$root") for name, value in self.names.items()}
        own = "$python" if tool.executable == INTERPRETER else tool.name
        return {**below, "python": "$python", "cache": "$cache", "tool": own}

    def steps(self, probed: set[int]) -> list[CaseStep]:
        found = []
        for number, step in enumerate(self.variant.steps, start=1):
            checks = tuple(self.check(ref) for ref in step.checks)
            probe = number in probed or _asks("usable", checks)
            found.append(CaseStep(number, self.action(step), checks, probe))
        return found

    def action(self, step: Step) -> Action:
        match step:
            case CommandStep():
                return self.command_step(step)
            case TogetherStep(steps=steps):
                return self.together([self.command_step(one) for one in steps])
            case EditStep(action=edit):
                return self.edit(edit)
            case _:
                assert_never(step)

    def edit(self, edit: Edit) -> Edit:
        match edit:
            case Plant(tree=tree):
                return Plant(plain(self.entries(tree), alone=True))
            case Delete(path=path):
                return Delete(_path(path))
            case Move(source=source, target=target):
                return Move(_path(source), _path(target))
            case _:
                assert_never(edit)

    def together(self, acts: list[Act]) -> Act:
        first = acts[0]
        operation = " and ".join(dict.fromkeys(act.operation for act in acts))
        commands = tuple(command for act in acts for command in act.commands)
        return Act(operation, any(act.own for act in acts), first.environment, commands)

    def command_step(self, step: CommandStep) -> Act:
        options = step.options
        cwd = _path(options.through) if options.through else self.cwd(options)
        names = {**self.names, "env": self.spelled(options)}
        subject = self.subject(options)
        if options.python:
            names["python"] = substitute(options.python, self.names)
        names["tool"] = self.executable(subject, names["python"])
        match step.action:
            case Perform(operation=operation):
                argv, word = self.operation(subject, operation, options), operation
            case RunTool(arguments=arguments):
                argv, word = ("$tool", *arguments), "run"
                names["env"] = self.names["env"]
            case RunPython(arguments=arguments):
                argv, word = (self.python_of(names["env"], cwd), *arguments), "python"
            case _:
                assert_never(step.action)
        more = {**subject.tool.variables, **options.variables}
        added = {name: substitute(value, names) for name, value in more.items()}
        command = Command(
            argv=tuple(substitute(argument, names) for argument in argv),
            cwd=self.below(cwd),
            variables={**self.variables(self.below(cwd), subject), **added},
            limit=options.limit,
            answers=options.answer,
            umask=0o022 if options.umask is None else options.umask,
            unprivileged=self.unprivileged(options),
        )
        own = subject is self.setting.subject
        return Act(word, own, self.environment(names["env"], cwd), (command,))

    def subject(self, options: Options) -> Subject:
        if options.by is None or options.by == self.setting.subject.tool.name:
            return self.setting.subject
        if options.by not in self.setting.others:
            raise _NoCaseError(Skipped(f"a step is done by `{options.by}`, which could not be had"))
        return self.setting.others[options.by]

    def operation(self, subject: Subject, operation: str, options: Options) -> tuple[str, ...]:
        found = subject.tool.alternative(operation, subject.version)
        if found is None:
            raise _NoCaseError(Unsupported(f"{subject.tool.name} {subject.version} has no `{operation}`"))
        return (*found.run, *(found.seed if options.seed else found.without_seed))

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
        return _path(options.cwd) if options.cwd else self.variant.cwd

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
        return asked and self.setting.machine.facts.get("user") == "root"

    def variables(self, cwd: str, subject: Subject) -> dict[str, str]:
        """The clean environment: nothing of the user's passes, everything points into the root."""
        home = self.below("home")
        join, dirname = self.path.join, self.path.dirname
        system = [] if self.setting.machine.windows else ["/usr/bin", "/bin"]
        python = self.setting.python.executable
        near = [dirname(self.executable(subject, python)), dirname(python)]
        temporary = self.below("tmp")
        clean = {
            **self.setting.machine.variables,
            "PATH": self.path.pathsep.join(dict.fromkeys([*near, *system])),
            "HOME": home,
            "TMPDIR": temporary,
            "XDG_CONFIG_HOME": join(home, ".config"),
            "XDG_DATA_HOME": join(home, ".local", "share"),
            "XDG_CACHE_HOME": join(home, ".cache"),
            "XDG_STATE_HOME": join(home, ".local", "state"),
            "LANG": "C.UTF-8",
            "TZ": "UTC",
            "PWD": cwd,
            "VENVPROOF_SESSION": self.setting.place.session,
        }
        if self.setting.machine.windows:
            clean |= {"USERPROFILE": home, "APPDATA": home, "LOCALAPPDATA": home, "TEMP": temporary, "TMP": temporary}
        return clean


def _asks(name: str, checks: tuple[CheckRef, ...]) -> bool:
    return any(ref.name == name for ref in checks)


def _substitute_bytes(content: bytes, names: Names) -> bytes:
    if b"$" not in content:
        return content
    return substitute(content.decode("utf-8", "surrogateescape"), names).encode("utf-8", "surrogateescape")
