"""What the user can put right is told with its place, and ends the run with the exit status for mistakes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Ran

    Play = Callable[..., Ran]
    Way = tuple[str, ...]

HONEST = Path(__file__).parents[1] / "zoo" / "honest.py"
BROKEN = """\
summary: Much is wrong
because: Many hands
tree: {project/notes.txt: fil}
steps: [crate]
must: [usabel]
"""
TOLD = """\
scenarios/words/broken.yaml:3:27: unknown entry `fil`
  hint: did you mean `file`?
scenarios/words/broken.yaml:4:9: unknown step `crate`
  hint: did you mean `create`?
scenarios/words/broken.yaml:5:8: unknown check `usabel`
  hint: did you mean `usable`?
"""


def told(ran: Ran, title: str) -> list[str]:
    """What stands below a heading, up to the next one."""
    lines = ran.after(title)[1:]
    return list(lines[: next(number for number, line in enumerate(lines) if line.startswith(("===", "___", "!!!")))])


def mistakes(ran: Ran) -> list[str]:
    """What pytest says on the standard error stream."""
    return [line.removeprefix("ERROR: ") for line in ran.err if line]


def test_all_that_is_wrong_with_a_scenario_is_told_in_one_go(play: Play, pytester: pytest.Pytester, way: Way) -> None:
    (pytester.path / "scenarios" / "words" / "broken.yaml").write_text(BROKEN)
    ran = play("--tool=uv", *way, "scenarios")
    assert told(ran, "ERROR collecting scenarios/words/broken.yaml") == TOLD.splitlines()
    assert (ran.status, ran.outcomes, ran.left) == (4, {}, ())


def test_the_other_scenarios_are_listed_all_the_same(play: Play, pytester: pytest.Pytester) -> None:
    (pytester.path / "scenarios" / "words" / "broken.yaml").write_text(BROKEN)
    ran = play("--tool=uv", "--collect-only", "-q", "scenarios")
    assert told(ran, "ERROR collecting scenarios/words/broken.yaml") == TOLD.splitlines()
    assert (ran.status, len([line for line in ran.out if line.endswith(("::uv", "e]"))])) == (4, 8)


def test_the_other_scenarios_are_played_where_that_is_asked_for(play: Play, pytester: pytest.Pytester) -> None:
    (pytester.path / "scenarios" / "words" / "broken.yaml").write_text(BROKEN)
    ran = play("--tool=uv", "-k", "holds", "--continue-on-collection-errors", "scenarios")
    assert (ran.status, ran.outcomes) == (4, {"words/holds uv": "holds"})


def test_a_family_that_is_wrong_is_told_of_once(play: Play, pytester: pytest.Pytester) -> None:
    (pytester.path / "scenarios" / "words" / "family.yaml").write_text("question: No question\n")
    ran = play("--tool=uv", "scenarios")
    place = f"{pytester.path}/scenarios/words/family.yaml:1:11"
    assert [line for line in ran.out if line.startswith(place)] == [
        f"{place}: `question` is not one line that ends in `?`"
    ]
    assert ran.status == 4


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--tool=vnev"], ["unknown tool `vnev`", "  hint: did you mean `venv`?"]),
        (
            ["--tool=uv@nonsense"],
            [
                "`uv@nonsense`: `nonsense` is no version",
                "  hint: after `uv`: `@0.7.13`, `@latest`, `@>=0.7,<0.9`, `@>=0.7,<0.9:minor`, or a path with a slash",
            ],
        ),
        (
            ["--python=2.1"],
            ["there is no Python `2.1` here", "  hint: give its path, or install it (`uv python install`)"],
        ),
        (["--work-dir=nowhere"], ["no work directory can be made in `nowhere`: No such file or directory"]),
        (["--results=work"], ["results cannot be written to `work`: Is a directory"]),
    ],
)
def test_a_flag_that_cannot_be_meant_is_told(play: Play, words: list[str], message: list[str]) -> None:
    ran = play("--tool=uv", *words, "-k", "holds", "scenarios")
    assert (mistakes(ran), ran.status, ran.outcomes, ran.left) == (message, 4, {}, ())


def test_it_is_told_where_there_are_workers_too(play: Play) -> None:
    ran = play("--tool=uv", "--python=2.1", "-n", "2", "-k", "holds", "scenarios")
    assert (mistakes(ran)[0], ran.status, ran.left) == ("there is no Python `2.1` here", 4, ())


@pytest.mark.parametrize(
    ("word", "message"),
    [
        ("--table=most", "argument --table: invalid choice: 'most' (choose from 'auto', 'full', 'none')"),
        ("--keep=some", "argument --keep: invalid choice: 'some' (choose from 'failed', 'all', 'none')"),
        ("--tool-file=missing.yaml", "argument --tool-file: there is no file `missing.yaml`"),
    ],
)
def test_a_flag_that_takes_no_such_value_is_told(play: Play, word: str, message: str) -> None:
    ran = play(word, "scenarios")
    assert (ran.err[1].partition("error: ")[2].replace("choose from auto, full, none", ""), ran.status) == (message, 4)


def test_a_tools_file_that_is_wrong_is_told_with_its_places(play: Play, pytester: pytest.Pytester) -> None:
    (pytester.path / "mine.yaml").write_text("name: mine\nsumary: mine\n")
    ran = play("--tool-file=mine.yaml", "scenarios")
    assert mistakes(ran)[-2:] == ["mine.yaml:2:1: unknown key `sumary` in a tool", "  hint: did you mean `summary`?"]
    assert [line.partition(": ")[2] for line in mistakes(ran) if "needs" in line] == [
        "a tool needs `executable`",
        "a tool needs `operations`",
        "a tool needs `summary`",
        "a tool needs `version`",
    ]
    assert ran.status == 4


def test_a_step_by_a_tool_that_nobody_knows_is_told(play: Play, pytester: pytest.Pytester, way: Way) -> None:
    path = pytester.path / "scenarios" / "words" / "holds.yaml"
    path.write_text(path.read_text().replace("- create", "- {create: , by: vnev}\n  - create"))
    ran = play("--tool=uv", *way, "scenarios/words/holds.yaml")
    assert [line for line in told(ran, "ERROR at setup of words/holds uv") if not line.startswith("[gw")] == [
        "unknown tool `vnev`",
        "  hint: did you mean `venv`?",
    ]
    assert (ran.status, ran.outcomes) == (4, {})


# -- tools that cannot be measured ------------------------------------------------------------------------------------


def test_a_tool_that_cannot_be_had_is_not_measured_and_the_others_go_on(play: Play, way: Way) -> None:
    tools = ("--tool=uv@0.0.0", "--tool=uv", "--tool=venv@2.1", "--tool=uv@./missing")
    ran = play(*tools, *way, "-rs", "--table=full", "scenarios/words/holds.yaml")
    reasons = {
        "uv@0.0.0": "uv 0.0.0 is not in the cache, and --offline forbids to install it",
        "venv@2.1": "there is no Python `2.1` here",
        "uv@./missing": "there is no such file",
    }
    assert (ran.status, ran.outcomes, ran.closing) == (0, {"words/holds uv": "holds"}, "1 passed, 3 skipped")
    assert [line for line in ran.out if "is not measured" in line] == [
        f"{spec} is not measured: {reason}" for spec, reason in reasons.items()
    ]
    assert sorted(line for line in ran.out if line.startswith("SKIPPED")) == sorted(
        f"SKIPPED [1] scenarios/words/holds.yaml: not measured: {reason}" for reason in reasons.values()
    )
    row = next(line for line in ran.out if line.startswith("  holds"))
    assert row.split() == ["holds", "+", "holds", *["not", "measured"] * 3]
    header, *_, footer = ran.lines
    assert (header["planned"], footer["cases"]) == (1, 1)
    assert [subject.get("not_measured", "") for subject in header["subjects"]] == [
        reasons["uv@0.0.0"], "", reasons["venv@2.1"], reasons["uv@./missing"]
    ]  # fmt: skip


def test_where_no_tool_is_left_nothing_is_played(play: Play, way: Way) -> None:
    ran = play("--tool=uv@0.0.0", "--tool=uv@./missing", *way, "-k", "holds", "scenarios")
    assert mistakes(ran) == [
        "no tool is left to test",
        "uv@0.0.0 is not measured: uv 0.0.0 is not in the cache, and --offline forbids to install it",
        "uv@./missing is not measured: there is no such file",
    ]
    assert (ran.status, ran.outcomes, ran.left) == (4, {}, ())


def test_where_only_cases_of_such_tools_are_chosen_nothing_is_played(play: Play, way: Way) -> None:
    ran = play("--tool=uv@0.0.0", "--tool=uv", *way, "scenarios/words/holds.yaml::uv@0.0.0")
    assert (mistakes(ran)[0], ran.status, ran.outcomes, ran.left) == ("no tool is left to test", 4, {}, ())


def test_two_builds_of_one_version_are_told_apart(play: Play, pytester: pytest.Pytester) -> None:
    (pytester.path / "other").mkdir()
    other = pytester.path / "other" / "honest.py"
    other.write_text(HONEST.read_text() + "# another build\n")
    other.chmod(0o755)
    tools = (f"--tool-file={HONEST.with_name('tool.yaml')}", "--tool=honest", "--tool=honest@./other/honest.py")
    ran = play(*tools, "scenarios/words/holds.yaml")
    digests = [subject["digest"] for subject in ran.lines[0]["subjects"]]
    assert [line["subject"] for line in ran.lines[1:-1]] == ["honest@1.0", f"honest@1.0+{digests[1][:8]}"]
    assert [subject["spec"] for subject in ran.lines[0]["subjects"]] == ["honest", "honest@.../honest.py"]
    assert ran.after("== comparison ==")[1].split() == ["honest", "1.0", "honest", f"1.0+{digests[1][:8]}"]
    assert ran.closing == "2 passed"
