"""A case judged at every point, by what a made-up player says came of each."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from threading import Lock
from typing import TYPE_CHECKING

import pytest
from made import ROOT, an_environment, create, file, must, run

from harness import sweeping
from harness.calls import Stop, Watched
from harness.case import Act, Place
from harness.result import Outcome, Swept
from harness.run import Exited, Interrupted, TimedOut
from harness.runner import Known
from harness.scenario import Each, Interrupt, Spot
from harness.snapshot import Snapshot
from harness.sweeping import Judged, Sweep, judged

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from harness.case import Case
    from harness.run import Ending, Run
    from harness.scenario import At

KILLED, WELL = Interrupted("SIGKILL"), Exited(0)
NOTES = {"project/notes": file("notes")}
NAMES = ("a", "b", "c", "d", "e")
LOST = frozenset({"b", "c"})
"""At which calls the user's file is lost, unless a test says otherwise."""


def stop(name: str) -> Stop:
    return Stop(process=1, thread=1, kind="mkdir", name="mkdir", paths=(f"{ROOT}/{name}",))


@dataclass
class Player:
    """Plays cases: those that are stopped before one of the calls in `lost` lose the user's file.

    `fickle` says otherwise from the second time on, `never` are calls that are not made when they are asked for.
    """

    names: Sequence[str] = NAMES
    at: At = field(default_factory=Each)
    lost: frozenset[str] = LOST
    never: frozenset[str] = frozenset()
    fickle: bool = False
    ends: Ending = WELL
    asked: list[tuple[str, str]] = field(default_factory=list)
    known: list[object] = field(default_factory=list)
    lock: Lock = field(default_factory=Lock)

    @property
    def case(self) -> Case:
        return self._run(self.at).case

    def elsewhere(self) -> Case:
        with self.lock:
            self.asked.append(("elsewhere", ""))
            return replace(self.case, place=Place(f"/lanes/{len(self.asked)}/root", "/lanes/cache"))

    def __call__(self, case: Case, known: Known | None = None) -> Run:
        action = case.steps[0].action
        assert isinstance(action, Act)
        assert action.stop is not None
        with self.lock:
            self.asked.append((case.place.root, spoken(action.stop.at)))
            self.known.append(known)
            return replace(self._run(action.stop.at), case=case)

    def _run(self, at: At) -> Run:
        watched = Watched(calls=tuple(map(stop, self.names)), hit=self._hit(at))
        again = sum(spot == spoken(at) for _, spot in self.asked) > 1
        loses = spoken(at) in self.lost and not (self.fickle and again)
        disturbed = create(
            {"project/notes": None} if loses else {},
            stop=Interrupt("SIGKILL", at), watched=watched, ends=KILLED if watched.hit else self.ends,
        )  # fmt: skip
        return run(NOTES, disturbed, create(an_environment(), faults=()), checks=(must("recovers"),))

    def _hit(self, at: At) -> int | None:
        return None if isinstance(at, Each | int) or spoken(at) in self.never else self.names.index(spoken(at)) + 1


def spoken(at: At) -> str:
    return at.path if isinstance(at, Spot) else "each" if isinstance(at, Each) else str(at)


