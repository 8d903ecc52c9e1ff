"""What becomes of a case whose process, the one that plays it among its mounts, comes to no answer."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from threading import Event, Thread
from typing import TYPE_CHECKING, cast

import pytest

from harness import mounted
from harness.case import Place
from harness.errors import HarnessError, Problem
from harness.process import sweep

if TYPE_CHECKING:
    from harness.case import Case

PLACE = Place("/a/root", "/a/cache", "a-session-of-a-test")
HEAD = "import pickle, sys; case = pickle.load(sys.stdin.buffer)[0]; "


@dataclass(frozen=True)
class Named:
    """As much of a case as the processes that stand for the player here ask for."""

    name: str = "mounts/a"
    place: Place = PLACE


def play(monkeypatch: pytest.MonkeyPatch, program: str) -> object:
    monkeypatch.setattr(mounted, "_PROGRAM", f"import sys; sys.path[:0] = {sys.path!r}; {HEAD}{program}")
    return mounted.play(cast("Case", Named()), contained=True, cache_template=None)


def test_what_the_user_can_put_right_is_told_as_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(HarnessError) as caught:
        play(
            monkeypatch,
            "from harness.errors import Problem; "
            "pickle.dump((Problem('`a` is not removed', hint='see it'),), sys.stdout.buffer)",
        )
    assert caught.value.problems == (Problem("`a` is not removed", hint="see it"),)


def test_one_that_dies_is_a_fault_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(RuntimeError, match="what played `mounts/a` among its mounts ended with 3"):
        play(monkeypatch, "sys.exit(3)")


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux shows which session a process is of")
def test_it_is_swept_with_its_session(monkeypatch: pytest.MonkeyPatch) -> None:
    def sweeping() -> None:
        while not done.wait(0.01):
            sweep(PLACE.session)

    done = Event()
    sweeper = Thread(target=sweeping)
    sweeper.start()
    try:
        with pytest.raises(RuntimeError, match="ended with -9"):
            play(monkeypatch, "import time; time.sleep(60)")
    finally:
        done.set()
        sweeper.join()
