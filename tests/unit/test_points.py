"""The points of a sweep: which calls they are, and one result made of what a case came to at each."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from made import ENV, ROOT, create, file, plant, run, together

from harness.calls import Stop, Watched
from harness.case import Act, Interleave
from harness.points import Played, Point, aimed, combined, points, sampled, swept_step, unreached, worst
from harness.result import Finding, Outcome, Result, Swept
from harness.scenario import Each, Fault, Interrupt, Level, Spot
from harness.verdict import Broken, Differs, Evidence, Held, Moot, Said, Verdict

if TYPE_CHECKING:
    from harness.run import Run

KILL_EACH = Interrupt("SIGKILL", Each())


def stop(kind: str, *names: str) -> Stop:
    return Stop(process=1, thread=1, kind=kind, name=kind, paths=tuple(f"{ROOT}/{name}" for name in names))


def swept(*stops: Stop, at: Interrupt | Fault | Interleave = KILL_EACH, hit: int | None = None) -> Run:
    """An undisturbed command, then one that is to be stopped at each of its calls."""
    disturbed = create(stop=at, watched=Watched(calls=stops, hit=hit))
    return run({}, create(watched=Watched(calls=(stop("rmdir", "tmp/earlier"),))), disturbed, create())


# -- which calls they are ----------------------------------------------------------------------------------------------


def test_the_points_are_the_calls_of_the_step_that_is_swept_in_their_order() -> None:
    assert points(swept(stop("mkdir", ENV), stop("symlink", f"{ENV}/bin/python"))) == (
        Point(1, Spot("mkdir", ENV)),
        Point(2, Spot("symlink", f"{ENV}/bin/python")),
    )


def test_calls_that_do_the_same_are_told_apart_by_their_occurrence() -> None:
    calls = (stop("write", "a"), stop("write", "b"), stop("open", "a"), stop("write", "a"))
    assert [point.spot.occurrence for point in points(swept(*calls))] == [1, 1, 1, 2]


def test_a_name_that_differs_by_chance_is_no_part_of_a_point() -> None:
    calls = (stop("open", "project/.tmpAb12Cd/a"), stop("open", "project/.tmpXy34Zw/a"))
    assert [point.spot for point in points(swept(*calls))] == [
        Spot("open", "project/.tmp*/a"),
        Spot("open", "project/.tmp*/a", 2),
    ]


def test_a_call_is_known_by_the_last_of_its_paths_that_is_below_the_root() -> None:
    out = replace(stop("rename", "project/a"), paths=(f"{ROOT}/project/a", "/elsewhere/a"))
    assert [point.spot.path for point in points(swept(stop("rename", "project/a", "project/b"), out))] == [
        "project/b",
        "project/a",
    ]


def test_the_calls_of_several_commands_are_counted_through() -> None:
    made = swept(stop("mkdir", "a"))
    twice = replace(made.observations[1], finished=made.observations[1].finished * 2)
    assert points(replace(made, observations=(made.observations[0], twice))) == (
        Point(1, Spot("mkdir", "a")),
        Point(2, Spot("mkdir", "a", 2)),
    )


def test_a_case_without_a_step_that_is_swept_has_no_points() -> None:
    made = run({}, create(stop=Interrupt("SIGKILL", 2), watched=Watched(calls=(stop("mkdir", "a"),))))
    assert (swept_step(made.case), points(made)) == (None, ())


def test_aiming_names_the_call_in_the_step_that_is_swept_alone() -> None:
    case = swept().case
    fixed = Fault("EIO", 3)
    steps = (case.steps[0], case.steps[1], replace(case.steps[2], action=stopping(case.steps[2].action, fixed)))
    spot = Spot("mkdir", ENV)
    at_spot = aimed(replace(case, steps=steps), spot)
    assert [step.action.stop for step in at_spot.steps if isinstance(step.action, Act)] == [
        None,
        Interrupt("SIGKILL", spot),
        fixed,
    ]
    assert swept_step(at_spot) is None


def stopping(action: object, at: Fault | Interleave) -> Act:
    assert isinstance(action, Act)
    return replace(action, stop=at)


def test_a_step_is_reached_where_one_of_its_commands_came_to_the_call() -> None:
    at_spot = Interrupt("SIGKILL", Spot("mkdir", ENV))
    assert unreached(swept(at=at_spot, hit=3)) == ()
    assert unreached(swept(at=at_spot, hit=None)) == (2,)
    assert unreached(run({}, together(create(stop=at_spot), create(watched=Watched(hit=1))))) == ()


def test_of_several_steps_those_are_told_that_never_came_to_their_calls() -> None:
    steps = [create(stop=Interrupt("SIGKILL", number), watched=Watched(hit=hit)) for number, hit in ((1, 1), (9, None))]
    assert unreached(run({}, *steps, plant({"a": file()}), create(watched=Watched()))) == (2,)


def test_what_is_only_watched_has_no_call_to_come_to() -> None:
    assert unreached(swept()) == ()


# -- which of them are played ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("most", "chosen"),
    [
        (None, "abcdefg"),
        (7, "abcdefg"),
        (8, "abcdefg"),
        (6, "abcefg"),
        (4, "aceg"),
        (3, "adg"),
        (2, "ag"),
        (1, "a"),
    ],
)
def test_a_sample_is_spread_evenly_from_the_first_to_the_last(most: int | None, chosen: str) -> None:
    assert sampled("abcdefg", most) == tuple(chosen)


# -- what they came to -------------------------------------------------------------------------------------------------

SPOTS = [Point(number, Spot("mkdir", f"d{number}")) for number in range(1, 13)]
STANDS = Said(3, "there is no environment")


def came(number: int, outcome: Outcome = Outcome.HOLDS, *verdicts: Verdict, reason: str = "") -> Played:
    """What came of a point: as many checks as there are verdicts."""
    findings = tuple(Finding(f"check-{n}", Level.MUST, verdict, 3) for n, verdict in enumerate(verdicts))
    result = Result(
        scenario="family/situation", variant="", subject="tool@1", python="3.12.4", digest="", outcome=outcome,
        findings=findings, reason=reason,
    )  # fmt: skip
    return Played(SPOTS[number - 1], result, reached=True)


def broke(number: int, *evidence: Evidence) -> Played:
    return came(number, Outcome.BREAKS, Broken(evidence or (STANDS,)))


def held(number: int) -> Played:
    return came(number, Outcome.HOLDS, Held())


def told(*played: Played, at: Interrupt | Fault | Interleave = KILL_EACH, count: int | None = None) -> Result:
    return combined(swept(at=at).case, played, count or len(played))


def test_what_holds_at_every_point_holds() -> None:
    result = told(held(1), held(2))
    assert (result.outcome, result.findings, result.reason, result.swept) == (
        Outcome.HOLDS,
        (Finding("check-0", Level.MUST, Held(), 3),),
        "",
        Swept(of=2, played=2, alike=2),
    )


def test_what_is_broken_at_one_point_is_broken_and_the_evidence_says_where() -> None:
    result = told(held(1), broke(2), held(3))
    said = Said(3, "there is no environment; killed before 2 of 3 calls: `mkdir d2`")
    assert (result.outcome, result.findings, result.swept) == (
        Outcome.BREAKS,
        (Finding("check-0", Level.MUST, Broken((said,)), 3, points=((2, 2),)),),
        Swept(of=3, played=3, alike=1),
    )


def test_neighbours_are_told_as_a_range() -> None:
    result = told(broke(1), held(2), broke(3), broke(4), broke(5), held(6))
    said = "there is no environment; killed before 1, 3 to 5 of 6 calls: `mkdir d1`, from `mkdir d3` to `mkdir d5`"
    (finding,) = result.findings
    assert (finding.verdict, finding.points) == (Broken((Said(3, said),)), ((1, 1), (3, 5)))


def test_four_ranges_are_told_and_the_rest_is_counted() -> None:
    result = told(*(broke(number) if number % 2 else held(number) for number in range(1, 13)))
    (finding,) = result.findings
    calls = ", ".join(f"`mkdir d{number}`" for number in (1, 3, 5, 7))
    said = f"there is no environment; killed before 1, 3, 5, 7 and 2 more of 12 calls: {calls} and 2 more"
    assert finding.verdict == Broken((Said(3, said),))
    assert finding.points == ((1, 1), (3, 3), (5, 5), (7, 7), (9, 9), (11, 11))


def test_points_that_were_played_one_after_the_other_are_neighbours_in_a_sample() -> None:
    result = told(held(1), broke(5), broke(9), count=9)
    said = (
        "there is no environment; killed before 5 to 9 of 9 calls, of which 3 were tried: from `mkdir d5` to `mkdir d9`"
    )
    (finding,) = result.findings
    assert (finding.verdict, result.swept) == (Broken((Said(3, said),)), Swept(of=9, played=3, alike=2))


def test_what_changed_in_the_tree_comes_before_where_that_was() -> None:
    gone = Differs(3, "project/notes", "file", "absent")
    other = Differs(3, "project/other", "file", "absent")
    (finding,) = told(broke(1, gone, other)).findings
    assert finding.verdict == Broken((gone, Said(3, "killed before 1 of 1 calls: `mkdir d1`"), other))


def test_the_evidence_is_that_of_the_worst_point() -> None:
    first, second = Said(2, "the first"), Said(3, "the second")
    worse = came(2, Outcome.BREAKS, Broken((second,)), Broken((STANDS,)))
    played = (came(1, Outcome.BREAKS, Broken((first,)), Held()), worse)
    where = "killed before 1 to 2 of 2 calls: from `mkdir d1` to `mkdir d2`"
    assert [finding.verdict for finding in told(*played).findings] == [
        Broken((Said(3, f"the second; {where}"),)),
        Broken((Said(3, "there is no environment; killed before 2 of 2 calls: `mkdir d2`"),)),
    ]


def test_a_check_that_the_worst_point_holds_shows_the_first_point_that_breaks_it() -> None:
    played = (
        came(1, Outcome.WEAK, Held(), Broken((Said(2, "a trace"),))),
        came(2, Outcome.BREAKS, Broken((STANDS,)), Held()),
        came(3, Outcome.WEAK, Held(), Broken((Said(2, "another"),))),
    )
    result = told(*played)
    assert result.outcome is Outcome.BREAKS
    assert result.findings[1].verdict == Broken(
        (Said(2, "a trace; killed before 1, 3 of 3 calls: `mkdir d1`, `mkdir d3`"),)
    )


def test_a_check_holds_where_it_does_at_any_point_and_is_moot_where_it_is_at_all() -> None:
    moot = Moot("nothing failed")
    assert [finding.verdict for finding in told(came(1, Outcome.HOLDS, moot), held(2)).findings] == [Held()]
    assert [finding.verdict for finding in told(*(came(n, Outcome.HOLDS, moot) for n in (1, 2))).findings] == [moot]


def test_a_reason_says_where_it_applies() -> None:
    result = told(held(1), came(2, Outcome.DECLINES, Held(), reason="step 3 exited 1: no"))
    assert (result.outcome, result.reason) == (
        Outcome.DECLINES,
        "step 3 exited 1: no; killed before 2 of 2 calls: `mkdir d2`",
    )


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (Interrupt("SIGKILL", Each()), "killed before"),
        (Interrupt("SIGINT", Each()), "SIGINT at"),
        (Fault("ENOSPC", Each(), lasting=True), "ENOSPC from"),
        (Fault("EIO", Each()), "EIO at"),
    ],
)
def test_the_words_say_what_was_done_there(at: Interrupt | Fault, words: str) -> None:
    (finding,) = told(broke(1), at=at).findings
    assert finding.verdict == Broken((Said(3, f"there is no environment; {words} 1 of 1 calls: `mkdir d1`"),))


def test_of_two_commands_the_first_was_held_there() -> None:
    act = create().action
    assert isinstance(act, Act)
    (finding,) = told(broke(1), at=Interleave(act, act, Each())).findings
    assert finding.verdict == Broken((Said(3, "there is no environment; held before 1 of 1 calls: `mkdir d1`"),))


# -- what was not reached ----------------------------------------------------------------------------------------------


def missed(one: Played) -> Played:
    return replace(one, reached=False)


def test_a_case_errs_where_a_call_was_never_made_again() -> None:
    result = told(held(1), missed(held(2)), missed(held(3)))
    assert (result.outcome, result.reason, result.swept) == (
        Outcome.ERRS,
        "it was never made again: killed before 2 to 3 of 3 calls: from `mkdir d2` to `mkdir d3`",
        Swept(of=3, played=3, alike=2, missed=2),
    )


def test_a_case_that_breaks_anyway_breaks_and_says_how_many_calls_were_never_made_again() -> None:
    result = told(broke(1), missed(held(2)))
    assert (result.outcome, result.reason, result.swept) == (
        Outcome.BREAKS,
        "",
        Swept(of=2, played=2, alike=1, missed=1),
    )


# -- the worst of them -------------------------------------------------------------------------------------------------


def test_the_worst_point_is_that_of_the_worst_outcome() -> None:
    played = [came(1), came(2, Outcome.WEAK), came(3, Outcome.BREAKS), came(4, Outcome.DECLINES)]
    assert worst(played) is played[2]


def test_of_points_with_the_same_outcome_the_worst_is_where_most_is_broken_and_the_first_of_those() -> None:
    one, two = (STANDS,), (Broken((STANDS,)), Broken((STANDS,)))
    played = [came(1, Outcome.BREAKS, Broken(one), Held()), *(came(n, Outcome.BREAKS, *two) for n in (2, 3))]
    assert worst(played) is played[1]


def test_what_is_planted_is_no_step_that_could_be_swept() -> None:
    step = swept_step(run({}, plant({"a": file()}), create(stop=KILL_EACH)).case)
    assert step is not None
    assert step.number == 2
