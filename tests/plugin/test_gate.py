"""A run is held against what is known, or against an earlier run, and fails on what got worse and what is stale."""

from __future__ import annotations

import json
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator

from harness import reading
from harness.cli import main

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Ran

    Play = Callable[..., Ran]
    Way = tuple[str, ...]

LIAR = "replaces-the-link"
ZOO = Path(__file__).parents[1] / "zoo"
CASES = ("-k", "breaks or weak or holds", f"--tool={LIAR}", "--expect=known.yaml", "scenarios")
"""Two cases that break `links-survive`, one that is weak, one that holds."""

BREAKS = """\
# Seen by all who were there.
- case: words/breaks
  check: links-survive
  outcome: breaks
  because: 'The link is  replaced'   # in these words
"""
WEAK = "- case: words/weak\n  check: says\n  outcome: weak\n  because: It says nothing\n"
STALE = "- case: words/holds\n  check: usable\n  outcome: breaks\n  because: It was so\n"


@pytest.fixture
def known(pytester: pytest.Pytester) -> Path:
    """The list that runs are held against, of all that is known of the liar."""
    path = pytester.path / "known.yaml"
    path.write_text(BREAKS + WEAK)
    return path


def reasons(ran: Ran) -> list[str]:
    """What is said below the table of the cases that fail, without their evidence."""
    return [line.strip() for line in ran.out if line.startswith(("    regression: ", "    stale: ", "    known.yaml:"))]


def summary(ran: Ran) -> list[str]:
    """What pytest's own summary says of each case that failed."""
    return [line for line in ran.out if line.startswith(("FAILED", "ERROR"))]


def mistakes(ran: Ran) -> list[str]:
    return [line.removeprefix("ERROR: ") for line in ran.err if line]


# -- lists -------------------------------------------------------------------------------------------------------------


def test_what_is_as_listed_is_an_expected_failure(play: Play, known: Path, way: Way) -> None:
    ran = play(*CASES, *way)
    assert (ran.status, "1 passed" in ran.closing, "3 xfailed" in ran.closing) == (0, True, True)
    assert f"known outcomes: 3, listed in {known.name}" in ran.out
    assert ran.outcomes == {
        f"words/breaks[absolute] {LIAR}": "breaks", f"words/breaks[relative] {LIAR}": "breaks",
        f"words/holds {LIAR}": "holds", f"words/weak {LIAR}": "weak",
    }  # fmt: skip
    assert ran.left == ()


def test_what_breaks_or_is_weak_and_not_listed_fails(play: Play, known: Path, way: Way) -> None:
    known.write_text(BREAKS.replace("words/breaks", "words/breaks[relative]"))
    ran = play(*CASES, "-v", *way)
    assert (ran.status, "2 failed, 1 passed" in ran.closing, "1 xfailed" in ran.closing) == (1, True, True)
    assert reasons(ran) == [
        "regression: it breaks, and no expectation says so",
        "regression: it is weak, and no expectation says so",
    ]
    assert sorted(summary(ran)) == [
        f"FAILED scenarios/words/breaks.yaml::{LIAR}[absolute]", f"FAILED scenarios/words/weak.yaml::{LIAR}",
    ]  # fmt: skip
    assert len(ran.left) == 2


def test_what_breaks_otherwise_than_listed_fails(play: Play, known: Path) -> None:
    known.write_text(BREAKS.replace("links-survive", "usable") + WEAK)
    ran = play(*CASES)
    assert (ran.status, set(reasons(ran))) == (
        1, {"regression: `links-survive` is broken, too, and no expectation says so", "known.yaml:2:3"},
    )  # fmt: skip


def test_what_is_better_than_listed_fails_as_stale(play: Play, known: Path, way: Way) -> None:
    known.write_text(BREAKS + WEAK + STALE)
    ran = play(*CASES, "-v", *way)
    assert (ran.status, "1 failed" in ran.closing, "3 xfailed" in ran.closing) == (1, True, True)
    assert reasons(ran) == ["stale: it holds, where `breaks` is expected", "known.yaml:10:3"]
    assert summary(ran) == [f"FAILED (stale) scenarios/words/holds.yaml::{LIAR}"]
    assert "  known.yaml:10:3: It was so" in ran.after(f"__ words/holds {LIAR} __")


