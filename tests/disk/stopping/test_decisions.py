"""What is decided about a call is what becomes of it, and of whoever makes it."""

from __future__ import annotations

import errno
import os
import signal
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event, Thread, main_thread
from typing import TYPE_CHECKING

import pytest

from harness.run import Exited, Interrupted, Signalled, TimedOut
from harness.scenario import Spot
from harness.stopping.orders import Fail, GoOn, Kill, Signal
from harness.stopping.watch import Watch

if TYPE_CHECKING:
    from conftest import Place
    from harness.case import Command
    from harness.run import Finished
    from harness.stopping.orders import Decision


def made(place: Place) -> list[str]:
    return sorted(path.relative_to(place.root).as_posix() for path in Path(place.root).rglob("*"))


# -- failing ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("error", ["EACCES", "ENOSPC", "EROFS", "EMLINK", "EXDEV"])
def test_a_call_fails_with_the_error_that_is_asked_for(place: Place, error: str) -> None:
    script = "import os\ntry: os.mkdir('a')\nexcept OSError as e: print(e.errno)\nos.mkdir('b')"
    finished = place.run(place.python(script), place.orders(at=1, then=lambda: Fail.with_name(error)))
    assert (finished.ending, finished.stdout) == (Exited(0), f"{getattr(errno, error)}\n")
    assert made(place) == ["b"]
    assert place.watched(finished).hit == 1


def test_all_from_one_on_fail_where_it_lasts(place: Place) -> None:
    orders = place.orders(at=2, then=lambda: Fail(errno.ENOSPC), lasting=True)
    finished = place.run(place.sh("for n in 1 2 3 4; do mkdir $n 2> /dev/null || echo $n; done"), orders)
    assert (finished.stdout, made(place)) == ("2\n3\n4\n", ["1"])


# -- killing ----------------------------------------------------------------------------------------------------------

AWAY = """\
import os, sys
os.pipe()
if not os.fork():
    os.setsid()
    if os.fork():
        os._exit(0)
    os.execve(sys.executable, [sys.executable, "-I", "-S", "-c", sys.argv[1]], {})
os.wait()
exec(sys.argv[2])
"""
"""Two processes that make calls, of which one is in another session and has no environment."""


def test_nothing_comes_after_a_kill_in_no_process(place: Place) -> None:
    forever = "import os\nfor n in range(10**9): os.mkdir(f'{os.getpid()}.{n}')"
    orders = place.orders(at=20, then=Kill)
    finished = place.run(place.python(AWAY, forever, forever), orders)
    calls = place.watched(finished).calls
    assert (finished.ending, len(calls)) == (Interrupted("SIGKILL"), 20)
    assert made(place) == sorted(one.path.rpartition("/")[2] for one in calls[:-1])
    assert [one.process for one in calls if Path(f"/proc/{one.process}").exists()] == []


def test_a_kill_is_of_the_whole_command_whichever_process_makes_the_call(place: Place) -> None:
    orders = place.orders(at=Spot("mkdir", "there"), then=Kill)
    waiting = "import signal; signal.pause()"
    finished = place.run(place.python(AWAY, "import os; os.mkdir('here'); os.mkdir('there')", waiting), orders)
    assert (finished.ending, made(place)) == (Interrupted("SIGKILL"), ["here"])


def test_what_is_killed_while_it_starts_others_leaves_none(place: Place) -> None:
    storm = "import os\nwhile True:\n  if not os.fork(): os.setsid(); os.mkdir(str(os.getpid())); os._exit(0)"
    finished = place.run(place.python(storm), place.orders(at=5, then=Kill))
    assert (finished.ending, len(made(place))) == (Interrupted("SIGKILL"), 4)


def test_a_kill_is_one_on_a_terminal_too(place: Place) -> None:
    command = place.sh("printf 'sure? '; read a; mkdir $a; mkdir after", answers=("answered",))
    finished = place.run(command, place.orders(at=2, then=Kill))
    assert (finished.ending, finished.stdout) == (Interrupted("SIGKILL"), "sure? answered\n")
    assert made(place) == ["answered"]


# -- signals ----------------------------------------------------------------------------------------------------------


def test_a_handler_runs_after_the_call_that_the_signal_came_before(place: Place) -> None:
    script = "import os, signal\nsignal.signal(2, lambda *_: print('heard', os.path.exists('a')))\nos.mkdir('a')"
    finished = place.run(place.python(script), place.orders(at=1, then=lambda: Signal(signal.SIGINT)))
    assert (finished.ending, finished.stdout) == (Exited(0), "heard True\n")
    assert place.told(finished) == [("mkdir", "mkdir", "a")]


