"""From results to expectations: the shortest ones that explain them, and lists brought up to date."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_compare import line
from test_expect import entry

from harness.expect import TODO, Expectation, Ruling, rule
from harness.learn import Seen, learn, reasons, updated

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from harness.result import Record

TODAY = "2026-06-15"


def seen(*records: Record, **facts: str) -> list[Seen]:
    return [Seen(record, {"system": "Linux", "filesystem": "ext4", **facts}) for record in records]


def breaking(version: str = "1.0", case: str = "links/a", *checks: str, **more: Any) -> Record:
    return line(case, "breaks", *(checks or ("usable",)), subject=f"uv@{version}", **more)


def holding(version: str = "1.0", case: str = "links/a", **more: Any) -> Record:
    return line(case, subject=f"uv@{version}", **more)


def told(entries: Iterable[Expectation]) -> list[str]:
    """Entries in a few words: what they are about, and under which conditions."""
    return [
        " ".join((e.case, e.outcome, *e.checks, e.versions, *(f"{name}={value}" for name, value in e.when.items())))
        .replace("  ", " ")
        .strip()
        for e in entries
    ]


def rulings(entries: Sequence[Expectation], lines: Iterable[Seen]) -> set[Ruling]:
    return {rule(s.record, [e for e in entries if e.covers(s.record, s.facts)]).ruling for s in lines}


# -- learning ----------------------------------------------------------------------------------------------------------


def test_what_always_ends_alike_needs_no_condition() -> None:
    (found,) = learn(seen(breaking("1.0"), breaking("2.0"), breaking("1.0", python="3.13.0")))
    assert found == entry("links/a", "breaks", "usable", tool="uv", because=TODO)


def test_what_no_gate_minds_is_not_listed() -> None:
    assert learn(seen(holding(), line("links/b", "declines"), line("links/c", "skipped"))) == []


@pytest.mark.parametrize(
    ("versions", "expected"),
    [
        ({"0.7": True, "0.9": False}, ["<0.9"]),
        ({"0.7": False, "0.9": True}, [">=0.9"]),
        ({"0.7": False, "0.8": True, "0.9": False}, [">=0.8,<0.9"]),
        ({"0.7": True, "0.8": False, "0.9": True}, ["<0.8", ">=0.9"]),
        ({"0.9": True, "0.10": False}, ["<0.10"]),
        ({"1.0rc1": True, "1.0": False}, ["<=1.0rc1"]),
        ({"1.0": True, "nightly": False}, ["<=1.0"]),
        ({"1.0": False, "nightly": True}, [">1.0"]),
        ({"1.0+aa": True, "1.1+bb": False}, ["<1.1"]),
    ],
)
def test_versions_are_told_as_ranges(versions: dict[str, bool], expected: list[str]) -> None:
    lines = seen(*(breaking(version) if breaks else holding(version) for version, breaks in versions.items()))
    found = learn(lines)
    assert [e.versions for e in found] == expected
    assert rulings(found, lines) <= {Ruling.EXPECTED, Ruling.FREE}


def test_facts_are_told_where_versions_do_not_tell() -> None:
    lines = [*seen(breaking()), *seen(holding(), filesystem="apfs", system="Darwin")]
    assert told(learn(lines)) == ["links/a breaks usable system=Linux"]


def test_versions_and_facts_are_told_where_it_takes_both() -> None:
    lines = [*seen(breaking("1.0"), holding("2.0")), *seen(holding("1.0"), holding("2.0"), filesystem="apfs")]
    assert told(learn(lines)) == ["links/a breaks usable <2.0 filesystem=ext4"]


def test_a_python_is_told_by_its_series() -> None:
    lines = seen(breaking(python="3.11.7"), breaking(python="3.11.9"), holding(python="3.12.1"))
    assert told(learn(lines)) == ["links/a breaks usable python=3.11"]


def test_what_nothing_tells_apart_is_listed_without_a_condition() -> None:
    assert told(learn(seen(breaking("1.0"), holding("1.0+other")))) == ["links/a breaks usable"]


def test_different_ends_are_entries_of_their_own() -> None:
    weak = line("links/a", "weak", "should succeeds", "observe says", subject="uv@2.0")
    assert told(learn(seen(breaking("1.0", "links/a", "usable", "should says"), weak))) == [
        "links/a breaks usable <2.0",
        "links/a weak succeeds >=2.0",
    ]


def test_one_entry_says_what_is_so_of_all_variants() -> None:
    both = [breaking(variant="one"), breaking(variant="two")]
    assert told(learn(seen(*both))) == ["links/a breaks usable"]
    assert told(learn(seen(*both, holding(variant="three")))) == [
        "links/a[one] breaks usable",
        "links/a[two] breaks usable",
    ]
    known = ["links/a[one]", "links/a[two]", "links/a[never-played]"]
    assert len(learn(seen(*both), cases={"links/a": known}.__getitem__)) == 2


def test_tools_are_entries_of_their_own() -> None:
    found = learn(seen(breaking(), line("links/a", "breaks", "usable", subject="venv@3.12.1")))
    assert [(e.case, e.tool) for e in found] == [("links/a", "uv"), ("links/a", "venv")]


def test_a_reason_is_taken_from_what_was_known_of_the_scenario_or_its_family() -> None:
    known = reasons([entry("links/a[x]", "weak", "usable"), entry("repeat/*", because="All of them")])
    lines = seen(breaking(variant="y"), line("repeat/b", "errs"), line("links/c", "errs"), breaking("1.0", "links/b"))
    assert [(e.case, e.because) for e in learn(lines, known)] == [
        ("links/a", "https://example.org/1"), ("links/b", TODO), ("links/c", TODO), ("repeat/b", "All of them"),
    ]  # fmt: skip


ENDS = st.sampled_from([("holds",), ("breaks", "usable"), ("breaks", "usable", "says"), ("weak", "should says")])
MACHINES = st.sampled_from([("Linux", "ext4"), ("Linux", "xfs"), ("Darwin", "apfs")])
KEYS = st.tuples(
    st.sampled_from(["one", "two"]), st.sampled_from(["0.9", "0.10", "1.0rc1", "1.0", "1.0.post1", "nightly"]),
    st.sampled_from(["3.11.7", "3.12.1"]), MACHINES,
)  # fmt: skip


def lines_of(ends: dict[tuple[str, str, str, tuple[str, str]], tuple[str, ...]]) -> list[Seen]:
    """A line for each combination of variant, version, Python and machine, ending as given."""
    return [
        Seen(
            line("links/a", *end, variant=variant, subject=f"uv@{version}", python=python),
            {"system": machine[0], "filesystem": machine[1]},
        )
        for (variant, version, python, machine), end in ends.items()
    ]


@given(st.dictionaries(KEYS, ENDS, max_size=12))
def test_what_was_learned_explains_every_line(
    ends: dict[tuple[str, str, str, tuple[str, str]], tuple[str, ...]],
) -> None:
    lines = lines_of(ends)
    assert rulings(learn(lines), lines) <= {Ruling.EXPECTED, Ruling.FREE}


# -- bringing a list up to date ----------------------------------------------------------------------------------------

CASES = {"links/*": ["links/a[one]", "links/a[two]", "links/b"], "links/a": ["links/a[one]", "links/a[two]"]}


def up_to_date(
    entries: Sequence[Expectation], *records: Record, cases: dict[str, list[str]] | None = None
) -> list[Expectation]:
    return updated(entries, seen(*records), TODAY, lambda name: (cases or {}).get(name, []))


def test_a_list_that_is_right_stays_as_it_is() -> None:
    entries = [entry("links/*", "weak"), entry("links/a", "breaks", "usable"), entry("repeat/x", "errs")]
    assert up_to_date(entries, breaking(), line("links/b", "weak", "should says", subject="uv@1.0")) == entries


def test_what_is_stale_is_removed_and_what_is_missing_added() -> None:
    found = up_to_date([entry("links/a", "breaks", "usable")], holding(), breaking("1.0", "links/b"))
    assert found == [entry("links/b", "breaks", "usable", tool="uv", because=TODO)]


def test_an_entry_is_narrowed_to_the_versions_for_which_it_is_right() -> None:
    (found,) = up_to_date([entry("links/a", "breaks", "usable", versions=">=0.5")], breaking("1.0"), holding("2.0"))
    assert found == entry("links/a", "breaks", "usable", versions=">=0.5,<2.0")


def test_a_bound_that_a_tighter_one_makes_needless_is_left_out() -> None:
    entries = [entry("links/a", "breaks", "usable", versions=">=0.5,<3,!=0.6")]
    (found,) = up_to_date(entries, holding("0.7"), breaking("1.0"), holding("2.0"))
    assert found.versions == ">=1.0,!=0.6,<2.0"


def test_an_entry_keeps_its_conditions_when_narrowed() -> None:
    (found,) = up_to_date(
        [entry("links/a", "breaks", "usable", when={"filesystem": "ext4"})],
        breaking(python="3.11.1"), holding(python="3.12.1"),
    )  # fmt: skip
    assert found.when == {"filesystem": "ext4", "python": "3.11"}


def test_an_entry_is_narrowed_to_the_variants_for_which_it_is_right() -> None:
    found = up_to_date([entry("links/a", "declines")], line(outcome="declines", variant="one"), line(variant="two"))
    assert told(found) == ["links/a[one] declines"]


def test_what_was_not_played_is_left_as_it_was_known() -> None:
    found = up_to_date([entry("links/*", "breaks")], holding(variant="one"), cases=CASES)
    assert told(found) == ["links/a[two] breaks", "links/b breaks"]
    found = up_to_date([entry("links/*", "breaks")], holding("1.0", "links/b"), cases=CASES)
    assert told(found) == ["links/a breaks"]
    assert {e.because for e in found} == {"https://example.org/1"}


def test_a_check_that_is_broken_in_addition_is_added_alone() -> None:
    entries = [entry("links/a", "breaks", "usable")]
    found = up_to_date(entries, breaking("1.0", "links/a", "usable", "unchanged"))
    assert told(found) == ["links/a breaks usable", "links/a breaks unchanged"]
    assert [e.because for e in found] == ["https://example.org/1", TODO]


def test_a_check_that_is_not_broken_any_more_goes_and_the_reason_stays() -> None:
    (found,) = up_to_date([entry("links/a", "breaks", "usable", "unchanged")], breaking())
    assert (found.checks, found.because) == (("usable",), "https://example.org/1")


def test_what_became_worse_is_listed_as_it_is_now() -> None:
    (found,) = up_to_date([entry("links/a", "weak", "usable")], breaking())
    assert (told([found]), found.because) == (["links/a breaks usable"], "https://example.org/1")


def test_what_was_expected_until_a_day_gone_by_is_not_prolonged() -> None:
    (found,) = up_to_date([entry("links/a", "breaks", "usable", until="2026-06-14")], breaking())
    assert (found.until, found.because) == ("", "https://example.org/1")
    over = [entry("links/a", "breaks", until="2026-06-14")]
    assert up_to_date(over, holding("1.0", "links/b")) == over


def test_what_is_known_to_be_unsteady_stays_whatever_it_comes_to() -> None:
    entries = [entry("links/a", "errs", until="2026-06-15")]
    assert up_to_date(entries, holding()) == up_to_date(entries, breaking()) == entries


def test_what_is_not_measured_changes_nothing() -> None:
    entries = [entry("links/a", "breaks", "usable")]
    assert up_to_date(entries, line(outcome="skipped"), line("links/b", "unsupported")) == entries


def all_cases(name: str) -> list[str]:
    return CASES.get(name, [name])


ENTRIES = st.builds(
    entry,
    st.sampled_from(["links/*", "links/a", "links/a[one]"]),
    st.sampled_from(["breaks", "weak", "declines"]),
    st.sampled_from(["usable", "says"]),
    versions=st.sampled_from(["", "<1.0", ">=0.10,<2", "!=1.0"]),
    when=st.sampled_from([{}, {"system": "Linux"}, {"python": "3.12"}]),
    until=st.sampled_from(["", "2026-01-01", "2027-01-01"]),
)


@given(st.lists(ENTRIES, max_size=4), st.dictionaries(KEYS, ENDS, max_size=8))
def test_a_list_brought_up_to_date_explains_every_line_and_stays(
    entries: list[Expectation], ends: dict[tuple[str, str, str, tuple[str, str]], tuple[str, ...]]
) -> None:
    lines = lines_of(ends)
    found = updated(entries, lines, TODAY, all_cases)
    standing = [e for e in found if not e.is_over(TODAY)]
    assert rulings(standing, lines) <= {Ruling.EXPECTED, Ruling.FREE}
    assert updated(found, lines, TODAY, all_cases) == found
