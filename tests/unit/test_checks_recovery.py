"""Checks of what is left by commands that were interrupted, or that failed."""

from __future__ import annotations

import pytest
from made import (
    ENV,
    PYTHON,
    ROOT,
    an_environment,
    by_another_tool,
    create,
    file,
    followed,
    inspect,
    plant,
    recreate,
    run,
    together,
)

from harness.calls import Stop, Watched
from harness.checks.recovery import base_untouched, no_impostor, recovers
from harness.run import Interrupted, Wreck
from harness.verdict import Broken, Held, Moot, Said

KILLED = Interrupted("SIGKILL")
MORE = {f"{ENV}/more": file()}
NOT_DISTURBED = Moot("no step was interrupted, and none failed that another one followed")

# -- recovers ----------------------------------------------------------------------------------------------------------


def test_a_command_that_makes_good_what_a_killed_one_left_recovers() -> None:
    assert recovers(run({}, create(ends=KILLED), create(an_environment(), faults=()))) == Held()


def test_a_command_that_makes_good_what_a_failed_one_left_recovers() -> None:
    assert recovers(run({}, create(exits=1), recreate(an_environment(), faults=()))) == Held()


def test_a_command_that_fails_over_what_a_killed_one_left_does_not_recover() -> None:
    made = run({}, create(ends=KILLED), create(MORE, exits=2, stderr="what stands here?\n", faults=("no home",)))
    assert recovers(made) == Broken((Said(2, "exited 2: what stands here?"),))


def test_a_command_that_declines_to_deal_with_what_a_killed_one_left_has_promised_nothing() -> None:
    refused, failing = create(exits=2, stderr="no"), create(MORE, exits=3, stderr="oh")
    assert recovers(run({}, create(ends=KILLED), refused)) == Moot("the next step declined")
    assert recovers(run({}, create(ends=KILLED), refused, failing)) == Broken((Said(3, "exited 3: oh"),))


def test_a_command_that_succeeds_over_a_wreck_does_not_recover_where_the_wreck_stays_one() -> None:
    faults = ("it has no pyvenv.cfg", "its python takes /usr for sys.prefix")
    made = run({}, create(ends=KILLED), create(faults=faults))
    assert recovers(made) == Broken(tuple(Said(2, fault) for fault in faults))


def test_of_commands_that_run_together_after_one_that_was_killed_each_has_to_succeed() -> None:
    both = together(create(MORE, exits=1, stderr="busy"), create(exits=2, stderr="busy, too"))
    assert recovers(run({}, create(ends=KILLED), both)) == Broken((Said(2, "exited 1: busy"),))
    assert recovers(run({}, create(ends=KILLED), together(create(), create(exits=2, stderr="busy")))) == Broken(
        (Said(2, "exited 2: busy"),)
    )


def test_every_command_that_follows_one_that_did_not_succeed_has_to_recover() -> None:
    made = run({}, create(ends=KILLED), create(MORE, exits=1, stderr="no"), create(an_environment(), faults=()))
    assert recovers(made) == Broken((Said(2, "exited 1: no"),))


def test_only_the_command_right_after_it_has_to_recover() -> None:
    made = run({}, create(ends=KILLED), create(an_environment(), faults=()), inspect(exits=1))
    assert recovers(made) == Held()


def test_what_the_scenario_or_another_tool_does_in_between_recovers_nothing() -> None:
    between = (plant({"project/notes": file()}), by_another_tool(an_environment()))
    made = run({}, create(ends=KILLED), *between, create(MORE, exits=1, stderr="no"))
    assert recovers(made) == Broken((Said(4, "exited 1: no"),))


def test_where_every_command_succeeds_there_is_nothing_to_recover_from() -> None:
    assert recovers(run({}, create(an_environment(), faults=()), create(faults=()))) == NOT_DISTURBED


def test_without_a_command_after_the_one_that_failed_nothing_tells_whether_it_recovers() -> None:
    assert recovers(run({}, create(an_environment()), create(ends=KILLED))) == NOT_DISTURBED


def test_what_another_tool_left_when_it_was_killed_is_not_the_tools_to_recover_from() -> None:
    assert recovers(run({}, by_another_tool(ends=KILLED), create(exits=1))) == NOT_DISTURBED


# -- no-impostor -------------------------------------------------------------------------------------------------------

NOTHING, ITSELF = Wreck(runs=False), Wreck(runs=True, prefix=f"$root/{ENV}", itself=True)
IMPOSTOR = Wreck(runs=True, prefix="/usr")
SAID = "the environment's python runs, and takes /usr for sys.prefix"


@pytest.mark.parametrize("wreck", [NOTHING, ITSELF, None])
def test_where_nothing_runs_or_the_environments_own_there_is_no_impostor(wreck: Wreck | None) -> None:
    assert no_impostor(run({}, create(ends=KILLED, wreck=wreck))) == Held()


