"""Checks of how commands ended and what they said."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from made import (
    ENV,
    ROOT,
    an_environment,
    by_another_tool,
    create,
    did,
    directory,
    file,
    followed,
    link,
    plant,
    run,
    together,
)

from harness.checks.commands import (
    declined,
    declines,
    ended,
    exits,
    last_words,
    never_says,
    prints_path,
    says,
    succeeds,
)
from harness.run import Exited, NotStarted, Signalled, TimedOut
from harness.scenario import Fault, Interrupt
from harness.verdict import Broken, Differs, Held, Moot, Said

if TYPE_CHECKING:
    from harness.checks.registry import Judge
    from harness.run import Ending, Finished, Run

NO_COMMAND = Moot("no command of the tool ran")


def done(made: Run) -> Finished:
    return made.observations[0].finished[0]


# -- in words ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ending", "words"),
    [
        (Exited(2), "exited 2"),
        (Signalled("SIGSEGV"), "was killed by SIGSEGV"),
        (TimedOut(60.0), "did not end within 60 s"),
        (TimedOut(0.5), "did not end within 0.5 s"),
        (NotStarted("no such file"), "was not started: no such file"),
    ],
)
def test_every_ending_has_its_words(ending: Ending, words: str) -> None:
    assert ended(ending) == words


@pytest.mark.parametrize(
    ("stdout", "stderr", "words"),
    [
        ("made\n", "warning\nerror: no \n\n  \n", "error: no"),
        ("first\nlast\n", "", "last"),
        ("made\n", "\n", "made"),
        (" \n", "\n", "it said nothing"),
        ("", "", "it said nothing"),
    ],
)
def test_last_words_are_the_last_line_with_anything_in_it(stdout: str, stderr: str, words: str) -> None:
    assert last_words(done(run({}, create(stdout=stdout, stderr=stderr)))) == words


# -- succeeds, exits ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ending", "words"),
    [
        (Exited(1), "exited 1: no"),
        (Signalled("SIGKILL"), "was killed by SIGKILL: no"),
        (TimedOut(60), "did not end within 60 s: no"),
        (NotStarted("it is gone"), "was not started: it is gone: no"),
    ],
)
def test_a_command_that_did_anything_but_exit_zero_breaks_succeeds(ending: Ending, words: str) -> None:
    assert succeeds(run({}, create(ends=ending, stderr="no\n"))) == Broken((Said(1, words),))


def test_every_command_that_failed_is_shown() -> None:
    made = run({}, create(exits=1, stderr="first"), create(), create(exits=2, stderr="third"))
    assert succeeds(made) == Broken((Said(1, "exited 1: first"), Said(3, "exited 2: third")))


def test_of_commands_that_ran_together_each_must_succeed() -> None:
    made = run({}, together(create(), create(exits=1, stderr="busy")))
    assert succeeds(made) == Broken((Said(1, "exited 1: busy"),))


def test_another_tools_failure_does_not_break_succeeds() -> None:
    assert succeeds(run({}, by_another_tool(exits=1), create())) == Held()


@pytest.mark.parametrize("check", [succeeds, declines])
def test_without_a_command_of_the_tool_there_is_nothing_to_judge(check: Judge) -> None:
    made = run({}, by_another_tool(), plant({"a": file()}))
    assert check(made) == NO_COMMAND


def test_every_command_must_exit_with_the_number_asked_for() -> None:
    made = run({}, create(exits=2), create(exits=1, stderr="another"), create(stdout="made"))
    assert exits(made, 2) == Broken((Said(2, "exited 1: another"), Said(3, "exited 0: made")))


# -- declines ----------------------------------------------------------------------------------------------------------


def test_a_refusal_that_changes_nothing_and_says_why_declines() -> None:
    assert declines(run({"a": file()}, create(exits=2, stderr="error: no\n"))) == Held()


def test_a_success_does_not_decline() -> None:
    made = run({}, create(an_environment()))
    assert declines(made) == Broken(
        (Said(1, "it did not decline: exited 0"), Differs(1, "project/.venv", "absent", "directory"))
    )


@pytest.mark.parametrize("stderr", ["", " \n"])
def test_a_refusal_without_a_word_on_stderr_does_not_decline(stderr: str) -> None:
    made = run({}, create(exits=1, stdout="no\n", stderr=stderr))
    assert declines(made) == Broken((Said(1, "it declined without a word on stderr"),))


def test_on_a_terminal_a_refusal_may_use_the_one_stream_there_is() -> None:
    assert declines(run({}, create(exits=1, answers=("n",), stdout="aborted\n"))) == Held()


def test_on_a_terminal_too_a_refusal_says_why() -> None:
    made = run({}, create(exits=1, answers=("n",)))
    assert declines(made) == Broken((Said(1, "it declined without a word on stderr"),))


@pytest.mark.parametrize("ending", [Signalled("SIGABRT"), TimedOut(60), NotStarted("gone")])
def test_what_did_not_end_by_itself_did_not_decline(ending: Ending) -> None:
    made = run({}, create(ends=ending, stderr="no\n"))
    assert declines(made) == Broken((Said(1, f"it did not decline by itself: {ended(ending)}"),))


def test_a_refusal_that_left_something_does_not_decline() -> None:
    made = run({"notes": file()}, create({"notes": None, "tmp/left": file()}, exits=1, stderr="no\n"))
    assert declines(made) == Broken((Differs(1, "notes", "file", "absent"), Differs(1, "tmp/left", "absent", "file")))


def test_the_environments_own_python_declines_nothing() -> None:
    python, looks = (run({}, did(operation, exits=1, stderr="no")) for operation in ("python", "inspect"))
    assert not declined(python, python.moments[0])
    assert declined(looks, looks.moments[0])


def test_an_operation_of_several_commands_is_declined_by_the_last_that_ran() -> None:
    refused = create(exits=1, stderr="no")
    assert declines(run({}, followed(create(), refused))) == Held()
    assert isinstance(declines(run({}, followed(refused, create()))), Broken)


def test_a_refusal_may_leave_traces_in_the_tools_own_places_and_in_volatile_files() -> None:
    step = create({"home/.tool": file(), "project/a.pyc": file()}, exits=1, stderr="no\n")
    assert declines(run({}, step, own_places=("home/.tool",), volatile=("**/*.pyc",))) == Held()


# -- declined: whether a step was a refusal ----------------------------------------------------------------------------


def was_declined(made: Run) -> bool:
    return declined(made, made.moments[-1])


def test_a_silent_refusal_is_one_too() -> None:
    assert was_declined(run({}, create(exits=1)))


def test_a_refusal_that_changed_something_is_none() -> None:
    assert not was_declined(run({}, create({"a": file()}, exits=1)))


def test_a_command_that_succeeded_is_no_refusal() -> None:
    assert not was_declined(run({}, create()))


def test_a_crash_is_no_refusal() -> None:
    assert not was_declined(run({}, create(ends=Signalled("SIGSEGV"))))


def test_another_tools_refusal_is_not_the_subjects() -> None:
    assert not was_declined(run({}, by_another_tool(exits=1)))


def test_an_edit_is_no_refusal() -> None:
    assert not was_declined(run({}, plant({})))


def test_commands_that_ran_together_declined_only_where_all_did() -> None:
    assert was_declined(run({}, together(create(exits=1), create(exits=2))))
    assert not was_declined(run({}, together(create(exits=1), create())))


# -- says, never-says --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("pattern", ["made", r"(?m)^at \$root/env$", "made.*\n.*at"])
def test_one_command_that_says_it_is_enough(pattern: str) -> None:
    assert says(run({}, create(), create(stdout="made\n", stderr="at $root/env\n")), pattern) == Held()


def test_where_no_command_says_it_each_ones_last_words_are_shown() -> None:
    made = run({}, create(stderr="error: no\n"), create())
    assert says(made, "yes") == Broken(
        (Said(1, "it does not say so: error: no"), Said(2, "it does not say so: it said nothing"))
    )


def test_what_another_tool_says_does_not_count() -> None:
    assert says(run({}, by_another_tool(stdout="yes"), create()), "yes") == Broken(
        (Said(2, "it does not say so: it said nothing"),)
    )
    assert never_says(run({}, by_another_tool(stdout="no"), create()), "no") == Held()


def test_every_command_that_says_what_it_must_not_is_shown() -> None:
    made = run({}, create(stderr="Traceback (most recent)\n"), create(), create(stdout="a Traceback"))
    assert never_says(made, "Trace.*") == Broken(
        (Said(1, "it said: Traceback (most recent)"), Said(3, "it said: Traceback"))
    )


# -- prints-path -------------------------------------------------------------------------------------------------------

LINKED = {ENV: link("../store/env"), "store/env": directory()}


@pytest.mark.parametrize(
    "said",
    [
        "Creating virtual environment at: .venv\n",
        "Activate with: source .venv/bin/activate\n",
        "created in `.venv`.\n",
        "(.venv)",
    ],
)
def test_the_path_as_the_user_spelled_it_is_what_should_be_printed(said: str) -> None:
    assert prints_path(run(LINKED, create(stdout=said)), ".venv") == Held()


@pytest.mark.parametrize(
    ("said", "named"),
    [
        ("at: ../store/env\n", "../store/env"),
        ("at: $root/store/env\n", "$root/store/env"),
        ("source ../store/env/bin/activate\n", "../store/env"),
    ],
)
def test_the_path_that_it_resolves_to_breaks_prints_path(said: str, named: str) -> None:
    made = run(LINKED, create(stderr=f"done\n  {said}"))
    assert prints_path(made, ".venv") == Broken((Said(1, f"it named `{named}`: {said.strip()}"),))


def test_naming_both_paths_breaks_prints_path() -> None:
    made = run(LINKED, create(stdout=".venv\n../store/env\n"))
    assert prints_path(made, ".venv") == Broken((Said(1, "it named `../store/env`: ../store/env"),))


@pytest.mark.parametrize("said", ["", "done\n", "at my.venv\n", "at .venv-old\n", "at ../store/env2\n"])
def test_output_that_names_no_environment_is_not_judged(said: str) -> None:
    assert prints_path(run(LINKED, create(stdout=said)), ".venv") == Moot("the output names no environment")


def test_an_environment_that_is_where_it_is_spelled_has_no_other_name() -> None:
    made = run({}, create(an_environment(), stdout=".venv\n$root/project/.venv\n"))
    assert prints_path(made, ".venv") == Held()


@pytest.mark.parametrize("cwd", ["project/work", r"project\work", "X/X"])
def test_a_relative_path_is_seen_from_where_the_command_ran(cwd: str) -> None:
    there = cwd.replace("\\", "/")
    above = there.partition("/")[0]
    things = {f"{there}/.venv": link("../env"), f"{above}/env": directory()}
    made = run(things, create(at=f"{there}/.venv", cwd=cwd, stdout="at ../env\n"))
    assert prints_path(made, ".venv") == Broken((Said(1, "it named `../env`: at ../env"),))


@pytest.mark.parametrize("cwd", ["", "."])
def test_a_command_that_ran_in_the_root_itself_names_paths_from_there(cwd: str) -> None:
    step = did("create", at=ENV, cwd=cwd, stdout="at store/env\n")
    assert step.finished[0].command.cwd == f"{ROOT}/{cwd}"
    assert prints_path(run(LINKED, step), ENV) == Broken((Said(1, "it named `store/env`: at store/env"),))


# -- what the scenario itself disturbs ---------------------------------------------------------------------------------


@pytest.mark.parametrize("stop", [Interrupt("SIGKILL", 1), Fault("EIO", 1)])
def test_what_the_scenario_disturbs_is_not_asked_to_succeed(stop: Interrupt | Fault) -> None:
    disturbed = create(exits=1, stderr="no", stop=stop)
    assert succeeds(run({}, disturbed)) == Moot("the scenario itself disturbed every command")
    assert succeeds(run({}, disturbed, create())) == Held()
    assert succeeds(run({}, disturbed, create(exits=2, stderr="no"))) == Broken((Said(2, "exited 2: no"),))
    assert exits(run({}, disturbed), 1) == Held()
