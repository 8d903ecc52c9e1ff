"""Calls are counted, and the one that is meant is dealt with."""

from __future__ import annotations

import errno
import signal
from concurrent.futures import ThreadPoolExecutor

import pytest

from harness.calls import CALLS, ERRORS, Stop, below, key
from harness.scenario import Spot
from harness.stopping.orders import Decision, Fail, GoOn, Kill, Orders, Signal

ROOT = "/made/1/root"
REFUSE = Fail(errno.ENOSPC)


def stop(kind: str, *paths: str) -> Stop:
    whole = tuple(path if path.startswith("/") else f"{ROOT}/{path}" for path in paths)
    return Stop(process=1, thread=1, kind=kind, name=kind, paths=whole)


FOUR = [stop("mkdir", "env"), stop("open", "env/a"), stop("write", "env/a"), stop("write", "env/a")]


def decisions(orders: Orders, stops: list[Stop]) -> list[Decision]:
    return [orders.decide(one) for one in stops]


def refusing(**more: object) -> Orders:
    return Orders(ROOT, then=lambda: REFUSE, **more)  # type: ignore[arg-type]


def test_all_go_on_where_none_is_meant() -> None:
    orders = refusing()
    assert (decisions(orders, FOUR), orders.hit) == ([GoOn()] * 4, None)


@pytest.mark.parametrize("number", [1, 2, 4])
def test_a_call_is_meant_by_its_number_from_one(number: int) -> None:
    orders = refusing(at=number)
    expected: list[Decision] = [GoOn()] * 4
    expected[number - 1] = REFUSE
    assert (decisions(orders, FOUR), orders.hit) == (expected, number)


def test_no_call_is_beyond_the_last() -> None:
    orders = refusing(at=5)
    assert (decisions(orders, FOUR), orders.hit) == ([GoOn()] * 4, None)


def test_a_call_is_meant_by_what_it_does_where_and_how_often() -> None:
    orders = refusing(at=Spot("write", "env/a", 2))
    assert (decisions(orders, FOUR), orders.hit) == ([GoOn(), GoOn(), GoOn(), REFUSE], 4)


def test_a_path_is_known_again_whatever_differs_in_it_by_chance() -> None:
    orders = refusing(at=Spot("open", "env/.tmpAb3dEf"))
    assert decisions(orders, [stop("open", "env/.tmpXYZ123")]) == [REFUSE]


def test_all_that_follow_are_dealt_with_where_it_lasts() -> None:
    orders = refusing(at=2, lasting=True)
    assert (decisions(orders, FOUR), orders.hit) == ([GoOn(), REFUSE, REFUSE, REFUSE], 2)


def test_only_calls_of_the_kinds_asked_for_are_counted() -> None:
    orders = refusing(at=2, kinds=frozenset({"write"}))
    assert (decisions(orders, FOUR), orders.hit) == ([GoOn(), GoOn(), GoOn(), REFUSE], 2)


def test_calls_beside_the_root_are_not_counted() -> None:
    orders = refusing(at=1)
    beside = [stop("mkdir", "/made/1/root2"), stop("mkdir", "/made/1/cache/a"), stop("chmod", ROOT), stop("open", "")]
    assert (decisions(orders, beside), orders.hit) == ([GoOn()] * 4, None)


def test_a_call_counts_by_either_of_its_places() -> None:
    orders = refusing(at=Spot("rename", "env"))
    assert decisions(orders, [stop("rename", "env", "/made/1/cache/env")]) == [REFUSE]


def test_what_changes_last_names_a_call_that_has_two_places() -> None:
    orders = refusing(at=Spot("rename", "new"))
    assert decisions(orders, [stop("rename", "new", "old"), stop("rename", "old", "new")]) == [GoOn(), REFUSE]


def test_commands_that_run_together_are_counted_as_one() -> None:
    orders = refusing(at=500)
    with ThreadPoolExecutor(4) as commands:
        told = [one for some in commands.map(lambda _: decisions(orders, FOUR * 50), range(4)) for one in some]
    assert (told.count(REFUSE), len(told), orders.hit) == (1, 800, 500)


def test_orders_may_be_asked_while_a_call_is_held() -> None:
    def hold() -> Decision:
        return orders.decide(stop("mkdir", "other"))

    orders = Orders(ROOT, at=1, then=hold)
    assert (orders.decide(FOUR[0]), orders.hit) == (GoOn(), 1)


def test_errors_and_signals_are_known_by_name() -> None:
    assert Fail.with_name("ENOSPC") == Fail(errno.ENOSPC)
    assert (Signal.with_name("SIGINT"), Signal.with_name("SIGKILL")) == (Signal(signal.SIGINT), Kill())


def test_every_error_is_one_that_the_system_has_and_of_calls_that_there_are() -> None:
    assert [name for name in ERRORS if not hasattr(errno, name)] == []
    assert {kind for kinds in ERRORS.values() for kind in kinds} - {*CALLS} == set()


@pytest.mark.parametrize(
    ("path", "seen"), [("/a/b/c", "b/c"), ("/a", ""), ("/ab/c", ""), ("/a/b", "b"), ("", ""), ("/", "")]
)
def test_a_path_is_seen_from_a_directory_that_it_is_below(path: str, seen: str) -> None:
    assert below(path, "/a") == seen


@pytest.mark.parametrize(
    ("path", "known"),
    [
        ("project/.venv/bin/python", "project/.venv/bin/python"),
        ("tmp/tmpab12_x9z/file", "tmp/*/file"),
        ("tmp/short", "tmp/short"),
        ("project/.tmpAb3dEf/x", "project/.tmp*/x"),
        ("lib/__pycache__/this.cpython-312.pyc.139872349", "lib/__pycache__/this.cpython-312.pyc.*"),
        ("a/3f2b8c1e-0d4a-4f6b-9e8d-1a2b3c4d5e6f/b", "a/*/b"),
        ("a/0123456789abcdef/b", "a/*/b"),
        ("a/0123456789abcde/b", "a/0123456789abcde/b"),
    ],
)
def test_a_path_is_known_without_what_differs_by_chance(path: str, known: str) -> None:
    assert key(path) == known