def test_an_interpreter_that_takes_itself_for_another_is_an_impostor() -> None:
    assert no_impostor(run({}, create(ends=KILLED, wreck=IMPOSTOR))) == Broken((Said(1, SAID),))
    assert no_impostor(run({}, create(exits=1, wreck=IMPOSTOR))) == Broken((Said(1, SAID),))


def test_every_step_that_leaves_an_impostor_is_told() -> None:
    steps = [create(ends=KILLED, wreck=wreck) for wreck in (IMPOSTOR, NOTHING, IMPOSTOR)]
    assert no_impostor(run({}, *steps)) == Broken((Said(1, SAID), Said(3, SAID)))


def test_where_every_step_succeeds_nobody_looks_for_an_impostor() -> None:
    assert no_impostor(run({}, create(an_environment()), create(wreck=IMPOSTOR))) == Moot("every step succeeded")


def test_what_another_tool_leaves_is_not_the_tools() -> None:
    assert no_impostor(run({}, by_another_tool(ends=KILLED, wreck=IMPOSTOR), create())) == Moot("every step succeeded")


# -- base-untouched ----------------------------------------------------------------------------------------------------


def stop(kind: str, *paths: str) -> Stop:
    return Stop(process=1, thread=1, kind=kind, name=kind, paths=paths)


def tried(*stops: Stop) -> Watched:
    return Watched(elsewhere=stops)


def of_base(path: str) -> str:
    return f"{PYTHON.prefix}/{path}"


def test_a_command_that_makes_no_call_about_the_interpreter_leaves_it_untouched() -> None:
    calls = (stop("mkdir", f"{ROOT}/{ENV}"), stop("link", of_base("bin/python3.12"), f"{ROOT}/{ENV}/bin/python"))
    seen = Watched(calls=calls, elsewhere=(stop("unlink", f"{PYTHON.prefix}-of-others/a"), stop("mkdir", "/elsewhere")))
    assert base_untouched(run({}, create(watched=seen))) == Held()


def test_every_call_about_the_interpreter_is_told_once() -> None:
    removed, made = stop("unlink", of_base("lib/tiny.py")), stop("mkdir", of_base("lib/new"))
    assert base_untouched(run({}, create(watched=tried(removed, made, removed)))) == Broken(
        (Said(1, "unlink $prefix/lib/tiny.py"), Said(1, "mkdir $prefix/lib/new"))
    )


def test_the_step_that_tried_is_told() -> None:
    made = run({}, create(watched=Watched()), create(watched=tried(stop("rmdir", of_base("lib")))))
    assert base_untouched(made) == Broken((Said(2, "rmdir $prefix/lib"),))


def test_each_of_several_commands_counts() -> None:
    first, second = (create(watched=tried(stop("rmdir", of_base(name)))) for name in ("a", "b"))
    told = Broken((Said(1, "rmdir $prefix/a"), Said(1, "rmdir $prefix/b")))
    assert (base_untouched(run({}, together(first, second))), base_untouched(run({}, followed(first, second)))) == (
        told,
        told,
    )
    assert base_untouched(run({}, together(create(), second))) == Broken((Said(1, "rmdir $prefix/b"),))


def test_what_is_renamed_out_of_the_interpreter_is_gone_from_there() -> None:
    moved = stop("rename", of_base("lib/tiny.py"), f"{ROOT}/tmp/tiny.py")
    assert base_untouched(run({}, create(watched=Watched(calls=(moved,))))) == Broken(
        (Said(1, "rename $prefix/lib/tiny.py"),)
    )


@pytest.mark.parametrize("path", ["lib/__pycache__/os.cpython-312.pyc.140", "__pycache__", "lib/os.pyc"])
def test_bytecode_is_nothing_that_the_interpreter_misses(path: str) -> None:
    assert base_untouched(run({}, create(watched=tried(stop("open", of_base(path)))))) == Held()


def test_eight_calls_are_told_and_the_rest_is_counted() -> None:
    stops = [stop("unlink", of_base(f"lib/{number}")) for number in range(10)]
    told = [Said(1, f"unlink $prefix/lib/{number}") for number in range(8)]
    assert base_untouched(run({}, create(watched=tried(*stops[:8])))) == Broken(tuple(told))
    assert base_untouched(run({}, create(watched=tried(*stops)))) == Broken((*told, Said(1, "and 2 calls more")))
    made = run({}, create(watched=tried(stops[0])), create(watched=tried(*stops[1:])))
    told[1:] = [Said(2, said.text) for said in told[1:]]
    assert base_untouched(made) == Broken((*told, Said(1, "and 2 calls more")))


def test_where_no_command_was_watched_nobody_knows() -> None:
    assert base_untouched(run({}, create())) == Moot("no command was watched")
    seen = tried(stop("unlink", of_base("a")))
    assert base_untouched(run({}, by_another_tool(watched=seen))) == Moot("no command was watched")
