"""Commands whose calls are followed, mostly by strace: contained and ending as ever, and what they did to the tree."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from harness import containment
from harness.case import Command, Place
from harness.process import run, tracing
from harness.run import Exited, NotStarted, Signalled, TimedOut
from harness.sandbox import Sandbox
from harness.snapshot import describe
from harness.stopping import probe
from harness.stopping.orders import Orders
from harness.storyboard.calls import calls
from harness.storyboard.scene import Scene
from harness.storyboard.stopped import calls_of
from harness.tree import File, Link, plain

if TYPE_CHECKING:
    from pathlib import Path

    from harness.run import Finished

pytestmark = pytest.mark.skipif(bool(tracing.missing()), reason=f"nothing can be traced here: {tracing.missing()}")

TREE = {"project/link": Link("../store"), "store/notes.txt": File(b"n"), "store/old": File(b"o")}

# Every kind of change, through links, handles, threads, and processes that have gone elsewhere.
EVERYTHING = r"""
import os, subprocess, threading
os.mkdir('a> "b"\n\xe9\\'); handle = os.open('a> "b"\n\xe9\\', os.O_RDONLY)
os.mkdir("in", dir_fd=handle); os.rename("in", "out", src_dir_fd=handle, dst_dir_fd=handle)
open(os.open("f) = 3<x", os.O_CREAT | os.O_WRONLY, dir_fd=handle), "w").write("hi")
os.symlink("out", "s", dir_fd=handle); os.link("link/notes.txt", "link/hard"); os.mkfifo(b"\xff")
os.fchdir(handle); os.makedirs("deep/er"); os.rename("deep", "../link/moved"); os.rename("../link", "../renamed")
if os.fork() == 0:
    os.chdir("/"); os.chdir(os.path.join(ROOT, "project", "renamed", "moved")); os.mkdir("../byfork"); os._exit(0)
os.wait()
threads = [threading.Thread(target=lambda n=n: [os.mkdir(f"{n}-{m}") for m in range(20)]) for n in range(4)]
[thread.start() for thread in threads]; [thread.join() for thread in threads]
gone = open("gone", "w"); os.unlink("gone"); gone.write("late"); gone.close()
os.truncate("../renamed/notes.txt", 0); os.replace("../renamed/old", "../renamed/new"); os.chmod("s", 0o700)
subprocess.run(["/bin/sh", "-c", "mkdir x && cd x && echo hi >w && ln -s w v && mv w u && rm v && cd .. && rmdir 0-0"])
"""


def placed(tmp_path: Path) -> tuple[Sandbox, Place]:
    place = Place(root=str(tmp_path / "root"), cache=str(tmp_path / "cache"))
    return Sandbox.build(place, plain(TREE), None), place


def python(place: Place, code: str, *, limit: float = 20.0) -> Command:
    return Command(
        argv=(sys.executable, "-I", "-S", "-B", "-c", f"ROOT = {place.root!r}\n{code}"), cwd=f"{place.root}/project",
        variables={"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}, limit=limit, trace=f"{place.cache}.trace-1",
    )  # fmt: skip


def contained(command: Command, place: Place) -> Finished:
    writable = None if containment.missing() else (place.root, place.cache)
    return run(command, writable=writable, hide={})


def test_the_calls_of_a_command_lead_to_the_tree_that_is_there_in_the_end(tmp_path: Path) -> None:
    sandbox, place = placed(tmp_path)
    before = sandbox.look()
    done = contained(python(place, EVERYTHING), place)
    after = sandbox.look()
    sandbox.close()
    assert (done.ending, done.output) == (Exited(0), "")
    scene = Scene(before, place.root)
    events = scene.events(calls(tracing.read(done.command.trace), done.command.cwd))
    assert scene.entries == {path: describe(after[path]) for path in after}
    assert len([event for event in events if event.kind == "mkdir"]) == 2 + 2 + 1 + 80 + 1


@pytest.mark.skipif(bool(probe.missing()), reason=f"calls cannot be stopped here: {probe.missing()}")
def test_what_our_own_engine_sees_leads_to_that_tree_by_the_same_calls_and_by_some_that_strace_is_not_asked_for(
    tmp_path: Path,
) -> None:
    sandbox, place = placed(tmp_path)
    before = sandbox.look()
    bind = "import socket; socket.socket(socket.AF_UNIX).bind('../s')"
    command = replace(python(place, f"{EVERYTHING}\n{bind}"), trace="")
    done = run(command, writable=None, hide={}, orders=Orders(place.root, looks=True))
    after = sandbox.look()
    sandbox.close()
    assert (done.ending, done.output) == (Exited(0), "")
    assert done.watched is not None
    scene = Scene(before, place.root)
    events = scene.events(calls_of(done.watched.made))
    assert scene.entries == {path: describe(after[path]) for path in after}
    assert len([event for event in events if event.kind == "mkdir"]) == 2 + 2 + 1 + 80 + 1


def test_what_a_command_says_and_how_it_ends_is_what_it_is_without_strace(tmp_path: Path) -> None:
    sandbox, place = placed(tmp_path)
    sandbox.close()
    done = contained(python(place, "import sys; print('out'); print('err', file=sys.stderr); sys.exit(3)"), place)
    assert (done.ending, done.stdout, done.stderr, done.command.argv[0]) == (
        Exited(3),
        "out\n",
        "err\n",
        sys.executable,
    )


def test_a_signal_kills_a_traced_command_as_it_kills_another(tmp_path: Path) -> None:
    sandbox, place = placed(tmp_path)
    sandbox.close()
    assert contained(python(place, "import os; os.kill(os.getpid(), 15)"), place).ending == Signalled("SIGTERM")


def test_a_traced_command_has_no_more_time_than_another(tmp_path: Path) -> None:
    sandbox, place = placed(tmp_path)
    sandbox.close()
    assert contained(python(place, "import time; time.sleep(60)", limit=0.5), place).ending == TimedOut(0.5)


def test_a_command_that_is_not_there_is_not_started_and_leaves_no_calls(tmp_path: Path) -> None:
    sandbox, place = placed(tmp_path)
    sandbox.close()
    nothing = Command(argv=("no/such/program",), cwd=place.root, variables={}, limit=5, trace=f"{place.cache}.trace-1")
    done = contained(nothing, place)
    assert (isinstance(done.ending, NotStarted), tracing.read(nothing.trace)) == (True, "")


@pytest.mark.skipif(bool(containment.missing()), reason=containment.missing() or "contained")
def test_a_traced_command_writes_nowhere_else(tmp_path: Path) -> None:
    sandbox, place = placed(tmp_path)
    sandbox.close()
    code = f"open({str(tmp_path / 'escaped')!r}, 'w')"
    done = contained(python(place, code), place)
    assert (done.ending, "Permission denied" in done.stderr) == (Exited(1), True)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cache", "cache.trace-1", "root"]
