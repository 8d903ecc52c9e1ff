"""One process from its start to its end."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from tempfile import TemporaryFile
from threading import Lock
from time import perf_counter
from typing import IO, TYPE_CHECKING

from harness import containment
from harness.process import tracing
from harness.process.terminal import on_a_terminal
from harness.run import Exited, Interrupted, NotStarted, Signalled, TimedOut

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.case import Command
    from harness.process.spawning import Spawned
    from harness.run import Ending
    from harness.stopping.watch import Watch

KEPT = 1024 * 1024
"""Bytes of each stream that are kept."""

_OURS = {errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EAGAIN}
"""Errors of a start that speak of this machine's resources, and not of the command."""

_NEW_GROUP = getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)  # Windows' start_new_session


@dataclass(frozen=True, slots=True)
class End:
    """How a process ended; what it said is still bytes, one more than is kept where there was more."""

    command: Command
    ending: Ending
    said: tuple[bytes, bytes]
    seconds: float


class Life:
    """A process from its start to its end. Whoever kills it, the process id is still its own."""

    def __init__(self, command: Command, writable: Sequence[str] | None, watch: Watch | None = None) -> None:
        self.command, self.writable, self.watch = command, writable, watch
        self._lock = Lock()
        self._process: subprocess.Popen[bytes] | Spawned | None = None
        self._doomed = self._late = False

    @property
    def allowed(self) -> float:
        """Seconds that it may take, those not counted in which we hold it."""
        return self.command.limit + (self.watch.held if self.watch else 0.0)

    def live(self) -> End:
        """Give up the calling thread's rights, then start the process and see it to its end."""
        trace = self.command.trace
        if trace:
            tracing.begin(trace)
        if self.writable is not None:
            containment.restrict((*self.writable, trace) if trace else self.writable)
        if self.command.unprivileged:
            containment.drop_power()
        if self.watch is not None:
            self.watch.attach()  # last, since from here on our own calls stop, too
        begun = perf_counter()
        try:
            status, said = self._talk()
        except _NotStartedError as error:
            return End(self.command, NotStarted(str(error)), (b"", b""), 0.0)
        return End(self.command, self._ending(status), said, perf_counter() - begun)

    def _ending(self, status: int) -> Ending:
        if self._late:
            return TimedOut(self.command.limit)
        sent = self.watch.sent if self.watch else None
        return Interrupted(signal.Signals(sent).name) if sent and status == -sent else _ending(status)

    def _talk(self) -> tuple[int, tuple[bytes, bytes]]:
        if self.command.answers is not None:
            status, shown = on_a_terminal(self, self.command.answers, KEPT + 1)
            return status, (shown, b"")
        # Files without a name: nothing that it leaves behind can keep us waiting at them.
        with _nameless() as stdout, _nameless() as stderr:
            self.start(subprocess.DEVNULL, stdout, stderr)
            status = self.end()
            return status, (_kept(stdout), _kept(stderr))

    def start(self, stdin: int, stdout: IO[bytes] | int, stderr: IO[bytes] | int) -> None:
        """Start it, or raise why the command is at fault."""
        try:
            process = self._started(stdin, stdout, stderr)
        except OSError as error:
            if error.errno in _OURS:
                raise
            raise _NotStartedError(error) from None
        with self._lock:
            self._process = process
            if self._doomed:
                _kill_group(process)

    def _started(
        self, stdin: int, stdout: IO[bytes] | int, stderr: IO[bytes] | int
    ) -> subprocess.Popen[bytes] | Spawned:
        command = self.command
        if self.watch is not None:
            from harness.process.spawning import spawn  # noqa: PLC0415 -- Linux, and only where calls are stopped

            handles = [stream if isinstance(stream, int) else stream.fileno() for stream in (stdin, stdout, stderr)]
            spawned = spawn(command, dict([self.watch.hunt.variable]), (handles[0], handles[1], handles[2]))
            self.watch.began(spawned.pid)
            return spawned
        return subprocess.Popen(
            tracing.around(command), cwd=command.cwd, env=command.variables, umask=command.umask,
            stdin=stdin, stdout=stdout, stderr=stderr, start_new_session=True, creationflags=_NEW_GROUP,
        )  # fmt: skip

    def end(self) -> int:
        """Wait until it ends by itself or is killed, kill what is left of its group, and return its status."""
        process = self._process
        assert process is not None, "only what was started ends"
        if hasattr(os, "waitid"):  # leave it a zombie, or its id might name another group (macOS has no such call)
            os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        else:
            process.wait()
        with self._lock:
            _kill_group(process)
            self._process = None
            return process.wait()

    def kill(self, *, late: bool = False) -> None:
        """Kill it with its whole group, unless it has ended; `late` says that its time was up."""
        with self._lock:
            self._doomed, self._late = True, self._late or late
            if self._process is not None:
                self.mute()
                _kill_group(self._process)

    def mute(self) -> None:
        """Answer none of its calls any more: it is to be killed, and none of them is to be made."""
        if self.watch is not None:
            self.watch.hunt.on = True


class _NotStartedError(Exception):
    """A command that cannot be started, and why."""

    def __init__(self, error: OSError) -> None:
        where = f": `{os.fsdecode(error.filename)}`" if error.filename else ""
        super().__init__(f"{(error.strerror or 'unknown error').lower()}{where}")


def _kill_group(process: subprocess.Popen[bytes] | Spawned) -> None:
    if sys.platform == "win32":
        os.kill(process.pid, signal.SIGTERM)  # which ends it there and then
        return
    with suppress(ProcessLookupError, PermissionError):  # macOS refuses where none but a zombie is left
        os.killpg(process.pid, signal.SIGKILL)


def _ending(status: int) -> Ending:
    if status >= 0:
        return Exited(status)
    names = {sign.value: sign.name for sign in signal.Signals}
    return Signalled(names.get(-status, f"signal {-status}"))


def _nameless() -> IO[bytes]:
    if hasattr(os, "memfd_create"):  # on no disk, and what is contained can open its `/dev/stdout`
        return os.fdopen(os.memfd_create("output"), "w+b", buffering=0)
    return TemporaryFile(buffering=0)


def _kept(stream: IO[bytes]) -> bytes:
    stream.seek(0)
    return stream.read(KEPT + 1)
