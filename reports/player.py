"""Plays one build into its result file, for `reports/play.py`: a process, watched, and its result put in its place."""

from __future__ import annotations

import ctypes
import json
import signal
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from time import monotonic
from typing import IO, TYPE_CHECKING, TypeAlias

from planned import Outline, Spent

from harness.errors import ExitStatus, HarnessError
from harness.gate import near
from harness.process import Guard
from harness.sandbox import WorkDirectory
from harness.session import entrant_names, open_session
from harness.store import dumped, footer, header, put
from harness.tool import NotMeasured

if TYPE_CHECKING:
    from collections.abc import Callable

    from planned import Build, Suite

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
    """A build has a result, and it took so many seconds."""

    seconds: float


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A build has no result, and why."""

    reason: str


Ending: TypeAlias = Played | NotMeasured | LeftOut


@dataclass(frozen=True, slots=True)
class Runs:
    """The folder of result files, one a build, and of what is known of how long they take."""

    path: Path

    def result(self, build: Build) -> Path:
        """The result file of a build."""
        return self.path / build.file

    def spent(self) -> dict[str, Spent]:
        """How long builds took; nothing where that cannot be read, since only an estimate is lost."""
        try:
            return {name: Spent(**one) for name, one in json.loads(self._seconds.read_bytes()).items()}
        except (OSError, ValueError, TypeError, AttributeError):
            return {}

    def spend(self, build: Build, spent: Spent) -> None:
        """Keep how long a build took."""
        known = {**self.spent(), build.name: spent}
        put(self._seconds, json.dumps({name: asdict(known[name]) for name in sorted(known)}, indent=1) + "\n")

    @property
    def _seconds(self) -> Path:
        return self.path / "seconds.json"


def outline(path: Path) -> Outline | None:
    """The first line of a result file, and whether it has its last; None where nothing can be read."""
    try:
        rows = path.read_bytes().rstrip().split(b"\n")
        first, last = json.loads(rows[0]), json.loads(rows[-1])
        return Outline(first, last["kind"] == "footer") if first["kind"] == "header" else None
    except (OSError, ValueError, TypeError, KeyError):
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Player:
    """Plays builds: `paths` are the scenarios, the whole suite where there are none; `processes` is what `-n` takes."""

    runs: Runs
    paths: tuple[Path, ...]
    suite: Suite
    processes: str
    offline: bool

    def play(self, build: Build, look: Callable[[int], None]) -> Ending:
        """Play a build; its result takes its place once it is whole. Meanwhile `look` hears how many lines it has."""
        result = self.runs.result(build)
        part, log = result.with_suffix(".part"), result.with_suffix(".log")
        part.unlink(missing_ok=True)  # of one that was killed, or its cases would be counted
        begun, ending = monotonic(), None
        try:
            with log.open("wb") as said:
                status = self._status(build, part, said, look)
            ending = self._ending(build, status, part, monotonic() - begun)
            if not isinstance(ending, LeftOut):
                part.replace(result)
            return ending
        finally:
            part.unlink(missing_ok=True)
            if not isinstance(ending, LeftOut):  # of which it says what went wrong
                log.unlink()

    def _status(self, build: Build, part: Path, said: IO[bytes], look: Callable[[int], None]) -> int:
        """How `venvproof run` ended: pytest on the suite, without what the user has set up for tests of their own."""
        offline = ("--offline",) if self.offline else ()
        process = subprocess.Popen(
            [*COMMAND, "run", *map(str, self.paths), *build.words, *offline, "-n", self.processes, "-q",
             "--table", "none", "--keep", "none", "--results", str(part)],
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

    def _ending(self, build: Build, status: int, part: Path, seconds: float) -> Ending:
        log = near(self.runs.result(build).with_suffix(".log"))
        if status == ExitStatus.MISTAKE and (line := self._not_measured(build)):
            put(part, dumped(line) + dumped(footer(0)))
            return NotMeasured(build.name, line["subjects"][0]["not_measured"])
        if status not in {ExitStatus.AS_EXPECTED, ExitStatus.REGRESSION}:
            return LeftOut(f"it ended with exit status {status}, see `{log}`")
        seen = outline(part)
        why = seen.stale(self.suite) if seen else "it has no result"
        return LeftOut(f"{why}, see `{log}`") if why else Played(seconds)

    def _not_measured(self, build: Build) -> Record | None:
        """The first line of the result of a build that cannot be measured; None where the mistake is another."""
        pythons = [build.python] if build.python else []
        work = WorkDirectory.make(None)
        guard = Guard(work.path.name)
        try:
            session = open_session(
                entrant_names([build.spec], pythons), pythons, work=work, offline=self.offline, tool_files=(),
                report=lambda _: None,
            )  # fmt: skip
            (entrant,) = session.entrants.values()
            if not isinstance(entrant, NotMeasured):
                return None
            return header(
                suite=self.suite.digest, machine=session.machine, subjects=[entrant], planned=0, variants=build.variants
            )
        except HarnessError:
            return None
        finally:
            guard.dismiss()
            work.close()


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
