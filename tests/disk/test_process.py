"""Commands end as they should, say what they said, and leave nothing."""

from __future__ import annotations

import dataclasses
import os
import signal
import sys
from concurrent.futures import ThreadPoolExecutor
from threading import Thread, main_thread
from typing import TYPE_CHECKING

import pytest

from harness import containment
from harness.case import Command
from harness.process import KEPT, end_all, run, run_together, sweep, terminal
from harness.run import Exited, Finished, NotStarted, Signalled, TimedOut

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the commands are a POSIX shell's")
contained = pytest.mark.skipif(bool(containment.missing()), reason=containment.missing() or "contained")
linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux shows the environment of a process")
as_root = pytest.mark.skipif(
    sys.platform != "linux" or os.geteuid() != 0 or bool(containment.power_missing()), reason="only root has the power"
)


@pytest.fixture
def sh(tmp_path: Path) -> Command:
    """A shell without a script, to be given one."""
    variables = {"PATH": "/usr/bin:/bin", "VENVPROOF_SESSION": tmp_path.name}
    return Command(argv=("/bin/sh", "-c"), cwd=str(tmp_path), variables=variables, limit=30.0)


def said(command: Command, script: str, **changes: object) -> Finished:
    command = dataclasses.replace(command, argv=(*command.argv, script), **changes)  # type: ignore[arg-type]
    return run(command, writable=None, hide={command.cwd: "$root"})


@pytest.fixture
def lifeline(tmp_path: Path) -> Iterator[int]:
    """A pipe named `lifeline`: its reader sees the end once no process holds the other side any more."""
    os.mkfifo(tmp_path / "lifeline")
    handle = os.open(tmp_path / "lifeline", os.O_RDONLY | os.O_NONBLOCK)
    yield handle
    os.close(handle)


def read_to_the_end(lifeline: int) -> bytes:
    os.set_blocking(lifeline, True)
    words = b""
    while more := os.read(lifeline, 100):
        words += more
    return words


def test_both_streams_are_kept_apart_and_the_exit_status_told(sh: Command) -> None:
    finished = said(sh, "echo out; echo err >&2; exit 3")
    assert finished == Finished(
        command=finished.command, ending=Exited(3), stdout="out\n", stderr="err\n", seconds=finished.seconds
    )
    assert finished.seconds > 0


def test_a_command_sees_its_own_variables_and_no_other(sh: Command) -> None:
    command = dataclasses.replace(sh, argv=("/usr/bin/env",), variables={"ONLY": "this"})
    assert run(command, writable=None, hide={}).stdout == "ONLY=this\n"


def test_a_command_has_its_own_directory_and_umask_and_no_input(sh: Command) -> None:
    assert said(sh, "umask; pwd; cat", umask=0o027).stdout == "0027\n$root\n"


def test_a_death_by_a_signal_is_told_by_its_name(sh: Command) -> None:
    assert said(sh, "kill -SEGV $$").ending == Signalled("SIGSEGV")


def test_output_that_is_no_text_is_written_as_escapes(sh: Command) -> None:
    assert said(sh, r"printf 'caf\351 \303\251'").stdout == "caf\\xe9 é"


def test_output_beyond_what_is_kept_is_cut_and_says_so(sh: Command) -> None:
    stdout = said(sh, "head -c 2000000 /dev/zero | tr '\\0' x").stdout
    assert stdout == "x" * KEPT + "\n[cut after 1048576 bytes]\n"


