"""What `make reports` has to play, what it takes for there, and what it says of the rest."""

from __future__ import annotations

import dataclasses
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from made import scenario, variant
from test_specs import TOOLS

from harness import __version__
from harness.errors import HarnessError

sys.path.append(str(Path(__file__).parents[2] / "reports"))

from planned import (
    Build,
    Outline,
    Progress,
    Spent,
    Suite,
    There,
    Wanted,
    chosen,
    concerned,
    duration,
    estimate,
    listed,
    plan,
    singles,
    standing,
)
from play import reporting

if TYPE_CHECKING:
    from planned import Standing

LIST = """\
- tool: uv@>=0.1:minor
- tool: venv
  python: every
- tool: virtualenv@latest
  python: "3.12"
  variants: first
"""
UV, VENV, VIRTUALENV = listed(LIST, "subjects.yaml", TOOLS)


# -- the list --------------------------------------------------------------------------------------------------------


def test_an_entry_says_which_builds_with_which_python_and_how_much_of_each_scenario() -> None:
    assert (
        Build(spec="uv@>=0.1:minor"),
        Build(spec="venv", python="every"),
        Build(spec="virtualenv@latest", python="3.12", variants="first"),
    ) == (UV, VENV, VIRTUALENV)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("- tool: vu@1.0\n", "subjects.yaml:1:9: unknown tool `vu`\n  hint: known: `uv`, "),
        ("- tool: uv@new\n", "subjects.yaml:1:9: `uv@new`: `new` is no version"),
        ("- python: every\n", "subjects.yaml:1:3: a subject needs `tool`"),
        ("- {tool: uv, python: 3.12}\n", "subjects.yaml:1:22: `python` must be a text, not a fraction"),
        ("- {tool: uv, variants: few}\n", "subjects.yaml:1:24: unknown choice of variants `few`"),
        ("- {tool: uv, why: so}\n", "subjects.yaml:1:14: unknown key `why` in a subject"),
        ("tool: uv\n", "subjects.yaml:1:1: the list of subjects must be a list, not a mapping"),
    ],
)
def test_what_is_wrong_with_the_list_is_told_with_its_place(text: str, said: str) -> None:
    with pytest.raises(HarnessError) as caught:
        listed(text, "subjects.yaml", TOOLS)
    assert str(caught.value).startswith(said)


def test_releases_are_builds_of_their_own() -> None:
    found = singles(UV, ["uv@0.1.45", "uv@0.2.37"], [], TOOLS)
    assert list(found) == [Build(spec="uv@0.1.45"), Build(spec="uv@0.2.37")]


def test_a_module_of_every_interpreter_is_named_by_each() -> None:
    found = singles(VENV, ["venv"], ["3.6", "3.13"], TOOLS)
    assert list(found) == [Build(spec="venv@3.6"), Build(spec="venv@3.13")]


@pytest.mark.parametrize(("python", "pythons"), [("3.12", ["3.12"]), ("every", ["3.6", "3.13"])])
def test_other_tools_are_handed_interpreters(python: str, pythons: list[str]) -> None:
    entry = dataclasses.replace(VIRTUALENV, python=python)
    found = singles(entry, ["virtualenv@20.0.35"], ["3.6", "3.13"], TOOLS)
    assert list(found) == [Build(spec="virtualenv@20.0.35", python=one, variants="first") for one in pythons]


@pytest.mark.parametrize(
    ("build", "name", "file"),
    [
        (Build(spec="uv@0.7.13"), "uv@0.7.13", "uv-0.7.13.jsonl"),
        (Build(spec="uv@0.8.0rc1+local"), "uv@0.8.0rc1+local", "uv-0.8.0rc1+local.jsonl"),
        (Build(spec="uv@1.0", python="3.12"), "uv@1.0+py3.12", "uv-1.0-py3.12.jsonl"),
        (Build(spec="uv@../of/mine"), "uv@../of/mine", "uv-..-of-mine.jsonl"),
    ],
)
def test_a_build_has_a_name_and_a_file_of_its_own(build: Build, name: str, file: str) -> None:
    assert (build.name, build.file) == (name, file)


def test_a_build_is_played_by_flags() -> None:
    build = Build(spec="uv@1.0", python="3.12", variants="first")
    assert build.words == ("--tool", "uv@1.0", "--python", "3.12", "--variants", "first")


