"""A case as a POSIX shell script that needs no harness: whoever reads a report can try it, and change it."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, assert_never

from packaging.version import InvalidVersion, Version

from harness.case import Act
from harness.paper import CACHE, OTHER_PYTHON, PYTHON, ROOT, executable_of
from harness.report.cells import broken, printable
from harness.report.scripts.faults import Fault
from harness.report.scripts.intact import intact
from harness.report.scripts.looks import ERRORS, command_steps, functions, homes, keep, stated
from harness.report.scripts.shell import Shell
from harness.run import inside
from harness.scenario import Delete, Level, Move, Plant, stopped_at
from harness.tool import INTERPRETER
from harness.tools.catalogue import builtin_tools
from harness.tree import Directory, mounts, plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from harness.case import Case, CaseStep, Command
    from harness.result import Record
    from harness.tool import Tool

_USUAL_LIMIT = 60.0
_COMMON = ("PATH", "HOME", "TMPDIR", "LANG")
_OURS = {"TZ", "PWD", "VENVPROOF_SESSION"}
_DEFAULTS = {"XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME"}
"""Variables that only the harness needs, and those that say no more than `HOME` does."""

_LEVELS = {"breaks": Level.MUST, "weak": Level.SHOULD}
"""Whose findings are shown, by the outcome."""

_UMASK = 0o022
_EXCUSED = "# shellcheck disable=SC2016 # what stands in single quotes is meant as it stands"
_NO_LOOK = "this shows only in comparison with what the harness had made elsewhere"
_TERMINAL = "this takes a terminal, at which prompts are answered, and a POSIX shell has none to offer"
_STOPPED = "this stops a command at calls of its own, and a POSIX shell cannot"
_MODES_BIND = (
    '(umask 777; : >"$top/x"; cat "$top/x") 2>/dev/null && '
    "{ echo 'this takes an ordinary user, whom modes bind' >&2; answer=77; exit; }"
)
_APART = """\
if [ -z "${APART-}" ]; then # what is mounted here nobody else sees, and it goes when this ends
  [ "$(id -u)" = 0 ] && as=-m || as=-Urm
  unshare "$as" mount -t tmpfs tmpfs /tmp || { echo 'mounts of its own are refused, which this takes' >&2; exit 77; }
  APART=yes exec unshare "$as" sh "$0"
