"""What `make reports` has to play, what it takes for there, and what it says of the rest."""

from __future__ import annotations

import dataclasses
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from made import scenario, variant
from test_specs import TOOLS

from harness import __version__
from harness.errors import HarnessError
from harness.scenario import CommandStep, Each, Interrupt, Options, Perform, Scenario

sys.path.append(str(Path(__file__).parents[2] / "reports"))

from builds import Build, chosen, concerned, listed, singles
from kept import Now, Outline, There, Wanted, standing
from planned import Progress, Spent, Suite, duration, estimate, plan
from play import reporting
from runs import Runs, outline

if TYPE_CHECKING:
    from kept import Standing

    from harness.result import Record

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


def three(name: str, *tools: str) -> Scenario:
    """A scenario of three variants."""
    variants = tuple(dataclasses.replace(variant(), labels=(label,)) for label in "abc")
    return dataclasses.replace(scenario(*variants), id=name, tools=tools)


ONE, OTHER, OF_VENV = three("links/one"), three("mounts/other", "uv", "venv"), three("links/of-venv", "venv")
SUITE = Suite.made_of([ONE, OF_VENV], points=8)
LARGER = Suite.made_of([ONE, OTHER, OF_VENV], points=8)

MACHINE = {"system": "Linux", "kernel": "6.1", "offers": "fifo", "lacks": {"mounts": "not built"}}
NOW = Now(MACHINE, "d1", "3.11.7")
HEADER = {
    "kind": "header", "suite": SUITE.digest, "venvproof": __version__, "started": "2026-11-22T20:33:10+00:00",
    "machine": MACHINE, "subjects": [{"spec": "uv@0.7.13", "name": "uv@0.7.13", "digest": "d1"}], "planned": 3,
}  # fmt: skip


def line(of: Scenario, label: str, **more: object) -> Record:
    """A case's line as an outline has it."""
    return {
        "scenario": of.id, "variant": label, "python": "3.11.7", "digest": of.digest(), "outcome": "holds", **more
    }  # fmt: skip


def seen(*cases: Record, **header: object) -> Outline:
    """The outline of a whole result."""
    return Outline({**HEADER, **header}, whole=True, cases=cases)


def keys(of: Scenario, labels: str = "abc") -> frozenset[tuple[str, str]]:
    """Cases of a scenario."""
    return frozenset((of.id, label) for label in labels)


LINES = [line(ONE, label) for label in "abc"]


@pytest.mark.parametrize(
    ("build", "cases"), [(ALL, 3), (FIRST, 1), (Build(spec="venv@3.6"), 6), (Build(spec="venv", variants="first"), 2)]
)
def test_the_cases_of_a_build_are_known_before_it_is_played(build: Build, cases: int) -> None:
    assert SUITE.cases(build) == cases


@pytest.mark.parametrize(("points", "plays"), [(8, 11), (2**63, 43)])
def test_a_swept_case_counts_as_many_plays_as_it_takes(points: int, plays: int) -> None:
    killed = CommandStep(Perform("create"), Options(interrupt=Interrupt("SIGKILL", Each())))
    swept = dataclasses.replace(variant(), steps=(killed,))
    suite = Suite.made_of([scenario(variant(), swept)], points)
    assert (suite.cases(ALL), suite.plays(ALL)) == (2, plays)


DAY = "2026-11-22"


@pytest.mark.parametrize(
    ("build", "before", "state"),
    [
        (ALL, None, Wanted(SUITE)),
        (ALL, seen(*LINES), There(keys(ONE), DAY)),
        (ALL, dataclasses.replace(seen(*LINES), whole=False), Wanted(SUITE, why="its run died")),
        (ALL, seen(*LINES, venvproof="0.0.1"), Wanted(SUITE, why="it was played by venvproof 0.0.1")),
        (
            ALL,
            seen(subjects=[{"spec": "uv@0.7.13", "not_measured": "no such release"}]),
            Wanted(SUITE, why="it could not be measured the last time"),
        ),
        (ALL, seen(*LINES[:2]), Wanted(SUITE, why="the scenarios have changed")),
        (FIRST, seen(*LINES, variants="first"), There(keys(ONE, "a"), DAY, exact=False)),
        (FIRST, seen(LINES[0], variants="first", planned=1), There(keys(ONE, "a"), DAY)),
        (ALL, seen(LINES[0], variants="first", planned=1), Wanted(SUITE, why="the scenarios have changed")),
    ],
)
def test_a_result_is_used_that_is_whole_and_of_today(build: Build, before: Outline | None, state: Standing) -> None:
    assert standing(build, before, SUITE, NOW) == state


