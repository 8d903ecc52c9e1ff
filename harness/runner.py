"""Case -> Run: build the root, look, then act and look again, step by step."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from harness.acting import carry_out
from harness.case import Act, Command
from harness.checks.commands import ended, last_words
from harness.process import run_together
from harness.run import Exited, Finished, Interrupted, NotStarted, Observation, Probe, Run, Wreck, child
from harness.sandbox import CannotEdit, Sandbox
from harness.snapshot import SeenDirectory, lexical
from harness.tools.cache import TOOLS, cache_dir

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from harness.case import Case, CaseStep, Place
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


# Likewise; there need not be a `pyvenv.cfg`, nor anything else of an environment.
WRECK = """
import json, os, sys
print(json.dumps([sys.prefix, os.path.realpath(sys.prefix) == os.path.realpath(sys.argv[1])]))
"""


def play(case: Case, *, contained: bool, cache_template: str | None = None, known: Known | None = None) -> Run:
    """Play a case in its place, which must not stand yet. The root is left as the last step left it.

    Where a step leaves a tree that is `known` from another play at the very same place, in which the same steps were
    left to do, what came of them then is what comes of them now, and the root is left as the step left it.
    """
    plain = _plain_tree(case, contained=contained, cache_template=cache_template)
    sandbox = Sandbox.build(case.place, case.tree, cache_template)
    try:
        before = sandbox.look()
        observations: list[Observation] = []
        for number, step in enumerate(case.steps, start=1):
            finished = _do(case, step, sandbox, contained=contained)
            after = sandbox.look()
            earlier = known.get(case.steps[number:], finished, after) if known is not None else None
            if earlier is not None:
                observations += [replace(earlier[0], step=step, finished=finished), *earlier[1:]]
                break
            observations.append(_observe(case, step, finished, after, contained=contained))
            if not all(isinstance(done.ending, Exited | Interrupted) for done in finished):
                break
        if known is not None:
            known.put(case, observations)
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


class Known:
    """What came of the rest of a case, by the tree that a step left and what was left to do."""

    def __init__(self) -> None:
        self._rest: dict[object, tuple[Observation, ...]] = {}

    def get(
        self, left: Sequence[CaseStep], finished: Sequence[Finished], after: Snapshot
    ) -> tuple[Observation, ...] | None:
        """The observation of the step itself, and those that followed; None where there is none that fits."""
        return self._rest.get(self._key(left, finished, after))

    def put(self, case: Case, observations: Sequence[Observation]) -> None:
        """Take note of a play."""
        for number, seen in enumerate(observations, start=1):
            key = self._key(case.steps[number:], seen.finished, seen.after)
            self._rest.setdefault(key, tuple(observations[number - 1 :]))

    @staticmethod
    def _key(left: Sequence[CaseStep], finished: Sequence[Finished], after: Snapshot) -> object:
        # Plays of one sweep differ in nothing but where a step is stopped: one that is still to come is another one.
        stops = tuple(step.action.stop and step.action.stop.at for step in left if isinstance(step.action, Act))
        # Nobody looks at a tool's cache: it is taken to be the same after as many calls.
        ended = tuple((done.ending == Exited(0), done.watched and done.watched.cached) for done in finished)
        return len(left), stops, ended, frozenset(after.entries.items())


def _observe(
    case: Case, step: CaseStep, finished: tuple[Finished, ...], after: Snapshot, *, contained: bool
) -> Observation:
    over = not all(isinstance(done.ending, Exited) for done in finished)  # nobody judges what was cut short
    probes = _probes(case, step, after, contained=contained) if step.probe and not over else ()
    well = all(done.ending == Exited(0) for done in finished)
    wreck = None if well or not step.wreck else _wreck(case, step, contained=contained)
    return Observation(step=step, finished=finished, after=after, probes=probes, wreck=wreck)


def _do(case: Case, step: CaseStep, sandbox: Sandbox, *, contained: bool) -> tuple[Finished, ...]:
    if isinstance(step.action, Act):
        writable = (case.place.root, case.place.cache) if contained else None
        return carry_out(case, step.action, writable=writable, hide=hidden(case))
    try:
        sandbox.edit(step.action)
    except CannotEdit as cannot:
        nothing = Command(argv=(), cwd=case.place.root, variables={}, limit=0)
        return (Finished(command=nothing, ending=NotStarted(str(cannot))),)
    return ()


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


def hidden_too(places: Iterable[Place]) -> Mapping[str, str]:
    """The same of other places that a case was played in."""
    return {path: name for place in places for path, name in ((place.root, "$root"), (place.cache, "$cache"))}


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


def _wreck(case: Case, step: CaseStep, *, contained: bool) -> Wreck:
    """Ask whatever runs in the place of the environment's python what it takes itself for."""
    spelled = step.action.environment if isinstance(step.action, Act) else case.variant.environment
    command = _probe_command(case, lexical(spelled), WRECK)
    if not os.path.lexists(command.argv[0]):
        return Wreck(runs=False)
    (done,) = run_together((command,), writable=() if contained else None, hide=hidden(case))
    try:
        prefix, itself = json.loads(done.stdout)
    except ValueError:
        return Wreck(runs=False)
    return Wreck(runs=True, prefix=prefix, itself=itself)


def _probe_command(case: Case, path: str, program: str = PROBE) -> Command:
    environment = f"{case.place.root}/{path}"
    # Isolated and without bytecode, or the probe's own traces would look like the tool's.
    argv = (f"{environment}/{case.interpreter_within}", "-I", "-B", "-c", program, environment)
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