BUILDS = [
    Build(spec="uv@0.7.13"),
    Build(spec="uv@0.8.0"),
    Build(spec="uv@0.8.0", python="3.12"),
    Build(spec="venv@3.6"),
]


@pytest.mark.parametrize(
    ("only", "left"),
    [
        ([], BUILDS),
        (["uv"], BUILDS[:3]),
        (["uv@0.8.0"], BUILDS[1:3]),
        (["uv@0.8.0+py3.12"], BUILDS[2:3]),
        (["venv", "uv@0.7.13"], [BUILDS[0], BUILDS[3]]),
        (["uv@0.9"], []),
    ],
)
def test_what_is_asked_for_is_a_tool_a_build_or_one_with_its_python(only: list[str], left: list[Build]) -> None:
    assert chosen(BUILDS, only) == left


def test_what_is_meant_twice_is_played_once_as_it_stands_first() -> None:
    first, again = Build(spec="uv@0.8.0"), Build(spec="uv@0.8.0", variants="first")
    assert chosen([first, BUILDS[0], again], []) == [first, BUILDS[0]]


@pytest.mark.parametrize(
    ("only", "left"),
    [
        ([], [UV, VENV, *BUILDS]),
        (["uv@0.7.13"], [BUILDS[0]]),
        (["uv@0.7.22"], [UV, *BUILDS[:3]]),
        (["uv"], [UV, *BUILDS[:3]]),
        (["venv@3.6"], [BUILDS[3]]),
        (["venv@3.7"], [VENV, BUILDS[3]]),
        (["venv"], [VENV, BUILDS[3]]),
    ],
)
def test_nothing_is_looked_up_for_what_stands_in_the_list_itself(only: list[str], left: list[Build]) -> None:
    assert concerned([UV, VENV, *BUILDS], only) == tuple(left)


# -- what there is ---------------------------------------------------------------------------------------------------

ALL, FIRST = Build(spec="uv@0.7.13"), Build(spec="uv@0.7.13", variants="first")
SUITE = Suite(
    "sha256:1", (scenario(variant(), variant(), variant()), dataclasses.replace(scenario(variant()), tools=("venv",)))
)
HEADER = {
    "kind": "header", "suite": "sha256:1", "venvproof": __version__, "started": "2026-11-22T20:33:10+00:00",
    "subjects": [{"spec": "uv@0.7.13", "name": "uv@0.7.13"}], "planned": 3,
}  # fmt: skip
FIRST_ONLY = {**HEADER, "variants": "first", "planned": 1}


@pytest.mark.parametrize(
    ("build", "cases"), [(ALL, 3), (FIRST, 1), (Build(spec="venv@3.6"), 4), (Build(spec="venv", variants="first"), 2)]
)
def test_the_cases_of_a_build_are_known_before_it_is_played(build: Build, cases: int) -> None:
    assert SUITE.cases(build) == cases


@pytest.mark.parametrize(
    ("build", "outline", "state"),
    [
        (ALL, None, Wanted()),
        (ALL, Outline(HEADER, whole=True), There(3, "2026-11-22")),
        (FIRST, Outline(HEADER, whole=True), There(3, "2026-11-22")),
        (FIRST, Outline(FIRST_ONLY, whole=True), There(1, "2026-11-22")),
        (ALL, Outline(FIRST_ONLY, whole=True), Wanted("only the first variants were played")),
        (ALL, Outline(HEADER, whole=False), Wanted("its run died")),
        (ALL, Outline({**HEADER, "suite": "sha256:2"}, whole=True), Wanted("the scenarios have changed")),
        (ALL, Outline({**HEADER, "venvproof": "0.0.1"}, whole=True), Wanted("it was played by venvproof 0.0.1")),
        (
            ALL,
            Outline({**HEADER, "subjects": [{"spec": "uv@0.7.13", "not_measured": "no such release"}]}, whole=True),
            Wanted("it could not be measured the last time"),
        ),
    ],
)
def test_a_result_is_used_that_is_whole_and_of_today(build: Build, outline: Outline | None, state: Standing) -> None:
    assert standing(build, outline, SUITE) == state


def test_all_is_played_again_where_that_is_asked_for() -> None:
    there = Outline(HEADER, whole=True)
    assert [standing(ALL, one, SUITE, again=True) for one in (there, None)] == [Wanted("again"), Wanted()]