def test_what_errs_is_expected_until_a_day(play: Play, known: Path, way: Way) -> None:
    until = "- case: words/errs\n  outcome: errs\n  until: 9999-12-31\n  because: It kills itself\n"
    words = ("-k", "errs", *CASES[2:], *way)
    known.write_text(until)
    ran = play(*words)
    assert (ran.status, "1 xfailed" in ran.closing) == (0, True)
    known.write_text(until.replace("9999", "2001"))
    ran = play(*words)
    assert (ran.status, reasons(ran)) == (1, ["regression: it was expected until 2001-12-31", "known.yaml:1:3"])


def test_known_failures_are_no_reason_to_stop(play: Play, known: Path, way: Way) -> None:
    assert known.is_file()
    ran = play(*CASES, "-x", *way)
    assert (ran.status, len(ran.outcomes)) == (0, 4)


def test_a_reason_that_is_still_to_do_does_not_pass_a_strict_gate(play: Play, known: Path, way: Way) -> None:
    known.write_text(BREAKS + WEAK.replace("It says nothing", "TODO"))
    assert play(*CASES, *way).status == 0
    ran = play(*CASES, "--strict", *way)
    assert (ran.status, "1 failed" in ran.closing) == (1, True)
    assert reasons(ran) == ["regression: the reason is still `TODO`", "known.yaml:6:3"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (BREAKS.replace("words/", "word/"), "2:9: there is no case `word/breaks`; did you mean `words/breaks`?"),
        (
            BREAKS.replace("/breaks", "/breaks[odd]"),
            "2:9: there is no case `words/breaks[odd]`; did you mean `words/breaks`?",
        ),
        (BREAKS.replace("links", "link"), "3:10: unknown check `link-survive`; did you mean `links-survive`?"),
        (f"{WEAK}  tool: veenv\n", "5:9: there is no tool `veenv`; did you mean `venv`?"),
    ],
)
def test_an_entry_about_nothing_is_a_mistake(play: Play, known: Path, way: Way, text: str, told: str) -> None:
    known.write_text(text)
    ran = play(*CASES, *way)
    assert "\n  hint: ".join(f"known.yaml:{told}".split("; ")).splitlines() == mistakes(ran)[:2]
    assert (ran.status, ran.outcomes, ran.left) == (4, {}, ())


def test_a_list_that_is_not_there_is_a_mistake(play: Play) -> None:
    ran = play(*CASES)
    assert (ran.status, mistakes(ran)) == (
        4, ["there are no expectations in `known.yaml`", "  hint: `--update-expectations` writes them"],
    )  # fmt: skip


def test_the_list_of_a_tool_is_found_where_it_usually_is(play: Play, pytester: pytest.Pytester) -> None:
    usual = pytester.path / "reports" / "expected" / f"{LIAR}.yaml"
    usual.parent.mkdir(parents=True)
    usual.write_text(BREAKS)
    ran = play("-k", "breaks", f"--tool={LIAR}", "--tool=uv", "scenarios")
    assert (ran.status, "2 passed" in ran.closing, "2 xfailed" in ran.closing) == (0, True, True)
    assert f"known outcomes: 2, listed in reports/expected/{LIAR}.yaml" in ran.out


def test_a_renamed_scenario_is_still_known(play: Play, pytester: pytest.Pytester, known: Path) -> None:
    known.write_text(BREAKS.replace("words/breaks", "words/broke") + WEAK)
    (pytester.path / "scenarios" / "renamed.yaml").write_text("words/broke: words/breaks\n")
    assert play(*CASES).status == 0


# -- bringing lists up to date -----------------------------------------------------------------------------------------


