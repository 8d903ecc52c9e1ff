"""The case's one word, by the table of outcomes, and the findings that it comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from made import (
    ENV,
    PYTHON,
    an_environment,
    by_another_tool,
    create,
    delete,
    directory,
    file,
    impossible,
    link,
    must,
    observe,
    plant,
    run,
    scenario,
    should,
    subject,
    together,
    variant,
)

from harness.case import CaseStep, Skipped, Unsupported
from harness.judge import judge, not_run
from harness.result import Finding, Outcome, Result
from harness.run import NotStarted, Signalled, TimedOut
from harness.scenario import Fault, Level
from harness.verdict import Broken, Differs, Held, Moot, Said

if TYPE_CHECKING:
    from harness.run import Ending, Run
    from harness.scenario import CheckRef

LEFT = {"tmp/left": file()}
NOTES = {"project/notes": file()}


def outcome(made: Run) -> tuple[Outcome, str]:
    result = judge(made)
    return result.outcome, result.reason


# -- errs --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ending", "reason"),
    [
        (TimedOut(60), "step 2 did not end within 60 s"),
        (Signalled("SIGSEGV"), "step 2 was killed by SIGSEGV"),
        (NotStarted("no such file: `$root/x`"), "step 2 was not started: no such file: `$root/x`"),
    ],
)
def test_a_case_errs_where_a_command_did_not_end_by_itself(ending: Ending, reason: str) -> None:
    assert outcome(run(NOTES, create(), create(ends=ending))) == (Outcome.ERRS, reason)


def test_a_case_errs_where_an_edit_could_not_be_made() -> None:
    made = run(NOTES, create(), impossible(delete("a"), "`a` cannot be deleted: no such file or directory"))
    reason = "step 2 was not started: `a` cannot be deleted: no such file or directory"
    assert outcome(made) == (Outcome.ERRS, reason)


def test_a_case_errs_where_one_of_several_commands_timed_out() -> None:
    made = run(NOTES, together(create(), create(ends=TimedOut(5))))
    assert outcome(made) == (Outcome.ERRS, "step 1 did not end within 5 s")


def test_a_case_errs_where_another_tools_step_fails() -> None:
    made = run(NOTES, by_another_tool(exits=1, stderr="error: no pip\n"), create())
    assert outcome(made) == (Outcome.ERRS, "step 1, which another tool does, exited 1: error: no pip")


def test_a_case_does_not_err_where_another_tools_step_succeeds() -> None:
    assert outcome(run(NOTES, by_another_tool(an_environment()), create())) == (Outcome.HOLDS, "")


def test_to_err_is_worse_than_to_break() -> None:
    made = run(NOTES, create(LEFT | {"project/notes": None}), create(ends=TimedOut(60)))
    assert outcome(made) == (Outcome.ERRS, "step 2 did not end within 60 s")


def test_a_case_in_which_every_check_is_moot_errs() -> None:
    made = run({}, plant(NOTES))
    assert outcome(made) == (Outcome.ERRS, "every check is moot: the scenario judges nothing")


def test_a_waived_check_leaves_nothing_that_is_judged() -> None:
    made = run({}, create(), waive=("nothing-outside",))
    assert outcome(made) == (Outcome.ERRS, "every check is moot: the scenario judges nothing")


# -- breaks ------------------------------------------------------------------------------------------------------------


def test_a_case_breaks_where_a_standing_must_is_broken() -> None:
    assert outcome(run(NOTES, create(LEFT))) == (Outcome.BREAKS, "")


def test_a_case_breaks_where_a_must_of_the_scenario_is_broken() -> None:
    assert outcome(run(NOTES, create(exits=1), checks=(must("succeeds"),))) == (Outcome.BREAKS, "")


def test_a_case_breaks_where_a_must_of_one_step_is_broken() -> None:
    made = run(NOTES, create(), create(exits=1, checks=(must("succeeds"),)))
    assert outcome(made) == (Outcome.BREAKS, "")


def test_to_break_is_worse_than_to_decline_and_to_be_weak() -> None:
    made = run({}, create(LEFT), create(exits=1, stderr="no\n"), checks=(should("succeeds"),))
    assert outcome(made) == (Outcome.BREAKS, "")


def test_a_success_where_a_refusal_is_a_must_breaks() -> None:
    assert outcome(run({}, create(an_environment()), checks=(must("declines"),))) == (Outcome.BREAKS, "")


# -- declines ----------------------------------------------------------------------------------------------------------


def test_a_command_that_the_scenario_has_fail_is_right_to_say_so() -> None:
    refused = create(exits=1, stderr="no space\n", stop=Fault("ENOSPC", 1))
    assert outcome(run(NOTES, create(an_environment()), refused)) == (Outcome.HOLDS, "")
    assert outcome(run(NOTES, refused, create(exits=2, stderr="no\n"))) == (Outcome.DECLINES, "step 2 exited 2: no")


def test_a_case_declines_where_a_command_refused_unasked() -> None:
    made = run(NOTES, create(an_environment()), create(exits=2, stderr="error: it exists\n"))
    assert outcome(made) == (Outcome.DECLINES, "step 2 exited 2: error: it exists")


def test_a_silent_refusal_declines_too() -> None:
    assert outcome(run(NOTES, create(exits=1))) == (Outcome.DECLINES, "step 1 exited 1: it said nothing")


def test_to_decline_goes_before_to_be_weak() -> None:
    made = run(NOTES, create(exits=1, stderr="no"), checks=(should("succeeds"),))
    assert outcome(made) == (Outcome.DECLINES, "step 1 exited 1: no")


def test_a_case_declines_whether_or_not_anything_else_was_judged() -> None:
    made = run(NOTES, create(exits=1, stderr="no"), checks=(must("usable"),))
    assert outcome(made) == (Outcome.DECLINES, "step 1 exited 1: no")


def test_a_failure_that_left_something_does_not_decline() -> None:
    assert outcome(run({}, create(an_environment(), exits=1))) == (Outcome.WEAK, "")


@pytest.mark.parametrize("asked", [must("declines"), should("declines"), must("exits", 2)])
def test_a_refusal_that_the_scenario_asks_for_holds(asked: CheckRef) -> None:
    refusal = create(exits=2, stderr="no\n")
    assert outcome(run(NOTES, refusal, checks=(asked,))) == (Outcome.HOLDS, "")


def test_a_refusal_that_the_scenario_asks_for_in_one_step_is_asked_for_in_no_other() -> None:
    first, second = create(exits=1, stderr="a\n", checks=(must("declines"),)), create(exits=1, stderr="b\n")
    assert outcome(run(NOTES, first)) == (Outcome.HOLDS, "")
    assert outcome(run(NOTES, first, second)) == (Outcome.DECLINES, "step 2 exited 1: b")


def test_a_scenario_that_only_observes_whether_a_tool_declines_does_not_ask_it_to() -> None:
    made = run(NOTES, create(exits=1, stderr="no\n"), checks=(observe("declines"),))
    assert outcome(made) == (Outcome.DECLINES, "step 1 exited 1: no")


def test_to_ask_for_words_or_for_what_stands_is_not_to_ask_for_a_refusal() -> None:
    asked = (should("says", "no"), must("present", {"project": "directory"}))
    assert outcome(run(NOTES, create(exits=1, stderr="no\n"), checks=asked)) == (
        Outcome.DECLINES,
        "step 1 exited 1: no",
    )


def test_to_ask_for_exit_status_zero_is_not_to_ask_for_a_refusal() -> None:
    made = run(NOTES, create(exits=1, stderr="no\n"), checks=(should("exits", 0),))
    assert outcome(made) == (Outcome.DECLINES, "step 1 exited 1: no")


# -- weak, holds -------------------------------------------------------------------------------------------------------


def test_a_case_is_weak_where_a_should_is_broken() -> None:
    made = run({}, create(an_environment(), stdout="done\n"), checks=(should("says", "made"),))
    assert outcome(made) == (Outcome.WEAK, "")


def test_a_case_is_weak_where_debris_is_left() -> None:
    assert outcome(run({}, create({ENV: directory()}, exits=1))) == (Outcome.WEAK, "")


def test_a_case_holds_where_all_hold() -> None:
    made = run(NOTES, create(an_environment(), faults=()), checks=(must("usable"), should("succeeds")))
    assert outcome(made) == (Outcome.HOLDS, "")


def test_a_case_holds_where_some_checks_are_moot() -> None:
    assert outcome(run({}, create())) == (Outcome.HOLDS, "")


def test_what_is_only_observed_never_counts() -> None:
    made = run({}, create(stdout="done"), checks=(observe("says", "made"), observe("absent", ("project",))))
    assert outcome(made) == (Outcome.HOLDS, "")


def test_a_waived_check_does_not_count() -> None:
    made = run(NOTES, create(LEFT), waive=("nothing-outside",))
    assert outcome(made) == (Outcome.HOLDS, "")


# -- findings ----------------------------------------------------------------------------------------------------------


def test_findings_are_the_standing_checks_then_the_cases_then_the_steps() -> None:
    made = run(
        {ENV: link("../store/env"), **NOTES},
        create(an_environment("store/env"), checks=(should("succeeds"),)),
        create({ENV: directory(), **LEFT}, exits=1, stderr="no\n", checks=(must("exits", 0), observe("usable"))),
        checks=(should("succeeds"), must("present", {ENV: "link"})),
    )
    lost = Differs(2, ENV, "link ../store/env", "directory")
    left = Differs(2, "tmp/left", "absent", "file")
    said = Said(2, "exited 1: no")
    assert judge(made).findings == (
        Finding("links-survive", Level.MUST, Broken((lost,)), 2),
        Finding("files-survive", Level.MUST, Held()),
        Finding("nothing-outside", Level.MUST, Broken((left,)), 2),
        Finding("no-debris", Level.SHOULD, Broken((lost, left)), 2),
        Finding("succeeds", Level.SHOULD, Broken((said,)), 2),
        Finding("present", Level.MUST, Broken((Differs(2, ENV, "link", "directory"),)), 2),
        Finding("succeeds", Level.SHOULD, Held(), 1),
        Finding("exits", Level.MUST, Broken((said,)), 2),
        Finding("usable", Level.OBSERVE, Moot("the last step was not reached"), 2),
    )


def test_a_check_of_a_step_that_was_not_reached_is_moot() -> None:
    unreached = CaseStep(2, create().action, (must("succeeds"),), probe=False)
    made = run(NOTES, create(ends=TimedOut(60)), unreached=(unreached,))
    assert judge(made).findings[-1] == Finding("succeeds", Level.MUST, Moot("the step was not reached"), 2)


def test_a_waived_check_is_not_found() -> None:
    found = judge(run(NOTES, create(), waive=("links-survive", "no-debris"))).findings
    assert [finding.check for finding in found] == ["files-survive", "nothing-outside"]


def test_a_check_without_an_argument_is_told_from_one_whose_argument_is_empty() -> None:
    made = run(NOTES, create(exits=0), checks=(must("exits", 0),))
    assert judge(made).findings[-1] == Finding("exits", Level.MUST, Held())


# -- results -----------------------------------------------------------------------------------------------------------


def test_a_result_names_the_case_and_keeps_what_was_seen() -> None:
    made = run(NOTES, create())
    assert judge(made) == Result(
        scenario="family/situation",
        variant="",
        subject="tool@1.2.3",
        python="3.12.4",
        digest=made.case.scenario.digest(),
        outcome=Outcome.HOLDS,
        findings=(
            Finding("links-survive", Level.MUST, Moot("the scenario plants no link")),
            Finding("files-survive", Level.MUST, Held()),
            Finding("nothing-outside", Level.MUST, Held()),
            Finding("no-debris", Level.SHOULD, Moot("no command failed")),
        ),
        observations=made.observations,
    )


@pytest.mark.parametrize(
    ("why", "expected"),
    [
        (Unsupported("tool 1.2.3 has no `sync`"), Outcome.UNSUPPORTED),
        (Skipped("needs fifo: there are none"), Outcome.SKIPPED),
    ],
)
def test_a_case_that_there_is_none_of_has_a_result_that_says_why(why: Unsupported | Skipped, expected: Outcome) -> None:
    chosen = variant(labels=("absolute", "file"))
    asked = scenario(chosen)
    assert not_run(asked, chosen, subject(), PYTHON, why) == Result(
        scenario="family/situation",
        variant="absolute,file",
        subject="tool@1.2.3",
        python="3.12.4",
        digest=asked.digest(),
        outcome=expected,
        reason=why.reason,
    )


def test_outcomes_stand_in_the_order_of_the_table_and_no_sign_means_two_things() -> None:
    assert {word.value: word.sign for word in Outcome} == {
        "errs": "!",
        "unsupported": "-",
        "skipped": ".",
        "breaks": "x",
        "declines": "o",
        "weak": "~",
        "holds": "+",
    }
    assert [word.value for word in Outcome] == ["errs", "unsupported", "skipped", "breaks", "declines", "weak", "holds"]
