"""A command whose calls are stopped is the same command: what it is given, what it says and how it ends."""

from __future__ import annotations

import os
import signal
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from harness import containment
from harness.process import run
from harness.run import Exited, NotStarted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conftest import Place
    from harness.case import Command
    from harness.run import Finished

contained = pytest.mark.skipif(bool(containment.missing()), reason=containment.missing() or "contained")
as_root = pytest.mark.skipif(
    os.geteuid() != 0 or bool(containment.power_missing()), reason="only root has the power over modes"
)

SHELL = {
    "both streams": "echo out; echo err >&2; exit 3",
    "one after another": "for n in 1 2 3; do mkdir $n; echo $n > $n/file; done; find . | sort",
    "no input": "cat; test -t 0 || echo none; readlink /proc/self/fd/0",
    "mask and directory": "umask; pwd",
    "bytes that are no text": r"printf 'caf\351'",
    "output without end": "head -c 2000000 /dev/zero | tr '\\0' x",
    "a death by itself": "kill -SEGV $$",
    "a pipe that closes": "yes | head -1; mkdir made && rmdir made",
    "a child that stays": "sleep 1000 & echo left",
    "its own output again": "echo one > /dev/stdout; echo two > /dev/stderr; echo three >> /proc/self/fd/1",
}
PYTHON = {
    "its session": "import os; print(os.getsid(0) == os.getpid() == os.getpgrp())",
    "its handles": "import os; print(sorted(int(n) for n in os.listdir('/proc/self/fd'))[:-1])",
    "its limits": "print(open('/proc/self/limits').read(), __import__('os').nice(0))",
    "its threads": "import os; print(len(os.listdir('/proc/self/task')), sorted(__import__('sys').argv))",
}


def both_ways(place: Place, command: Command, *, writable: tuple[str, ...] | None = None) -> list[Finished]:
    """What comes of it as it is, and stopped at every call; without what always differs."""
    finished = []
    for orders in (None, place.orders()):
        done = run(command, writable=writable, hide={place.root: "$root"}, orders=orders)
        finished.append(replace(done, seconds=0.0, watched=None))
        for entry in sorted(Path(place.root).iterdir()):
            if entry.is_dir() and entry.name.isdecimal():
                (entry / "file").unlink()
                entry.rmdir()
    return finished


@pytest.mark.parametrize("name", SHELL)
def test_what_a_shell_says_is_the_same(place: Place, name: str) -> None:
    plain, stopped = both_ways(place, place.sh(SHELL[name], umask=0o027))
    assert plain == stopped
    assert plain.output or plain.ending != Exited(0)


@contained
def test_what_a_contained_shell_says_is_the_same(place: Place) -> None:
    script = "mkdir 1 && echo > 1/file; echo > ../beside; mkdir ../beside; id -u"
    plain, stopped = both_ways(place, place.sh(script), writable=(place.root,))
    assert plain == stopped
    assert "ermission denied" in plain.stderr


@as_root
def test_modes_bind_an_unprivileged_command_either_way(place: Place) -> None:
    Path(place.root, "secret").touch(mode=0o000)
    plain, stopped = both_ways(place, place.sh("cat secret", unprivileged=True))
    assert plain == stopped
    assert plain.ending == Exited(1)


@pytest.fixture
def _handed_down() -> Iterator[None]:
    """Handles that whoever started us would have us give to our children."""
    ours = os.pipe()
    for handle in ours:
        os.set_inheritable(handle, True)  # noqa: FBT003 -- its only argument
    yield
    for handle in ours:
        os.close(handle)


@pytest.mark.usefixtures("_handed_down")
@pytest.mark.parametrize("name", PYTHON)
def test_what_a_process_is_given_is_the_same(place: Place, name: str) -> None:
    plain, stopped = both_ways(place, place.python(PYTHON[name], "word"))
    assert plain == stopped
    assert plain.ending == Exited(0)