def test_a_list_is_brought_up_to_date(play: Play, known: Path, way: Way) -> None:
    known.write_text(BREAKS + STALE)
    ran = play(*CASES, "--update-expectations", *way)
    assert (ran.status, "2 passed" in ran.closing, "2 xfailed" in ran.closing) == (0, True, True)
    added = WEAK.replace("  check", f"  tool: {LIAR}\n  check").replace("It says nothing", "TODO")
    assert known.read_text() == BREAKS + added
    assert "known.yaml: 1 new, 1 removed; give each a reason where it says `TODO`" in ran.out
    assert sorted(path.name for path in known.parent.glob("*known*")) == ["known.yaml"]
    again = play(*CASES, "--update-expectations", *way)
    assert [line for line in again.out if " new, " in line] == []
    assert play(*CASES, *way).status == 0


def test_a_list_is_narrowed_and_keeps_its_reason(play: Play, known: Path) -> None:
    text = "- case: words/*\n  outcome: weak\n  because: The whole family\n"
    known.write_text(text)
    play("-k", "weak or holds", *CASES[2:], "--update-expectations")
    assert "words/holds" not in known.read_text()
    for name in ("words/breaks", "words/weak", "words/skipped"):
        assert f"- case: {name}\n" in known.read_text()
    assert known.read_text().count("because: The whole family") == 6


def test_a_list_that_is_not_there_yet_is_written(play: Play, pytester: pytest.Pytester) -> None:
    ran = play("-k", "breaks or holds", f"--tool={LIAR}", "scenarios", "--update-expectations")
    usual = pytester.path / "reports" / "expected" / f"{LIAR}.yaml"
    assert [line for line in usual.read_text().splitlines() if not line.startswith("#")] == [
        "- case: words/breaks", "  check: links-survive", "  outcome: breaks", "  because: TODO",
    ]  # fmt: skip
    assert ran.status == 0


def test_a_list_that_cannot_be_written_is_told_of(play: Play, pytester: pytest.Pytester) -> None:
    name = f"{'k' * 250}.yaml"  # what is written first has a longer one
    ran = play("-k", "breaks", f"--tool={LIAR}", "scenarios", f"--expect={name}", "--update-expectations")
    assert f"`{name}` cannot be written: File name too long" in ran.out
    assert (ran.status, list((pytester.path / "work").iterdir())) == (1, [])


def test_a_list_that_is_a_link_stays_one(play: Play, pytester: pytest.Pytester, known: Path) -> None:
    known.rename(pytester.path / "real.yaml")
    known.symlink_to("real.yaml")
    play("-k", "holds", *CASES[2:], "--update-expectations")
    assert (known.is_symlink(), (pytester.path / "real.yaml").read_text()) == (True, BREAKS + WEAK)
    (pytester.path / "real.yaml").write_text(STALE)
    play("-k", "holds", *CASES[2:], "--update-expectations")
    assert (known.is_symlink(), (pytester.path / "real.yaml").read_text()) == (True, "")


def test_a_list_of_a_run_that_errs_says_so(play: Play, known: Path) -> None:
    known.write_text("# nothing yet\n")
    play("-k", "errs", *CASES[2:], "--update-expectations")
    assert f"- case: words/errs\n  tool: {LIAR}\n  outcome: errs\n" in known.read_text()


# -- an earlier run ----------------------------------------------------------------------------------------------------


def build(folder: Path, lie: str) -> None:
    """A tool called `mine`, which is one of the zoo's."""
    text = (ZOO / "tool.yaml").read_text().replace("name: honest", "name: mine").replace("'honest ", r"'\S+ ")
    (folder / "mine.yaml").write_text(text.replace("./honest.py", (ZOO / f"{lie}.py").as_posix()))


MINE = ("-k", "breaks or weak or holds", "--tool-file=mine.yaml", "--tool=mine", "scenarios")


