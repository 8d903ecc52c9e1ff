"""Starting processes: contained, timed, each in a group of its own. No other module starts one.

The thread that starts a process is not the caller's: it gives up its own rights first (`containment`), the process
inherits that, and the thread ends with it. So nothing has to run between fork and exec, and `vfork` stays possible.

On Windows there is no process group to kill: what a command leaves behind stays, and there is no terminal.
"""

from __future__ import annotations

from concurrent.futures import Future
from threading import Thread
from time import monotonic
from typing import TYPE_CHECKING

from harness.process.attended import attended
from harness.process.guard import Guard, die_with_parent
from harness.process.leftovers import discard, sweep
from harness.process.life import KEPT, End, Life
from harness.run import Finished, NotStarted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from harness.case import Command
    from harness.stopping.orders import Orders
    from harness.stopping.watch import Watch

__all__ = ["KEPT", "Guard", "attended", "die_with_parent", "discard", "end_all", "run", "run_together", "sweep"]


def run(
    command: Command, *, writable: Sequence[str] | None, hide: Mapping[str, str], orders: Orders | None = None
) -> Finished:
    """Run a command to its end, or to its limit, and leave nothing of its process group.

    It may write below `writable` alone; None lets it write wherever we may. Every path that is a key of `hide` is
    written as its value in the output. With `orders` its calls are stopped, and what they say is done about each.

    Raises:
        OSError: It could not be contained, and was not started; or this machine has no process or memory left.
    """
    return run_together((command,), writable=writable, hide=hide, orders=orders)[0]


def run_together(
    commands: Sequence[Command],
    *,
    writable: Sequence[str] | None,
    hide: Mapping[str, str],
    orders: Orders | None = None,
) -> tuple[Finished, ...]:
    """Start these commands at the same time and wait for all of them, each as `run` would."""
    threads = [_DyingThread(Life(command, writable, _watch(orders))) for command in commands]
    begun = monotonic()
    try:
        for thread in threads:
            _alive.add(thread.life)
            if thread.life.watch:
                thread.life.watch.begin()
            thread.start()
        for thread in sorted(threads, key=lambda thread: thread.life.command.limit):
            while thread.is_alive() and (left := begun + thread.life.allowed - monotonic()) > 0:
                thread.join(left)
            if thread.is_alive():
                thread.life.kill(late=True)
    except KeyboardInterrupt:  # this thread alone hears of it, and what it waits for may wait for another's command
        end_all()
        raise
    finally:
        for thread in threads:
            thread.life.kill()
            if thread.is_alive():
                thread.join()
            if thread.life.watch:
                thread.life.watch.close()
            _alive.discard(thread.life)
    return tuple(_told(thread, hide) for thread in threads)


def _watch(orders: Orders | None) -> Watch | None:
    if orders is None:
        return None
    from harness.stopping.watch import Watch  # noqa: PLC0415 -- Linux, and only where calls are stopped

    return Watch(orders)


_alive: set[Life] = set()


def end_all() -> None:
    """Kill every command that any thread has running: an interrupt reaches the main thread only."""
    lives = _alive.copy()
    for life in lives:  # first, as the end of one may let another go on
        life.mute()
    for life in lives:
        life.kill()


class _DyingThread(Thread):
    """A thread that gives up its rights for one process, and ends with it."""

    def __init__(self, life: Life) -> None:
        super().__init__()
        self.life = life
        self.end: Future[End] = Future()

    def run(self) -> None:
        try:
            self.end.set_result(self.life.live())
        except BaseException as error:  # noqa: BLE001 -- the thread that asks for the result raises it
            self.end.set_exception(error)


def _told(thread: _DyingThread, hide: Mapping[str, str]) -> Finished:
    end, watch = thread.end.result(), thread.life.watch
    stdout, stderr = (_text(words, hide) for words in end.said)
    ending = NotStarted(_hidden(end.ending.reason, hide)) if isinstance(end.ending, NotStarted) else end.ending
    return Finished(
        command=end.command, ending=ending, stdout=stdout, stderr=stderr, seconds=end.seconds,
        watched=watch.watched if watch else None,
    )  # fmt: skip


def _text(words: bytes, hide: Mapping[str, str]) -> str:
    cut = f"\n[cut after {KEPT} bytes]\n" if len(words) > KEPT else ""
    return _hidden(words[:KEPT].decode("utf-8", "backslashreplace").replace("\r\n", "\n"), hide) + cut


def _hidden(text: str, hide: Mapping[str, str]) -> str:
    longest_first = sorted(hide.items(), key=lambda item: len(item[0]), reverse=True)
    return _replaced(text, longest_first)


def _replaced(text: str, hide: Sequence[tuple[str, str]]) -> str:
    """The text without these paths; what is put in their place is not looked at again."""
    if not hide or not text:
        return text
    (path, name), *others = hide
    return name.join(_replaced(part, others) for part in text.split(path))
