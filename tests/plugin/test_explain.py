"""`venvproof explain`: which call broke what, by a liar of the zoo; and its way to the site."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from harness.cli import main
from harness.process import tracing
from harness.stopping import probe

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Explain = Callable[..., "Said"]

SUITE = Path(__file__).with_name("suite")
ZOO = Path(__file__).parents[1] / "zoo"
LIAR = "replaces-the-link"

needs_strace = pytest.mark.skipif(bool(tracing.missing()), reason=f"nothing can be traced here: {tracing.missing()}")
needs_engine = pytest.mark.skipif(bool(probe.missing()), reason=f"calls cannot be stopped here: {probe.missing()}")
needs_either = pytest.mark.skipif(
    bool(probe.missing() and tracing.missing()), reason=f"calls cannot be followed here: {probe.missing()}"
)
in_both_ways = pytest.mark.parametrize(
    "by", [pytest.param("engine", marks=needs_engine), pytest.param("strace", marks=needs_strace)]
)

CASE = f"words/breaks::{LIAR}[relative]"
STORY = (
    f"words/breaks[relative], {LIAR}@1.0, Python X: breaks",
    "must links-survive, step 1: project/.venv: link ../store/env -> directory",
    "",
    f"step 1: {LIAR} create --python $python .venv (exited 0)",
    "python3 unlink project/.venv the link ../store/env is gone <- breaks links-survive",
    "python3 mkdir project/.venv a new directory <- breaks links-survive",
)


@dataclass(frozen=True, slots=True)
class Said:
    """How the command ended, and what it said."""

    status: int
    out: str
    err: str


@pytest.fixture
def explain(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Explain]:
    """Explains cases of the small suite in an empty folder, with the liar at hand."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "work").mkdir()
    words = ["--suite", str(SUITE), "--work-dir", "work", "--tool-file", f"{LIAR}.yaml", "--offline"]
    described = (ZOO / "tool.yaml").read_text(encoding="utf-8").replace("honest", LIAR)
    Path(f"{LIAR}.yaml").write_text(
        described.replace(f"./{LIAR}.py", (ZOO / f"{LIAR}.py").as_posix()), encoding="utf-8"
    )

    def call(*more: str) -> Said:
        status = main(["explain", *words, *more])
        said = capsys.readouterr()
        return Said(status, said.out, said.err)

    before = signal.getsignal(signal.SIGTERM)
    yield call
    signal.signal(signal.SIGTERM, before)
    assert os.listdir("work") == []  # whatever happened  # noqa: PTH208


def published() -> None:
    """Let a process of its own play what the liar breaks."""
    words = ["--tool", LIAR, "--tool-file", f"{LIAR}.yaml", "--keep", "none", "--offline", "--results", "run.jsonl"]
    scenario = str(SUITE / "words" / "breaks.yaml")
    command = (sys.executable, "-c", "from harness.cli import main; raise SystemExit(main())")
    done = subprocess.run(
        (*command, "run", *words, "--work-dir", "work", scenario), capture_output=True, text=True, check=False
    )
    assert done.returncode == 1, done.stdout + done.stderr


@in_both_ways
def test_the_calls_that_replaced_a_link_are_told_with_the_check_that_they_broke(explain: Explain, by: str) -> None:
    said = explain(CASE, "--by", by)
    told = [" ".join(line.split()) for line in re.sub(r"Python [\d.]+", "Python X", said.out).splitlines()]
    assert (said.status, tuple(told[: len(STORY)]), said.err) == (0, STORY, "")
    assert told[len(STORY)].endswith("(a new environment)")


@needs_either
def test_what_broke_a_check_is_red_where_there_is_colour(explain: Explain) -> None:
    red = [line for line in explain(CASE, "--color", "yes").out.splitlines() if line.startswith("\x1b[31m")]
    assert len(red) == 3
    assert all(line.endswith("\x1b[0m") for line in red)


@in_both_ways
def test_as_json_it_is_whole_and_every_call_is_told_where_that_is_asked_for(explain: Explain, by: str) -> None:
    told = (json.loads(explain(CASE, "--format", "json", "--by", by, *more).out) for more in ((), ("--all",)))
    (folded,), (whole,) = told
    assert (folded["outcome"], folded["untraced"], folded["case"]) == ("breaks", "breaks", "words/breaks[relative]")
    assert len(whole["steps"][0]["told"]) > len(folded["steps"][0]["told"])
    assert all(told.get("calls", 1) == 1 for told in whole["steps"][0]["told"])


@needs_either
def test_a_case_that_a_tool_has_no_command_for_selects_nothing(explain: Explain) -> None:
    said = explain(f"words/unsupported::{LIAR}")
    assert (said.status, said.out) == (5, "")
    assert said.err.startswith(f"`words/unsupported::{LIAR}` is not played: ")


