"""One command under the filter: a thread of ours that is told of every call, and answers."""

from __future__ import annotations

import errno
import os
import select
import signal
from concurrent.futures import CancelledError, Future
from contextlib import suppress
from math import inf
from threading import Thread
from time import monotonic
from typing import TYPE_CHECKING, assert_never

from harness.calls import Watched, below
from harness.stopping import filtering, listening, locking, signalling
from harness.stopping.decoding import Decoder, Unreadable
from harness.stopping.hunting import Hunt
from harness.stopping.looking import Looking
from harness.stopping.orders import Fail, GoOn, Kill, Signal
from harness.stopping.tables import numbered

if TYPE_CHECKING:
    from collections.abc import Iterable

    from harness.calls import Stop
    from harness.stopping.listening import Notification
    from harness.stopping.orders import Decision, Orders

_GRACE = 0.02
"""Seconds that what a command left behind has to end by itself, before it is looked for."""

_PATIENCE = 5.0
"""Seconds in which what is killed has to be gone."""

_ELSEWHERE = 200
"""How many calls elsewhere are kept."""

_MAPPED = "memory that the file `{}` is mapped to"
_RINGS = {"io_uring_setup": "io_uring", "io_setup": "asynchronous writes (io_submit)"}
_HIDDEN = "a process that may not be looked into"


