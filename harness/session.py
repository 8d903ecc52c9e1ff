"""What one invocation has at hand: a work directory, the machine's facts, and every entrant ready to run."""

from __future__ import annotations

import dataclasses
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from harness import containment, machine, mounted
from harness.case import Case, Machine, Place, Setting
from harness.checks import KNOWN
from harness.checks.commands import ended, last_words
from harness.errors import HarnessError, mistake
from harness.errors import Place as Position
from harness.judge import judge
from harness.plan import plan
from harness.process import end_all, run_together, sweep
from harness.result import Outcome
from harness.run import Exited
from harness.runner import hidden, play
from harness.scenario import CheckRef, CommandStep, Level, Perform, Scenario, Variant
from harness.sweeping import Judged, Sweep, judged
from harness.tool import Interpreter, NotMeasured, Subject
from harness.tools.cache import cache_dir
from harness.tools.catalogue import load_tools
from harness.tools.interpreters import private_copy, verify
from harness.tools.naming import OfPython, parse
from harness.tools.subject import Provisioner

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from harness.run import Run
    from harness.runner import Known
    from harness.sandbox import WorkDirectory
    from harness.tool import Tool


@dataclass(frozen=True, slots=True)
class EntrantName:
    """A subject as the user named it, and the Python that it is handed, empty for the default one."""

    spec: str
    python: str = ""

    def __str__(self) -> str:
        return f"{self.spec}+py{self.python}" if self.python else self.spec


@dataclass(frozen=True, slots=True, kw_only=True)
class Entrant:
    """A subject with its Python, ready to run. `template` is a warm cache of the tool's, None before the smoke run."""

    subject: Subject
    python: Interpreter
    template: str | None


def entrant_names(
    specs: Sequence[str], pythons: Sequence[str], tool_files: Sequence[Path] = ()
) -> tuple[EntrantName, ...]:
    """Every spec with every Python; the Python is named only where several are asked for."""
    several, tools = len(pythons) > 1, load_tools(tool_files)
    found = [EntrantName(spec, python if several else "") for spec in specs for python in pythons or [""]]
    return tuple(dict.fromkeys(EntrantName(n.spec) if _own_python(n.spec, tools) else n for n in found))


def _own_python(spec: str, tools: Mapping[str, Tool]) -> str:
    """The interpreter that a subject is a module of (`venv@3.12`): it is handed no other; empty for all others."""
    build = parse(spec, tools).build
    return build.python if isinstance(build, OfPython) else ""


@dataclass(frozen=True, kw_only=True)
class Session:
    """All that cases share. A value, so that it can be handed to other processes."""

    work: str
    machine: Machine
    contained: bool
    offline: bool
    tool_files: tuple[Path, ...]
    entrants: Mapping[EntrantName, Entrant | NotMeasured]
    watched: bool = False

    def setting(self, entrant: Entrant, place: Place, variant: Variant) -> Setting:
        """What a variant is combined with; other tools that it asks for are had on demand."""
        others = {name: self.other(name, entrant.python) for name in sorted(variant.others)}
        return Setting(
            subject=entrant.subject,
            python=entrant.python,
            machine=self.machine,
            place=dataclasses.replace(place, session=Path(self.work).name),
            others={name: subject for name, subject in others.items() if isinstance(subject, Subject)},
            other_python=_other_python(entrant.python.version) if "other-python" in variant.needs else None,
        )

    def other(self, tool: str, python: Interpreter) -> Subject | NotMeasured:
        """Another tool's build, for a step that it does: the plainest, whichever builds of it are put to the test."""
        return _plainest(tool, python, self.tool_files, offline=self.offline)

    def play(self, case: Case, entrant: Entrant, known: Known | None = None) -> Run:
        """Play a case as this machine can, where it mounts something in a process of its own.

        One that is to be stopped at each call in turn is only watched.
        """
        if self.watched:
            case = dataclasses.replace(case, watched=True)
        if mounted.needed(case):
            return mounted.play(case, contained=self.contained, cache_template=entrant.template)
        return play(case, contained=self.contained, cache_template=entrant.template, known=known)

    def judged(self, case: Case, entrant: Entrant, elsewhere: Callable[[], Case], sweep: Sweep = Sweep()) -> Judged:  # noqa: B008 -- a value
        """Play a case and judge it, at every point where it is swept; `elsewhere` gives the same in another place."""
        return judged(case, lambda case, known=None: self.play(case, entrant, known), elsewhere, sweep)

    def close(self) -> tuple[str, ...]:
        """Leave no process behind, and say what a tool did to the interpreter that it was handed."""
        sweep(Path(self.work).name)
        pythons = {e.python for e in self.entrants.values() if isinstance(e, Entrant)}
        return tuple(f"the copy of Python {p.version} was changed by a tool" for p in pythons if not verify(p))


@cache
def _plainest(tool: str, python: Interpreter, tool_files: tuple[Path, ...], *, offline: bool) -> Subject | NotMeasured:
    return Provisioner(offline=offline, tool_files=tool_files).subject(tool, python)


@cache
def _other_python(version: str) -> Interpreter | None:
    """A copy of an interpreter of another minor version: the next newer one that is here, else the next older."""
    major, minor = map(int, version.split(".")[:2])
    for other in (*range(minor + 1, minor + _FAR), *range(minor - 1, max(minor - _FAR, _OLDEST), -1)):
        try:
            return private_copy(f"{major}.{other}", cache_dir())
        except HarnessError:
            continue  # it is not here, or works from no other place
    return None


_FAR, _OLDEST = 8, 5


