"""Runs, and what they are of, made by hand: each takes what a test is about and fills in the rest."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

from harness import case, errors
from harness.case import Act, Case, CaseStep, Command
from harness.run import Exited, Finished, NotStarted, Observation, Probe, Run, Wreck, child
from harness.scenario import CheckRef, CommandStep, Delete, Level, Move, Perform, Plant, Scenario, Variant
from harness.snapshot import Leads, Meta, SeenDirectory, SeenFile, SeenLink, SeenSpecial, Snapshot
from harness.tool import Alternative, Interpreter, Subject, Tool
from harness.tree import ALWAYS, Directory, Fifo, File, Link, parents

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from harness.calls import Watched
    from harness.case import Action, Stop
    from harness.run import Ending
    from harness.scenario import Argument, Step
    from harness.snapshot import Seen
    from harness.tree import Plain, Tree

ROOT, CACHE = "/made/1/root", "/made/1/cache"
ENV = "project/.venv"

# -- trees as they are seen --------------------------------------------------------------------------------------------

Things: TypeAlias = "Mapping[str, Seen | None]"
"""What stands at some paths; None where nothing does any more."""


def directory(mode: int = 0o755, *, identity: int | None = None, owner: tuple[int, int] = (0, 0)) -> Seen:
    return SeenDirectory(Meta(mode, owner, identity))


def file(
    text: str = "",
    mode: int = 0o644,
    *,
    identity: int | None = None,
    owner: tuple[int, int] = (0, 0),
    names: tuple[str, ...] = (),
    more: int = 0,
) -> Seen:
    """A file that holds the text, and that many bytes more than a snapshot keeps."""
    content = text.encode()
    return SeenFile(Meta(mode, owner, identity), len(content) + more, content.hex(), content, names)


def link(text: str, *, identity: int | None = None) -> Seen:
    return SeenLink(Meta(0o777, identity=identity), text, Leads.INSIDE)


def fifo() -> Seen:
    return SeenSpecial(Meta(0o644), "fifo")


def an_environment(path: str = ENV) -> dict[str, Seen]:
    things = {"pyvenv.cfg": file("home = /usr/bin\n"), "bin/python": link("/usr/bin/python3")}
    return {child(path, name): thing for name, thing in things.items()}


def tree(things: Things, before: Snapshot | None = None) -> Snapshot:
    """The things with every directory that holds them, upon what stood before; links lead where they say."""
    entries: dict[str, Seen] = dict(before.entries) if before else {path: directory() for path in ALWAYS}
    for path, thing in things.items():
        if not isinstance(thing, SeenDirectory):
            entries = {name: seen for name, seen in entries.items() if not name.startswith(f"{path}/")}
        for parent in parents(path) if thing else ():
            entries.setdefault(parent, directory())
        entries.pop(path, None)
        if thing:
            entries[path] = thing
    return Snapshot({path: _leading(path, seen, entries) for path, seen in entries.items()})


def _leading(path: str, seen: Seen, entries: Mapping[str, Seen]) -> Seen:
    if not isinstance(seen, SeenLink):
        return seen
    leads, target = _end_of(path, entries)
    return replace(seen, leads=leads, target=target)


def _end_of(path: str, entries: Mapping[str, Seen]) -> tuple[Leads, str | None]:
    here, rest, hops = list[str](), path.split("/"), 0
    while rest:
        part = rest.pop(0)
        if part == ".." and not here:
            return Leads.OUTSIDE, None
        if part == "..":
            here.pop()
        elif part != ".":
            here.append(part)
        seen = entries.get("/".join(here))
        if part in {"..", "."} or not isinstance(seen, SeenLink):
            continue
        hops += 1
        if hops > 40:
            return Leads.LOOP, None
        if seen.text.startswith("/") and not f"{seen.text}/".startswith(f"{ROOT}/"):
            return Leads.OUTSIDE, None
        here = [] if seen.text.startswith("/") else here[:-1]
        rest = [part for part in seen.text.removeprefix(ROOT).split("/") if part] + rest
    arrived = "/".join(here) or "."
    return Leads.INSIDE if arrived == "." or arrived in entries else Leads.DANGLING, arrived


# -- checks as they are asked for --------------------------------------------------------------------------------------


def asked(name: str, argument: Argument = None, *, level: Level) -> CheckRef:
    return CheckRef(name, argument, level, errors.Place("made.yaml", 1, 1))


must = partial(asked, level=Level.MUST)
should = partial(asked, level=Level.SHOULD)
observe = partial(asked, level=Level.OBSERVE)

# -- steps as they went ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Went:
    """What was done, and what differs in the tree since."""

    action: Action
    changes: Things = field(default_factory=dict)
    finished: tuple[Finished, ...] = ()
    probes: tuple[Probe, ...] = ()
    checks: tuple[CheckRef, ...] = ()
    wreck: Wreck | None = None


def did(
    operation: str,
    changes: Things | None = None,
    *,
    at: str = ENV,
    cwd: str = "project",
    own: bool = True,
    exits: int = 0,
    ends: Ending | None = None,
    stdout: str = "",
    stderr: str = "",
    answers: tuple[str, ...] | None = None,
    faults: tuple[str, ...] | None = None,
    checks: tuple[CheckRef, ...] = (),
    stop: Stop | None = None,
    wreck: Wreck | None = None,
    watched: Watched | None = None,
) -> Went:
    """One command; `faults` are what the environment's python said of itself, where it was asked."""
    command = Command(argv=("tool", operation), cwd=f"{ROOT}/{cwd}", variables={}, limit=60, answers=answers)
    return Went(
        action=Act(operation, own, at, (command,), stop=stop),
        changes=changes or {},
        finished=(
            Finished(command=command, ending=ends or Exited(exits), stdout=stdout, stderr=stderr, watched=watched),
        ),
        probes=() if faults is None else (Probe(at, faults),),
        checks=checks,
        wreck=wreck,
    )


