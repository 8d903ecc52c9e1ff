"""`venvproof report`: what it writes and where, what it refuses, and how it ends."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from harness.cli import main
from harness.published import dumped, load
from harness.reading.scenario import load_scenario
from harness.report.site.files import MARKER

if TYPE_CHECKING:
    from collections.abc import Callable

    from harness.result import Record

    Report = Callable[..., "Said"]

SUITE = Path(__file__).with_name("suite")
"""Of these scenarios some are played, none in earnest."""

FILE = "uv/1.0/linux-x86_64-ext4-py3.12.json"
LOST = {
    "check": "links-survive", "level": "must", "step": 1, "verdict": "broken",
    "evidence": [{"path": "project/.venv", "was": "link ../store/env", "is": "directory"}],
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Said:
    """How the command ended, and what it said."""

    status: int
    out: str
    err: str


@pytest.fixture
def report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Report:
    """Reports on the small suite in an empty folder, unless another suite is named."""
    monkeypatch.chdir(tmp_path)

    def call(*words: str, suite: str = str(SUITE)) -> Said:
        status = main(["report", *words, "--suite", suite])
        said = capsys.readouterr()
        return Said(status, said.out, said.err)

    return call


def line(name: str, outcome: str = "holds", *, version: str = "1.0", variant: str = "", **more: object) -> Record:
    change = {"path": "project/.venv", "was": "absent", "is": "directory"}
    findings = [LOST] if outcome == "breaks" else []
    return {
        "kind": "case", "scenario": f"words/{name}", "variant": variant, "subject": f"uv@{version}",
        "python": "3.12.4", "digest": load_scenario(SUITE / "words" / f"{name}.yaml").digest(), "outcome": outcome,
        "reason": "", "findings": findings, "steps": [
            {"step": 1, "operation": "create", "run": ["uv", "venv"], "ending": {"exited": 0}, "seconds": 0.1,
             "output": "<b>made</b>", "changes": [change]},
        ], **more,
    }  # fmt: skip


def results(path: str, *cases: Record, version: str = "1.0", ends: bool = True, more: tuple[Record, ...] = ()) -> str:
    """A result file of these cases, by its path."""
    head = {
        "kind": "header", "format": 1, "venvproof": "1.0.0", "suite": "sha256:1",
        "started": "2026-11-20T09:00:00+00:00", "planned": len(cases),
        "machine": {"system": "Linux", "architecture": "x86_64", "filesystem": "ext4", "lacks": {}},
        "subjects": [
            {"spec": "uv", "name": f"uv@{version}", "tool": "uv", "version": version, "digest": "abc"}, *more
        ],
    }  # fmt: skip
    lines = [head, *cases, *([{"kind": "footer", "finished": "", "cases": len(cases)}] if ends else [])]
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_text("".join(json.dumps(one) + "\n" for one in lines), encoding="utf-8")
    return path


def a_run(path: str = "run.jsonl") -> str:
    return results(path, line("breaks", "breaks", variant="relative"), line("weak", "weak"), line("holds"))


def below(folder: str) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in Path(folder).rglob("*") if path.is_file()}


# -- what is written ---------------------------------------------------------------------------------------------------


def test_data_is_written_a_file_a_build_and_machine_and_read_again_as_it_was(report: Report) -> None:
    more = ({"spec": "uv@0.0.1", "not_measured": "no such release"},)
    old = results("old.jsonl", line("holds", version="0.9"), version="0.9", more=more)
    assert report(a_run(), old, "--data", "data") == Said(0, "3 measurements in data\n", "")
    assert below("data") == {FILE, "uv/0.9/linux-x86_64-ext4-py3.12.json", "uv/0.0.1/linux-x86_64-ext4.json"}
    assert load([Path("data")]) == load([Path("run.jsonl"), Path("old.jsonl")])
    assert report("data", "--data", "again").status == 0
    assert {name: Path("again", name).read_bytes() for name in below("again")} == {
        name: Path("data", name).read_bytes() for name in below("data")
    }


def test_a_site_is_written_with_a_page_for_each_scenario_and_tool_and_with_its_data(report: Report) -> None:
    said = report(a_run(), "-o", "site")
    count = len(below("site")) - 1
    told = f"{count} files in site, of which {count} are new or changed: open {Path('site', 'index.html')}\n"
    assert said == Said(0, told, "")
    names = {path.stem for path in (SUITE / "words").glob("*.yaml")} - {"family"}
    pages = {f"scenarios/words/{name}.html" for name in names}
    assert below("site") >= {MARKER, "index.html", "matrix.html", "tools/uv.html", f"data/{FILE}", *pages}
    page = Path("site", "scenarios", "words", "breaks.html").read_text(encoding="utf-8")
    assert "the link becomes a directory" in page
    assert "&lt;b&gt;made&lt;/b&gt;" in page
    assert "<b>made</b>" not in page


def test_a_site_that_is_as_it_should_be_is_not_written_again(report: Report) -> None:
    report(a_run(), "-o", "site")
    assert "of which 0 are new or changed" in report("run.jsonl", "-o", "site").out


def test_published_data_beside_a_site_is_led_to_and_not_written_twice(report: Report) -> None:
    report(a_run(), "--data", "reports/data")
    assert report("reports/data", "-o", "reports/site").status == 0
    assert [name for name in below("reports/site") if name.startswith("data/")] == []
    assert f"../data/{FILE}" in Path("reports", "site", "index.html").read_text(encoding="utf-8")


def test_the_table_is_written_as_github_shows_it(report: Report) -> None:
    assert report(a_run(), "--readme", "reports/README.md") == Said(0, "the table in reports/README.md\n", "")
    first, *_ = Path("reports", "README.md").read_text(encoding="utf-8").splitlines()
    assert first == '<!-- generated by "venvproof report"; do not edit -->'


def test_without_results_those_that_are_published_here_are_taken(report: Report) -> None:
    a_run("reports/data/run.jsonl")
    assert report("--data", "data") == Said(0, "1 measurements in data\n", "")


# -- what is held against what is there --------------------------------------------------------------------------------


@pytest.fixture
def committed(report: Report) -> Report:
    """A folder of reports that is what its data gives."""
    report(a_run(), "--data", "reports/data")
    Path("run.jsonl").unlink()
    assert report("-o", "reports/site", "--readme", "reports/README.md").status == 0
    return report


def test_reports_that_are_what_their_data_gives_pass(committed: Report) -> None:
    before = {name: Path(name).read_bytes() for name in below(".")}
    said = committed("--check")
    assert (said.status, said.err) == (0, "")
    assert said.out.startswith("reports is what its data gives: 1 measurements, ")
    assert {name: Path(name).read_bytes() for name in below(".")} == before


@pytest.mark.parametrize(
    "name", ["reports/README.md", "reports/site/index.html", f"reports/site/{MARKER}", f"reports/data/{FILE}"]
)
def test_a_report_that_somebody_edited_fails_and_is_named(committed: Report, name: str) -> None:
    path = Path(name)
    path.write_bytes(path.read_bytes() + b"\n")
    said = committed("--check")
    assert (said.status, said.out) == (1, "")
    assert said.err == f"{path} is not what the data gives\n  hint: `make reports` makes them anew\n"


def test_reports_that_lack_all_name_the_first_and_count_the_others(report: Report) -> None:
    report(a_run(), "--data", "reports/data")
    said = report("--check")
    *named, more, _ = said.err.splitlines()
    assert (said.status, len(named), more.startswith("... and ")) == (1, 10, True)
    assert not Path("reports", "site").exists()


# -- what is refused ---------------------------------------------------------------------------------------------------


DATA_HINT = "`venvproof report RESULTS --data DIRECTORY` writes them"


@pytest.mark.parametrize(
    ("inputs", "what", "hint"),
    [
        (["none.jsonl"], "`none.jsonl` cannot be read: No such file or directory", "`--results FILE` writes one"),
        (["none.json"], "`none.json` cannot be read: No such file or directory", ""),
        ([], f"`{Path('reports', 'data')}` cannot be read: No such file or directory", "`--results FILE` writes one"),
        (["empty"], "there are no results in `empty`", "result files end in `.jsonl`, published ones in `.json`"),
        (["damaged.json"], "damaged.json:2:9: this is no JSON: expecting value", DATA_HINT),
        (["other.json"], "other.json:1:1: this is no published measurement", DATA_HINT),
        (["damaged.jsonl"], "damaged.jsonl:2:10: this is no JSON: expecting value",
         "each line is JSON with `kind`: `header`, `case` or `footer`"),
        (["died.jsonl"], "`died.jsonl` has no end: its run died; planned cases that are missing: 0",
         "what is not whole is not published; run it again"),
        (["errs.jsonl"], "`errs.jsonl` holds errors alone", "that tells of the harness, not of the tools"),
        (["nothing.jsonl"], "there are no results to report of", "`--results FILE` of a run writes some"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_and_nothing_is_written(report: Report, inputs: list[str], what: str, hint: str) -> None:
    Path("empty").mkdir()
    Path("damaged.json").write_text('{"format": 1,\n"tool": uv}\n')
    Path("other.json").write_text("{}")
    results("damaged.jsonl", ends=False)
    Path("damaged.jsonl").write_text(Path("damaged.jsonl").read_text() + '{"kind": case}\n')
    results("died.jsonl", line("holds"), ends=False)
    results("errs.jsonl", line("errs", "errs"))
    results("nothing.jsonl")
    before = below(".")
    said = report(*inputs, "-o", "site", "--data", "data", "--readme", "README.md")
    assert said == Said(4, "", f"{what}\n  hint: {hint}\n" if hint else f"{what}\n")
    assert below(".") == before


def test_where_nothing_is_asked_for_nothing_is_done(report: Report) -> None:
    said = "nothing is asked for\n  hint: say `-o site`, `--data FOLDER`, `--readme FILE` or `--check`\n"
    assert report(a_run()) == Said(4, "", said)
    assert below(".") == {"run.jsonl"}


def test_a_folder_that_is_no_suite_is_told(report: Report) -> None:
    said = "there is no folder `none`\n  hint: a suite holds families, as in `scenarios`\n"
    assert report(a_run(), "-o", "site", suite="none") == Said(4, "", said)


def test_a_folder_of_the_users_is_refused_and_nothing_is_written_anywhere(report: Report) -> None:
    Path("mine").mkdir()
    Path("mine", "index.html").write_text("mine")
    said = report(a_run(), "-o", "mine", "--data", "data", "--readme", "README.md")
    assert said == Said(4, "", "`mine` is not empty, and no site of ours\n  hint: name a folder that is new or empty\n")
    assert below(".") == {"run.jsonl", "mine/index.html"}
    assert Path("mine", "index.html").read_text() == "mine"


def test_what_cannot_be_written_is_told(report: Report) -> None:
    Path("file").write_text("mine")
    said = report(a_run(), "--readme", "file/README.md")
    assert (said.status, said.out) == (4, "")
    assert said.err.startswith(f"`{Path('file', 'README.md')}` cannot be written: ")


def test_a_flag_that_there_is_not_is_a_mistake(report: Report, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        report("--sight")
    assert (caught.value.code, "unrecognized arguments: --sight" in capsys.readouterr().err) == (4, True)


# -- what a release of old had -----------------------------------------------------------------------------------------


def test_published_data_of_a_scenario_that_means_something_else_by_now_is_kept_and_not_shown(report: Report) -> None:
    report(results("run.jsonl", line("holds"), line("breaks", "breaks", digest="of another day")), "--data", "data")
    (measurement,) = load([Path("data")])
    assert set(measurement.cases) == {"words/holds", "words/breaks"}
    report("data", "-o", "elsewhere/site")
    assert "the link becomes" not in Path("elsewhere", "site", "scenarios", "words", "breaks.html").read_text()
    assert Path("elsewhere", "site", "data", FILE).read_text(encoding="utf-8") == dumped(measurement)