def test_against_an_earlier_run_what_got_worse_fails(play: Play, pytester: pytest.Pytester, way: Way) -> None:
    build(pytester.path, "honest")
    assert play(*MINE, "--results=old.jsonl").status == 0
    build(pytester.path, LIAR)
    ran = play(*MINE, "--against=old.jsonl", *way)
    assert (ran.status, "2 failed, 2 passed" in ran.closing) == (1, True)
    told = ran.after("held against old.jsonl: only what got worse fails")
    assert told[1:4] == (
        "worse (2)",
        "  words/breaks[absolute]  + holds (mine 1.0) → x breaks (mine 1.0)",
        "      links-survive: project/.venv: link $root/store/env -> directory",
    )
    assert "regression: it breaks, and it was `holds` before" in reasons(ran)


def test_against_an_earlier_run_nothing_else_fails(play: Play, pytester: pytest.Pytester, way: Way) -> None:
    build(pytester.path, LIAR)
    assert play(*MINE, "--results=old.jsonl").status == 1
    same = play(*MINE, "--against=old.jsonl", *way)
    assert (same.status, "2 passed" in same.closing, "2 xfailed" in same.closing) == (0, True, True)
    assert "Nothing changed." in same.out
    build(pytester.path, "honest")
    better = play(*MINE, "--against=old.jsonl", *way)
    assert (better.status, "4 passed" in better.closing, "better (2)" in better.out) == (0, True, True)


def test_a_new_scenario_reddens_nobody(play: Play, pytester: pytest.Pytester) -> None:
    build(pytester.path, LIAR)
    play(*MINE[2:], "-k", "holds", "--results=old.jsonl")
    ran = play(*MINE, "--against=old.jsonl")
    assert (ran.status, "new (3)" in ran.out) == (0, True)


def test_an_earlier_run_that_died_is_told_of(play: Play, pytester: pytest.Pytester) -> None:
    play(*CASES[:3], "scenarios", "--results=old.jsonl")
    old = pytester.path / "old.jsonl"
    old.write_text("".join(old.read_text().splitlines(keepends=True)[:-2]))
    ran = play(*CASES[:3], "scenarios", "--against=old.jsonl")
    assert "old.jsonl has no end: its run died; planned cases that are missing: 1" in ran.out


def test_where_there_is_nothing_to_hold_it_against_it_is_a_mistake(play: Play, pytester: pytest.Pytester) -> None:
    play("-k", "holds", "--tool=uv", "scenarios", "--results=old.jsonl")
    ran = play(*CASES[:3], "scenarios", "--against=old.jsonl")
    old = json.loads((pytester.path / "old.jsonl").read_text().splitlines()[1])
    assert (ran.status, mistakes(ran)) == (
        4,
        [
            f"`old.jsonl` has nothing to hold {LIAR}@1.0 with Python {old['python']} against",
            f"  hint: its results are of {old['subject']}",
        ],
    )


def test_a_run_is_held_against_one_thing(play: Play, pytester: pytest.Pytester) -> None:
    (pytester.path / "old.jsonl").touch()
    ran = play(*CASES, "--against=old.jsonl")
    assert (ran.status, mistakes(ran)) == (
        4, ["a run is held against expectations or `--against` an earlier one, not against both"],
    )  # fmt: skip


# -- shards ------------------------------------------------------------------------------------------------------------


def plain(value: Any) -> Any:
    """A result file's content without times."""
    match value:
        case dict():
            return {key: plain(one) for key, one in value.items() if key not in {"seconds", "started", "finished"}}
        case list():
            return [plain(one) for one in value]
        case _:
            return value


def lines(path: Path) -> list[Any]:
    return [plain(json.loads(line)) for line in path.read_text().splitlines()]


def test_shards_joined_equal_the_whole(play: Play, pytester: pytest.Pytester, way: Way) -> None:
    build(pytester.path, "honest")
    words = (f"--tool={LIAR}", "--tool-file=mine.yaml", "--tool=mine", "--keep=none", "scenarios")
    play(*words, "--results=whole.jsonl")
    shards = [pytester.path / f"{number}.jsonl" for number in range(1, 6)]
    for number, path in enumerate(shards, start=1):
        play(*words, f"--shard={number}/5", f"--results={path.name}", *way)
    for name in ("whole", "merged"):
        files = map(str, shards if name == "merged" else [pytester.path / "whole.jsonl"])
        assert main(["merge", *files, "-o", f"{name}-merged.jsonl"]) == 0
    assert lines(pytester.path / "merged-merged.jsonl") == lines(pytester.path / "whole-merged.jsonl")
    assert {json.dumps(line) for line in lines(pytester.path / "whole.jsonl")} == {
        json.dumps(line) for line in lines(pytester.path / "merged-merged.jsonl")
    }