create, recreate, reuse, remove, inspect = (
    partial(did, operation) for operation in ("create", "recreate", "reuse", "remove", "inspect")
)
by_another_tool = partial(create, own=False)


def together(*steps: Went) -> Went:
    acts = [step.action for step in steps if isinstance(step.action, Act)]
    return Went(
        action=replace(acts[0], commands=tuple(command for act in acts for command in act.commands)),
        changes={path: thing for step in steps for path, thing in step.changes.items()},
        finished=tuple(done for step in steps for done in step.finished),
    )


def followed(first: Went, *others: Went) -> Went:
    """An operation of several commands, done one after another; those of the others that have an ending ran."""
    acts = [step.action for step in (first, *others) if isinstance(step.action, Act)]
    return replace(
        first,
        action=replace(acts[0], then=tuple(act.commands for act in acts[1:])),
        finished=tuple(done for step in (first, *others) for done in step.finished),
    )


def plant(things: Mapping[str, Seen]) -> Went:
    return Went(action=Plant({path: _planted(thing) for path, thing in things.items()}), changes=things)


def delete(path: str) -> Went:
    return Went(action=Delete(path), changes={path: None})


def move(source: str, target: str) -> Went:
    return Went(action=Move(source, target))


def impossible(edit: Went, reason: str) -> Went:
    """An edit that could not be made, as the runner tells it."""
    nothing = Command(argv=(), cwd=ROOT, variables={}, limit=0)
    return replace(edit, changes={}, finished=(Finished(command=nothing, ending=NotStarted(reason)),))


def _planted(seen: Seen) -> Plain:
    match seen:
        case SeenDirectory():
            return Directory()
        case SeenFile(head=content):
            return File(content)
        case SeenLink(text=text):
            return Link(text)
        case SeenSpecial():
            return Fifo()


# -- runs --------------------------------------------------------------------------------------------------------------