def test_hidden_paths_are_replaced_the_longest_first_and_once(sh: Command) -> None:
    command = dataclasses.replace(sh, argv=(*sh.argv, "echo /a/b/c /a/b /a"))
    assert run(command, writable=None, hide={"/a": "$/a/b", "/a/b": "$b"}).stdout == "$b/c $b $/a/b\n"


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("nowhere", "no such file or directory: `$root/nowhere`"),
        ("folder", "permission denied: `$root/folder`"),
        ("plain", "permission denied: `$root/plain`"),
        ("no-program", "exec format error: `$root/no-program`"),
        ("orphan", "no such file or directory: `$root/orphan`"),
    ],
)
def test_what_is_no_program_is_not_started(sh: Command, tmp_path: Path, name: str, reason: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "plain").touch(mode=0o644)
    (tmp_path / "no-program").write_text("words")
    (tmp_path / "orphan").write_text("#!/nowhere/python\n")
    for script in ("no-program", "orphan"):
        (tmp_path / script).chmod(0o755)
    command = dataclasses.replace(sh, argv=(str(tmp_path / name),))
    finished = run(command, writable=None, hide={str(tmp_path): "$root"})
    assert finished == Finished(command=command, ending=NotStarted(reason))


def test_a_command_without_its_directory_is_not_started(sh: Command, tmp_path: Path) -> None:
    finished = said(sh, "echo", cwd=str(tmp_path / "nowhere"))
    assert finished.ending == NotStarted("no such file or directory: `$root`")


def test_a_command_past_its_limit_is_killed_with_its_children(sh: Command, lifeline: int) -> None:
    finished = said(sh, "exec 3> lifeline; echo begun; sleep 1000 & sleep 1000", limit=0.2)
    assert (finished.ending, finished.stdout) == (TimedOut(0.2), "begun\n")
    assert read_to_the_end(lifeline) == b""


def test_what_a_command_leaves_in_its_group_is_killed(sh: Command, lifeline: int) -> None:
    assert said(sh, "exec 3> lifeline; sleep 1000 & echo done").stdout == "done\n"
    assert read_to_the_end(lifeline) == b""


@linux
def test_what_left_its_group_keeps_nobody_waiting_and_is_swept(sh: Command, lifeline: int) -> None:
    os.mkfifo(f"{sh.cwd}/away")
    script = "exec 3> lifeline; setsid sh -c 'echo > away; exec sleep 1000' & read x < away; echo done"
    assert said(sh, script).stdout == "done\n"
    with pytest.raises(BlockingIOError):
        os.read(lifeline, 1)
    sweep("another session")
    with pytest.raises(BlockingIOError):
        os.read(lifeline, 1)
    sweep(sh.variables["VENVPROOF_SESSION"])
    assert read_to_the_end(lifeline) == b""


def test_an_interrupt_kills_the_command_and_goes_on(sh: Command, lifeline: int, tmp_path: Path) -> None:
    def interrupt() -> None:
        (tmp_path / "begun").read_text()
        signal.pthread_kill(main_thread().ident or 0, signal.SIGINT)

    os.mkfifo(tmp_path / "begun")
    interrupter = Thread(target=interrupt)
    interrupter.start()
    with pytest.raises(KeyboardInterrupt):
        said(sh, "exec 3> lifeline; echo > begun; sleep 1000")
    interrupter.join()
    assert read_to_the_end(lifeline) == b""


def test_commands_of_other_threads_can_be_ended(sh: Command, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "begun")
    with ThreadPoolExecutor(1) as thread:
        finished = thread.submit(said, sh, "echo > begun; sleep 1000")
        (tmp_path / "begun").read_text()
        end_all()
    assert finished.result().ending == Signalled("SIGKILL")


def test_commands_run_together_meet(sh: Command) -> None:
    os.mkfifo(f"{sh.cwd}/between")
    commands = tuple(
        dataclasses.replace(sh, argv=(*sh.argv, script)) for script in ("echo hello > between", "cat < between; exit 2")
    )
    finished = run_together(commands, writable=None, hide={})
    assert [(one.command, one.ending, one.stdout) for one in finished] == [
        (commands[0], Exited(0), ""),
        (commands[1], Exited(2), "hello\n"),
    ]