def test_a_shard_that_is_left_out_is_refused(
    play: Play, pytester: pytest.Pytester, capsys: pytest.CaptureFixture[str]
) -> None:
    for number in (1, 3):
        play(f"--tool={LIAR}", "--keep=none", "scenarios", f"--shard={number}/3", f"--results={number}.jsonl")
    capsys.readouterr()
    assert main(["merge", str(pytester.path / "1.jsonl"), str(pytester.path / "3.jsonl"), "-o", "all.jsonl"]) == 4
    assert capsys.readouterr().err == "shard 2/3 is missing\n  hint: each of them is a part of the same run\n"
    assert not (pytester.path / "all.jsonl").exists()


# -- unsteady cases ----------------------------------------------------------------------------------------------------

UNSTEADY = f"""\
#!/usr/bin/env python3
import sys
sys.path.insert(0, {str(ZOO)!r})
from honest import Honest, main

class Unsteady(Honest):
    def make(self, place):
        # The directory of each play has a number of its own.
        if int(self.asked.partition("/root/")[0].rpartition("/")[2].rpartition("-")[2]) % 2:
            super().make(place)

main(Unsteady)
"""


@pytest.fixture
def unsteady(pytester: pytest.Pytester) -> tuple[str, ...]:
    """A tool that makes an environment every other time, and the scenario in which that shows."""
    program = pytester.path / "unsteady.py"
    program.write_text(UNSTEADY)
    program.chmod(0o755)
    text = (ZOO / "tool.yaml").read_text().replace("honest", "unsteady")
    (pytester.path / "unsteady.yaml").write_text(text)
    return ("--tool-file=unsteady.yaml", "--tool=unsteady", "-k", "holds", "scenarios")


def test_a_case_that_disagrees_with_itself_errs(play: Play, unsteady: tuple[str, ...], way: Way) -> None:
    ran = play(*unsteady, "--repeat=3", "-v", *way)
    assert (ran.status, ran.outcomes) == (1, {"words/holds unsteady": "errs"})
    reason = ran.lines[1]["reason"]
    ends = {"1 of 3 times breaks usable, 2 of 3 times holds", "2 of 3 times breaks usable, 1 of 3 times holds"}
    assert (reason in ends, ran.lines[1]["unsteady"]) == (True, True)
    assert f"errs (unsteady): {reason}" in ran.out
    assert summary(ran) == ["ERROR (unsteady) scenarios/words/holds.yaml::unsteady"]
    assert len(ran.left) == 1


def test_it_can_be_expected_as_such(play: Play, unsteady: tuple[str, ...], known: Path) -> None:
    known.write_text("- case: words/holds\n  outcome: errs\n  until: 9999-12-31\n  because: By chance\n")
    for more in ((), ("--repeat=2",), ("--repeat=3",)):
        ran = play(*unsteady, "--expect=known.yaml", *more)
        assert (ran.status, ran.closing.partition(",")[0]) == (0, "7 deselected"), more


def test_a_steady_case_is_played_several_times_and_told_once(play: Play, way: Way) -> None:
    ran = play("--repeat=2", f"--tool={LIAR}", "-k", "holds or relative", "--keep=all", "scenarios", *way)
    assert ran.outcomes == {f"words/breaks[relative] {LIAR}": "breaks", f"words/holds {LIAR}": "holds"}
    assert len(ran.left) == 2


