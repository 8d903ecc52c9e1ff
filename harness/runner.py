"""Case -> Run: build the root, look, then act and look again, step by step."""

from __future__ import annotations

import json
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from harness.case import Act, Command
from harness.checks.commands import ended, last_words
from harness.process import run_together
from harness.run import Exited, Finished, NotStarted, Observation, Probe, Run, child
from harness.sandbox import CannotEdit, Sandbox
from harness.snapshot import SeenDirectory, lexical
from harness.tools.cache import TOOLS, cache_dir

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from harness.case import Case, CaseStep
    from harness.snapshot import Snapshot

PROBE_LIMIT = 30.0
"""Seconds that an environment's python has to say what it is."""

# Runs in the environment under test, whatever its version: nothing newer than Python 2.7 here.
PROBE = r"""
import io, json, os, sys
env, faults, real = sys.argv[1], [], os.path.realpath
if os.path.normcase(real(sys.prefix)) != os.path.normcase(real(env)):
    faults.append("its python takes %s for sys.prefix" % sys.prefix)
try:
    with io.open(os.path.join(env, "pyvenv.cfg"), encoding="utf-8") as lines:
        settings = dict(line.partition("=")[::2] for line in lines if "=" in line)
    home = dict((key.strip(), value.strip()) for key, value in settings.items()).get("home")
    if home is None:
        faults.append("its pyvenv.cfg names no home")
    elif not os.path.isdir(home):
        faults.append("its pyvenv.cfg names the home %s, which does not exist" % home)
except (IOError, OSError):
    faults.append("it has no pyvenv.cfg")
scripts = os.path.dirname(sys.executable)
for name in sorted(os.listdir(scripts)):
    path = os.path.join(scripts, name)
    if os.path.isfile(path):
        with io.open(path, "rb") as file:
            first = file.readline(4096)
        words = first[2:].split() if first.startswith(b"#!") else []
        if words and not os.path.exists(words[0]):
            faults.append("the first line of %s names %s, which does not exist" % (name, words[0].decode("utf-8")))
print(json.dumps(faults))
"""


def play(case: Case, *, contained: bool, cache_template: str | None = None) -> Run:
    """Play a case in its place, which must not stand yet. The root is left as the last step left it."""
    plain = _plain_tree(case, contained=contained, cache_template=cache_template)
    sandbox = Sandbox.build(case.place, case.tree, cache_template)
    try:
        before = sandbox.look()
        observations: list[Observation] = []
        for step in case.steps:
            observations.append(_observe(case, step, sandbox, contained=contained))
            if not all(isinstance(done.ending, Exited) for done in observations[-1].finished):
                break
        return Run(case=case, before=before, observations=tuple(observations), plain=plain)
    finally:
        sandbox.close()


def _plain_tree(case: Case, *, contained: bool, cache_template: str | None) -> Snapshot | None:
    """The tree that the same tool makes in an empty root at the very same path; gone again afterwards."""
    if case.plain is None:
        return None
    run = play(case.plain, contained=contained, cache_template=cache_template)
    Sandbox.clear(case.place)
    return run.end


def _observe(case: Case, step: CaseStep, sandbox: Sandbox, *, contained: bool) -> Observation:
    finished = _do(case, step, sandbox, contained=contained)
    after = sandbox.look()
    over = not all(isinstance(done.ending, Exited) for done in finished)  # nobody judges what was cut short
    probes = _probes(case, step, after, contained=contained) if step.probe and not over else ()
    return Observation(step=step, finished=finished, after=after, probes=probes)


def _do(case: Case, step: CaseStep, sandbox: Sandbox, *, contained: bool) -> tuple[Finished, ...]:
    if isinstance(step.action, Act):
        return _phases(case, step.action, writable=(case.place.root, case.place.cache) if contained else None)
    try:
        sandbox.edit(step.action)
    except CannotEdit as cannot:
        nothing = Command(argv=(), cwd=case.place.root, variables={}, limit=0)
        return (Finished(command=nothing, ending=NotStarted(str(cannot))),)
    return ()


def _phases(case: Case, act: Act, *, writable: tuple[str, ...] | None) -> tuple[Finished, ...]:
    """Run what runs at the same time, and what follows it as long as nothing fails."""
    finished: tuple[Finished, ...] = ()
    for commands in (act.commands, *act.then):
        done = run_together(commands, writable=writable, hide=hidden(case))
        finished += done
        if any(one.ending != Exited(0) for one in done):
            break
    return finished


def hidden(case: Case) -> Mapping[str, str]:
    """The machine's paths and the names that stand for them in whatever is shown or kept."""
    other = case.other_python
    return {
        **_ours(),
        **case.programs,
        **({other.executable: "$other", other.prefix: "$other-prefix"} if other else {}),
        str(cache_dir() / TOOLS): "$tools",
        str(Path(case.place.cache).parents[1]): "$above",
        case.place.root: "$root",
        case.place.cache: "$cache",
        case.subject.executable: case.subject.tool.name,
        case.python.executable: "$python",
        case.python.prefix: "$prefix",
    }


USUAL = 2
"""Parts of a path as `/usr`, which is no one's own."""


@cache
def _ours() -> Mapping[str, str]:
    """Where we ourselves run, which tracebacks of tools that run on the same Python show."""
    found = {sys.base_prefix: "$base", sys.prefix: "$venvproof"}
    return {path: name for path, name in found.items() if len(Path(path).parts) > USUAL}


def _probes(case: Case, step: CaseStep, after: Snapshot, *, contained: bool) -> tuple[Probe, ...]:
    """Ask the environment's python what it is, under the path asked for and under the one it resolves to."""
    spelled = step.action.environment if isinstance(step.action, Act) else case.variant.environment
    asked = lexical(spelled)
    real = after.resolve(spelled)
    settings = after.get(child(real, "pyvenv.cfg")) if real is not None else None
    if real is None or settings is None or isinstance(settings, SeenDirectory):
        return (Probe(asked, (f"there is no environment at {asked}",)),)
    through = tuple(dict.fromkeys((asked, real)))
    commands = tuple(_probe_command(case, path) for path in through)
    writable = () if contained else None
    finished = run_together(commands, writable=writable, hide=hidden(case))
    return tuple(Probe(path, _faults(path, done)) for path, done in zip(through, finished, strict=True))


def _probe_command(case: Case, path: str) -> Command:
    environment = f"{case.place.root}/{path}"
    # Isolated and without bytecode, or the probe's own traces would look like the tool's.
    argv = (f"{environment}/{case.interpreter_within}", "-I", "-B", "-c", PROBE, environment)
    # Whoever made it is to use it: what the tool had no right to, the probe has none to either.
    unprivileged = any(command.unprivileged for act in _acts(case) for command in act.commands)
    return Command(
        argv=argv, cwd=case.place.root, variables=case.probe_variables, limit=PROBE_LIMIT, unprivileged=unprivileged
    )


def _acts(case: Case) -> Iterator[Act]:
    return (step.action for step in case.steps if isinstance(step.action, Act))


def _faults(path: str, done: Finished) -> tuple[str, ...]:
    if done.ending == Exited(0):
        try:
            return tuple(f"{path}: {fault}" for fault in json.loads(done.stdout))
        except ValueError:
            return (f"{path}: its python ran no code: {last_words(done)}",)
    return (f"{path}: its python {ended(done.ending)}: {last_words(done)}",)
