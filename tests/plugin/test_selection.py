"""Which cases there are, what they are called, and what is started for them."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conftest import Ran

    Play = Callable[..., Ran]
    Way = tuple[str, ...]

A_MODULE = """\
name: mine
summary: a module of the interpreter's
executable: $python
version: {run: [$python, --version], pattern: 'Python (\\S+)'}
operations:
  create:
    - run: [$python, -m, venv, --without-pip, $env]
"""


def listed(ran: Ran) -> list[str]:
    """What `--collect-only -q` lists."""
    return [line for line in ran.out if "::" in line]


@pytest.fixture
def started() -> Iterator[list[str]]:
    """The programs that this process starts. An audit hook cannot be taken out again, but it can be told to rest."""
    programs: list[str] = []
    listening = True

    def hear(event: str, arguments: tuple[object, ...]) -> None:
        if listening and event == "subprocess.Popen":
            programs.append(str(arguments[0]))

    sys.addaudithook(hear)
    yield programs
    listening = False


def test_a_case_is_called_by_its_file_its_subject_and_its_variant(play: Play) -> None:
    ran = play("--collect-only", "-q", "--tool=uv@0.7.13", "--tool=venv", "scenarios")
    assert listed(ran)[:6] == [
        "scenarios/words/breaks.yaml::uv@0.7.13[relative]",
        "scenarios/words/breaks.yaml::uv@0.7.13[absolute]",
        "scenarios/words/breaks.yaml::venv[relative]",
        "scenarios/words/breaks.yaml::venv[absolute]",
        "scenarios/words/declines.yaml::uv@0.7.13",
        "scenarios/words/declines.yaml::venv",
    ]


def test_where_there_are_several_pythons_a_case_is_called_by_its_own_too(play: Play, pytester: pytest.Pytester) -> None:
    (pytester.path / "mine.yaml").write_text(A_MODULE)
    tools = ("--tool=uv", "--tool=venv@3.13", "--tool-file=mine.yaml", "--tool=mine@3.13")
    ran = play("--collect-only", "-q", *tools, "--python=3.11", "--python=3.12", "scenarios/words/holds.yaml")
    assert listed(ran) == [
        "scenarios/words/holds.yaml::uv+py3.11",
        "scenarios/words/holds.yaml::uv+py3.12",
        "scenarios/words/holds.yaml::venv@3.13",
        "scenarios/words/holds.yaml::mine@3.13",
    ]


def test_the_name_of_a_case_runs_that_case_alone(play: Play, way: Way) -> None:
    ran = play("--tool=uv", "--tool=venv", "scenarios/words/breaks.yaml::uv[absolute]", *way)
    assert (ran.outcomes, ran.closing, ran.status) == ({"words/breaks[absolute] uv": "holds"}, "1 passed", 0)
    assert ran.lines[0]["planned"] == 1


@pytest.mark.parametrize(
    ("choice", "files"),
    [
        (("-k", "weak or absolute"), ["breaks", "weak"]),
        (("-m", "words and symlinks"), ["breaks", "breaks"]),
        (("-m", "case_insensitive"), ["skipped"]),
        (("-m", "not words"), []),
    ],
)
def test_cases_are_chosen_by_word_by_family_and_by_need(play: Play, choice: tuple[str, ...], files: list[str]) -> None:
    ran = play("--collect-only", "-q", "--strict-markers", "--tool=uv", *choice, "scenarios")
    assert [line.partition(".yaml")[0].rpartition("/")[2] for line in listed(ran)] == files
    assert ran.status == (0 if files else 5)


def test_the_first_variants_are_played_alone_where_that_is_asked_for(play: Play, way: Way) -> None:
    ran = play("--variants=first", "--tool=uv", "--tool=replaces-the-link", "scenarios/words/breaks.yaml", *way)
    assert set(ran.outcomes) == {"words/breaks[relative] uv", "words/breaks[relative] replaces-the-link"}
    assert (ran.lines[0]["variants"], ran.lines[0]["planned"]) == ("first", 2)


def test_what_is_played_of_a_suite_is_of_the_same_suite(play: Play) -> None:
    first, every = (
        play(f"--variants={choice}", "--tool=uv", "-k", "holds", "scenarios") for choice in ("first", "all")
    )
    assert (first.lines[0]["suite"], "variants" in every.lines[0]) == (every.lines[0]["suite"], False)


def test_a_scenario_that_is_for_some_tools_has_no_case_of_another(play: Play, pytester: pytest.Pytester) -> None:
    path = pytester.path / "scenarios" / "words" / "holds.yaml"
    path.write_text(path.read_text().replace("tree:", "tools: [venv]\ntree:"))
    ran = play("--collect-only", "-q", "--tool=uv", "--tool=venv@3.12", "scenarios/words/holds.yaml")
    assert listed(ran) == ["scenarios/words/holds.yaml::venv@3.12"]


def test_listing_starts_nothing_and_makes_nothing(
    play: Play, way: Way, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, started: list[str]
) -> None:
    monkeypatch.setenv("VENVPROOF_CACHE", "no-cache")
    before = sorted(pytester.path.rglob("*"))
    ran = play("--collect-only", "-q", "--tool=uv", "--tool=uv@0.7.13", "--tool=venv@3.12", *way, "scenarios")
    assert (len(listed(ran)), ran.status, started) == (24, 0, [])
    assert sorted(pytester.path.rglob("*")) == before


@pytest.mark.parametrize("choice", [("-k", "nothing"), ("empty",)], ids=["no case", "no scenario"])
def test_nothing_chosen_is_an_error_and_has_nothing_made(
    play: Play, way: Way, pytester: pytest.Pytester, started: list[str], choice: tuple[str, ...]
) -> None:
    (pytester.path / "empty").mkdir()
    (pytester.path / "empty" / "family.yaml").write_text("question: Is it empty?\n")
    ran = play("--tool=uv", *way, *(choice if "empty" in choice else (*choice, "scenarios")))
    assert (ran.status, ran.lines, ran.left) == (5, (), ())
    assert set(started) <= {sys.executable}  # which are the workers


def test_a_run_of_tests_alone_makes_nothing(play: Play, way: Way, pytester: pytest.Pytester) -> None:
    pytester.makepyfile("def test_something(): pass")
    ran = play("--tool=uv@0.0.0", *way, "test_a_run_of_tests_alone_makes_nothing.py")
    assert (ran.closing, ran.status, ran.lines, list((pytester.path / "work").iterdir())) == ("1 passed", 0, (), [])


def test_without_a_name_only_what_a_family_says_to_be_scenarios_is_collected(
    play: Play, pytester: pytest.Pytester
) -> None:
    other = pytester.path / "other"
    other.mkdir()
    (other / "settings.yaml").write_text("on: [push]\n")
    ran = play("--collect-only", "-q", "--tool=uv")
    assert (len(listed(ran)), ran.status) == (8, 0)
    named = play("--collect-only", "-q", "--tool=uv", "other")
    assert ("other/settings.yaml:1:1: unknown key `on` in a scenario" in named.out, named.status) == (True, 4)


def test_a_file_outside_of_the_root_directory_is_called_by_its_whole_path(
    play: Play, pytester: pytest.Pytester, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("family") / "holds.yaml"
    path.write_text((pytester.path / "scenarios" / "words" / "holds.yaml").read_text())
    ran = play("--tool=uv", f"--rootdir={pytester.path}", str(path))
    assert (list(ran.outcomes.values()), ran.status) == (["holds"], 0)
    again = play("--tool=uv", f"--rootdir={pytester.path}", f"{path.as_posix()}::uv")
    assert (again.closing, again.lines[1]["scenario"]) == ("1 passed", f"{path.parent.name}/holds")
