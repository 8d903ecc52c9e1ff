"""A case with mounts, played by a process of its own in a mount namespace of its own: nothing outside sees them.

The process ends with us, and is swept with everything else of the session if we are killed with it; the kernel drops
the mounts with the last process of the namespace. What it starts is contained as ever.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from harness import mounting
from harness.errors import HarnessError
from harness.process import die_with_parent
from harness.runner import play as play_here
from harness.tree import mounts

if TYPE_CHECKING:
    from harness.case import Case
    from harness.errors import Problem
    from harness.run import Run

_PROGRAM = "import sys; sys.path.insert(0, sys.argv[1]); from harness.mounted import serve; serve(int(sys.argv[2]))"
_PACKAGE = str(Path(__file__).parents[1])


def needed(case: Case) -> bool:
    """Whether a case mounts something."""
    return bool(mounts(case.tree))


def play(case: Case, *, contained: bool, cache_template: str | None) -> Run:
    """Play a case as `runner.play` does, but where it may mount.

    Raises:
        HarnessError: As `runner.play` would.
    """
    process = subprocess.Popen(
        (sys.executable, "-I", "-c", _PROGRAM, _PACKAGE, str(os.getpid())),
        env={**os.environ, "VENVPROOF_SESSION": case.place.session},
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True,
    )  # fmt: skip
    try:
        told, _ = process.communicate(pickle.dumps((case, contained, cache_template)))
    finally:  # also where the wait was interrupted
        process.kill()
        process.wait()
    if process.returncode:
        what = f"what played `{case.name}` among its mounts ended with {process.returncode}"
        raise RuntimeError(what)
    answer: Run | tuple[Problem, ...] = pickle.loads(told)  # noqa: S301 -- our own process's bytes
    if isinstance(answer, tuple):
        raise HarnessError(*answer)
    return answer


def serve(parent: int) -> None:
    """Play the case that comes on standard input, and answer on standard output, as the process of `play` does."""
    mounting.private()
    die_with_parent()
    if os.getppid() != parent:  # it has ended already
        return
    case, contained, cache_template = pickle.load(sys.stdin.buffer)  # noqa: S301 -- likewise
    with _only_answer() as answers:
        pickle.dump(_answer(case, contained=contained, cache_template=cache_template), answers)


def _answer(case: Case, *, contained: bool, cache_template: str | None) -> Run | tuple[Problem, ...]:
    try:
        return play_here(case, contained=contained, cache_template=cache_template)
    except HarnessError as error:  # `play` raises it where somebody tells the user
        return error.problems


def _only_answer() -> BinaryIO:
    """Standard output, which nobody else can write to from now on."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return answers