def test_each_of_several_has_its_own_limit(sh: Command) -> None:
    slow = dataclasses.replace(sh, argv=(*sh.argv, "exec sleep 1000"))
    commands = (dataclasses.replace(slow, limit=0.4), dataclasses.replace(slow, limit=0.1))
    finished = run_together(commands, writable=None, hide={})
    assert [one.ending for one in finished] == [TimedOut(0.4), TimedOut(0.1)]
    assert finished[1].seconds < finished[0].seconds


# -- contained ---


@contained
def test_a_contained_command_writes_where_it_may_and_nowhere_else(sh: Command, tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    command = dataclasses.replace(sh, argv=(*sh.argv, "echo in > root/in; echo shown > /dev/stdout; echo out > out"))
    finished = run(command, writable=[str(root)], hide={})
    assert (finished.ending, finished.stdout) == (Exited(2), "shown\n")
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["in", "root"]
    (tmp_path / "ours").touch()


@contained
def test_what_cannot_be_contained_is_not_started(sh: Command, tmp_path: Path) -> None:
    command = dataclasses.replace(sh, argv=(*sh.argv, "echo > ran"))
    with pytest.raises(FileNotFoundError):
        run(command, writable=[str(tmp_path / "nowhere")], hide={})
    assert list(tmp_path.iterdir()) == []


@as_root
@pytest.mark.parametrize("writable", [None, pytest.param((), marks=contained)])
def test_modes_bind_an_unprivileged_command(sh: Command, tmp_path: Path, writable: tuple[str, ...] | None) -> None:
    (tmp_path / "secret").touch(mode=0o000)
    command = dataclasses.replace(sh, argv=(*sh.argv, "cat secret"), unprivileged=True)
    assert run(command, writable=writable, hide={}).ending == Exited(1)
    assert run(dataclasses.replace(command, unprivileged=False), writable=writable, hide={}).ending == Exited(0)


# -- on a terminal ---


def test_answers_are_typed_at_prompts(sh: Command) -> None:
    script = (
        "test -t 0 && test -t 1 && test -t 2 && echo starting;"
        r" printf '\033[1msure? \033[0m'; read a; printf 'really? '; read b; echo; echo $b $a; pwd; exit 4"
    )
    finished = said(sh, script, answers=("yes", "no"))
    assert (finished.ending, finished.stderr) == (Exited(4), "")
    assert finished.stdout == "starting\nsure? yes\nreally? no\n\nno yes\n$root\n"


def test_no_answer_is_typed_where_nothing_is_asked(sh: Command) -> None:
    assert said(sh, r"echo one; printf '\033[?25l\n'; echo two", answers=("y",)).stdout == "one\n\ntwo\n"


def test_a_prompt_without_an_answer_ends_at_the_limit(sh: Command) -> None:
    finished = said(sh, "printf 'well? '; read a", answers=(), limit=0.2)
    assert (finished.ending, finished.stdout) == (TimedOut(0.2), "well? ")


def test_a_terminal_shows_all_that_is_said_to_its_end(sh: Command) -> None:
    numbers = "".join(f"{number}\n" for number in range(1, 5001))
    assert said(sh, "seq 5000", answers=()).stdout == numbers


@linux
def test_what_keeps_the_terminal_keeps_nobody_waiting(sh: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(terminal, "LAST_WORDS", 0.05)
    os.mkfifo(f"{sh.cwd}/away")
    finished = said(sh, "setsid sh -c 'echo > away; exec sleep 1000' & read x < away; echo done", answers=())
    sweep(sh.variables["VENVPROOF_SESSION"])
    assert (finished.ending, finished.stdout) == (Exited(0), "done\n")


def test_what_is_no_program_is_not_started_on_a_terminal_either(sh: Command) -> None:
    command = dataclasses.replace(sh, argv=("/nowhere/tool",), answers=("y",))
    finished = run(command, writable=None, hide={})
    assert finished == Finished(command=command, ending=NotStarted("no such file or directory: `/nowhere/tool`"))