def test_all_is_played_again_where_that_is_asked_for() -> None:
    states = [standing(ALL, one, SUITE, NOW, again=True) for one in (seen(*LINES), None)]
    assert states == [Wanted(SUITE, why="again"), Wanted(SUITE)]


def test_only_scenarios_that_are_new_or_changed_are_played() -> None:
    new = Suite.made_of([OTHER], points=8)
    assert standing(ALL, seen(*LINES), LARGER, NOW) == Wanted(new, keys(ONE))
    changed = [line(OTHER, label, digest="another") for label in "abc"]
    assert standing(ALL, seen(*LINES, *changed), LARGER, NOW) == Wanted(new, keys(ONE))


def test_what_a_scenario_has_is_kept_whole_or_not_at_all() -> None:
    state = standing(ALL, seen(*LINES, line(OTHER, "a"), line(OTHER, "c")), LARGER, NOW)
    assert state == Wanted(Suite.made_of([OTHER], points=8), keys(ONE))


def test_scenarios_that_are_gone_go_and_nothing_is_played_for_that() -> None:
    both = seen(*LINES, *(line(OTHER, label) for label in "abc"), suite=LARGER.digest, planned=6)
    assert standing(ALL, both, SUITE, NOW) == There(keys(ONE), DAY, exact=False)


def test_a_scenario_of_other_tools_changes_no_more_than_the_header() -> None:
    assert standing(ALL, seen(*LINES, suite="of less"), SUITE, NOW) == There(keys(ONE), DAY, exact=False)


@pytest.mark.parametrize(
    ("now", "why"),
    [
        (Now({**MACHINE, "kernel": "6.2"}, "d1", "3.11.7"), "the machine's kernel was `6.1`, and is `6.2`"),
        (Now({**MACHINE, "user": "root"}, "d1", "3.11.7"), "the machine's user was `None`, and is `root`"),
        (Now({**MACHINE, "lacks": {"fifo": "no", "mounts": "no"}}, "d1", "3.11.7"), "the machine no longer has fifo"),
        (Now(MACHINE, "d2", "3.11.7"), "it was another build of that name"),
        (Now(MACHINE, "d1", "3.11.8"), "it was handed Python 3.11.7, and is 3.11.8"),
    ],
)
def test_all_is_played_anew_on_another_machine_of_another_build_or_with_another_python(now: Now, why: str) -> None:
    assert standing(ALL, seen(*LINES), LARGER, now) == Wanted(LARGER, why=why)


def test_what_nobody_knows_before_it_is_played_makes_no_difference() -> None:
    assert standing(ALL, seen(*LINES), SUITE, Now(MACHINE)) == There(keys(ONE), DAY)


def test_what_was_skipped_is_played_where_the_machine_has_more_by_now() -> None:
    before = seen(*LINES, *(line(OTHER, label, outcome="skipped") for label in "abc"), suite=LARGER.digest, planned=6)
    more = Now({**MACHINE, "offers": "fifo mounts", "lacks": {}}, "d1", "3.11.7")
    assert standing(ALL, before, LARGER, NOW) == There(keys(ONE) | keys(OTHER), DAY)
    assert standing(ALL, before, LARGER, more) == Wanted(Suite.made_of([OTHER], points=8), keys(ONE))


@pytest.mark.parametrize(("of", "played", "enough"), [(44, 8, True), (44, 7, False), (5, 5, True), (5, 4, False)])
def test_a_swept_case_is_kept_where_it_was_stopped_at_as_many_calls(*, of: int, played: int, enough: bool) -> None:
    swept = line(OTHER, "a", swept={"of": of, "played": played, "alike": 1, "missed": 0})
    before = seen(*LINES, swept, line(OTHER, "b"), line(OTHER, "c"), suite=LARGER.digest, planned=6)
    wanted = Wanted(Suite.made_of([OTHER], points=8), keys(ONE))
    assert standing(ALL, before, LARGER, NOW) == (There(keys(ONE) | keys(OTHER), DAY) if enough else wanted)


# -- result files ----------------------------------------------------------------------------------------------------


def written(path: Path, header: Record, *cases: Record) -> Path:
    """A result file."""
    lines = [header, *({"kind": "case", **case} for case in cases), {"kind": "footer", "cases": len(cases)}]
    path.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    return path