fi"""


def script(case: Case, record: Record) -> str:
    """A shell script that plays a case, which was planned on paper, and exits 1 where its fault shows.

    It exits 0 where none shows; what is only weak is told, and is none. It exits 77 where it cannot tell, and 2 where
    anything else goes wrong, or a command does not end. Of the record, the subject, outcome and findings count.
    """
    commands = [command for step in case.steps if isinstance(step.action, Act) for command in _of(step.action)]
    head = ["#!/bin/sh", f"# {case.name} with {_line(record['subject'])}: {_line(case.scenario.summary)}"]
    if any(command.answers is not None for command in commands):
        return _cannot(head, _TERMINAL)
    if any(map(stopped_at, case.variant.steps)):
        return _cannot(head, _STOPPED)
    played = _Script(case, record)
    if record["outcome"] in _LEVELS and not any(played.after.values()):
        return _cannot(head, _NO_LOOK)
    body = "\n".join(played.lines())
    excused = [_EXCUSED] if _quotes_dollars(body) else []
    return "\n".join([*head, *excused, body, ""])


def _cannot(head: list[str], why: str) -> str:
    return "\n".join([*head, f"echo '{why}' >&2", "exit 77", ""])


class _Script:
    def __init__(self, case: Case, record: Record) -> None:
        self.case, self.outcome = case, record["outcome"]
        self.acts = [step.action for step in case.steps if isinstance(step.action, Act)]
        self.commands = [command for act in self.acts for command in _of(act)]
        self.tools = _tools(case)
        self.shell = Shell(_names(self.tools))
        self.common = self.common_variables()
        self.before: dict[int, list[str]] = {}
        self.after: dict[int, list[str]] = {}
        self.compared = set[int]()
        self.look(record)
        self.standing = {path for path, entry in case.tree.items() if isinstance(entry, Directory)}
        self.here: str | None = ""
        self.umask = _UMASK

    def lines(self) -> Iterator[str]:
        yield self.needs()
        yield from [_APART] if mounts(self.case.tree) else []
        yield from self.start()
        looks = [line for each in (self.before, self.after) for lines in each.values() for line in lines]
        yield from functions(looks, "weak" if self.outcome == "weak" else "broken")
        yield 'umask 022; mkdir "$root"; cd "$root"'
        yield from self.shell.planted(self.case.tree)
        for number in dict.fromkeys(step.number for step in self.case.steps):
            yield from self.before.get(number, ())
            if number in self.compared:
                yield keep(self.case, again=number != min(self.compared))
            for step in self.case.steps:
                yield from self.step(step) if step.number == number else ()
            yield from self.after.get(number, ())
        yield from self.end()

    # -- what is looked at ---------------------------------------------------------------------------------------------

    def look(self, record: Record) -> None:
        """Note what is looked at, and when."""
        level = _LEVELS.get(self.outcome)
        for finding in broken(record):
            if finding["level"] == level:
                fault = Fault(self.case, finding, self.shell)
                self.note(self.before, fault.step, fault.before())
                self.note(self.after, fault.step, fault.after(), stated(finding["check"]))
                self.compared |= {fault.step} if fault.compares else set()
        for step, check, commands in intact(self.case, record, self.shell) if level is None else ():
            self.note(self.after, step, commands, stated(check))
        if level is None and any("same " in line for lines in self.after.values() for line in lines):
            self.compared.add(self.case.steps[0].number)

    def note(self, when: dict[int, list[str]], step: int, commands: Iterable[str], comment: str = "") -> None:
        """Add the commands that are not there yet, below their comment."""
        noted = when.setdefault(step, [])
        new = [command for command in commands if command not in noted]
        noted += [line for line in (comment, *new) if line] if new else []

    # -- the head ------------------------------------------------------------------------------------------------------

    def needs(self) -> str:
        minor = ".".join(self.case.python.version.split(".")[:2])
        builds = [self.build(tool) for tool in self.tools.values() if tool.distribution]
        install = f"python{minor} -m venv env && env/bin/pip install {' '.join(builds)} && " if builds else ""
        programs = [
            f"{_variable(tool.name).upper()}={'env/bin/' if tool.distribution else 'path/to/'}{_program(tool)}"
            for tool in self.tools.values()
        ]
        other = ["OTHER_PYTHON=python3.x"] if self.uses(OTHER_PYTHON) else []
        return f"# To run it: {install}{' '.join([*programs, f'PYTHON=python{minor}', *other])} sh THIS-FILE"

    def build(self, tool: Tool) -> str:
        if tool.name != self.case.subject.tool.name:
            return tool.distribution
        try:
            return f"{tool.distribution}=={Version(self.case.subject.version).public}"
        except InvalidVersion:
            return tool.distribution

    def start(self) -> Iterator[str]:
        yield "set -eu; trap 'exit \"${answer-2}\"' EXIT # 2: something else went wrong"
        asked = {
            _variable(tool.name): f"${{{_variable(tool.name).upper()}:-{_program(tool)}}}"
            for tool in self.tools.values()
        }
        asked |= {"python": "${PYTHON:-python3}", **({"other": "$OTHER_PYTHON"} if self.uses(OTHER_PYTHON) else {})}
        yield "; ".join(f'{name}=$(realpath "$(command -v "{program}")")' for name, program in asked.items())
        cache = " cache=$top/cache" if self.uses(CACHE) else ""
        yield f'top=$(realpath "$(mktemp -d)") root=$top/root{cache} said=$top/said fault=0'
        if _unprivileged(self.case):
            yield _MODES_BIND
        yield from self.run_function()

    def run_function(self) -> Iterator[str]:
        limits = [command.limit for command in self.commands if command.limit != _USUAL_LIMIT]
        limit = max(limits, default=_USUAL_LIMIT if self.outcome == "errs" else 0)
        timeout = f"timeout {limit:g} " if limit else ""
        over = "; case $status in 124 | 1[3-9]?) echo 'it did not end by itself'; exit ;; esac" if limit else ""
        clean = f"{timeout}env -i {self.assigned(self.common)}"
        apart = any(ERRORS in line for lines in self.after.values() for line in lines)
        yield f'run() {{ status=0; {clean} "$@" </dev/null >"$said" 2>{ERRORS if apart else "&1"} || status=$?'
        yield f'  cat "$said"{f" {ERRORS}" if apart else ""}; echo "exit status $status"{over}; }}'

    # -- variables -----------------------------------------------------------------------------------------------------

    def common_variables(self) -> dict[str, str]:
        """What the tool's commands see, whatever the step."""
        own = [command for act in self.acts for command in _of(act) if act.own] or self.commands
        seen = {
            name: Counter(command.variables[name] for command in own if name in command.variables)
            for name in (*_COMMON, *self.case.subject.tool.variables)
        }
        return {name: values.most_common(1)[0][0] for name, values in seen.items() if values}

    def assigned(self, variables: Mapping[str, str]) -> str:
        # Who comes by another path than the directory's own sees that in `PWD` alone.
        through = any(step.options.through for step in command_steps(self.case)) and variables is self.common
        words = [f"{name}={self.shell.word(value)}" for name, value in variables.items()]
        return " ".join([*words, *(['PWD="$PWD"'] if through else [])])

    def special(self, command: Command) -> dict[str, str]:
        """What this command sees otherwise."""
        left_out = _OURS if command.variables["HOME"] != f"{ROOT}/home" else _OURS | _DEFAULTS
        return {n: v for n, v in command.variables.items() if n not in left_out and self.common.get(n) != v}

    def uses(self, placeholder: str) -> bool:
        special = [self.special(command) for command in self.commands]
        edits = [step.action for step in self.case.steps if not isinstance(step.action, Act)]
        told = (self.case.tree, edits, self.common, special, [command.argv for command in self.commands])
        return placeholder in repr(told)

    # -- the steps -----------------------------------------------------------------------------------------------------

    def step(self, step: CaseStep) -> Iterator[str]:
        match step.action:
            case Act() as act:
                yield from self.act(act) if len(act.commands) == 1 else self.together(act)
            case Plant(tree=tree):
                yield from self.at_root()
                yield from self.shell.planted(plain(tree), self.standing)
                self.standing |= {path for path, entry in plain(tree).items() if isinstance(entry, Directory)}
            case Delete(path=path):
                yield from self.at_root()
                yield f"rm -rf {self.shell.path(path)}"
                self.standing = {one for one in self.standing if one != path and not inside(one, path)}
            case Move(source=source, target=target):
                yield from self.at_root()
                yield from self.shell.directories(plain({target: Directory()}), {*self.standing, target})
                yield f"mv {self.shell.path(source)} {self.shell.path(target)}"
                self.standing = {one for one in self.standing if one != source and not inside(one, source)}
            case _:
                assert_never(step.action)

    def at_root(self) -> Iterator[str]:
        yield from self.masked(_UMASK)
        if self.here != "":
            yield 'cd "$root"'
        self.here = ""

    def masked(self, umask: int) -> Iterator[str]:
        if umask != self.umask:
            yield f"umask {umask:03o}"
        self.umask = umask

    def act(self, act: Act) -> Iterator[str]:
        for number, command in enumerate(_of(act)):
            yield from self.masked(command.umask)
            if command.cwd != self.here:
                yield f"cd {self.shell.word(command.cwd)}"
            # What may have been replaced is entered anew.
            at = command.cwd.removeprefix(f"{ROOT}/")
            self.here = None if any(at == home or inside(at, home) for home in homes(self.case)) else command.cwd
            yield ('[ "$status" != 0 ] || ' if number else "") + self.run(command)

    def run(self, command: Command) -> str:
        special = self.special(command)
        words = [self.shell.word(word) for word in command.argv]
        # For `env`, a program with `=` in its path would be one more variable.
        by_nice = ["nice -n 0"] if "=" in command.argv[0] else []
        return " ".join(["run", *([self.assigned(special)] if special else []), *by_nice, *words])

    def together(self, act: Act) -> Iterator[str]:
        """Commands at the same time; those of the next phase unless one of them failed."""
        for number, phase in enumerate((act.commands, *act.then)):
            yield from ['if [ "$status" = 0 ]; then'] if number else []
            for place, command in enumerate(phase, start=1):
                enter = f"umask {command.umask:03o}; cd {self.shell.word(command.cwd)}"
                yield f'({enter}; said=$said.{place}; {self.run(command)}; exit "$status") & pid{place}=$!'
            waits = [f'wait "$pid{place}" || status=$?' for place in range(1, len(phase) + 1)]
            yield "; ".join(["status=0", *waits])
        yield from ["fi"] * len(act.then)

    def end(self) -> Iterator[str]:
        closed = any(isinstance(e, Directory) and e.mode is not None for e in self.case.tree.values())
        open_it = 'find "$top" -type d -exec chmod u+rwx {} \\; && ' if closed or _unprivileged(self.case) else ""
        # Those that were mounted last go first.
        mounted = self.shell.paths(reversed(mounts(self.case.tree)))
        open_it = f'cd "$root"; umount -l {mounted}; cd /; {open_it}' if mounted else open_it
        left = "see $root, but for what was in its mounts" if mounted else "see $root"
        yield f'if [ "$fault" = 0 ]; then {open_it}rm -rf "$top"; echo \'no fault shows\'; else echo "{left}"; fi'
        yield "answer=0" if self.outcome == "weak" else "answer=$fault"


