"""What changed between two sets of case lines, and what matters most of it."""

from __future__ import annotations

from typing import Any

import pytest

from harness.compare import Turn, between, differences, now_called, turn
from harness.result import Outcome


def line(
    case: str = "links/a",
    outcome: str = "holds",
    *broken: str,
    subject: str = "uv@1.0",
    python: str = "3.12.1",
    **more: Any,
) -> dict[str, Any]:
    """A case line in which these checks are broken, each `must` unless it says otherwise."""
    levelled = [check.split() if " " in check else ["must", check] for check in broken]
    findings = [
        {"check": check, "level": level, "step": 1, "verdict": "broken", "evidence": [{"said": "so"}]}
        for level, check in levelled
    ]
    return {
        "kind": "case", "scenario": case, "variant": "", "subject": subject, "python": python, "digest": "",
        "outcome": outcome, "reason": "", "findings": findings, "steps": [], **more,
    }  # fmt: skip


def turns(old: list[dict[str, Any]], new: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(str(difference.turn), difference.case) for difference in differences(old, new)]


# -- one case ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("worse", "better"),
    [("errs", "breaks"), ("breaks", "declines"), ("declines", "weak"), ("weak", "holds"), ("breaks", "holds")],
)
def test_a_case_turns_as_the_order_of_outcomes_has_it(worse: str, better: str) -> None:
    assert turn(line(outcome=better), line(outcome=worse)) is Turn.WORSE
    assert turn(line(outcome=worse), line(outcome=better)) is Turn.BETTER


@pytest.mark.parametrize("outcome", Outcome)
def test_a_case_that_ends_as_before_did_not_turn(outcome: str) -> None:
    assert turn(line(outcome=outcome), line(outcome=outcome)) is None


@pytest.mark.parametrize(
    ("was", "now", "expected"),
    [
        (["usable"], ["usable"], None),
        (["usable"], ["usable", "unchanged"], Turn.WORSE),
        (["usable", "unchanged"], ["usable"], Turn.BETTER),
        (["usable"], ["unchanged"], Turn.OTHERWISE),
        (["must usable"], ["should usable"], Turn.OTHERWISE),
        (["observe usable"], ["observe unchanged"], None),
    ],
)
def test_of_cases_that_end_alike_the_broken_checks_tell(was: list[str], now: list[str], expected: Turn | None) -> None:
    assert turn(line("links/a", "breaks", *was), line("links/a", "breaks", *now)) is expected


@pytest.mark.parametrize("none", ["skipped", "unsupported"])
def test_what_is_not_measured_is_neither_better_nor_worse(none: str) -> None:
    assert turn(line(outcome="breaks"), line(outcome=none)) is Turn.GONE
    assert turn(line(outcome=none), line(outcome="breaks")) is Turn.NEW
    assert turn(line(outcome="skipped"), line(outcome="unsupported")) is None


# -- many cases --------------------------------------------------------------------------------------------------------


def test_a_case_without_a_counterpart_is_new_or_gone() -> None:
    assert turns([line("links/a"), line("links/b")], [line("links/b"), line("links/c")]) == [
        ("new", "links/c"),
        ("gone", "links/a"),
    ]
    assert turns([line("links/a", "unsupported")], [line("links/b", "skipped")]) == []


def test_a_scenario_that_was_renamed_is_still_the_same() -> None:
    old = list(now_called([line("links/old"), line("links/b")], {"links/old": "links/a"}))
    assert turns(old, [line("links/a", "breaks", "usable"), line("links/b")]) == [("worse", "links/a")]


def test_variants_are_cases_of_their_own() -> None:
    old = [line(variant="one"), line(variant="two")]
    assert turns(old, [line(variant="one"), line("links/a", "breaks", "usable", variant="two")]) == [
        ("worse", "links/a[two]")
    ]


def test_another_version_of_a_tool_is_held_against_the_one_there_was() -> None:
    assert turns([line(subject="uv@1.0")], [line("links/a", "weak", subject="uv@2.0")]) == [("worse", "links/a")]


def test_of_several_versions_each_is_held_against_itself() -> None:
    old = [line(subject="uv@1.0"), line("links/a", "weak", subject="uv@2.0")]
    assert turns(old, list(reversed(old))) == []


def test_of_several_pythons_the_same_one_is_meant() -> None:
    old = [line(python="3.11.1"), line("links/a", "weak", python="3.12.1")]
    new = [line("links/a", "weak", python="3.12.1", subject="uv@2.0"), line(python="3.11.1", subject="uv@2.0")]
    assert turns(old, new) == []


def test_another_python_is_held_against_the_only_one_there_was() -> None:
    assert turns([line(python="3.11.1")], [line("links/a", "weak", python="3.12.1")]) == [("worse", "links/a")]


def test_another_tool_is_new_and_the_old_one_gone() -> None:
    assert turns([line(subject="uv@1.0")], [line(subject="venv@3.12")]) == [("new", "links/a"), ("gone", "links/a")]


def test_where_two_would_fit_none_is_chosen() -> None:
    old = [line(subject="uv@1.0"), line(subject="uv@2.0")]
    assert [turn for turn, _ in turns(old, [line(subject="uv@3.0")])] == ["new", "gone", "gone"]


def test_what_matters_most_comes_first() -> None:
    old = [line(f"links/{name}") for name in "abcde"] + [line("links/f", "declines"), line("links/g", "breaks")]
    new = [
        line("links/a", "weak", "should no-debris"),
        line("links/b", "breaks", "usable", steps=[{}]),
        line("links/c", "breaks", "links-survive", steps=[{}, {}]),
        line("links/d", "breaks", "links-survive", steps=[{}]),
        line("links/f", "breaks", "links-survive"),
        line("links/g"),
    ]
    assert [case for _, case in turns(old, new)] == [
        "links/d", "links/c", "links/b", "links/f", "links/a", "links/g", "links/e",
    ]  # fmt: skip


def test_two_tools_of_one_file_are_held_against_each_other() -> None:
    records = [line(subject="uv@1.0"), line("links/a", "breaks", "usable", subject="venv@3.12.1"), line(subject="x@1")]
    (found,) = between(records, "uv", "venv@3.12.1")
    assert (found.turn, found.case) == (Turn.WORSE, "links/a")
    assert [found.turn for found in between(records, "venv", "uv")] == [Turn.BETTER]
