"""What other programs read of a run: JUnit XML, SARIF, Markdown; and the sets that a run can be held to."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from harness.cli import main
from harness.reading.scenario import load_scenario
from harness.reading.sets import frozen

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pytest

    from conftest import Ran

    Play = Callable[..., Ran]
    Way = tuple[str, ...]

LIAR = "replaces-the-link"


def pin(suite: Path, *names: str) -> Path:
    """A set of these scenarios of the family."""
    path = suite / "sets" / "2026.1.txt"
    path.parent.mkdir()
    path.write_text(frozen(load_scenario(suite / "words" / f"{name}.yaml") for name in names))
    return path


# -- JUnit ------------------------------------------------------------------------------------------------------------


def test_junit_xml_tells_of_every_case_what_it_was_and_what_was_seen(
    play: Play, way: Way, pytester: pytest.Pytester
) -> None:
    ran = play("--junitxml=junit.xml", f"--tool={LIAR}", "-k", "relative or weak or errs or unsupported", *way)
    root = ET.parse(pytester.path / "junit.xml").getroot()
    told = {}
    for case in root.iter("testcase"):
        pairs = [(one.get("name"), one.get("value")) for one in case.iter("property")]
        facts = dict(pairs)
        evidence = [value for name, value in pairs if name == "evidence"]
        told[facts["scenario"], facts["variant"]] = (facts["subject"], facts["outcome"], evidence, facts["python"])
    python = next(line["python"] for line in ran.lines if line["kind"] == "case")
    assert told == {
        ("words/breaks", "relative"): (
            f"{LIAR}@1.0", "breaks", ["links-survive, step 1: project/.venv: link ../store/env -> directory"], python
        ),
        ("words/weak", ""): (
            f"{LIAR}@1.0", "weak", ["says, step 1: it does not say so: .venv: made an environment"], python
        ),
        ("words/errs", ""): (f"{LIAR}@1.0", "errs", [], python),
        ("words/unsupported", ""): (f"{LIAR}@1.0", "unsupported", [], python),
    }  # fmt: skip
    (suite,) = root.iter("testsuite")
    assert {word: suite.get(word) for word in ("tests", "failures", "errors", "skipped")} == {
        "tests": "4", "failures": "1", "errors": "1", "skipped": "1"
    }  # fmt: skip


# -- SARIF ------------------------------------------------------------------------------------------------------------


def test_sarif_points_at_the_line_of_the_scenario(play: Play, pytester: pytest.Pytester) -> None:
    play(f"--tool={LIAR}", "-k", "relative or weak or declines or errs")
    suite = pytester.path / "scenarios"
    assert main(["sarif", "results.jsonl", "--suite", str(suite), "-o", "found.sarif"]) == 0
    (run,) = json.loads((pytester.path / "found.sarif").read_text())["runs"]
    found = {}
    for result in run["results"]:
        (location,) = result["locations"]
        place = location["physicalLocation"]
        row = (
            (suite.parent / place["artifactLocation"]["uri"]).read_text().splitlines()[place["region"]["startLine"] - 1]
        )
        found[result["ruleId"], result["level"]] = (place["artifactLocation"]["uri"], row)
    assert found == {
        ("links-survive", "error"): (
            "scenarios/words/breaks.yaml", "summary: A link where the environment is to be outlives its creation"
        ),
        ("says", "warning"): ("scenarios/words/weak.yaml", "  - says: abracadabra"),
    }  # fmt: skip


def test_sarif_needs_a_suite_that_is_there(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sarif", "results.jsonl", "--suite", "nowhere"]) == 4
    assert capsys.readouterr().err.startswith("there is no folder `nowhere`")


# -- the summary ------------------------------------------------------------------------------------------------------


def test_a_summary_is_written_in_markdown(play: Play, way: Way, pytester: pytest.Pytester) -> None:
    ran = play("--summary=summary.md", "--keep=none", "--tool=uv", f"--tool={LIAR}", "-k", "relative or holds", *way)
    lines = (pytester.path / "summary.md").read_text().splitlines()
    assert [[cell.strip() for cell in line.split("|")[1:3]] for line in lines[2:5]] == [
        ["**words: What can become of a case?**", ""],
        ["&emsp;breaks\\[relative\\]", "x breaks"],
        ["&emsp;all agree on 1 more: 1 holds", ""],
    ]
    assert lines[-5:] == [
        "",
        f"x scenarios/words/breaks.yaml::{LIAR}[relative]",
        "    links-survive, step 1: project/.venv: link ../store/env -&gt; directory",
        "</pre>",
        "</details>",
    ]
    assert ran.status == 1


def test_a_summary_that_cannot_be_written_is_told_of(play: Play) -> None:
    ran = play("--summary=nowhere/summary.md", "--tool=uv", "-k", "holds")
    assert "the summary cannot be written to `nowhere/summary.md`: No such file or directory" in ran.out
    assert ran.status == 1


# -- sets -------------------------------------------------------------------------------------------------------------


def test_a_set_is_played_whatever_else_there_is_by_now(play: Play, way: Way, pytester: pytest.Pytester) -> None:
    suite = pytester.path / "scenarios"
    pin(suite, "holds", "declines")
    (suite / "words" / "new.yaml").write_text("what a newer suite has, and this version cannot even read\n")
    ran = play("--set=2026.1", "--tool=uv", *way, "scenarios")
    assert (ran.status, ran.outcomes) == (0, {"words/declines uv": "declines", "words/holds uv": "holds"})


def test_a_set_chooses_from_what_was_selected(play: Play, pytester: pytest.Pytester) -> None:
    pin(pytester.path / "scenarios", "holds", "declines")
    assert list(play("--set=2026.1", "--tool=uv", "-k", "holds").outcomes) == ["words/holds uv"]
    nothing = play("--set=2026.1", "--tool=uv", "scenarios/words/weak.yaml")
    assert (nothing.status, nothing.closing) == (5, "no tests ran")


def test_a_scenario_that_changed_in_meaning_is_named_with_the_line_of_the_set(
    play: Play, way: Way, pytester: pytest.Pytester
) -> None:
    suite = pytester.path / "scenarios"
    path = pin(suite, "holds", "declines")
    line = next(n for n, row in enumerate(path.read_text().splitlines(), start=1) if row.startswith("words/holds "))
    changed = suite / "words" / "holds.yaml"
    changed.write_text(changed.read_text().replace("- create", "- create\n  - create"))
    ran = play("--set=2026.1", "--tool=uv", *way, "scenarios")
    message = (
        f"scenarios/sets/2026.1.txt:{line}:1: `words/holds` no longer means what it meant when this set was frozen"
    )
    assert (message in ran.out, ran.status, ran.lines) == (True, 4, ())


def test_what_is_wrong_with_a_set_is_told_once(
    play: Play, way: Way, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("CI", "BUILD_NUMBER"):  # where these are set, pytest's own summary says all of it again
        monkeypatch.delenv(name, raising=False)
    path = pin(pytester.path / "scenarios", "holds")
    path.write_text(path.read_text() + "words/hold 0123456789abcdef\n")
    ran = play("--set=2026.1", "--tool=uv", *way, "scenarios")
    told = [line for line in ran.out if line.endswith("the scenario `words/hold` is missing")]
    assert (told, ran.status) == (["scenarios/sets/2026.1.txt:4:1: the scenario `words/hold` is missing"], 4)
    other = play("--set=2026.2", "--tool=uv", *way, "scenarios")
    assert [other.out.count(line) for line in ("there is no set `2026.2`", "  hint: did you mean `2026.1`?")] == [1, 1]
    assert other.status == 4
