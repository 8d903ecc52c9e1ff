"""What builds were seen to do, ready to be shown: who did it, what broke, the commands, the tree, the script."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import made
import pytest
from measured import ENV, LOST, broken, came_to, did, measured, surveyed

from harness.checks import KNOWN
from harness.report.site.behaviours import behaviours
from harness.report.site.seen import Done, Fault, Sight, sight
from harness.report.site.trees import Entry, Looks, Spot, Stay
from harness.result import Outcome
from harness.tree import Link

if TYPE_CHECKING:
    from harness.result import Record

SCENARIO = replace(made.scenario(made.variant(planted={ENV: Link("../store/env")})), id="links/a")


def seen(*builds: tuple[str, Record]) -> list[Sight]:
    """What builds did in a scenario that plants a link."""
    survey = surveyed(*(measured(name, {"links/a": case}) for name, case in builds))
    return [sight(SCENARIO, one) for one in behaviours(survey, "links/a")]


def test_a_fault_is_shown_with_its_evidence_the_command_and_the_tree() -> None:
    command = {**did("create", LOST, output="made\x1b[31m red\n\n"), "run": ["uv", "venv", "a b", "$root/x", "$(x)"]}
    finding = {**broken("links-survive", LOST), "more": 3}
    (found,) = seen(("uv@1.0", came_to("breaks", finding, steps=(command,), reason="not shown")))
    assert replace(found, script="") == Sight(
        number=1,
        outcome=Outcome.BREAKS,
        message="the link becomes a directory",
        who="uv 1.0",
        reason="",
        faults=(
            Fault("must", "links-survive", KNOWN["links-survive"].statement, 1,
                  (f"{ENV}: link ../store/env -> directory",), 3),
        ),
        steps=(Done(1, "create", "uv venv 'a b' $root/x '$(x)'", "exited 0", "made red"),),
        looks=Looks(
            ("before", "after step 1"),
            (
                Entry("project", "project", 0, (Stay(Spot("directory"), 2),)),
                Entry(ENV, ".venv", 1, (Stay(Spot("link ../store/env"), 1), Stay(Spot("directory", "~"), 1))),
            ),
        ),
        script="",
    )  # fmt: skip
    assert found.script.startswith("#!/bin/sh\n")


@pytest.mark.parametrize("wanted", [True, False])
def test_the_script_is_written_where_it_is_wanted(wanted: bool) -> None:  # noqa: FBT001 -- pytest's
    builds = surveyed(measured("uv@1.0", {"links/a": came_to("declines", steps=(did(),))}))
    (one,) = behaviours(builds, "links/a")
    found = sight(SCENARIO, one, reproduced=wanted)
    assert (bool(found.script), found.faults, found.looks is None) == (wanted, (), False)


def test_of_a_tool_that_only_the_reader_has_no_tree_and_no_script_is_shown() -> None:
    (found,) = seen(("mine@1.0", came_to("breaks", steps=(did(),))))
    assert (found.looks, found.script, found.who) == (None, "", "mine 1.0")


def test_a_check_that_is_not_known_any_more_has_no_statement() -> None:
    (found,) = seen(("mine@1.0", came_to("breaks", broken("of-old"))))
    assert found.faults == (Fault("must", "of-old", "", 1, ("so",), 0),)


def test_why_there_is_no_verdict_is_shown_as_it_may_be_printed() -> None:
    (found,) = seen(("uv@1.0", came_to("errs", reason="step 1 was \x1b[1mkilled\x07")))
    assert found.reason == "step 1 was killed "


@pytest.mark.parametrize(
    ("step", "ending"),
    [
        ({**did(), "ending": {"timed_out": 60.0}}, "timed out 60.0"),
        ({**did(), "ending": {"not_started": "no such file"}}, "not started no such file"),
        ({**did(), "ending": {"interrupted": "SIGKILL"}}, "interrupted SIGKILL"),
        ({"step": 1, "operation": "delete a", "changes": []}, ""),
    ],
)
def test_how_a_step_ended_is_shown_in_words(step: Record, ending: str) -> None:
    (found,) = seen(("uv@1.0", came_to("weak", steps=(step,))))
    assert [done.ending for done in found.steps] == [ending]


def test_who_did_the_same_is_told_by_tool_with_the_first_and_the_last() -> None:
    names = ("uv@0.7.13", "uv@0.8.0", "uv@0.9.30", "venv@3.12.4")
    (found,) = seen(*((name, came_to("breaks", steps=(did(),))) for name in names))
    assert found.who == "uv 0.7.13 to 0.9.30 (3 builds), venv 3.12.4"
