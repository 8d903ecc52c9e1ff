"""`venvproof shell`: a case's tree to look around in, as its commands find it, and nothing of it left."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from select import select
from time import monotonic, sleep
from typing import TYPE_CHECKING

import pytest

from harness import containment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Shell = Callable[..., "Said"]

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there is no POSIX shell")

SUITE = Path(__file__).with_name("suite")
CALL = (sys.executable, "-c", "from harness.cli import main; raise SystemExit(main())", "shell")
CASE = "words/breaks::venv[relative]"
SOON = 30.0
"""Seconds in which a shell must have opened, or ended."""


@dataclass(frozen=True, slots=True)
class Said:
    """How the command ended, and what it said."""

    status: int
    out: tuple[str, ...]
    err: str

    def after(self, line: str) -> tuple[str, ...]:
        return self.out[self.out.index(line) + 1 :]


@pytest.fixture
def words(tmp_path: Path) -> tuple[str, ...]:
    """The command, at work in a folder of its own."""
    (tmp_path / "work").mkdir()
    return (*CALL, "--suite", str(SUITE), "--work-dir", str(tmp_path / "work"), "--offline")


@pytest.fixture
def shell(words: tuple[str, ...], tmp_path: Path) -> Shell:
    """Calls it as a process."""

    def call(*more: str, typed: str = "") -> Said:
        ran = subprocess.run(
            [*words, *more], cwd=tmp_path, env={**os.environ, "SHELL": "/bin/sh"}, input=typed, capture_output=True,
            text=True, check=False,
        )  # fmt: skip
        return Said(ran.returncode, tuple(ran.stdout.splitlines()), ran.stderr)

    return call


def left(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / "work").iterdir())


def test_whoever_enters_is_told_of_the_tree_and_of_the_commands(shell: Shell, tmp_path: Path) -> None:
    said = shell(CASE, "--command", "readlink .venv")
    assert (said.status, said.err, left(tmp_path)) == (0, "", [])
    assert said.out[0].startswith("words/breaks[relative] with venv@3.")
    assert said.out[1].startswith(f"root: {tmp_path}/work/venvproof-")
    tree, _, commands = "\n".join(said.after(said.out[1])).partition("\nthe case would run:\n")
    drawn = ["home/", "project/", "  .venv -> ../store/env", "store/", "  env/", "tmp/"]
    assert tree.splitlines() == [f"  {line}" for line in drawn]
    assert (commands.startswith("  project$ python3."), " -m venv " in commands) == (True, True)
    assert said.out[-2:] == ("../store/env", "nothing has changed since it was planted")


def test_it_is_told_what_has_changed_since(shell: Shell) -> None:
    commands = "echo hi >notes; rm .venv; mkdir .venv; mkdir -p ../home/a/b; mkfifo pipe"
    said = shell(CASE, "--command", commands)
    assert said.after("since it was planted:") == (
        "  + home/a: directory",
        "  + home/a/b: directory",
        "  ~ project/.venv: link ../store/env -> directory",
        "  + project/notes: file",
        "  + project/pipe: fifo",
    )


def test_the_environment_is_that_of_the_cases_commands_with_the_tool_on_its_path(shell: Shell) -> None:
    asked = 'echo "$PWD|$HOME|$TMPDIR|$LANG|${PYTHONPATH-none}"; command -v python3; umask; uv --version; exit 3'
    said = shell("words/breaks::uv[absolute]", "--command", asked)
    root = said.out[1].removeprefix("root: ")
    told, python, umask, version, *changed = said.out[-6:]
    assert told == f"{root}/project|{root}/home|{root}/tmp|C.UTF-8|none"
    assert ("/pythons/" in python, umask, version.partition(" ")[0]) == (True, "0022", "uv")
    ending = ["nothing has changed since it was planted", "the shell ended with exit status 3"]
    assert (said.status, changed) == (0, ending)  # which is no fault


@pytest.mark.skipif(bool(containment.missing()), reason="nothing is contained here")
def test_nothing_can_be_written_elsewhere(shell: Shell, tmp_path: Path) -> None:
    said = shell(CASE, "--command", f"echo no >{tmp_path}/evil; echo yes >$HOME/good")
    assert (said.after("since it was planted:"), (tmp_path / "evil").exists()) == (("  + home/good: file",), False)


def test_a_shell_reads_what_is_piped_to_it(shell: Shell) -> None:
    said = shell(CASE, typed="echo hi >notes\n")
    assert said.after("since it was planted:") == ("  + project/notes: file",)


def test_a_tree_is_kept_where_that_is_asked_for(shell: Shell, tmp_path: Path) -> None:
    said = shell(CASE, "--keep", "--command", "echo hi >notes")
    root = Path(said.out[-1].removeprefix("the tree is kept in "))
    assert (root.parents[2], (root / "project" / "notes").read_text()) == (tmp_path / "work", "hi\n")
    assert {path.name for path in root.parent.glob("*.txt")} == {"before.txt", "after.txt"}


@pytest.mark.parametrize(
    ("case", "message"),
    [
        ("words/break::uv", "there is no scenario `words/break`\n  hint: did you mean `words/breaks`?\n"),
        ("words/breaks::uv[relativ]", "`words/breaks` has no variant `relativ`\n  hint: did you mean `relative`?\n"),
        ("words/unsupported::venv", "`words/unsupported` cannot be planted for `venv@"),
        ("words/breaks::uv@./no/uv", "`uv@./no/uv` cannot be run: there is no such file\n"),
    ],
)
def test_the_users_mistakes_are_told_and_nothing_is_left(shell: Shell, tmp_path: Path, case: str, message: str) -> None:
    said = shell(case, "--command", "true")
    assert (said.status, said.out, said.err[: len(message)], left(tmp_path)) == (4, (), message, [])


# -- at a terminal ----------------------------------------------------------------------------------------------------


# A terminal is one that controls its processes only where they ask for it, in a session of their own.
CONTROLLED = "import fcntl, os, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); os.execv(sys.argv[1], sys.argv[1:])"


@dataclass(frozen=True, slots=True)
class Terminal:
    """The command at a terminal of its own."""

    process: subprocess.Popen[bytes]
    handle: int

    def until(self, word: str) -> str:
        """What it says until it has said that."""
        said, late = "", monotonic() + SOON
        while word not in said:
            assert monotonic() < late, said
            if select([self.handle], [], [], 0.1)[0]:
                said += os.read(self.handle, 65536).decode()
        return said

    def type(self, text: str) -> None:
        os.write(self.handle, text.encode())


@pytest.fixture
def terminal(words: tuple[str, ...], tmp_path: Path) -> Iterator[Terminal]:
    handle, theirs = os.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", CONTROLLED, *words, CASE], cwd=tmp_path, stdin=theirs, stdout=theirs, stderr=theirs,
        env={**os.environ, "SHELL": "/bin/sh", "TERM": "dumb"}, start_new_session=True,
    )  # fmt: skip
    os.close(theirs)
    yield Terminal(process, handle)
    os.close(handle)


def test_somebody_at_a_terminal_can_interrupt_a_command_and_leave(terminal: Terminal, tmp_path: Path) -> None:
    terminal.until("leave with `exit`")
    terminal.type("sleep 98 && echo slept\n")
    sleep(0.5)
    terminal.type("\x03")
    terminal.type("echo $((40 + 2)) >notes\n")
    terminal.type("exit\n")
    said = terminal.until("project/notes: file")
    status = terminal.process.wait(SOON)
    assert ("slept\r\n" in said.replace("echo slept", ""), status, left(tmp_path)) == (False, 0, [])


def test_a_shell_that_is_ended_from_outside_leaves_nothing(terminal: Terminal, tmp_path: Path) -> None:
    terminal.until("leave with `exit`")
    terminal.process.send_signal(signal.SIGTERM)
    assert (terminal.process.wait(SOON), left(tmp_path)) == (2, [])