@needs_either
def test_an_unknown_step_is_a_mistake_that_names_those_there_are(explain: Explain) -> None:
    assert explain(CASE, "--step", "7") == Said(4, "", "`words/breaks[relative]` has no step 7\n  hint: known: `1`\n")


@needs_either
def test_a_recorded_storyboard_is_shown_on_the_scenario_s_page(explain: Explain) -> None:
    assert explain(CASE, "--record", "reports/storyboards").status == 0
    (recorded,) = Path("reports/storyboards").rglob("*.json")
    assert recorded.parts[2] == LIAR
    published()
    assert main(["report", "run.jsonl", "--data", "reports/data", "--suite", str(SUITE)]) == 0
    assert main(["report", "reports/data", "-o", "reports/site", "--suite", str(SUITE)]) == 0
    page = Path("reports/site/scenarios/words/breaks.html").read_text(encoding="utf-8")
    assert page.count('<details class="story">') == 1  # the other variant has none
    assert "the link ../store/env is gone; <b>breaks links-survive</b>" in page


@needs_either
def test_what_breaks_in_published_results_is_recorded_once(explain: Explain) -> None:
    published()
    first, second = (explain("--record", "stories", "--from", "run.jsonl") for _ in range(2))
    assert (first.status, first.err) == (
        0, f"2 cases that break, 2 of them without a storyboard\n{LIAR}@1.0: 2 of 2\n",
    )  # fmt: skip
    assert (second.status, second.err) == (0, "2 cases that break, 0 of them without a storyboard\n")


def test_mistakes_are_told_in_plain_words(explain: Explain) -> None:
    assert explain() == Said(
        4, "", "no case is named\n  hint: as in `venvproof explain links/existing-target-twice::uv@0.7.13`\n"
    )
    said = explain(CASE, "--tool", "uv")
    assert (said.status, said.err.splitlines()[0]) == (
        4,
        "`--from` and `--tool` choose what is recorded without a CASE",
    )
    said = explain(CASE, "--record", "stories", "--all")
    assert (said.status, said.err) == (4, "what is recorded is folded and whole: leave out `--all` and `--step`\n")
    assert explain("words/braeks") == Said(
        4, "", "there is no scenario `words/braeks`\n  hint: did you mean `words/breaks`?\n"
    )


def test_where_there_is_no_strace_it_says_so(explain: Explain, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    tracing.missing.cache_clear()
    said = explain(CASE, "--by", "strace")
    tracing.missing.cache_clear()
    assert (said.status, said.out, said.err.partition(":")[0]) == (4, "", "nothing can be traced here")


@needs_strace
def test_where_no_calls_can_be_stopped_strace_follows_them(explain: Explain, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probe, "missing", lambda: "the kernel has no seccomp")
    said = explain(CASE)
    assert (said.status, said.out.count("<- breaks links-survive")) == (0, 2)
    assert explain(CASE, "--by", "engine") == Said(
        4, "", "calls cannot be stopped here: the kernel has no seccomp\n  hint: `--by strace` may do\n"
    )


SWEPT = """\
summary: A create that is killed anywhere leaves the link
because: The liar removes the link before it makes anything
tree:
  store/env: directory
  project/.venv: {link: ../store/env}
steps:
  - create:
    interrupt: {signal: SIGKILL, at: each}
"""


@pytest.fixture
def swept() -> tuple[str, ...]:
    """The words that name a case that is killed before each of its calls in turn."""
    Path("own/mine").mkdir(parents=True)
    Path("own/mine/family.yaml").write_text("question: What is left of it?\n", encoding="utf-8")
    Path("own/mine/killed.yaml").write_text(SWEPT, encoding="utf-8")
    return (f"mine/killed::{LIAR}", "--suite", "own")


@needs_engine
def test_a_swept_case_is_told_up_to_the_worst_of_its_calls(explain: Explain, swept: tuple[str, ...]) -> None:
    said = explain(*swept)
    told = [" ".join(line.split()) for line in said.out.splitlines()]
    assert (said.status, said.err) == (0, "")
    assert "killed before" in told[1]
    assert told[-2:] == [
        "python3 unlink project/.venv the link ../store/env is gone <- breaks links-survive",
        "python3 mkdir project/.venv never made; killed before it",
    ]


@needs_engine
@needs_strace
def test_a_case_whose_calls_are_stopped_is_not_for_strace(explain: Explain, swept: tuple[str, ...]) -> None:
    said = explain(*swept, "--by", "strace")
    why = "its calls are stopped, and what is stopped cannot be traced: leave out `--by strace`"
    assert said == Said(5, "", f"`mine/killed::{LIAR}` is not played: {why}\n")
