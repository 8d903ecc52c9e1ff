"""Strace around a command: it writes the calls that can change a tree to a file, and leaves the rest alone. Linux."""

from __future__ import annotations

import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harness.case import Command

_LIMIT = 20.0


@cache
def missing() -> str:
    """Why commands cannot be traced here, as a sentence; empty where they can."""
    if sys.platform != "linux":
        return "strace is a program of Linux"
    if shutil.which("strace") is None:
        return "there is no `strace` on PATH"
    with NamedTemporaryFile() as trace:
        try:
            done = subprocess.run(
                _around(trace.name, (sys.executable, "-I", "-S", "-c", "")),
                stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=_LIMIT, check=False,
            )  # fmt: skip
        except (OSError, subprocess.TimeoutExpired) as error:
            return f"`strace` cannot be run: {error}"
        traced = Path(trace.name).stat().st_size > 0
    if done.returncode or done.stderr or not traced:
        said = done.stderr.strip().splitlines() or ["it traces nothing"]
        return f"`strace` is refused, or older than 5.8: {said[0]}"
    return ""


def around(command: Command) -> tuple[str, ...]:
    """The words that start a command, under strace where that is asked for and there is such a program at all."""
    program = command.argv[0]
    there = str(Path(command.cwd, program)) if "/" in program else program
    found = shutil.which(there, path=command.variables.get("PATH", ""))
    return _around(command.trace, command.argv) if command.trace and found else command.argv


def begin(trace: str) -> None:
    """Make the file, empty, so that whoever may write nowhere else can be allowed to write to it."""
    Path(trace).touch(exist_ok=False)


def read(trace: str) -> str:
    """What strace wrote; nothing where the command was never started."""
    path = Path(trace)
    return path.read_text(encoding="utf-8", errors="surrogateescape") if path.is_file() else ""


def _around(trace: str, words: tuple[str, ...]) -> tuple[str, ...]:
    # A question mark passes over calls that this architecture does not have. Of what is written only the length is
    # kept, times only tell what happened first, and processes are stopped for these calls alone (--seccomp-bpf).
    from harness.storyboard.calls import KINDS  # noqa: PLC0415 -- only where something is traced

    names = ",".join(f"?{name}" for names in KINDS.values() for name in names)
    strace = shutil.which("strace")
    assert strace is not None, "unreachable because nobody asks for a trace where it is missing"
    return (
        strace, "--follow-forks", "--seccomp-bpf", "--decode-fds=path", "--quiet=all", "--string-limit=0",
        "--absolute-timestamps=format:unix,precision:us", f"--trace={names}", "--signal=none", f"--output={trace}",
        "--", *words,
    )  # fmt: skip
