"""Nothing of a command is left: no process, no zombie, no handle, no thread; and nobody else's is touched."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

import pytest

import harness
from harness import containment
from harness.run import Exited, Interrupted, TimedOut
from harness.stopping import watch
from harness.stopping.orders import GoOn, Kill

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conftest import Place
    from harness.stopping.orders import Decision

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can start somebody else's process")


def children() -> list[int]:
    """Our own, the dead ones included."""
    found: list[int] = []
    for task in Path("/proc/self/task").iterdir():
        with suppress(OSError):  # a thread that is ending
            found += map(int, (task / "children").read_text().split())
    return sorted(found)


def working_in(root: str) -> list[str]:
    """The processes that stand in a directory: they cannot drop that as they drop their environment."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if (process / "cwd").readlink().is_relative_to(root):
                found.append((process / "comm").read_text().strip())
    return found


def ours() -> tuple[list[int], list[str], int]:
    """What we have: processes, handles, threads."""
    handles = [
        os.fspath(handle) for handle in Path("/proc/self/fd").iterdir() if handle.exists() or handle.is_symlink()
    ]
    return children(), sorted(handles), threading.active_count()


@pytest.fixture(autouse=True)
def _nothing_is_left(place: Place) -> Iterator[None]:
    before = ours()
    yield
    assert working_in(place.root) == []
    assert ours() == before


DAEMON = """\
import os, sys
end, begin = os.pipe()
if not os.fork():
    os.setsid()
    if not os.fork():
        os.execve(sys.executable, [sys.executable, "-I", "-S", "-c", "import signal%s; signal.pause()"], {})
    os._exit(0)
os.wait()
os.close(begin)
os.read(end, 1)
"""
"""Leaves a process that has dropped its environment and its session, and is nobody's child."""

LEAVING = {
    "a child": "sleep 1000 &",
    "a child in another session": "setsid sleep 1000 &",
    "a child without an environment": "env -i sleep 1000 &",
    "an orphan in another session without an environment": "(setsid env -i sleep 1000 &)",
    "an orphan that ends by itself": "(setsid true &)",
    "an orphan of an orphan": "(setsid env -i sh -c '(setsid sleep 1000 &); sleep 1000' &)",
    "a child that ignores signals": "(trap '' INT TERM HUP; exec setsid sleep 1000) &",
    "many": "for n in 1 2 3 4 5 6 7 8 9; do (setsid env -i sleep 1000 &); done",
}


@pytest.mark.parametrize("way", LEAVING)
def test_whatever_a_command_leaves_behind_is_ended(place: Place, way: str) -> None:
    assert place.run(place.sh(f"{LEAVING[way]}\necho done")).stdout == "done\n"


@pytest.mark.parametrize("more", ["", ", os; os.mkdir('seen')"], ids=["unseen", "seen"])
def test_a_daemon_without_a_mark_is_ended(place: Place, more: str) -> None:
    assert place.run(place.python(DAEMON % more)).ending == Exited(0)


@pytest.mark.parametrize("way", LEAVING)
def test_nothing_outlives_a_kill(place: Place, way: str) -> None:
    finished = place.run(place.sh(f"{LEAVING[way]}\nmkdir a; mkdir b"), place.orders(at=2, then=Kill))
    assert finished.ending == Interrupted("SIGKILL")


@pytest.mark.parametrize("way", LEAVING)
def test_nothing_outlives_the_time_that_runs_out(place: Place, way: str) -> None:
    assert place.run(place.sh(f"{LEAVING[way]}\nsleep 1000", limit=0.3)).ending == TimedOut(0.3)


def test_a_process_of_our_own_is_left_alone(place: Place) -> None:
    own = subprocess.Popen(["/bin/sleep", "1000"], start_new_session=True)
    place.run(place.sh("printf 'sure? '; read a; mkdir $a; (setsid env -i sleep 1000 &)", answers=("a",)))
    assert own.poll() is None
    own.kill()
    own.wait()


def test_a_command_that_runs_at_the_same_time_is_left_alone(place: Place) -> None:
    def other(_: int = 0) -> Decision:
        place.run(place.sh("mkdir b; (setsid env -i sleep 1000 &)"))
        return GoOn()

    finished = place.run(
        place.sh("(setsid sh -c 'until test -e c; do sleep 0.01; done; mkdir d' &); mkdir a; mkdir c; "
                 "until test -e d; do sleep 0.01; done"),
        place.orders(at=1, then=other),
    )  # fmt: skip
    assert (finished.ending, Path(place.root, "d").exists()) == (Exited(0), True)