def test_a_signal_that_nobody_handles_ends_it_before_the_call(place: Place) -> None:
    script = "import os; os.mkdir('a'); os.mkdir('b')"
    finished = place.run(place.python(script), place.orders(at=2, then=lambda: Signal(signal.SIGTERM)))
    assert (finished.ending, made(place)) == (Interrupted("SIGTERM"), ["a"])


def test_a_signal_of_its_own_is_no_interrupt(place: Place) -> None:
    finished = place.run(place.sh("mkdir a; kill -TERM $$"), place.orders(at=1, then=lambda: Signal(signal.SIGWINCH)))
    assert finished.ending == Signalled("SIGTERM")


# -- holding ----------------------------------------------------------------------------------------------------------


class Meanwhile:
    """Holds a call while another command runs, as long as that needs nothing of what is held."""

    def __init__(self, place: Place, other: Command) -> None:
        self._place, self._other = place, other
        self._free = Event()
        self.collided = False
        self.done: list[Finished] = []
        self._thread = Thread(target=self._work)

    def __call__(self) -> Decision:
        self._thread.start()
        self._free.wait()
        return GoOn()

    def _work(self) -> None:
        self.done.append(self._place.run(self._other, self._place.orders(collides=self._collides)))
        self._free.set()

    def _collides(self) -> None:
        self.collided = True
        self._free.set()

    def finish(self) -> None:
        self._thread.join()


def test_while_a_call_waits_another_command_runs_to_its_end(place: Place) -> None:
    seen: list[list[str]] = []
    meanwhile = Meanwhile(place, place.sh("mkdir c; mkdir d"))

    def hold() -> Decision:
        seen.append(made(place))
        decision = meanwhile()
        seen.append(made(place))
        return decision

    finished = place.run(place.sh("mkdir a; mkdir b"), place.orders(at=2, then=hold))
    meanwhile.finish()
    assert (finished.ending, meanwhile.done[0].ending, meanwhile.collided) == (Exited(0), Exited(0), False)
    assert (seen, made(place)) == ([["a"], ["a", "c", "d"]], ["a", "b", "c", "d"])


LOCKS = {
    "flock": "fcntl.flock(f, fcntl.LOCK_EX)",
    "polling-flock": "poll(lambda: fcntl.flock(f, fcntl.LOCK_EX | fcntl.LOCK_NB))",
    "shared-flock": "fcntl.flock(f, fcntl.LOCK_SH)",
    "fcntl": "fcntl.lockf(f, fcntl.LOCK_EX)",
    "polling-fcntl": "poll(lambda: fcntl.lockf(f, fcntl.LOCK_EX | fcntl.LOCK_NB))",
    "open-file": "fcntl.fcntl(f, 38, struct.pack('=hh4xqqi4x', 1, 0, 0, 0, 0))",
    "polling-open-file": "poll(lambda: fcntl.fcntl(f, 37, struct.pack('=hh4xqqi4x', 1, 0, 0, 0, 0)))",
}
HOLDS = {"flock": LOCKS["flock"], "fcntl": LOCKS["fcntl"], "open-file": LOCKS["open-file"]}
PROGRAM = """\
import fcntl, os, struct, sys, time
def poll(ask):
    while True:
        try: return ask()
        except OSError: time.sleep(0.01)
f = os.open("lock", os.O_RDWR)
%s
os.mkdir(sys.argv[1])
os.rmdir(sys.argv[1])
"""


def held_by(way: str) -> str:
    """Which lock keeps one out that asks in some way: those of fcntl(2) and of open files are of one kind."""
    return "flock" if "flock" in way else "fcntl"


@pytest.mark.parametrize("way", LOCKS)
def test_who_needs_a_lock_of_whom_we_hold_lets_that_one_go_on(place: Place, way: str) -> None:
    (Path(place.root) / "lock").touch()
    meanwhile = Meanwhile(place, place.python(PROGRAM % LOCKS[way], "second"))
    orders = place.orders(at=1, then=meanwhile)
    finished = place.run(place.python(PROGRAM % HOLDS[held_by(way)], "first"), orders)
    meanwhile.finish()
    assert (finished.ending, meanwhile.done[0].ending, meanwhile.collided) == (Exited(0), Exited(0), True)


FREE = {
    "nobody's": LOCKS["flock"],
    "one's own again": f"{LOCKS['flock']}\n{LOCKS['shared-flock']}\n{LOCKS['flock']}",
    "a parent's": "g = os.open('lock', os.O_RDWR)\nfcntl.flock(g, 2)\nif not os.fork():\n  try: fcntl.flock(f, 6)\n"
    "  except OSError: os._exit(0)\nassert os.wait()[1] == 0",
    "let go": f"{LOCKS['flock']}\nfcntl.flock(f, fcntl.LOCK_UN)",
    "a closed handle's": "try: fcntl.flock(99, 2)\nexcept OSError: pass",
}