def test_a_result_file_in_short_is_its_header_and_what_its_lines_begin_with(tmp_path: Path) -> None:
    path = written(tmp_path / "a.jsonl", HEADER, *({**one, "steps": []} for one in LINES))
    assert outline(path) == seen(*LINES)
    whole = path.read_text()
    path.write_text(whole[: whole.index('{"kind": "footer"')])
    assert outline(path) == Outline(HEADER, whole=False, cases=tuple(LINES[:-1]))
    path.write_text(whole[:-20])
    assert outline(path) is None
    assert outline(tmp_path / "none.jsonl") is None


def test_what_is_kept_and_what_is_new_become_one_result_with_the_header_of_the_new(tmp_path: Path) -> None:
    runs, new = Runs(tmp_path), [line(OTHER, label) for label in "abc"]
    result = written(runs.result(ALL), HEADER, *LINES, line(OTHER, "a", outcome="breaks"))
    later = "2026-11-23T08:00:00+00:00"
    part = written(tmp_path / "a.part", {**HEADER, "suite": "of a part", "started": later}, *new)
    runs.join(ALL, LARGER, keys(ONE), part)
    assert outline(result) == seen(*LINES, *new, suite=LARGER.digest, planned=6, started=later)
    assert json.loads(result.read_text().splitlines()[-1])["cases"] == 6
    runs.join(ALL, SUITE, keys(ONE))
    assert outline(result) == seen(*LINES, started=later)


# -- how long it takes -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("spent", "seconds"),
    [
        ({}, None),
        ({"uv@0.7.13": Spent(6.0, 3), "uv@0.8.0": Spent(60.0, 3)}, 6.0),
        ({"uv@0.8.0": Spent(12.0, 3), "uv@0.9.8": Spent(24.0, 3), "venv@3.6": Spent(999.0, 4)}, 18.0),
        ({"venv@3.6": Spent(12.0, 6)}, 6.0),
        ({"uv@0.7.13": Spent(1.0, 1)}, 3.0),
    ],
    ids=["nothing known", "itself", "its tool", "any", "fewer cases"],
)
def test_a_build_takes_what_it_took_or_its_tool_or_any(spent: dict[str, Spent], seconds: float | None) -> None:
    assert estimate([(ALL, SUITE)], spent) == seconds


def test_builds_take_what_each_of_them_takes() -> None:
    spent = {"uv@0.7.13": Spent(6.0, 3), "venv@3.6": Spent(12.0, 6)}
    assert estimate([(ALL, SUITE), (FIRST, SUITE), (Build(spec="venv@3.7"), SUITE)], spent) == 20.0
    assert estimate([], {}) == 0.0


def test_what_is_kept_counts_with_what_it_took_when_it_was_played() -> None:
    assert Spent(8.0, 2).with_kept(10, Spent(40.0, 20)) == Spent(28.0, 12)
    assert [Spent(8.0, 2).with_kept(10, known) for known in (None, Spent(1.0, 0))] == [Spent(8.0, 2)] * 2


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0.4, "0 s"), (99, "99 s"), (110, "2 min"), (3500, "58 min"), (3590, "1 h 00 min"), (7500, "2 h 05 min")],
)
def test_a_time_is_told_as_people_tell_it(seconds: float, said: str) -> None:
    assert duration(seconds) == said


def test_the_plan_says_what_is_there_and_why_the_rest_is_to_be_played() -> None:
    states: dict[Build, Standing] = {
        ALL: There(keys(ONE), DAY),
        Build(spec="uv@0.8.0"): Wanted(Suite.made_of([OTHER], points=8), keys(ONE)),
        Build(spec="venv@3.6"): Wanted(SUITE),
        Build(spec="virtualenv@1", variants="first"): Wanted(SUITE, why="the scenarios have changed"),
    }
    assert list(plan(states, {"venv@3.6": Spent(300.0, 6)})) == [
        "  uv@0.7.13     there: 3 cases of 2026-11-22",
        "  uv@0.8.0      to play, about 2 min: 3 cases of 1 scenario; kept are 3",
        "  venv@3.6      to play, about 5 min",
        "  virtualenv@1  to play, about 50 s: the scenarios have changed (first variants)",
        "4 builds: 1 there, 3 to play, about 8 min",
    ]
    assert list(plan({ALL: Wanted(SUITE)}, {}))[1:] == ["1 build: 0 there, 1 to play, nobody knows how long"]
    assert list(plan({ALL: There(keys(ONE), DAY)}, {}))[1:] == ["1 build: 1 there, 0 to play"]


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
