"""Measurements laid out for reports: columns, cells, spans; and what is still of the suite as it is today."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from measured import LOST, broken, came_to, cell, measured, over, surveyed

from harness.published import DIGITS
from harness.reading.scenario import load_scenario
from harness.report.survey import Column, FamilyOf, columns, survey
from harness.result import Outcome

if TYPE_CHECKING:
    from harness.published import Measurement
    from harness.result import Record

# -- columns -----------------------------------------------------------------------------------------------------------


def laid_out(*measurements: Measurement) -> list[tuple[str, list[str]]]:
    """The title of each column with those of its builds."""
    return [(column.title, [build.title for build in column.builds]) for column in columns(list(measurements))]


def test_a_tool_is_a_column_of_its_builds_by_age() -> None:
    builds = (measured(name) for name in ("uv@0.10.0", "venv@3.9.1", "uv@main", "uv@0.9.30", "uv@0.9.7"))
    assert laid_out(*builds) == [
        ("uv", ["uv 0.9.7", "uv 0.9.30", "uv 0.10.0", "uv main"]),
        ("venv", ["venv 3.9.1"]),
    ]


def test_a_tool_on_several_machines_has_a_column_on_each() -> None:
    assert laid_out(measured("uv@1.0"), measured("uv@1.0", system="Darwin"), measured("pdm@2.0")) == [
        ("pdm", ["pdm 2.0"]),
        ("uv on linux-x86_64-ext4-py3.12", ["uv 1.0 on linux-x86_64-ext4-py3.12"]),
        ("uv on darwin-x86_64-ext4-py3.12", ["uv 1.0 on darwin-x86_64-ext4-py3.12"]),
    ]


def test_a_tool_with_two_pythons_has_a_column_with_each() -> None:
    builds = [measured("uv@1.0", python="3.9.1"), measured("uv@1.0"), measured("uv@2.0", python="3.9.2")]
    assert laid_out(*builds) == [
        ("uv on linux-x86_64-ext4-py3.9", [f"uv {one} on linux-x86_64-ext4-py3.9" for one in ("1.0", "2.0")]),
        ("uv on linux-x86_64-ext4-py3.12", ["uv 1.0 on linux-x86_64-ext4-py3.12"]),
    ]


def test_a_tool_that_is_the_interpreters_own_has_one_column_of_all_pythons() -> None:
    builds = [measured(f"venv@{version}", python=version) for version in ("3.10.4", "3.12.4", "3.9.1")]
    assert laid_out(*builds) == [("venv", ["venv 3.9.1", "venv 3.10.4", "venv 3.12.4"])]


def test_every_build_has_an_address_of_its_own() -> None:
    builds = [measured("uv@1.0"), measured("uv@1.0+b/../c", system="Darwin"), measured("uv@1.1", python="3.9.1")]
    assert [build.slug for column in columns(builds) for build in column.builds] == [
        "uv-1.0-on-linux-x86_64-ext4-py3.12",
        "uv-1.0-b-..-c-on-darwin-x86_64-ext4-py3.12",
        "uv-1.1-on-linux-x86_64-ext4-py3.9",
    ]


def test_what_could_not_be_had_is_carried_with_its_reason_and_makes_no_column_of_its_own() -> None:
    gone = measured("uv@0.0.1", not_measured="no such release", system="Darwin")
    (column,) = columns([gone, measured("uv@1.0")])
    assert (column.title, [build.version for build in column.builds], column.not_measured) == ("uv", ["1.0"], (gone,))


def test_a_tool_of_which_nothing_was_measured_is_a_column_without_a_build() -> None:
    gone = measured("hatch@newest", not_measured="there is no network")
    found = surveyed(gone, measured("uv@1.0"))
    assert found.columns[0] == Column("hatch", "hatch", "hatch", (), (gone,))
    assert (found.columns[0].newest, found.columns[0].cell("links/a")) == (None, None)
    assert [column.tool for column in found.measured] == ["uv"]
    assert [build.title for build in found.builds] == ["uv 1.0"]


# -- cells -------------------------------------------------------------------------------------------------------------


def test_a_build_has_a_cell_for_each_scenario_that_it_played() -> None:
    cases = {"links/a[x,y]": "holds", "links/a[x,z]": "weak", "links/b": "holds"}
    (column,) = columns([measured("uv@1.0", cases)])
    (build,) = column.builds
    assert {
        name: {variant: case["outcome"] for variant, case in one.cases.items()} for name, one in build.cells.items()
    } == {
        "links/a": {"x,y": "holds", "x,z": "weak"},
        "links/b": {"": "holds"},
    }


@pytest.mark.parametrize(
    ("words", "worst"),
    [
        (("holds", "holds"), "holds"),
        (("holds", "weak"), "weak"),
        (("weak", "declines"), "declines"),
        (("declines", "breaks"), "breaks"),
        (("breaks", "errs"), "errs"),
        (("unsupported", "holds"), "holds"),
        (("skipped", "breaks"), "breaks"),
        (("unsupported", "skipped"), "unsupported"),
        (("skipped",), "skipped"),
    ],
)
def test_a_cell_has_the_worst_word_of_those_that_are_results(words: tuple[str, ...], worst: str) -> None:
    assert cell(*words).outcome == worst


def told(*cases: Record) -> list[tuple[str, str]]:
    """The level and the check of each fault of a cell."""
    return [(one["level"], one["check"]) for one in cell(*cases).faults]


def found(check: str, said: str, level: str = "must") -> Record:
    return broken(check, {"said": said}, level=level)


def test_the_faults_of_a_cell_are_those_of_its_worst_cases() -> None:
    weak = came_to("weak", found("says", "1", "should"))
    broke = came_to("breaks", found("usable", "2"), found("exits", "3", "observe"), found("no-debris", "4", "should"))
    assert told(weak, broke) == [("must", "usable"), ("should", "no-debris")]


def test_a_must_is_told_before_a_should_and_what_is_lost_before_what_fails() -> None:
    findings = [
        found("links-survive", "1", "should"), found("succeeds", "2"), found("declines", "3"), found("usable", "4"),
        found("files-survive", "5"),
    ]  # fmt: skip
    assert told(came_to("breaks", *findings)) == [
        ("must", "files-survive"),
        ("must", "usable"),
        ("must", "declines"),
        ("must", "succeeds"),
        ("should", "links-survive"),
    ]


def test_of_what_several_checks_found_at_one_entry_the_most_telling_is_told_in_its_place() -> None:
    found_there = [broken("repeat-changes-nothing", LOST), found("usable", "no python"), broken("links-survive", LOST)]
    assert told(came_to("breaks", *found_there)) == [("must", "links-survive"), ("must", "usable")]


# -- over the versions -------------------------------------------------------------------------------------------------


def test_builds_in_a_row_that_came_to_the_same_are_a_span() -> None:
    spans = over("breaks", "breaks", "holds", "breaks", "breaks").spans("links/a")
    assert [(str(span.outcome), span.words) for span in spans] == [
        ("breaks", "1 to 2"), ("holds", "3"), ("breaks", "4 to 5")
    ]  # fmt: skip


def test_builds_without_a_result_end_no_span() -> None:
    spans = over("holds", "", "unsupported", "skipped", "holds").spans("links/a")
    assert [(span.outcome, len(span.builds), span.words) for span in spans] == [(Outcome.HOLDS, 2, "1 to 5")]


def test_a_scenario_that_none_played_has_no_span() -> None:
    assert over("", "unsupported").spans("links/a") == ()


# -- agreement ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "agreed"),
    [
        (("holds", "holds"), True),
        (("breaks", "breaks"), True),
        (("holds", "breaks"), False),
        (("holds",), True),
        (("breaks",), False),
        (("breaks", "unsupported"), False),
        (("unsupported", "skipped"), True),
        ((), True),
    ],
)
def test_tools_agree_where_their_newest_builds_came_to_the_same_and_one_alone_agrees_with_holding(
    words: tuple[str, ...], agreed: object
) -> None:
    old = [measured(f"tool{number}@1.0", {"links/a": "errs"}) for number, _ in enumerate(words)]
    new = [measured(f"tool{number}@2.0", {"links/a": word}) for number, word in enumerate(words)]
    assert surveyed(*old, *new).agreed("links/a") is agreed


# -- a suite -----------------------------------------------------------------------------------------------------------

SUITE = Path("/suite")


def add(name: str) -> str:
    """A scenario of the suite, and the start of its digest."""
    path = SUITE / f"{name}.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        "summary: One\nbecause: A test\ntree: {project: directory}\nsteps: [create]\nmust: [usable]\n", encoding="utf-8"
    )
    return load_scenario(path).digest()[:DIGITS]


@pytest.mark.usefixtures("fs")
def test_the_families_of_a_suite_are_asked_in_order_with_their_scenarios() -> None:
    for name in ("repeat/a", "links/b", "links/a"):
        add(name)
    (SUITE / "links" / "family.yaml").write_text("question: May it?\nwell: it may\nill: it may not\n", encoding="utf-8")
    found = survey([], SUITE)
    assert found.families == (
        FamilyOf("links", "May it?", "it may", "it may not", ("links/a", "links/b")),
        FamilyOf("repeat", "", "all is well", "not always well", ("repeat/a",)),
    )
    assert (list(found.scenarios), found.columns) == (["links/a", "links/b", "repeat/a"], ())


@pytest.mark.usefixtures("fs")
def test_a_scenario_that_means_something_else_by_now_counts_as_not_played() -> None:
    digests = {"links/a": add("links/a"), "links/b": "of another day"}
    add("links/b")
    one = measured("uv@1.0", {"links/a": "breaks", "links/b[x]": "breaks"}, scenarios=digests)
    (build,) = survey([one], SUITE).builds
    assert build.measurement == replace(
        one, scenarios={"links/a": digests["links/a"]}, cases={"links/a": came_to("breaks")}
    )


@pytest.mark.usefixtures("fs")
def test_a_scenario_that_is_gone_counts_as_not_played() -> None:
    digests = {"links/a": add("links/a"), "links/gone": "0123456789ab"}
    one = measured("uv@1.0", {"links/a": "holds", "links/gone": "breaks"}, scenarios=digests)
    (build,) = survey([one], SUITE).builds
    assert list(build.cells) == ["links/a"]


@pytest.mark.usefixtures("fs")
def test_a_scenario_with_another_name_is_found_under_that_of_today() -> None:
    digest = add("repeat/new")
    (SUITE / "renamed.yaml").write_text("links/old: repeat/new\n", encoding="utf-8")
    cases = {"links/old[x]": "breaks", "links/old[y]": "holds"}
    (build,) = survey([measured("uv@1.0", cases, scenarios={"links/old": digest})], SUITE).builds
    assert build.measurement == measured(
        "uv@1.0", {"repeat/new[x]": "breaks", "repeat/new[y]": "holds"}, scenarios={"repeat/new": digest}
    )


@pytest.mark.usefixtures("fs")
def test_a_scenario_renamed_and_changed_counts_as_not_played() -> None:
    add("repeat/new")
    (SUITE / "renamed.yaml").write_text("links/old: repeat/new\n", encoding="utf-8")
    one = measured("uv@1.0", {"links/old": "breaks"}, scenarios={"links/old": "of another day"})
    (build,) = survey([one], SUITE).builds
    assert (build.measurement.scenarios, build.measurement.cases) == ({}, {})


@pytest.mark.usefixtures("fs")
def test_what_is_still_of_the_suite_is_kept_as_it_is() -> None:
    one = measured("uv@1.0", {"links/a": "breaks"}, scenarios={"links/a": add("links/a")})
    add("links/b")
    (build,) = survey([one], SUITE).builds
    assert build.measurement is one
