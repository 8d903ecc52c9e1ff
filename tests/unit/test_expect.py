"""What a gate makes of a case line, by what is expected of it, or by what it was before."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from test_compare import line

from harness.compare import unsteady
from harness.expect import EXPECTABLE, Expectation, Ruling, rule, rule_against, within
from harness.result import Outcome

if TYPE_CHECKING:
    from harness.result import Record

WHY = "https://example.org/1"


def entry(case: str = "links/a", outcome: str = "breaks", *checks: str, **more: Any) -> Expectation:
    return Expectation(**{"case": case, "outcome": Outcome(outcome), "because": WHY, "checks": checks, **more})


def ruled(record: Record, *entries: Expectation) -> tuple[str, str]:
    found = rule(record, entries)
    return found.ruling, found.why


BREAKS = line("links/a", "breaks", "usable")
WEAK = line("links/a", "weak", "should succeeds")
DECLINES = line("links/a", "declines", "should succeeds")

# -- what is expected --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        (BREAKS, entry("links/a", "breaks", "usable")),
        (BREAKS, entry("links/a", "breaks")),
        (WEAK, entry("links/a", "weak", "succeeds")),
        (DECLINES, entry("links/a", "declines", "succeeds")),
        (DECLINES, entry("links/a", "declines")),
        (line(outcome="errs"), entry("links/a", "errs")),
    ],
)
def test_what_is_as_listed_is_as_expected(record: Record, expected: Expectation) -> None:
    assert ruled(record, expected) == (Ruling.EXPECTED, WHY)
    assert rule(record, [expected]).entries == (expected,)


@pytest.mark.parametrize(
    ("record", "why"),
    [
        (BREAKS, "it breaks, and no expectation says so"),
        (WEAK, "it is weak, and no expectation says so"),
        (line(outcome="errs"), "it errs, and no expectation says so"),
    ],
)
def test_what_is_wrong_and_not_listed_is_a_regression(record: Record, why: str) -> None:
    assert ruled(record) == (Ruling.REGRESSION, why)


@pytest.mark.parametrize("outcome", ["holds", "declines"])
def test_what_is_fine_need_not_be_listed(outcome: str) -> None:
    assert ruled(line(outcome=outcome)) == (Ruling.FREE, "")


@pytest.mark.parametrize("outcome", ["skipped", "unsupported"])
@pytest.mark.parametrize("expected", EXPECTABLE)
def test_what_is_not_measured_is_neither_as_listed_nor_otherwise(outcome: str, expected: str) -> None:
    assert ruled(line(outcome=outcome), entry("links/a", expected)) == (Ruling.FREE, "")


@pytest.mark.parametrize(
    ("record", "expected", "why"),
    [
        (line(), "breaks", "it holds, where `breaks` is expected"),
        (WEAK, "breaks", "it is weak, where `breaks` is expected"),
        (DECLINES, "breaks", "it declines, where `breaks` is expected"),
        (line(), "declines", "it holds, where `declines` is expected"),
        (BREAKS, "errs", "it breaks, where `errs` is expected"),
    ],
)
def test_what_is_better_than_listed_is_stale(record: Record, expected: str, why: str) -> None:
    assert ruled(record, entry("links/a", expected)) == (Ruling.STALE, why)


@pytest.mark.parametrize(
    ("record", "expected", "why"),
    [
        (BREAKS, "weak", "it breaks, where `weak` is expected"),
        (DECLINES, "weak", "it declines, where `weak` is expected"),
        (line(outcome="errs"), "breaks", "it errs, where `breaks` is expected"),
    ],
)
def test_what_is_worse_than_listed_is_a_regression(record: Record, expected: str, why: str) -> None:
    assert ruled(record, entry("links/a", expected)) == (Ruling.REGRESSION, why)


def test_another_check_than_the_listed_one_is_a_regression() -> None:
    why = "`unchanged` is broken, too, and no expectation says so"
    worse = line("links/a", "breaks", "usable", "unchanged")
    assert ruled(worse, entry("links/a", "breaks", "usable")) == (Ruling.REGRESSION, why)
    other = line("links/a", "breaks", "unchanged")
    assert ruled(other, entry("links/a", "breaks", "usable")) == (Ruling.REGRESSION, why)


def test_a_milder_check_that_breaks_beside_the_listed_one_is_no_matter() -> None:
    record = line("links/a", "breaks", "usable", "should succeeds", "observe unchanged")
    assert ruled(record, entry("links/a", "breaks", "usable")) == (Ruling.EXPECTED, WHY)


@pytest.mark.parametrize("record", [line(outcome="holds"), DECLINES, line("links/a", "breaks", "usable")])
def test_what_was_tried_at_some_of_its_calls_may_be_better_than_listed(record: Record) -> None:
    listed = entry("links/a", "breaks", "usable", "recovers")
    some = {**record, "swept": {"of": 37, "played": 4, "alike": 4, "missed": 0}}
    every = {**record, "swept": {"of": 37, "played": 37, "alike": 37, "missed": 0}}
    assert rule(some, [listed]).ruling is Ruling.EXPECTED
    assert rule(every, [listed]).ruling is Ruling.STALE


def test_what_was_tried_at_some_of_its_calls_is_not_to_be_worse() -> None:
    record = {**BREAKS, "swept": {"of": 37, "played": 4, "alike": 4, "missed": 0}}
    assert rule(record, [entry("links/a", "weak", "usable")]).ruling is Ruling.REGRESSION


def test_a_listed_check_that_is_not_broken_any_more_is_stale() -> None:
    why = "`unchanged` is expected to be broken, and is not"
    assert ruled(BREAKS, entry("links/a", "breaks", "usable", "unchanged")) == (Ruling.STALE, why)


def test_entries_about_one_case_add_up() -> None:
    record = line("links/a", "breaks", "usable", "unchanged")
    entries = entry("links/a", "breaks", "usable"), entry("links/a", "breaks", "unchanged", because="Another reason")
    assert ruled(record, *entries) == (Ruling.EXPECTED, f"{WHY}; Another reason")


def test_of_entries_that_differ_the_worst_is_expected() -> None:
    entries = entry("links/*", "weak"), entry("links/a", "breaks")
    assert [ruled(record, *entries)[0] for record in (BREAKS, WEAK)] == [Ruling.EXPECTED, Ruling.STALE]


@pytest.mark.parametrize("outcome", ["errs", "breaks", "weak", "holds"])
def test_what_is_known_to_be_unsteady_may_end_in_any_way(outcome: str) -> None:
    assert ruled(line(outcome=outcome), entry("links/a", "errs", until="2026-12-31")) == (Ruling.EXPECTED, WHY)


# -- what an entry is about --------------------------------------------------------------------------------------------

FACTS = {"system": "Linux", "filesystem": "ext4"}


@pytest.mark.parametrize(
    ("expected", "covers"),
    [
        (entry(), True),
        (entry("links/a[one]"), True),
        (entry("links/*"), True),
        (entry("links/a[two]"), False),
        (entry("links/ab"), False),
        (entry("link/*"), False),
        (entry(tool="uv"), True),
        (entry(tool="venv"), False),
        (entry(versions="<0.9"), True),
        (entry(versions=">=0.7.13,<0.7.14"), True),
        (entry(versions=">0.7.13"), False),
        (entry(when={"filesystem": "ext4"}), True),
        (entry(when={"filesystem": "ext4", "system": "Darwin"}), False),
        (entry(when={"umask": "0022"}), False),
        (entry(when={"python": "3.12"}), True),
        (entry(when={"python": "3"}), True),
        (entry(when={"python": "3.12.1"}), True),
        (entry(when={"python": ">=3.13"}), False),
    ],
)
def test_an_entry_is_about_the_lines_that_meet_all_it_says(expected: Expectation, covers: bool) -> None:  # noqa: FBT001
    assert expected.covers(line(variant="one", subject="uv@0.7.13"), FACTS) is covers


@pytest.mark.parametrize(
    ("versions", "version", "holds"),
    [
        ("", "anything", True),
        ("<2", "2.0rc1", False),
        (">=1", "2.0rc1", True),
        ("<=1.0", "1.0+0123abcd", True),
        ("1.2", "1.2.7", True),
        ("1.2", "1.20", False),
        (">=1", "nightly", True),
        (">1,<2", "nightly", False),
        ("1.2", "nightly", False),
        ("!=1.2", "nightly", True),
    ],
)
def test_a_range_holds_versions_and_what_is_none_counts_as_the_newest(versions: str, version: str, holds: bool) -> None:  # noqa: FBT001
    assert within(versions, version) is holds


def test_an_entry_is_over_once_its_last_day_has_gone_by() -> None:
    until = entry(until="2026-12-31")
    assert [until.is_over(day) for day in ("2026-12-30", "2026-12-31", "2027-01-01")] == [False, False, True]
    assert not replace(until, until="").is_over("2027-01-01")


# -- an earlier run ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "ruling", "why"),
    [
        (line(), BREAKS, Ruling.REGRESSION, "it breaks, and it was `holds` before"),
        (line(), WEAK, Ruling.REGRESSION, "it is weak, and it was `holds` before"),
        (BREAKS, BREAKS, Ruling.EXPECTED, "as before: it was `breaks`"),
        (BREAKS, line(), Ruling.EXPECTED, "better: it was `breaks`"),
        (BREAKS, line("links/a", "breaks", "unchanged"), Ruling.EXPECTED, "wrong in another way: it was `breaks`"),
        (None, BREAKS, Ruling.EXPECTED, "the earlier results have no such case"),
        (line(outcome="skipped"), BREAKS, Ruling.EXPECTED, "new: it was `skipped`"),
    ],
)
def test_against_an_earlier_run_only_what_got_worse_fails(
    old: Record | None, new: Record, ruling: Ruling, why: str
) -> None:
    found = rule_against(new, old)
    assert (found.ruling, found.why) == (ruling, why)


# -- the same case, several times --------------------------------------------------------------------------------------


def at(*points: list[int]) -> Record:
    """A case that was swept, and is broken at these ranges of calls."""
    return {**BREAKS, "findings": [{**finding, "points": [*points]} for finding in BREAKS["findings"]]}


def test_a_case_that_always_ends_alike_is_steady() -> None:
    assert unsteady([BREAKS, line("links/a", "breaks", "usable", seconds=1)]) == ""
    assert unsteady([at([1, 1], [3, 5]), at([1, 1], [3, 5])]) == ""


@pytest.mark.parametrize(
    ("plays", "told"),
    [
        ([line(), BREAKS, line()], "1 of 3 times breaks usable, 2 of 3 times holds"),
        (
            [BREAKS, line("links/a", "breaks", "a", "usable")],
            "1 of 2 times breaks a usable, 1 of 2 times breaks usable",
        ),
        (
            [at([1, 1], [3, 5]), at([1, 1], [3, 4]), at([1, 1], [3, 5])],
            "1 of 3 times breaks usable at 1,3-4, 2 of 3 times breaks usable at 1,3-5",
        ),
    ],
)
def test_a_case_that_disagrees_with_itself_is_told_with_all_its_ends(plays: list[Record], told: str) -> None:
    assert unsteady(plays) == told