def open_session(
    names: Sequence[EntrantName],
    pythons: Sequence[str],
    *,
    work: WorkDirectory,
    offline: bool,
    tool_files: Sequence[Path],
    report: Callable[[str], None],
    watched: bool = False,
    powerless: bool = False,
) -> Session:
    """Probe the machine and have every entrant ready, in parallel, before the first case."""
    missing = containment.missing()
    if missing:
        report(f"not contained: {missing}; tools run with your own rights")
    offers = machine.probe(work.path, missing)
    if powerless:
        offers = machine.without_power(offers)
    if watched and "stopping-calls" in offers.lacks:
        raise mistake(f"calls cannot be watched here: {offers.lacks['stopping-calls']}", hint="leave `--watched` out")
    session = Session(
        work=str(work.path),
        machine=offers,
        watched=watched,
        contained=not missing,
        offline=offline,
        tool_files=tuple(tool_files),
        entrants={},
    )
    provisioner = Provisioner(offline=offline, tool_files=tool_files, report=report)
    default = pythons[0] if len(pythons) == 1 else ""
    with ThreadPoolExecutor(max_workers=4) as pool:
        found = pool.map(lambda name: _entrant(name, default, provisioner, session, work), names)
        try:
            return dataclasses.replace(session, entrants=_told_apart(dict(zip(names, found, strict=True))))
        except KeyboardInterrupt:
            # Only this thread hears of it, and the pool would wait for what the others have started.
            pool.shutdown(wait=False, cancel_futures=True)
            end_all()
            raise


def _entrant(
    name: EntrantName, default: str, provisioner: Provisioner, session: Session, work: WorkDirectory
) -> Entrant | NotMeasured:
    own = _own_python(name.spec, provisioner.tools)
    try:
        python = private_copy(own or name.python or default or None, provisioner.cache)
    except HarnessError as error:
        if not own:  # it is asked for with --python, and so for all tools
            raise
        return NotMeasured(name.spec, "; ".join(problem.what for problem in error.problems))
    subject = provisioner.subject(name.spec, python)
    if isinstance(subject, NotMeasured):
        return subject
    return _smoke(Entrant(subject=subject, python=python, template=None), session, work)


def _told_apart(entrants: Mapping[EntrantName, Entrant | NotMeasured]) -> dict[EntrantName, Entrant | NotMeasured]:
    """The same, but what differs from an earlier build of the same version bears its digest in its version, too."""
    found: dict[EntrantName, Entrant | NotMeasured] = {}
    first: dict[tuple[str, str], Entrant] = {}
    for name, entrant in entrants.items():
        found[name] = entrant
        if isinstance(entrant, Entrant):
            subject, python = entrant.subject, entrant.python
            other = first.setdefault((subject.name, python.version), entrant)
            if other.subject.digest != subject.digest:
                version = _local(subject.version, subject.digest)
                found[name] = dataclasses.replace(entrant, subject=dataclasses.replace(subject, version=version))
            elif other.python.digest != python.digest:
                version = _local(python.version, python.digest)
                found[name] = dataclasses.replace(entrant, python=dataclasses.replace(python, version=version))
    return found


def _local(version: str, digest: str) -> str:
    """A version with a local label (PEP 440), so that it still compares as what it is."""
    return f"{version}{'.' if '+' in version else '+'}{digest[:8]}"


_NOWHERE = Position("", 0, 0)
# A tool that makes usable environments is measured, whatever it changes beside them: to tell that is for scenarios.
_LATER = {name: "the scenarios judge it" for name, check in KNOWN.items() if check.standing}
_SMOKE = Variant(
    labels=(), needs=(), tree={}, environment="project/.venv", cwd="project",
    steps=(CommandStep(Perform("create")),), permit={}, waive=_LATER,
    checks=(CheckRef("succeeds", None, Level.MUST, _NOWHERE), CheckRef("usable", None, Level.MUST, _NOWHERE)),
)  # fmt: skip
_SMOKE_SCENARIO = Scenario(
    id="smoke/create", summary="A tool makes an environment where nothing stands", because=("",), tools=(),
    variants=(_SMOKE,), file="",
)  # fmt: skip


def _smoke(entrant: Entrant, session: Session, work: WorkDirectory) -> Entrant | NotMeasured:
    """Create in an empty root, and refuse a wrong argument; the cache that this fills is the cases' template."""
    spec = entrant.subject.spec
    case = plan(_SMOKE_SCENARIO, _SMOKE, session.setting(entrant, work.place(), _SMOKE))
    if not isinstance(case, Case):
        return NotMeasured(spec, case.reason)
    run = session.play(case, entrant)
    if judge(run).outcome is not Outcome.HOLDS:
        return NotMeasured(spec, f"it makes no usable environment in an empty directory: {_first_fault(run)}")
    wrong = run.observations[0].finished[0].command
    wrong = dataclasses.replace(wrong, argv=(*wrong.argv, "--no-such-option-of-any-tool"))
    writable = (case.place.root, case.place.cache) if session.contained else None
    (done,) = run_together((wrong,), writable=writable, hide=hidden(case))
    if done.ending == Exited(0):
        return NotMeasured(spec, "it accepts an option that does not exist, so its exit status says nothing")
    return dataclasses.replace(entrant, template=case.place.cache)


def _first_fault(run: Run) -> str:
    done = run.observations[0].finished[0]
    faults = [fault for probe in run.observations[0].probes for fault in probe.faults]
    return faults[0] if done.ending == Exited(0) and faults else f"{ended(done.ending)}: {last_words(done)}"