# -- how long it takes -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("spent", "seconds"),
    [
        ({}, None),
        ({"uv@0.7.13": Spent(6.0, 3), "uv@0.8.0": Spent(60.0, 3)}, 6.0),
        ({"uv@0.8.0": Spent(12.0, 3), "uv@0.9.8": Spent(24.0, 3), "venv@3.6": Spent(999.0, 4)}, 18.0),
        ({"venv@3.6": Spent(8.0, 4)}, 6.0),
        ({"uv@0.7.13": Spent(1.0, 1)}, 3.0),
    ],
    ids=["nothing known", "itself", "its tool", "any", "fewer cases"],
)
def test_a_build_takes_what_it_took_or_its_tool_or_any(spent: dict[str, Spent], seconds: float | None) -> None:
    assert estimate([ALL], SUITE, spent) == seconds


def test_builds_take_what_each_of_them_takes() -> None:
    spent = {"uv@0.7.13": Spent(6.0, 3), "venv@3.6": Spent(8.0, 4)}
    assert estimate([ALL, FIRST, Build(spec="venv@3.7")], SUITE, spent) == 16.0
    assert estimate([], SUITE, {}) == 0.0


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0.4, "0 s"), (99, "99 s"), (110, "2 min"), (3500, "58 min"), (3590, "1 h 00 min"), (7500, "2 h 05 min")],
)
def test_a_time_is_told_as_people_tell_it(seconds: float, said: str) -> None:
    assert duration(seconds) == said


def test_the_plan_says_what_is_there_and_why_the_rest_is_to_be_played() -> None:
    states: dict[Build, Standing] = {
        ALL: There(3, "2026-11-22"),
        Build(spec="venv@3.6"): Wanted(),
        Build(spec="virtualenv@1", variants="first"): Wanted("the scenarios have changed"),
    }
    assert list(plan(states, SUITE, {"venv@3.6": Spent(200.0, 4)})) == [
        "  uv@0.7.13     there: 3 cases of 2026-11-22",
        "  venv@3.6      to play, about 3 min",
        "  virtualenv@1  to play, about 50 s: the scenarios have changed (first variants)",
        "3 builds: 1 there, 2 to play, about 4 min",
    ]
    assert list(plan({ALL: Wanted()}, SUITE, {}))[1:] == ["1 build: 0 there, 1 to play, nobody knows how long"]
    assert list(plan({ALL: There(3, "2026-11-22")}, SUITE, {}))[1:] == ["1 build: 1 there, 0 to play"]


@pytest.mark.parametrize(
    ("own", "rest", "lines", "gone", "said"),
    [
        (60.0, 200.0, 0, 5.0, "uv: 0 of 100 cases, 5 s; about 4 min to go"),
        (60.0, 20.0, 6, 8.0, "uv: 5 of 100 cases, 8 s; about 72 s to go"),
        (60.0, 20.0, 6, 90.0, "uv: 5 of 100 cases, 90 s; about 20 s to go"),
        (60.0, 20.0, 51, 10.0, "uv: 50 of 100 cases, 10 s; about 30 s to go"),
        (None, 20.0, 51, 10.0, "uv: 50 of 100 cases, 10 s; about 30 s to go"),
        (None, 20.0, 2, 10.0, "uv: 1 of 100 cases, 10 s"),
        (60.0, None, 51, 10.0, "uv: 50 of 100 cases, 10 s"),
        (60.0, 20.0, 102, 30.0, "uv: 100 of 100 cases, 30 s; about 20 s to go"),
    ],
)
def test_progress_goes_by_the_pace_once_that_says_something(
    own: float | None, rest: float | None, lines: int, gone: float, said: str
) -> None:
    assert Progress(label="uv", cases=100, own=own, rest=rest).text(lines, gone) == said


def test_a_build_without_cases_has_a_progress_too() -> None:
    assert Progress(label="uv", cases=0, own=None, rest=None).text(0, 1.0) == "uv: 0 of 0 cases, 1 s"


# -- publishing ------------------------------------------------------------------------------------------------------


def test_the_data_are_written_from_results_and_the_reports_from_all_data() -> None:
    assert reporting([Path("runs/a.jsonl"), Path("runs/b.jsonl")], Path("reports")) == (
        ("report", "runs/a.jsonl", "runs/b.jsonl", "--data", "reports/data"),
        ("report", "reports/data", "-o", "reports/site", "--readme", "reports/README.md"),
    )