@pytest.mark.parametrize("way", FREE)
def test_a_lock_that_no_other_command_holds_is_no_collision(place: Place, way: str) -> None:
    (Path(place.root) / "lock").touch()
    meanwhile = Meanwhile(place, place.python(PROGRAM % FREE[way], "second"))
    finished = place.run(place.sh("mkdir first"), place.orders(at=1, then=meanwhile))
    meanwhile.finish()
    assert (finished.ending, meanwhile.done[0].ending, meanwhile.collided) == (Exited(0), Exited(0), False)


def test_what_is_held_does_not_run_out_of_time_by_that(place: Place) -> None:
    meanwhile = Meanwhile(place, place.sh("sleep 0.5"))
    finished = place.run(place.sh("mkdir a", limit=0.4), place.orders(at=1, then=meanwhile))
    meanwhile.finish()
    assert (finished.ending, made(place)) == (Exited(0), ["a"])


def test_what_runs_too_long_after_it_was_held_runs_out_of_time(place: Place) -> None:
    meanwhile = Meanwhile(place, place.sh("mkdir b"))
    finished = place.run(place.sh("mkdir a; sleep 1000", limit=0.4), place.orders(at=1, then=meanwhile))
    meanwhile.finish()
    assert (finished.ending, made(place)) == (TimedOut(0.4), ["a", "b"])


def test_who_waits_for_ever_while_another_is_held_runs_out_of_time(place: Place) -> None:
    meanwhile = Meanwhile(place, place.sh("until test -e a; do sleep 0.01; done", limit=0.3))
    finished = place.run(place.sh("mkdir a; mkdir b"), place.orders(at=1, then=meanwhile))
    meanwhile.finish()
    assert (finished.ending, meanwhile.done[0].ending, made(place)) == (Exited(0), TimedOut(0.3), ["a", "b"])


def test_an_interrupt_of_ours_while_a_call_is_held_ends_all(place: Place) -> None:
    os.mkfifo(f"{place.root}/begun")

    def interrupt() -> None:
        Path(place.root, "begun").read_text()
        signal.pthread_kill(main_thread().ident or 0, signal.SIGINT)

    interrupter = Thread(target=interrupt)
    interrupter.start()
    meanwhile = Meanwhile(place, place.sh("echo > begun; sleep 1000"))
    with pytest.raises(KeyboardInterrupt):
        place.run(place.sh("mkdir a; mkdir b"), place.orders(at=2, then=meanwhile))
    interrupter.join()
    meanwhile.finish()
    assert meanwhile.done[0].ending == Signalled("SIGKILL")
    assert made(place) == ["a", "begun"]


def test_a_fault_of_ours_is_not_taken_for_the_commands(place: Place) -> None:
    def crash() -> Decision:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        place.run(place.sh("mkdir a"), place.orders(at=1, then=crash))
    assert made(place) == []


def test_calls_of_our_own_go_on_and_are_not_told(place: Place) -> None:
    watching = Watch(place.orders(at=1, then=lambda: Fail(errno.EROFS)))
    watching.begin()
    with ThreadPoolExecutor(1) as dying:
        dying.submit(lambda: (watching.attach(), Path(place.root, "a").mkdir())).result()
    watching.close()
    assert (watching.watched.calls, made(place)) == ((), ["a"])


# -- several ----------------------------------------------------------------------------------------------------------


def test_commands_that_run_together_are_told_apart(place: Place) -> None:
    from harness.process import run_together  # noqa: PLC0415

    commands = [place.sh("mkdir a; mkdir b"), place.sh("mkdir c")]
    orders = place.orders(at=Spot("mkdir", "c"), then=lambda: Fail(errno.EROFS))
    first, second = run_together(commands, writable=None, hide={}, orders=orders)
    assert (place.told(first), place.told(second)) == (
        [("mkdir", "mkdir", "a"), ("mkdir", "mkdir", "b")],
        [("mkdir", "mkdir", "c")],
    )
    assert made(place) == ["a", "b"]


def test_commands_one_after_another_are_counted_on(place: Place) -> None:
    orders = place.orders(at=2, then=lambda: Fail(errno.EROFS))
    first, second = (place.run(place.sh(f"mkdir {name}"), orders) for name in "ab")
    assert (first.ending, second.ending, made(place)) == (Exited(0), Exited(1), ["a"])
    assert (len(place.watched(first).calls), len(place.watched(second).calls)) == (1, 1)
