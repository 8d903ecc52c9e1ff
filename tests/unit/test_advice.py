"""What the tools at hand do to a layout: the measured build that answers, what it does, and since when it does not."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from measured import LOST, broken, came_to, did, measured, surveyed

from harness.layout import Arrival, Kind, Layout
from harness.report.advice import Advice, Described, Told, advised, lines, nearest
from harness.result import Outcome
from harness.traits import Trait

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.published import Measurement
    from harness.result import Record

TRAIT = Trait("link", "`.venv` is a link", ("links/a", "links/b"))
BREAKS = came_to("breaks", broken("links-survive", LOST), steps=(did("venv"),))


def uv(*cases: Record | str, start: int = 1) -> list[Measurement]:
    return [measured(f"uv@{number}", {"links/a": case}) for number, case in enumerate(cases, start=start)]


def advice(builds: Sequence[Measurement], version: str, system: str = "Linux") -> tuple[Advice, ...]:
    (told,) = advised([TRAIT], surveyed(*builds), [("uv", version)], system)
    return told.described[0].advice


def test_a_tool_that_breaks_it_is_told_with_what_it_does_and_from_when_on_not() -> None:
    (found,) = advice(uv("holds", BREAKS, BREAKS, "holds", "declines"), "2")
    assert found == Advice(
        tool="uv", installed="2", measured="2", outcome=Outcome.BREAKS,
        says="`uv venv` replaces the link `.venv` by a directory", turn="4 and later do not",
    )  # fmt: skip
    assert found.bad


@pytest.mark.parametrize(
    ("cases", "version", "turn"),
    [
        ((BREAKS, BREAKS), "1", ""),
        ((BREAKS, "holds", BREAKS), "1", "2 does not"),
        ((BREAKS, "holds", "weak", BREAKS), "1", "2 to 3 do not"),
        ((BREAKS, "errs", "holds"), "1", "3 and later do not"),
        ((BREAKS, "holds"), "2", "until 1 it broke"),
        (("holds", "holds"), "2", ""),
        ((BREAKS, "holds", "declines"), "3", "until 1 it broke"),
    ],
)
def test_what_other_releases_do_is_told_in_a_word(cases: tuple[Record | str, ...], version: str, turn: str) -> None:
    assert [one.turn for one in advice(uv(*cases), version)] == [turn]


@pytest.mark.parametrize(
    ("version", "measured_as"),
    [("1", "1"), ("1.5", "1"), ("3.0.1", "3"), ("99", "3"), ("2+local", "2"), ("2rc1", "1"), ("not a version", "3")],
)
def test_the_newest_build_that_is_not_newer_answers(version: str, measured_as: str) -> None:
    found = nearest(surveyed(*uv("holds", "holds", "holds")).builds, version)
    assert found is not None
    assert found.version == measured_as


def test_no_build_answers_for_one_that_is_older_than_all() -> None:
    assert advice(uv("holds", start=2), "1") == ()


def test_what_has_no_such_command_or_was_not_measured_is_silent() -> None:
    assert advice(uv("unsupported"), "1") == ()
    assert advised([TRAIT], surveyed(*uv("holds")), [("poetry", "2")], "Linux")[0].described[0].advice == ()


def test_of_several_machines_the_one_of_this_system_counts() -> None:
    builds = [measured("uv@1", {"links/a": BREAKS}), measured("uv@1", {"links/a": "holds"}, system="Darwin")]
    assert [one.outcome for one in advice(builds, "1", "Darwin")] == [Outcome.HOLDS]
    assert [one.outcome for one in advice(builds, "1", "Linux")] == [Outcome.BREAKS]


def test_a_scenario_is_told_of_once_and_one_that_there_is_not_never() -> None:
    again = replace(TRAIT, name="chain", scenarios=("links/a", "links/no-such"))
    found = advised([TRAIT, again], surveyed(*uv("holds")), [], "Linux")
    assert [[one.scenario for one in told.described] for told in found] == [["links/a", "links/b"], []]


def test_the_worst_variant_is_told() -> None:
    cases = {"links/a[0]": "holds", "links/a[1]": BREAKS}
    (told,) = advised([TRAIT], surveyed(measured("uv@1", cases), a=("0", "1")), [("uv", "1")], "Linux")
    assert told.described[0].advice[0].says == "`uv venv` replaces the link `.venv` by a directory"


def test_all_of_it_reads_as_a_list_without_what_acts_on_a_terminal() -> None:
    layout = Layout(project="/a\x1b[31mb", linked=False, venv=Arrival(kind=Kind.DIRECTORY, path="/ab/.venv"))
    breaks = Advice(
        tool="uv", installed="2.1", measured="2", outcome=Outcome.BREAKS, says="`uv` fails", turn="3 and later do not"
    )
    holds = Advice(tool="venv", installed="3.12", measured="3.12", outcome=Outcome.HOLDS, says="")
    told = [
        Told(replace(TRAIT, says="a\x1b[31m\nlink"), (Described("links/a", "A link is kept", (breaks, holds)),)),
        Told(Trait("mount", "a mount"), ()),
    ]
    assert list(lines(layout, told)) == [
        "/ab",
        "",
        "- a link",
        "    A link is kept (links/a)",
        "      x uv 2.1, measured as 2: `uv` fails; 3 and later do not",
        "      + venv 3.12: nothing is wrong",
        "",
        "- a mount",
    ]
