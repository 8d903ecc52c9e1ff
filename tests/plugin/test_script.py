"""`venvproof script`: the script of a named case, from results or without, and what it refuses."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from harness.cli import main
from harness.naming import parse_case
from harness.published import dumped, load
from harness.reading.scenario import load_scenario

if TYPE_CHECKING:
    from collections.abc import Callable

    from harness.result import Record

    Script = Callable[..., "Said"]

SUITE = Path(__file__).with_name("suite")
LOST = {
    "check": "links-survive", "level": "must", "step": 1, "verdict": "broken",
    "evidence": [{"path": "project/.venv", "was": "link ../store/env", "is": "directory"}],
}  # fmt: skip
EXPECTS = "expect project/.venv 'link ../store/env'"
SAME = "\nsame project/.venv\n"


@dataclass(frozen=True, slots=True)
class Said:
    """How the command ended, and what it said."""

    status: int
    out: str
    err: str

    @property
    def of(self) -> str:
        """What the script says that it is of."""
        return self.out.splitlines()[1].removeprefix("# ").partition(":")[0]


@pytest.fixture
def script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Script:
    """The verb on the small suite, in an empty folder."""
    monkeypatch.chdir(tmp_path)

    def call(*words: str) -> Said:
        status = main(["script", *words, "--suite", str(SUITE)])
        said = capsys.readouterr()
        return Said(status, said.out, said.err)

    return call


def results(folder: Path, *versions: str, name: str = "breaks", outcome: str = "breaks") -> Path:
    """Results of uv in which a case came to that."""
    digest = load_scenario(SUITE / "words" / f"{name}.yaml").digest()
    header: Record = {
        "kind": "header", "format": 1, "venvproof": "1.0.0", "suite": "sha256:1", "started": "2026-11-01",
        "machine": {"system": "Linux", "user": "ordinary"}, "planned": len(versions),
        "subjects": [{"spec": "uv", "name": f"uv@{v}", "tool": "uv", "version": v, "digest": "1"} for v in versions],
    }  # fmt: skip
    cases = [
        {
            "kind": "case", "scenario": f"words/{name}", "variant": "relative", "subject": f"uv@{version}",
            "python": "3.12.1", "digest": digest, "outcome": outcome, "reason": "", "findings": [LOST], "steps": [],
        }
        for version in versions
    ]  # fmt: skip
    lines = [header, *cases, {"kind": "footer", "finished": "", "cases": len(cases)}]
    path = folder / "results.jsonl"
    path.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    return path


def test_a_case_without_results_is_looked_at_for_all_that_it_asks(script: Script) -> None:
    said = script("words/breaks::uv@0.7.13[relative]")
    assert (said.status, said.err, said.of) == (0, "", "words/breaks[relative] with uv@0.7.13")
    assert (EXPECTS in said.out, SAME in said.out) == (False, True)


def test_a_case_with_results_is_looked_at_for_what_broke(script: Script, tmp_path: Path) -> None:
    found = script("words/breaks::uv@0.7.13[relative]", "--from", str(results(tmp_path, "0.7.13")))
    assert (found.status, EXPECTS in found.out) == (0, True)
    assert "python3.12 -m venv env && env/bin/pip install uv==0.7.13" in found.out


def test_without_a_version_the_newest_is_meant_that_has_results(script: Script, tmp_path: Path) -> None:
    file = str(results(tmp_path, "0.9.1", "0.10.2", "0.10.1"))
    told = [script(f"words/breaks{subject}", "--from", file).of for subject in ("", "::uv", "::uv@<0.10")]
    newest = "words/breaks[relative] with uv@0.10.2"
    assert told == [newest, newest, "words/breaks[relative] with uv@0.9.1"]


def test_published_data_is_read_where_it_lies(script: Script, tmp_path: Path) -> None:
    (one,) = load([results(tmp_path, "0.9.1")])
    file = tmp_path / "reports" / "data" / one.file
    file.parent.mkdir(parents=True)
    file.write_text(dumped(one))
    said = script("words/breaks::uv")
    assert (said.of, EXPECTS in said.out) == ("words/breaks[relative] with uv@0.9.1", True)


def test_results_of_a_scenario_that_means_something_else_by_now_do_not_count(script: Script, tmp_path: Path) -> None:
    file = results(tmp_path, "0.7.13")
    file.write_text(file.read_text().replace('"digest": "', '"digest": "0'))
    assert EXPECTS not in script("words/breaks::uv@0.7.13[relative]", "--from", str(file)).out


def test_the_version_of_a_module_of_the_interpreter_is_that_of_python(script: Script) -> None:
    said = script("words/breaks::venv@3.12")
    assert (said.of, "# To run it: PYTHON=python3.12 sh THIS-FILE" in said.out) == (
        "words/breaks[relative] with venv@3.12", True
    )  # fmt: skip


def test_a_script_is_written_to_a_file_that_can_be_run(script: Script, tmp_path: Path) -> None:
    said = script("words/breaks::uv@0.7.13", "-o", "bug.sh")
    assert (said, os.access(tmp_path / "bug.sh", os.X_OK)) == (Said(0, "", ""), True)
    assert (tmp_path / "bug.sh").read_text() == script("words/breaks::uv@0.7.13").out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["words/break::uv"], "there is no scenario `words/break`\n  hint: did you mean `words/breaks`?"),
        (["words/breaks::uvv@1"], "unknown tool `uvv`\n  hint: did you mean `uv`?"),
        (["words/breaks::uv@zero"], "`uv@zero`: `zero` is no version"),
        (["words/breaks::venv@/usr/bin/python3"], "`venv@/usr/bin/python3` names no version\n  hint: write it so: "),
        (["words/breaks::uv@./no/uv"], "`uv@./no/uv` cannot be asked for its version: it does not say its version"),
        (["words/breaks", "--from", "nowhere.jsonl"], "`nowhere.jsonl` cannot be read: No such file or directory"),
        (["words/unsupported::venv@3.12"], "there is nothing to reproduce of `words/unsupported`: venv 3.12 has no "),
    ],
)
def test_the_users_mistakes_are_told(script: Script, words: list[str], message: str) -> None:
    said = script(*words)
    assert (said.status, said.out, said.err[: len(message)]) == (4, "", message)


def test_the_help_has_an_example_that_is_the_name_of_a_case(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["script", "--help"])
    (example,) = (line for line in capsys.readouterr().out.splitlines() if line.endswith("[relative]'"))
    assert (ended.value.code, parse_case(example.split("'")[1]).variant) == (0, "relative")