def test_signals_are_handled_as_they_come_to_every_process(place: Place) -> None:
    plain, stopped = both_ways(place, place.sh("grep -E 'Sig(Blk|Ign)' /proc/self/status"))
    glibcs_own = 0b11 << 31
    blocked, ignored = (int(line.split()[1], 16) & ~glibcs_own for line in stopped.stdout.splitlines())
    assert [blocked, ignored] == [int(line.split()[1], 16) & ~glibcs_own for line in plain.stdout.splitlines()]
    assert not ignored >> signal.SIGPIPE - 1 & 1


def test_only_the_marker_is_added_to_the_environment(place: Place) -> None:
    plain, stopped = both_ways(place, place.command("/usr/bin/env"))
    (marker,) = set(stopped.stdout.splitlines()) - set(plain.stdout.splitlines())
    assert marker.startswith(f"VENVPROOF_COMMAND={os.getpid()}-")
    assert stopped.stdout.replace(f"{marker}\n", "") == plain.stdout


@pytest.mark.parametrize("answers", [(), ("yes", "no")])
def test_a_terminal_is_the_same(place: Place, answers: tuple[str, ...]) -> None:
    script = (
        "test -t 0 && test -t 1 && echo on; mkdir 1; touch 1/file; printf 'sure? '; read a; echo; echo $a; stty size"
    )
    plain, stopped = both_ways(place, place.sh(script, answers=answers, limit=30.0 if answers else 0.3))
    assert plain == stopped
    assert "sure?" in plain.stdout


@pytest.mark.parametrize(
    "words",
    [
        ("nowhere",),
        ("folder",),
        ("plain",),
        ("no-program",),
        ("orphan",),
        ("./orphan",),
        ("../root/plain/below",),
        ("found",),
        ("second",),
        ("here",),
        ("/bin/true", "x" * 200_000),
    ],
    ids=lambda words: words[0],
)
@pytest.mark.parametrize("path", ["first:second:/usr/bin:/bin", "", None], ids=["relative", "empty", "none"])
@pytest.mark.parametrize("answers", [None, ()], ids=["", "terminal"])
def test_what_cannot_be_started_is_told_in_the_same_words(
    place: Place, words: tuple[str, ...], path: str | None, answers: tuple[str, ...] | None
) -> None:
    root = Path(place.root)
    for directory in ("first", "second", "first/folder", "second/folder"):
        (root / directory).mkdir()
    for name, text in {"plain": "", "no-program": "words", "orphan": "#!/nowhere/python\n"}.items():
        for directory in ("first", "."):
            (root / directory / name).write_text(text)
            (root / directory / name).chmod(0o644 if name == "plain" else 0o755)
    for name in ("second/found", "second/second", "here", "first/second"):
        (root / name).write_text("#!/bin/sh\necho $0")
        (root / name).chmod(0o644 if name == "first/second" else 0o755)
    variables = {} if path is None else {"PATH": path}
    plain, stopped = both_ways(place, place.command(*words, variables=variables, answers=answers))
    assert plain == stopped


def test_a_directory_that_is_missing_is_told_in_the_same_words(place: Place) -> None:
    plain, stopped = both_ways(place, place.sh("echo", cwd=f"{place.root}/nowhere"))
    assert plain == stopped
    assert plain.ending == NotStarted("no such file or directory: `$root/nowhere`")


def test_a_time_that_runs_out_is_the_same(place: Place) -> None:
    plain, stopped = both_ways(place, place.sh("echo begun; sleep 1000 & sleep 1000", limit=0.3))
    assert plain == stopped


def test_our_own_directory_and_mask_stay_as_they_are(place: Place) -> None:
    mask = os.umask(0o022)
    os.umask(mask)
    here = Path.cwd()
    place.run(place.sh("umask; pwd", umask=0o777))
    assert (Path.cwd(), os.umask(mask)) == (here, mask)