def test_what_cannot_be_played_is_not_tried_again(play: Play) -> None:
    ran = play("--repeat=2", f"--tool={LIAR}", "-k", "skipped", "scenarios")
    assert ran.outcomes == {f"words/skipped {LIAR}": "skipped"}


# -- verbs -------------------------------------------------------------------------------------------------------------


def test_expectations_are_learned_from_results(
    play: Play, pytester: pytest.Pytester, capsys: pytest.CaptureFixture[str]
) -> None:
    for tool in (LIAR, "uv"):
        play("-k", "breaks or weak", f"--tool={tool}", "--keep=none", "scenarios", f"--results={tool}.jsonl")
    files = [str(pytester.path / f"{tool}.jsonl") for tool in (LIAR, "uv")]
    capsys.readouterr()
    assert main(["expect", "--learn", *files]) == 0
    text = capsys.readouterr().out
    assert [line for line in text.splitlines() if not line.startswith("#")] == [
        "- case: words/breaks", f"  tool: {LIAR}", "  check: links-survive", "  outcome: breaks", "  because: TODO",
        "- case: words/weak", f"  tool: {LIAR}", "  check: says", "  outcome: weak", "  because: TODO",
        "- case: words/weak", "  tool: uv", "  check: says", "  outcome: weak", "  because: TODO",
    ]  # fmt: skip
    known = pytester.path / "known.yaml"
    known.write_text(text.replace("TODO", "Seen", 1))
    assert main(["expect", "--learn", *files, "-o", str(known)]) == 0
    assert known.read_text() == text.replace("TODO", "Seen", 1)
    ran = play("-k", "breaks or weak", f"--tool={LIAR}", "--tool=uv", "--expect=known.yaml", "scenarios")
    assert (ran.status, "4 xfailed" in ran.closing) == (0, True)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["expect", "--learn", "none.jsonl"], "`none.jsonl` cannot be read: No such file or directory"),
        (["expect", "--learn", "damaged.jsonl"], "damaged.jsonl:1:1: this is no JSON: expecting value"),
    ],
)
def test_results_that_cannot_be_read_are_a_mistake(
    pytester: pytest.Pytester, capsys: pytest.CaptureFixture[str], words: list[str], told: str
) -> None:
    (pytester.path / "damaged.jsonl").write_text("nonsense\n")
    assert main(words) == 4
    assert capsys.readouterr().err.splitlines()[0] == told


def test_old_results_find_a_renamed_scenario(
    play: Play, pytester: pytest.Pytester, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    play("-k", "holds", f"--tool={LIAR}", "scenarios")
    results, suite = pytester.path / "results.jsonl", pytester.path / "scenarios"
    old = pytester.path / "old.jsonl"
    old.write_text(results.read_text().replace("words/holds", "words/held"))
    monkeypatch.setattr(import_module("harness.verbs.diff"), "suite", lambda: suite)
    (suite / "renamed.yaml").write_text("words/held: words/holds\n")
    capsys.readouterr()
    assert main(["diff", str(old), str(results)]) == 0
    assert capsys.readouterr().out == "Nothing changed.\n"
    ran = play("-k", "holds", f"--tool={LIAR}", "scenarios", "--against=old.jsonl")
    assert (ran.status, "Nothing changed." in ran.out) == (0, True)


# -- the schema --------------------------------------------------------------------------------------------------------

SCHEMA = Path(reading.__file__).with_name("result.schema.json")


def test_every_line_of_a_run_is_as_the_published_schema_says(play: Play, unsteady: tuple[str, ...]) -> None:
    validator = Draft202012Validator(json.loads(SCHEMA.read_text()))
    ran = play(f"--tool={LIAR}", "--tool=uv", "--tool=uv@0.0.0", "--vary", "--keep=none", "scenarios")
    again = play(*unsteady, "--repeat=2", "--shard=1/1")
    assert {line["outcome"] for line in ran.lines if line["kind"] == "case"} >= {"errs", "breaks", "weak", "holds"}
    assert [line for one in (ran, again) for line in one.lines if not validator.is_valid(line)] == []
    assert again.lines[0]["shards"] == ["1/1"]