def test_two_hundred_commands_leave_no_handle_and_no_thread(place: Place) -> None:
    with ThreadPoolExecutor(2) as two:
        done = list(two.map(lambda n: place.run(place.sh(f"mkdir {n}; rmdir {n}; (setsid true &)")), range(200)))
    assert {one.ending for one in done} == {Exited(0)}


def test_the_end_of_a_command_is_known_at_once(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "_GRACE", 60.0)  # it is not waited for
    monkeypatch.setattr(watch, "_PATIENCE", 60.0)
    begun = monotonic()
    place.run(place.sh("mkdir a"))
    assert monotonic() - begun < 30.0


def test_what_is_not_started_leaves_nothing(place: Place) -> None:
    for word in "/nowhere", "nowhere":
        place.run(place.command(word))


# -- where calls cannot be stopped, or not by root ---------------------------------------------------------------------

SCRIPT = """\
import os, sys
sys.path.insert(0, sys.argv[1])
%s
from harness.stopping.probe import missing
print(missing() or "nothing", flush=True)
os._exit(0)  # on the usual way out a thread that answers is stopped before the last call is made
"""
NESTED = """\
from threading import Event, Thread
from harness.stopping import filtering, listening
listeners, begun = [], Event()
def answer():
    begun.wait()
    while True:
        stopped = listening.receive(listeners[0])
        if stopped:
            listening.go_on(listeners[0], stopped)
Thread(target=answer, daemon=True).start()
listeners.append(filtering.install())
begun.set()
"""


IS_NESTED = "something above this process stops its calls already, as some containers do"


def told(script: str, root: str, *, python: str = sys.executable, path: str = "", **more: object) -> str:
    at = path or str(Path(harness.__file__).parents[1])
    words = [python, "-B", "-c", SCRIPT % script, at]
    done = subprocess.run(words, cwd=root, capture_output=True, text=True, check=False, **more)  # type: ignore[call-overload]
    assert done.stderr == ""
    return str(done.stdout).strip()


def test_it_is_offered_here(place: Place) -> None:
    assert told("", place.root) == "nothing"


def test_whoever_is_under_such_a_filter_already_is_told_so(place: Place) -> None:
    assert told(NESTED, place.root) == IS_NESTED


REFUSED = {
    errno.ENOSYS: "the kernel has no seccomp",
    errno.EINVAL: "the kernel is older than Linux 5.5",
    errno.EPERM: "the system refuses it: Operation not permitted",
}


@pytest.mark.parametrize("error", REFUSED)
def test_a_kernel_that_refuses_is_told_with_its_reason(place: Place, error: int) -> None:
    script = (
        "from harness.stopping import filtering\n"
        f"def refuse(*_): raise OSError({error}, os.strerror({error}))\nfiltering._seccomp = refuse"
    )
    assert told(script, place.root) == REFUSED[error]


@pytest.fixture
def for_everybody(tmp_path: Path) -> Path:
    """A copy of the harness, and a place, that every user can read."""
    base = Path(
        os.path.realpath("/var/tmp" if os.access("/var/tmp", os.W_OK) else tmp_path), f"venvproof-{os.getpid()}"
    )
    base.mkdir(mode=0o755)
    shutil.copytree(
        Path(harness.__file__).parent, base / "harness", ignore=shutil.ignore_patterns("__pycache__", "reports")
    )
    return base


@as_root
def test_an_ordinary_user_can_stop_calls_too(for_everybody: Path) -> None:
    python = next(filter(os.path.exists, ("/usr/bin/python3", "/usr/local/bin/python3")), "")
    try:
        if not python or subprocess.run([python, "-c", "import sys; assert sys.version_info >= (3, 11)"]).returncode:  # noqa: PLW1510
            pytest.skip("there is no python3 that every user can run")
        more = {"user": 65534, "group": 65534, "extra_groups": [], "python": python, "path": str(for_everybody)}
        assert told("assert os.getuid() == 65534", "/", **more) == "nothing"  # type: ignore[arg-type]
        assert told(NESTED, "/", **more) == IS_NESTED  # type: ignore[arg-type]
    finally:
        shutil.rmtree(for_everybody)


@as_root
@pytest.mark.skipif(bool(containment.power_missing()), reason="only root has the power")
def test_an_unprivileged_command_is_stopped_like_any_other(place: Place) -> None:
    Path(place.root).chmod(0o777)
    finished = place.run(place.sh("mkdir a; (setsid env -i sleep 1000 &)", unprivileged=True))
    assert place.told(finished) == [("mkdir", "mkdir", "a")]
