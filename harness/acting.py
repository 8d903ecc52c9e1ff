"""An act carried out: its commands run, and at one of their calls is done what the scenario says."""

from __future__ import annotations

from threading import Event, Thread
from typing import TYPE_CHECKING, assert_never

from harness.calls import ERRORS
from harness.case import Interleave
from harness.process import run_together
from harness.run import Exited
from harness.scenario import Each, Fault, Interrupt
from harness.stopping.orders import Fail, GoOn, Orders, Signal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from harness.case import Act, Case
    from harness.run import Finished
    from harness.scenario import At
    from harness.stopping.orders import Decision


def carry_out(
    case: Case, act: Act, *, writable: tuple[str, ...] | None, hide: Mapping[str, str]
) -> tuple[Finished, ...]:
    """Run what runs at the same time, and what follows it as long as nothing fails.

    Where an act is to be stopped at each call in turn it is only watched: `sweeping` says at which one.
    """

    def phases(act: Act, orders: Orders | None) -> tuple[Finished, ...]:
        finished: tuple[Finished, ...] = ()
        for commands in (act.commands, *act.then):
            done = run_together(commands, writable=writable, hide=hide, orders=orders)
            finished += done
            if any(one.ending != Exited(0) for one in done):
                break
        return finished

    match act.stop:
        case None:
            return phases(act, _orders(case) if case.watched or case.looked else None)
        case Interrupt() | Fault() as stop:
            return phases(act, _disturbing(case, stop))
        case Interleave() as stop:
            return _interleaved(case, stop, phases)
        case _:
            assert_never(act.stop)


def _orders(
    case: Case,
    at: At | None = None,
    then: Callable[[], Decision] | None = None,
    *,
    kinds: tuple[str, ...] = (),
    lasting: bool = False,
    collides: Callable[[], None] | None = None,
) -> Orders:
    return Orders(
        case.place.root, free=(case.place.cache,), at=None if isinstance(at, Each) else at, then=then or GoOn,
        kinds=frozenset(kinds), lasting=lasting, collides=collides,
        looks=case.looked,
    )  # fmt: skip


def _disturbing(case: Case, stop: Interrupt | Fault) -> Orders:
    match stop:
        case Interrupt(signal=signal, at=at):
            sent = Signal.with_name(signal)
            return _orders(case, at, lambda: sent)
        case Fault(error=error, at=at, lasting=lasting, calls=calls):
            failure = Fail.with_name(error)
            return _orders(case, at, lambda: failure, kinds=calls or ERRORS[error], lasting=lasting)
        case _:
            assert_never(stop)


def _interleaved(
    case: Case, stop: Interleave, phases: Callable[[Act, Orders | None], tuple[Finished, ...]]
) -> tuple[Finished, ...]:
    """The first's commands with the second's in between, those of the first told first."""
    other = _Meanwhile(lambda collides: phases(stop.second, _orders(case, collides=collides)))
    first = phases(stop.first, _orders(case, stop.at, other.goes_first))
    return first + other.finished()


class _Meanwhile:
    """Somebody else's commands, which run while a call waits: to their end, or until they need what the first holds."""

    def __init__(self, run: Callable[[Callable[[], None]], tuple[Finished, ...]]) -> None:
        self._run, self._free = run, Event()
        self._thread: Thread | None = None
        self._done: tuple[Finished, ...] = ()
        self._error: BaseException | None = None

    def goes_first(self) -> Decision:
        """Let the others run; where they ask for a lock that is held they would wait for whoever waits for them."""
        self._thread = Thread(target=self._work)
        self._thread.start()
        self._free.wait()
        return GoOn()

    def _work(self) -> None:
        try:
            self._done = self._run(self._free.set)
        except BaseException as error:  # noqa: BLE001 -- whoever waits for the commands raises it
            self._error = error
        finally:
            self._free.set()

    def finished(self) -> tuple[Finished, ...]:
        """What they came to, once all of them have ended; nothing where their turn never came."""
        if self._thread is not None:
            self._thread.join()
        if self._error is not None:
            raise self._error
        return self._done