class Watch:
    """What stops a command's calls, and does about them what `orders` say. Good for one command."""

    def __init__(self, orders: Orders) -> None:
        self._orders = orders
        self._looking = Looking(orders) if orders.looks else None
        self._listener: Future[int] = Future()
        self._main: Future[int] = Future()
        self._ending, self._end = -1, -1
        self._calls: list[Stop] = []
        self._held, self._holding = 0.0, inf
        self._error: BaseException | None = None
        self._elsewhere: list[Stop] = []
        self._cached = 0
        self._unseen: dict[str, None] = {}
        self.hunt = Hunt()
        self.sent: int | None = None
        of = filtering.architecture()
        assert of is not None, "unreachable because it was probed"
        self._decoder = Decoder(of, numbered(of.column))
        self._thread = Thread(target=self._work, name="watch")

    # -- what the one who starts the command calls -------------------------------------------------------------------

    def begin(self) -> None:
        """Be ready to answer. Who calls this must not be under the filter, as the thread that starts the command is."""
        self._ending, self._end = os.pipe()
        self._thread.start()

    def attach(self) -> None:
        """Put the calling thread, and all that it starts, under the filter. Raises OSError where that is refused."""
        self._listener.set_result(filtering.install())

    def began(self, main: int) -> None:
        """Be told of the command's first process, the leader of its group."""
        self.hunt.main = main
        self._main.set_result(main)

    def close(self) -> None:
        """Once the thread under the filter has ended: kill what is left of the command, and answer no more."""
        self._listener.cancel()
        self._main.cancel()
        os.close(self._end)
        self._thread.join()
        self.hunt.close()
        if self._error is not None:  # whose calls failed since: nothing that the command did is to be believed
            raise self._error

    @property
    def held(self) -> float:
        """Seconds in which a call of it waited for what was to be done about it."""
        return self._held + max(0.0, monotonic() - self._holding)

    @property
    def watched(self) -> Watched:
        """What was seen."""
        return Watched(
            calls=tuple(self._calls), hit=self._orders.hit, elsewhere=tuple(self._elsewhere), cached=self._cached,
            unseen=tuple(self._unseen), made=self._looking.made if self._looking else (),
        )  # fmt: skip

    # -- our own thread ----------------------------------------------------------------------------------------------

    def _work(self) -> None:
        try:
            listener = self._listener.result()
        except CancelledError:
            os.close(self._ending)
            return
        try:
            listening.prepare(listener)
            self._answer_all(listener)
        except BaseException as error:  # noqa: BLE001 -- whoever closes us raises it
            self._error = error
        finally:
            os.close(listener)  # calls that still wait fail
            os.close(self._ending)
            if self._looking:
                self._looking.end()

    def _answer_all(self, listener: int) -> None:
        """Answer until nobody is left who could ask; once the command is over, end those who still could."""
        poll = select.poll()
        poll.register(listener, select.POLLIN)
        poll.register(self._ending, 0)
        hunted = last = inf
        while (now := monotonic()) < last:
            events = dict(poll.poll(None if hunted == inf else max(0.0, hunted - now) * 1000))
            if events.get(listener, 0) & (select.POLLHUP | select.POLLERR):
                return
            if events.get(listener, 0) & select.POLLIN:
                self._one(listener)
            if self._ending in events:
                poll.unregister(self._ending)
            if hunted == inf and (self._ending in events or self.hunt.on):
                hunted, last = monotonic() + _GRACE, monotonic() + _PATIENCE
            if monotonic() >= hunted:
                self.hunt.all(self._decoder.processes)
                hunted = monotonic() + _GRACE

    def _main_process(self) -> int:
        """The command's first process, which may be at work before we are told of it."""
        return self._main.result()

    def _one(self, listener: int) -> None:
        told = listening.receive(listener)
        if told is None:
            return
        if self._is_our_own(told):
            listening.go_on(listener, told)
        elif not self.hunt.on:  # whoever still asks is to die, not to be answered
            self._consider(listener, told)

    def _is_our_own(self, told: Notification) -> bool:
        """Whether it is the thread that starts the command, or one that it started: they are under the filter, too."""
        try:
            return self._decoder.process(told.thread) == os.getpid()
        except OSError:
            return False

    def _consider(self, listener: int, told: Notification) -> None:
        form = self._decoder.form(told)
        if form.kind == "ring":
            self._unseen[_RINGS[form.name]] = None
        try:
            stop = self._decoder.stop(told)
        except Unreadable:
            stop, self._unseen[_HIDDEN] = None, None
        if stop is None:
            listening.go_on(listener, told)
        elif listening.is_waiting(listener, told):  # or what was read may be another's, who has its number now
            decision = self._decision(stop, told)
            if not self.hunt.on:  # which may have come while it was held
                self._carry_out(decision, stop, listener, told)

    def _decision(self, stop: Stop, told: Notification) -> Decision:
        within = any(below(path, self._orders.root) for path in stop.paths)
        if stop.kind == "lock":
            if self._orders.collides and locking.is_held(stop.name, told, self._decoder):
                self._orders.collides()
            return GoOn()
        if stop.kind == "mapped":
            if within:
                self._unseen[_MAPPED.format(below(stop.path, self._orders.root))] = None
            return GoOn()
        if not within:
            self._note(stop)
        if self._orders.counts(stop):
            self._calls.append(stop)
        return self._decided(stop)

    def _decided(self, stop: Stop) -> Decision:
        self._holding = monotonic()
        decision = (self._looking or self._orders).decide(stop)
        self._held, self._holding = self._held + monotonic() - self._holding, inf
        return decision

    def _note(self, stop: Stop) -> None:
        """Keep what is tried where neither the root nor anybody's own is."""
        cached = _in(stop, self._orders.free)
        self._cached += cached
        if not cached and not _in(stop, ("/dev", "/proc")) and len(self._elsewhere) < _ELSEWHERE:
            self._elsewhere.append(stop)

    def _carry_out(self, decision: Decision, stop: Stop, listener: int, told: Notification) -> None:
        match decision:
            case GoOn():
                listening.go_on(listener, told)
            case Fail(error=error):
                listening.fail(listener, told, error)
            case Signal(number=number):
                self.sent, group = number, self._main_process()
                ending = signalling.ends(stop.process, stop.thread, group, number)
                with suppress(ProcessLookupError):
                    os.killpg(group, number)
                if ending:  # which is before it could see that the call was not made
                    listening.fail(listener, told, errno.EINTR)
                else:
                    listening.go_on(listener, told)
            case Kill():
                self.sent = signal.SIGKILL
                # None is answered from now on, so that nothing changes until the last of them is gone.
                self._main_process()
                self.hunt.group()
            case _:
                assert_never(decision)


def _in(stop: Stop, places: Iterable[str]) -> bool:
    return any(all(path == place or below(path, place) for path in stop.paths) for place in places)