@pytest.fixture
def cleared(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The roots that were cleared; none is really there."""
    found: list[str] = []

    class Sandbox:
        @staticmethod
        def clear(place: Place) -> None:
            found.append(place.root)

    monkeypatch.setattr(sweeping, "Sandbox", Sandbox)
    return found


@pytest.fixture
def sweep(cleared: list[str]) -> Callable[..., Judged]:
    def play(player: Player, **how: object) -> Judged:
        return judged(player.case, player, player.elsewhere, Sweep(**how))  # type: ignore[arg-type]

    assert cleared == []
    return play


# -- agreement ---------------------------------------------------------------------------------------------------------


def test_a_case_is_watched_once_then_played_at_each_call_and_at_last_at_the_worst_in_its_own_place(
    sweep: Callable[..., Judged],
) -> None:
    player = Player()
    found = sweep(player)
    lane = "/lanes/2/root"
    assert player.asked == [
        (ROOT, "each"),
        ("elsewhere", ""),
        *((lane, name) for name in NAMES),
        (ROOT, "b"),
    ]
    assert (found.result.outcome, found.result.swept) == (Outcome.BREAKS, Swept(of=5, played=5, alike=2))
    assert found.run.observations[0].finished[0].ending == KILLED
    assert found.result.observations == found.run.observations


def test_every_root_is_cleared_but_the_last(sweep: Callable[..., Judged], cleared: list[str]) -> None:
    sweep(Player())
    assert cleared == ["/lanes/2/root"] * len(NAMES) + [ROOT]


def test_two_sweeps_of_what_does_the_same_agree(sweep: Callable[..., Judged]) -> None:
    assert sweep(Player()).result == sweep(Player()).result


@pytest.mark.parametrize("lanes", [1, 2, 3, 5, 9])
def test_lanes_change_nothing_in_what_comes_of_it(sweep: Callable[..., Judged], lanes: int) -> None:
    player = Player()
    assert sweep(player, lanes=lanes).result == sweep(Player()).result
    played = [spot for place, spot in player.asked if place.startswith("/lanes/")]
    assert (sorted(played), len({place for place, _ in player.asked if place.startswith("/lanes/")})) == (
        list(NAMES),
        min(lanes, len(NAMES)),
    )


def test_a_lane_plays_neighbours_and_has_what_is_known_for_itself(sweep: Callable[..., Judged]) -> None:
    player = Player()
    sweep(player, lanes=2)
    by_lane: dict[str, str] = {}
    for place, spot in player.asked:
        by_lane[place] = by_lane.get(place, "") + spot
    assert sorted(said for place, said in by_lane.items() if place.startswith("/lanes/")) == ["ab", "cde"]
    lanes = {id(known) for known in player.known if isinstance(known, Known)}
    assert (len(lanes), player.known[0], player.known[-1]) == (2, None, None)


def test_a_sample_is_played_and_counted_as_one(sweep: Callable[..., Judged]) -> None:
    player = Player()
    found = sweep(player, most=3)
    assert [spot for place, spot in player.asked if place.startswith("/lanes/")] == ["a", "c", "e"]
    assert found.result.swept == Swept(of=5, played=3, alike=1)


def test_how_far_it_is_is_told_after_each_point(sweep: Callable[..., Judged]) -> None:
    told: list[tuple[str, int, int]] = []
    sweep(Player(), tell=lambda name, done, count, _left: told.append((name, done, count)))
    assert told == [("family/situation", done, 5) for done in range(1, 6)]


# -- what errs, or cannot be swept -------------------------------------------------------------------------------------


def test_a_case_errs_where_the_worst_point_comes_to_something_else_when_it_is_played_again(
    sweep: Callable[..., Judged],
) -> None:
    result = sweep(Player(fickle=True)).result
    assert (result.outcome, result.reason) == (
        Outcome.ERRS,
        "at `mkdir b` it came to `breaks` and, played again, to `holds`",
    )


def test_a_case_errs_where_a_call_is_not_made_again(sweep: Callable[..., Judged]) -> None:
    result = sweep(Player(lost=frozenset(), never=frozenset({"d"}))).result
    assert (result.outcome, result.reason, result.swept) == (
        Outcome.ERRS,
        "it was never made again: killed before 4 of 5 calls: `mkdir d`",
        Swept(of=5, played=5, alike=1, missed=1),
    )


def test_a_step_that_makes_no_call_cannot_be_swept(sweep: Callable[..., Judged]) -> None:
    player = Player(names=())
    found = sweep(player).result
    assert (found.outcome, found.reason, found.findings, player.asked) == (
        Outcome.UNSUPPORTED,
        "the step makes no call at which it could be stopped",
        (),
        [(ROOT, "each")],
    )


def test_a_command_that_does_not_end_undisturbed_is_not_swept(sweep: Callable[..., Judged]) -> None:
    player = Player(ends=TimedOut(60))
    found = sweep(player).result
    assert (found.outcome, found.reason, player.asked) == (
        Outcome.ERRS,
        "step 1 did not end within 60 s",
        [(ROOT, "each")],
    )


def test_a_case_without_a_sweep_is_played_once(sweep: Callable[..., Judged], cleared: list[str]) -> None:
    player = Player(at=Spot("mkdir", "b"))
    found = sweep(player).result
    assert (found.outcome, found.swept, player.asked, cleared) == (Outcome.BREAKS, None, [(ROOT, "b")], [])


@pytest.mark.parametrize("at", [Spot("mkdir", "b"), 9])
def test_a_step_that_never_makes_the_call_at_which_it_is_to_be_stopped_proves_nothing(
    sweep: Callable[..., Judged], at: At
) -> None:
    found = sweep(Player(at=at, never=frozenset({"b"}), lost=frozenset())).result
    assert (found.outcome, found.reason, found.findings) == (
        Outcome.UNSUPPORTED,
        "step 1 never makes the call at which it is to be stopped",
        (),
    )


# -- what is known from another play -----------------------------------------------------------------------------------


def played(at: At, changes: dict[str, object] | None = None, **how: object) -> Run:
    """A create, one that is stopped, and a third that makes an environment of what it left."""
    first = create({"tmp/first": file()})
    second = create(changes or {}, stop=Interrupt("SIGKILL", at), **{"ends": KILLED, **how})  # type: ignore[arg-type]
    return run(NOTES, first, second, create(an_environment(), faults=()))


def of_known(known: Known, made: Run, number: int) -> object:
    seen = made.observations[number - 1]
    return known.get(made.case.steps[number:], seen.finished, seen.after)


def test_what_followed_a_tree_follows_it_again() -> None:
    known, one, other = Known(), played(Spot("mkdir", "a")), played(Spot("mkdir", "b"))
    known.put(one.case, one.observations)
    assert of_known(known, other, 2) == one.observations[1:]
    assert of_known(known, other, 3) == one.observations[2:]


def test_what_stands_before_the_step_that_is_stopped_elsewhere_tells_nothing_of_it() -> None:
    known, one, other = Known(), played(Spot("mkdir", "a")), played(Spot("mkdir", "b"))
    known.put(one.case, one.observations)
    assert of_known(known, other, 1) is None
    assert of_known(known, played(Spot("mkdir", "a")), 1) == one.observations


@pytest.mark.parametrize(
    "other",
    [
        played(2, {"tmp/more": file()}),
        played(2, ends=Exited(0)),
        played(2, watched=Watched(cached=1)),
    ],
    ids=["another tree", "another ending", "more in the cache"],
)
def test_what_differs_is_not_known(other: Run) -> None:
    known, one = Known(), played(1, watched=Watched())
    known.put(one.case, one.observations)
    assert of_known(known, other, 2) is None


def test_the_first_play_is_the_one_that_is_remembered() -> None:
    known, one = Known(), played(1)
    later = replace(one.observations[2], after=Snapshot({}))
    known.put(one.case, one.observations)
    known.put(one.case, (*one.observations[:2], later))
    assert of_known(known, one, 2) == one.observations[1:]


def test_a_play_that_was_cut_short_is_known_as_far_as_it_went() -> None:
    known, one = Known(), played(1)
    known.put(one.case, one.observations[:2])
    assert (of_known(known, one, 2), of_known(known, one, 3)) == (one.observations[1:2], None)
