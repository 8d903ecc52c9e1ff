"""A case's tree to look around in: planted, and as its commands would find it, but with somebody at the keyboard."""

from __future__ import annotations

import os
import shlex
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from harness.case import Act, Case, Command
from harness.changes import diff, was_and_is
from harness.errors import mistake
from harness.folding import fold
from harness.listing import listing
from harness.plan import plan
from harness.process import attended
from harness.report.cells import printable
from harness.report.site.telling import drawing
from harness.sandbox import Sandbox
from harness.tree import mounts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from harness.case import Place
    from harness.sandbox import WorkDirectory
    from harness.scenario import Scenario, Variant
    from harness.session import Entrant, Session
    from harness.snapshot import Snapshot

_PASSED = ("TERM", "COLORTERM", "NO_COLOR")
"""What a shell needs to know of the terminal, and no command of a case is told."""

_NO_HISTORY = {"HISTFILE": os.devnull}
_BARE = {"zsh": ("-f",), "fish": ("--no-config", "--private")}
"""How shells are called that would otherwise write into a home that they find empty."""


@dataclass(frozen=True, slots=True)
class Visit:
    """How a shell ended, what it has changed in the tree, in lines, and both looks at it by their files' names."""

    status: int
    changed: tuple[str, ...]
    looks: Mapping[str, str]


def planned(scenario: Scenario, variant: Variant, entrant: Entrant, session: Session, work: WorkDirectory) -> Case:
    """The case, in a new place. Raises HarnessError where the tool or the machine has no such case."""
    case = plan(scenario, variant, session.setting(entrant, work.place(), variant))
    if not isinstance(case, Case):
        raise mistake(f"`{scenario.id}` cannot be planted for `{entrant.subject.name}`: {case.reason}")
    if mounts(case.tree):
        hint = f"`venvproof run` with `-k {scenario.id.rpartition('/')[2]} --keep=all` writes down every look at it"
        raise mistake(f"`{scenario.id}` mounts something, which nobody outside of its processes sees", hint=hint)
    return case


def introduction(case: Case) -> Iterator[str]:
    """What whoever enters is told: where it is, the tree, and the commands that the case runs there."""
    yield f"{case.name} with {case.subject.name}: {case.scenario.summary}"
    yield f"root: {case.place.root}"
    yield from (f"  {line}" for line in _shown(drawing(case.tree), case.place).splitlines())
    yield "the case would run:"
    for command in _commands(case):
        where = command.cwd.removeprefix(case.place.root).lstrip("/") or "."
        yield f"  {printable(where)}$ {printable(_typed(command, case))}"


def visit(case: Case, shell: Command, *, session: Session, entrant: Entrant, opened: Callable[[], None]) -> Visit:
    """Plant the tree, call `opened`, let the shell run to its end, and tell what became of the tree."""
    sandbox = Sandbox.build(case.place, case.tree, entrant.template)
    try:
        before = sandbox.look()
        opened()
        status = attended(shell, writable=(case.place.root, case.place.cache) if session.contained else None)
        after = sandbox.look()
    finally:
        sandbox.close()
    root = case.place.root
    looks = {"before.txt": listing(before, root), "after.txt": listing(after, root)}
    return Visit(status, tuple(_changes(before, after, case.place)), looks)


def shell_of(case: Case, shell: str, words: str | None, ours: Mapping[str, str]) -> Command:
    """A shell that stands where the case's first command would, with its environment; `words` are what it runs."""
    first = next(iter(_commands(case)), None)
    variables = first.variables if first else case.probe_variables
    passed = {name: ours[name] for name in _PASSED if name in ours}
    bare = _BARE.get(shell.rpartition("/")[2], ())
    argv = (shell, *bare, *(() if words is None else ("-c", words)))
    command = Command(argv=argv, cwd=f"{case.place.root}/{case.variant.cwd}", variables=variables, limit=0.0)
    found = replace(first, argv=argv, answers=None) if first else command
    return replace(found, variables={**variables, **passed, **_NO_HISTORY, "SHELL": shell})


def _commands(case: Case) -> Iterator[Command]:
    for step in case.steps:
        if isinstance(step.action, Act):
            for phase in (step.action.commands, *step.action.then):
                yield from phase


def _typed(command: Command, case: Case) -> str:
    """A command as one would type it: the tool is on PATH."""
    program, *rest = command.argv
    short = program.rpartition("/")[2] if program in {case.subject.executable, case.python.executable} else program
    return shlex.join([short, *rest])


def _shown(text: str, place: Place) -> str:
    return text.replace(place.root, "$root")


def _changes(before: Snapshot, after: Snapshot, place: Place) -> Iterator[str]:
    """What came, went or changed, a line each; of a whole directory how much is in it."""
    told = [(change.path, *was_and_is(change)) for change in diff(before, after)]
    for change in fold([{"path": path, "was": was, "is": now} for path, was, now in told]):
        path, was, now = (printable(_shown(change[word], place)) for word in ("path", "was", "is"))
        sign = "+" if was == "absent" else "-" if now == "absent" else "~"
        words = now if sign == "+" else was if sign == "-" else f"{was} -> {now}"
        entries = f", {change['entries']} entries" if "entries" in change else ""
        yield f"{sign} {path}: {words}{entries}"
