"""`venvproof check`, `new`, `list` and `show`: what they say and write, and how they end."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from harness.lint.zoo import zoo_folder

CHECKOUT = Path(__file__).resolve().parents[2]
SUITE = Path(__file__).with_name("suite")
CALL = (sys.executable, "-c", "from harness.cli import main; raise SystemExit(main())")


@dataclass(frozen=True, slots=True)
class Said:
    """How the command ended, and what it said."""

    status: int
    out: str
    err: str


def venvproof(*words: str, cwd: Path) -> Said:
    ran = subprocess.run([*CALL, *words], cwd=cwd, capture_output=True, text=True, check=False)
    return Said(ran.returncode, ran.stdout, ran.stderr)


def written(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


# -- check ------------------------------------------------------------------------------------------------------------


def test_the_corpus_has_no_error_and_is_looked_through_quickly() -> None:
    start = time.monotonic()
    said = venvproof("check", "--format", "json", cwd=CHECKOUT)
    told = json.loads(said.out)
    assert (said.status, said.err) == (0, "")
    assert [one for one in told["notices"] if one["level"] != "note"] == []
    assert told["files"] == len([*(CHECKOUT / "scenarios").rglob("*.yaml")])
    assert time.monotonic() - start < 15  # it takes one second; others may be busy here


def test_every_fault_of_every_file_is_told_by_line_and_column(tmp_path: Path) -> None:
    family = tmp_path / "scenarios" / "mine"
    family.mkdir(parents=True)
    (family / "one.yaml").write_text(
        "summary: Is it kept?\nbecause: a test\ntree: {project: directory}\nsteps: [create]\n"
    )
    (family / "two.yaml").write_text(
        "summary: It is kept.\nbecause: a test\ntree: {project: directory}\nsteps: [crate]\n"
    )
    said = venvproof("check", cwd=tmp_path)
    assert (said.status, said.err) == (1, "")
    assert said.out.splitlines() == [
        "scenarios/mine/one.yaml:1:1: warning: no `family.yaml` lies beside this: it is played only where it is named",
        "  hint: `question: ...?` in it says what the folder answers",
        "scenarios/mine/one.yaml:1:10: warning: `summary` is a question",
        "  hint: say what is true of a tool that conforms, as in `A .venv link outlives two creates`",
        "scenarios/mine/two.yaml:1:10: error: `summary` ends in a full stop",
        "  hint: it is a statement for tables: leave the stop out",
        "scenarios/mine/two.yaml:4:9: error: unknown step `crate`",
        "  hint: did you mean `create`?",
        "2 files: 2 errors, 2 warnings",
    ]


def test_warnings_fail_where_that_is_asked_for(tmp_path: Path) -> None:
    shutil.copytree(SUITE, tmp_path / "scenarios")
    twin = (tmp_path / "scenarios" / "words" / "holds.yaml").read_text()
    (tmp_path / "scenarios" / "words" / "twin.yaml").write_text(twin)
    usual, strict = (venvproof("check", "words/twin", *more, cwd=tmp_path) for more in ((), ("--strict",)))
    assert (usual.status, strict.status, usual.out) == (0, 1, strict.out)
    assert usual.out.splitlines()[0] == "scenarios/words/twin.yaml:1:1: warning: this means the same as `words/holds`"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ((), "there is no folder `scenarios` here\n  hint: name files, as in `venvproof check mine.yaml`\n"),
        (("links/lop",), "there is no file `links/lop`\n  hint: did you mean `links/loop`?\n"),
        (("empty",), "no scenario is in there\n  hint: scenarios are YAML files\n"),
    ],
)  # fmt: skip
def test_a_file_that_is_not_there_is_the_users_mistake(tmp_path: Path, words: tuple[str, ...], message: str) -> None:
    (tmp_path / "empty").mkdir()
    assert venvproof("check", *words, cwd=tmp_path) == Said(4, "", message)


@pytest.mark.skipif(zoo_folder() is None, reason="the zoo's tools are started by their first lines")
def test_checks_that_a_liar_breaks_are_proved(tmp_path: Path) -> None:
    said = venvproof("check", "repeat/create-twice", "--prove", cwd=tmp_path)
    assert said == Said(0, "1 file: nothing to say against\n", "")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(zoo_folder() is None, reason="the zoo's tools are started by their first lines")
def test_a_check_that_cannot_fail_is_told_of(tmp_path: Path) -> None:
    (tmp_path / "vacuous.yaml").write_text(
        "summary: A create keeps the notes beside it\nbecause: this is a test\ntree: {project/notes.txt: file}\n"
        "steps: [create]\nmust:\n  - usable\nshould:\n  - says: '|x'\n"
    )
    said = venvproof("check", "vacuous.yaml", "--prove", "--seconds", "0.1", cwd=tmp_path)
    assert said.status == 0
    assert re.search(r"vacuous\.yaml:8:5: note: no liar of the zoo breaks `should says` in \d+ cases", said.out), (
        said.out
    )


def test_the_hooks_for_other_repositories_take_scenarios_and_families_alone() -> None:
    hooks = yaml.safe_load((CHECKOUT / ".pre-commit-hooks.yaml").read_text())
    assert [hook["entry"] for hook in hooks] == ["venvproof check", "venvproof check --prove"]
    scenarios = ["scenarios/links/a.yaml", "tests/scenarios/links/family.yaml"]
    others = ["scenarios/renamed.yaml", "scenarios/sets/a.txt", "docs/a.yaml", "my-scenarios/links/a.yaml"]
    for hook in hooks:
        assert [path for path in (*scenarios, *others) if re.search(hook["files"], path)] == scenarios


# -- new --------------------------------------------------------------------------------------------------------------


def test_a_new_scenario_is_written_with_its_family_and_passes(tmp_path: Path) -> None:
    said = venvproof("new", "caches/full", "--question", "May the cache be full?", cwd=tmp_path)
    assert (said.status, said.out) == (0, "scenarios/caches/family.yaml\nscenarios/caches/full.yaml\n")
    assert said.err.startswith("next: ")
    assert written(tmp_path) == ["scenarios/caches/family.yaml", "scenarios/caches/full.yaml"]
    checked = venvproof("check", cwd=tmp_path)
    assert (checked.status, checked.out.splitlines()[-1]) == (0, "2 files: 2 warnings")


def test_what_its_author_says_leaves_nothing_to_object_to(tmp_path: Path) -> None:
    said = venvproof(
        "new", "caches/linked", "--question", "May the cache be a link?", "--link", "../store/env",
        "--summary", "A .venv link into a store outlives a create", "--because", "https://example.org/issues/1",
        "--must", "link: {project/.venv: ../store/env}", "--step", "create", "--step", "recreate", cwd=tmp_path,
    )  # fmt: skip
    assert said.status == 0, said.err
    assert venvproof("check", "--strict", cwd=tmp_path) == Said(0, "2 files: nothing to say against\n", "")
    assert (tmp_path / "scenarios" / "caches" / "linked.yaml").read_text() == (
        "summary: A .venv link into a store outlives a create\nbecause: https://example.org/issues/1\n"
        'tree:\n  store/env: directory\n  project/.venv: {link: "../store/env"}\nsteps:\n  - create\n  - recreate\n'
        "must:\n  - link: {project/.venv: ../store/env}\n"
    )


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["words/holds"], "there is a scenario `words/holds` already\n"),
        (["words"], "`words` cannot be the id of a scenario\n  hint: a family and a name, as in `links/onto-itself`\n"),
        (["words/../../out"], "`words/../../out` cannot be the id of a scenario\n"),
        (["words/family"], "`words/family` is the family itself\n"),
        (["words/odd name"], "scenarios/words/odd name.yaml:1:1: `words/odd name` cannot be the id of a scenario\n"),
        (["words/mine", "--must", "usabel"], "scenarios/words/mine.yaml:8:5: unknown check `usabel`\n"),
        (["others/mine", "--question", "Why"], "scenarios/others/family.yaml:1:11: `question` is not one line"),
    ],
)
def test_nothing_is_written_where_anything_is_wrong(tmp_path: Path, words: list[str], message: str) -> None:
    shutil.copytree(SUITE, tmp_path / "scenarios")
    before = written(tmp_path)
    said = venvproof("new", *words, cwd=tmp_path)
    assert (said.status, said.out) == (4, "")
    assert said.err.startswith(message), said.err
    assert written(tmp_path) == before


# -- list -------------------------------------------------------------------------------------------------------------


def test_a_family_is_listed_with_its_question_and_variants(tmp_path: Path) -> None:
    shutil.copytree(SUITE, tmp_path / "scenarios")
    said = venvproof("list", "-v", "-k", "breaks or weak", cwd=tmp_path)
    assert (said.status, said.err) == (0, "")
    assert said.out.splitlines()[0] == "words: What can become of a case?"
    assert [line.split()[0] for line in said.out.splitlines()[1:]] == [
        "words/breaks", "[relative]", "[absolute]", "words/weak", "1"
    ]  # fmt: skip


def test_what_is_listed_is_what_a_run_would_play(tmp_path: Path) -> None:
    words = ("links", "-k", "twice and not absolute", "-m", "symlinks", "--tool=uv@0.7.13", "--tool=venv")
    listed = venvproof("list", *words, "-q", cwd=tmp_path)
    collected = venvproof("run", *words, "--collect-only", "-q", cwd=tmp_path)
    played = [line.replace(".yaml::", "::") for line in collected.out.splitlines() if "::" in line]
    assert listed.out.splitlines() == [name.removeprefix("scenarios/") for name in played] != []


def test_a_machine_reads_the_same(tmp_path: Path) -> None:
    said = venvproof("list", "repeat/create-twice", "--tool=uv", "--format=json", cwd=tmp_path)
    assert json.loads(said.out) == [
        {
            "family": "repeat",
            "scenario": "repeat/create-twice",
            "summary": "A second create leaves what the first one made",
            "question": "Can I run it twice?",
            "variants": [],
            "cases": ["repeat/create-twice::uv"],
        }
    ]


@pytest.mark.parametrize(
    ("words", "status", "message"),
    [
        (["-k", "nothing-like-it"], 5, "nothing was selected\n  hint: `venvproof list` tells what there is\n"),
        (["word"], 4, "there is no scenario `word`\n  hint: did you mean `words`?\n"),
        (["--tool=vnev"], 4, "ERROR: unknown tool `vnev`\n  hint: did you mean `venv`?\n"),
        (["-k", "a b"], 4, "ERROR: Wrong expression passed to '-k'"),
        (["broken.yaml"], 4, "broken.yaml:1:1: a scenario needs `because`\n"),
    ],
)
def test_what_cannot_be_listed_is_told_with_a_hint(tmp_path: Path, words: list[str], status: int, message: str) -> None:
    shutil.copytree(SUITE, tmp_path / "scenarios")
    (tmp_path / "broken.yaml").write_text("summary: It is kept\ntree: {project: directory}\nsteps: [create]\n")
    said = venvproof("list", *words, cwd=tmp_path)
    assert (said.status, said.out) == (status, "")
    assert said.err.startswith(message), said.err


# -- show -------------------------------------------------------------------------------------------------------------


def test_a_case_is_drawn_with_every_command_and_nothing_is_started(tmp_path: Path) -> None:
    said = venvproof("show", "links/existing-target-twice::uv@0.7.13[absolute]", cwd=tmp_path)
    assert (said.status, said.err) == (0, "")
    drawn, _, commands = said.out.partition("\ncommands of uv@0.7.13, of which none was started\n")
    assert "    .venv -> $root/store/env\n" in drawn
    assert commands.splitlines()[-2:] == [
        '  1. uv venv --python "$python" .venv', '  2. uv venv --python "$python" .venv'
    ]  # fmt: skip
    assert list(tmp_path.iterdir()) == []


def test_a_scenario_of_ones_own_suite_is_shown_by_its_id(tmp_path: Path) -> None:
    shutil.copytree(SUITE, tmp_path / "scenarios")
    said = venvproof("show", "words/holds", "--format", "json", cwd=tmp_path)
    assert (said.status, json.loads(said.out)["scenario"], "commands" in said.out) == (0, "words/holds", False)


def test_a_tool_that_cannot_play_it_is_told_why(tmp_path: Path) -> None:
    said = venvproof("show", "project/requirement-that-works::venv", cwd=tmp_path)
    assert (said.status, re.sub(r"[\d.]+ has", "N has", said.out.splitlines()[-1])) == (
        0, "  none: venv N has no `sync`",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("word", "hint"),
    [
        ("links/existing-target-twise", "did you mean `links/existing-target-twice`?"),
        ("links/existing-target-twice[absolut]", "did you mean `absolute`?"),
        ("links/existing-target-twice::vnev", "did you mean `venv`?"),
    ],
)
def test_what_there_is_nothing_of_is_told_with_a_hint(tmp_path: Path, word: str, hint: str) -> None:
    said = venvproof("show", word, cwd=tmp_path)
    assert (said.status, said.out, said.err.splitlines()[-1]) == (4, "", f"  hint: {hint}")


@pytest.mark.parametrize("verb", ["check", "new", "list", "show"])
def test_the_help_has_examples(tmp_path: Path, verb: str) -> None:
    said = venvproof(verb, "--help", cwd=tmp_path)
    assert (said.status, said.err, f"examples:\n  venvproof {verb}" in said.out) == (0, "", True)
