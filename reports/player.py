"""Plays one build into its result file, for `reports/play.py`: a process, watched, and its result put in its place."""

from __future__ import annotations

import ctypes
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import IO, TYPE_CHECKING, TypeAlias

from kept import Now, Wanted
from runs import outline

from harness import containment
from harness.errors import ExitStatus, HarnessError
from harness.gate import near
from harness.machine import probe
from harness.process import Guard
from harness.sandbox import WorkDirectory
from harness.session import entrant_names, open_session
from harness.store import header
from harness.tool import NotMeasured, Subject
from harness.tools.interpreters import private_copy
from harness.tools.naming import OfPython, parse
from harness.tools.subject import Provisioner

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from builds import Build
    from planned import Suite
    from runs import Runs

    from harness.result import Record

HERE = Path(__file__).resolve().parents[1]
COMMAND = (sys.executable, "-c", "from harness.cli import main; raise SystemExit(main())")
PAUSE = 1.0
"""Seconds between two looks at a build that is being played."""

PATIENCE = 60.0
"""Seconds that a build may take to leave nothing behind when it is interrupted."""

_PR_SET_PDEATHSIG = 1


@dataclass(frozen=True, slots=True)
class Played:
    """A build has a result; it took so many seconds to play these scenarios."""

    seconds: float
    suite: Suite


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A build has no result, and why."""

    reason: str


@dataclass(frozen=True, slots=True)
class _Moved:
    """What was played now is of another build, or another machine, than what was to be kept."""


Ending: TypeAlias = Played | NotMeasured | LeftOut


@dataclass(frozen=True, slots=True, kw_only=True)
class Player:
    """Plays what is missing of builds, so that each has a result of the suite; `processes` is what `-n` takes."""

    runs: Runs
    suite: Suite
    processes: str
    offline: bool

    def play(self, build: Build, wanted: Wanted, look: Callable[[int], None]) -> Ending:
        """Play a build; its result takes its place once it is whole. Meanwhile `look` hears how many lines it has."""
        result = self.runs.result(build)
        part, log = result.with_suffix(".part"), result.with_suffix(".log")
        part.unlink(missing_ok=True)  # of one that was killed, or its cases would be counted
        begun, ending = monotonic(), None
        try:
            with log.open("wb") as said:
                status = self._status(build, wanted.suite, part, said, look)
            ending = self._ending(build, wanted, status, part, monotonic() - begun)
            if isinstance(ending, Played):
                self.runs.join(build, self.suite, wanted.kept, part)
        finally:
            part.unlink(missing_ok=True)
            if not isinstance(ending, LeftOut):  # of which it says what went wrong
                log.unlink()
        return self.play(build, Wanted(self.suite), look) if isinstance(ending, _Moved) else ending

    def _status(self, build: Build, suite: Suite, part: Path, said: IO[bytes], look: Callable[[int], None]) -> int:
        """How `venvproof run` ended: pytest on scenarios, without what the user has set up for tests of their own."""
        offline = ("--offline",) if self.offline else ()
        process = subprocess.Popen(
            [*COMMAND, "run", *(one.file for one in suite.scenarios), *build.words, *offline, "-n", self.processes,
             "--points", str(suite.points), "-q", "--table", "none", "--keep", "none", "--results", str(part)],
            cwd=HERE, stdin=subprocess.DEVNULL, stdout=said, stderr=subprocess.STDOUT,
            start_new_session=True,  # a terminal's interrupt comes to us alone, and we hand it on
            preexec_fn=_end_with_parent if sys.platform == "linux" else None,  # noqa: PLW1509 -- there are no threads
        )  # fmt: skip
        try:
            while True:
                try:
                    return process.wait(PAUSE)
                except subprocess.TimeoutExpired:
                    look(_lines(part))
        except KeyboardInterrupt:
            _end(process)
            raise

    def _ending(self, build: Build, wanted: Wanted, status: int, part: Path, seconds: float) -> Ending | _Moved:
        result = self.runs.result(build)
        log = near(result.with_suffix(".log"))
        if status == ExitStatus.MISTAKE and (line := self._not_measured(build)):
            self.runs.stub(build, line)
            return NotMeasured(build.name, line["subjects"][0]["not_measured"])
        if status not in {ExitStatus.AS_EXPECTED, ExitStatus.REGRESSION}:
            return LeftOut(f"it ended with exit status {status}, see `{log}`")
        seen = outline(part)
        if seen is None or (why := seen.unfit(wanted.suite)):
            return LeftOut(f"{why if seen else 'it has no result'}, see `{log}`")
        before = outline(result) if wanted.kept else None
        if before and before.stale(seen.played_with):  # as a release that had to be installed anew may be
            return _Moved()
        return Played(seconds, wanted.suite)

    def _not_measured(self, build: Build) -> Record | None:
        """The first line of the result of a build that cannot be measured; None where the mistake is another."""
        pythons = [build.python] if build.python else []
        try:
            with desk() as work:
                session = open_session(
                    entrant_names([build.spec], pythons), pythons, work=work, offline=self.offline, tool_files=(),
                    report=lambda _: None,
                )  # fmt: skip
        except HarnessError:
            return None
        (entrant,) = session.entrants.values()
        if not isinstance(entrant, NotMeasured):
            return None
        return header(
            suite=self.suite.digest, machine=session.machine, subjects=[entrant], planned=0, variants=build.variants
        )


@contextmanager
def desk() -> Iterator[WorkDirectory]:
    """A directory to work in, of which nothing is left."""
    work = WorkDirectory.make(None)
    guard = Guard(work.path.name)
    try:
        yield work
    finally:
        guard.dismiss()
        work.close()


def at_hand(builds: Sequence[Build]) -> dict[Build, Now]:
    """What each build would be played with, as far as that is known without installing anything."""
    with desk() as work:
        offers = probe(work.path, containment.missing())
    machine = {**offers.facts, "lacks": dict(offers.lacks)}
    provisioner = Provisioner(offline=True)

    def now(build: Build) -> Now:
        named = parse(build.spec, provisioner.tools).build
        own = named.python if isinstance(named, OfPython) else ""
        try:
            python = private_copy(own or build.python or None, provisioner.cache)
        except HarnessError:
            return Now(machine)
        subject = provisioner.subject(build.spec, python)
        return Now(machine, subject.digest if isinstance(subject, Subject) else "", python.version)

    with ThreadPoolExecutor() as pool:
        return dict(zip(builds, pool.map(now, builds), strict=True))


def _lines(part: Path) -> int:
    return part.read_bytes().count(b"\n") if part.exists() else 0


def _end_with_parent() -> None:
    """Be asked to end as soon as our parent is gone: who is asked leaves nothing behind, and who is killed does."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def _end(process: subprocess.Popen[bytes]) -> None:
    """Let a run clean up after itself, and kill it where it does not; a second interrupt kills it at once."""
    process.terminate()
    try:
        process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        pass
    finally:
        process.kill()