def _of(act: Act) -> list[Command]:
    """Every command of an act, in order."""
    return [command for phase in (act.commands, *act.then) for command in phase]


def _tools(case: Case) -> dict[str, Tool]:
    """The tools that programs are needed of, the subject first; not those that are the interpreter's own."""
    others = {name: builtin_tools()[name] for name in sorted(case.variant.others) if name in builtin_tools()}
    tools = {case.subject.tool.name: case.subject.tool, **others, case.subject.tool.name: case.subject.tool}
    ran = repr([step.action for step in case.steps])
    return {n: tool for n, tool in tools.items() if tool.executable != INTERPRETER and executable_of(n) in ran}


def _names(tools: Mapping[str, Tool]) -> dict[str, str]:
    """What the placeholders of paper are in the script."""
    programs = {PYTHON: "python", OTHER_PYTHON: "other", **{executable_of(name): _variable(name) for name in tools}}
    whole = {program: f"${variable}" for program, variable in programs.items()}
    directories = {program.rpartition("/")[0]: f"${{{variable}%/*}}" for program, variable in programs.items()}
    prefix = {PYTHON.removesuffix("/bin/python"): "${python%/*/*}"}
    return {ROOT: "$root", CACHE: "$cache", **whole, **directories, **prefix}


def _quotes_dollars(body: str) -> bool:
    """Whether anything in single quotes looks as if the shell should expand it."""
    commands = "\n".join(line for line in body.partition("\numask 022; ")[2].splitlines() if not line.startswith("# "))
    quoted = re.findall(r"'[^']*'", commands.replace(r"'\''", ""))
    return any(re.search("[$`]", text) for text in quoted)


def _program(tool: Tool) -> str:
    return tool.executable.rpartition("/")[2]


def _variable(name: str) -> str:
    return re.sub(r"\W", "_", name)


def _unprivileged(case: Case) -> bool:
    """Whether the case is none for root, whom modes do not bind."""
    return "ordinary-user" in case.variant.needs or any(step.options.drop for step in command_steps(case))


def _line(text: str) -> str:
    return " ".join(printable(text).split())