def run(
    things: Mapping[str, Seen],
    *steps: Went,
    checks: tuple[CheckRef, ...] = (),
    permit: tuple[str, ...] = (),
    waive: tuple[str, ...] = (),
    own_places: tuple[str, ...] = (),
    volatile: tuple[str, ...] = (),
    plain: Things | None = None,
    unreached: tuple[CaseStep, ...] = (),
) -> Run:
    """What became of the things, all of which were planted, step by step; `unreached` are steps that never began."""
    before = now = tree(things)
    observations = []
    for number, went in enumerate(steps, start=1):
        now = _after(now, went)
        step = CaseStep(number, went.action, went.checks, probe=bool(went.probes))
        observations.append(
            Observation(step=step, finished=went.finished, after=now, probes=went.probes, wreck=went.wreck)
        )
    made = Case(
        scenario=scenario(variant()),
        variant=variant(permit=dict.fromkeys(permit, "why"), waive=dict.fromkeys(waive, "why")),
        subject=subject(),
        python=PYTHON,
        place=case.Place(ROOT, CACHE),
        tree={path: _planted(seen) for path, seen in things.items()},
        steps=(*(observation.step for observation in observations), *unreached),
        checks=checks,
        permit=permit,
        own_places=own_places,
        volatile=volatile,
        interpreter_within="bin/python",
        probe_variables={},
    )
    return Run(case=made, before=before, observations=tuple(observations), plain=tree(plain) if plain else None)


def _after(before: Snapshot, went: Went) -> Snapshot:
    if not isinstance(went.action, Move) or went.finished:
        return tree(went.changes, before)
    source, target = went.action.source, went.action.target
    moved = {path: seen for path, seen in before.entries.items() if f"{path}/".startswith(f"{source}/")}
    return tree({source: None, **{target + path.removeprefix(source): seen for path, seen in moved.items()}}, before)


# -- what a case is made of --------------------------------------------------------------------------------------------

PYTHON = Interpreter(spec="3.12", version="3.12.4", executable="/pythons/bin/python3.12", prefix="/pythons", digest="")


def variant(
    *steps: Step,
    planted: Tree | None = None,
    environment: str = ENV,
    cwd: str = "project",
    checks: tuple[CheckRef, ...] = (),
    needs: tuple[str, ...] = (),
    labels: tuple[str, ...] = (),
    permit: Mapping[str, str] | None = None,
    waive: Mapping[str, str] | None = None,
) -> Variant:
    return Variant(
        labels=labels,
        needs=needs,
        tree=planted or {},
        environment=environment,
        cwd=cwd,
        steps=steps or (CommandStep(Perform("create")),),
        checks=checks,
        permit=permit or {},
        waive=waive or {},
    )


def scenario(*variants: Variant) -> Scenario:
    return Scenario(
        id="family/situation", summary="A made situation", because=("a test",), tools=(), variants=variants, file=""
    )


def tool(
    name: str = "tool",
    *,
    executable: str = "tool",
    variables: Mapping[str, str] | None = None,
    own_places: tuple[str, ...] = (),
    volatile: Mapping[str, str] | None = None,
    operations: Mapping[str, Iterable[Alternative]] | None = None,
    environment: str = "",
    project: Mapping[str, str] | None = None,
    requiring: Mapping[str, str] | None = None,
) -> Tool:
    """A tool with the operations given; by default it can do no more than `create`."""
    known = {"create": [Alternative(run=(("$tool", "make", "--python", "$python", "$env"),))]}
    return Tool(
        name=name,
        summary="",
        distribution=name,
        executable=executable,
        version_run=(),
        version_pattern="",
        variables=variables or {},
        own_places=own_places,
        volatile=volatile or {},
        operations={operation: tuple(listed) for operation, listed in (operations or known).items()},
        place=errors.Place("tool.yaml", 1, 1),
        environment=environment,
        project=project or {},
        requiring=requiring or {},
    )


def subject(of: Tool | None = None, version: str = "1.2.3", executable: str = "/tools/bin/tool") -> Subject:
    of = of or tool()
    return Subject(tool=of, spec=f"{of.name}@{version}", version=version, executable=executable, digest="")
