"""What is broken, as SARIF has it: a rule a check, a result a finding, at the line that asks for it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from test_compare import line

from harness.checks import KNOWN
from harness.reading.scenario import load_scenario
from harness.report.sarif import sarif
from harness.results import Part, Results

if TYPE_CHECKING:
    from harness.result import Record

SUITE = Path("/suite")
SCENARIO = """\
summary: An environment is made
because: All is well
tree: {project/notes.txt: file}
steps:
  - create:
    must: [usable]
  - create
must:
  - usable
should:
  - says: made
"""

pytestmark = pytest.mark.usefixtures("fs")


def finding(check: str, level: str = "must", *, broken: bool = True, step: int | None = 1) -> Record:
    verdict = {"verdict": "broken", "evidence": [{"said": "so"}, {"said": "and so"}]} if broken else {"verdict": "held"}
    return {"check": check, "level": level, "step": step, **verdict}


def case(outcome: str, *findings: Record, **more: str) -> Record:
    """A line of a case of the scenario above."""
    path = SUITE / "links" / "a.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(SCENARIO)
    return {**line(), "digest": load_scenario(path).digest(), "outcome": outcome, "findings": list(findings), **more}


ASKED = (finding("usable", broken=False), finding("says", broken=False), finding("usable", broken=False))


def log(*cases: Record, complete: bool = True, shown: str = "scenarios") -> Record:
    (run,) = sarif(Results("a.jsonl", (Part({}, cases),), complete), SUITE, shown)["runs"]
    return dict(run)


def places(run: Record) -> list[Record]:
    return [place for result in run["results"] for place in result["locations"]]


def test_a_result_tells_check_level_subject_and_evidence() -> None:
    (result,) = log(case("breaks", finding("links-survive"), *ASKED))["results"]
    fingerprints = result.pop("partialFingerprints")
    assert result == {
        "ruleId": "links-survive",
        "ruleIndex": list(KNOWN).index("links-survive"),
        "level": "error",
        "message": {"text": "uv@1.0 with Python 3.12.1, links/a: links-survive, step 1: so (and 1 more)"},
        "locations": [
            {"physicalLocation": {"artifactLocation": {"uri": "scenarios/links/a.yaml"}, "region": {"startLine": 1}}}
        ],
    }
    assert set(fingerprints) == {"caseAndCheck/v1", "primaryLocationLineHash"}


def test_every_check_is_a_rule_with_its_statement() -> None:
    rules = log()["tool"]["driver"]["rules"]
    assert [(rule["id"], rule["help"]["text"]) for rule in rules] == [(c.name, c.statement) for c in KNOWN.values()]


def test_what_breaks_is_an_error_and_what_is_weak_a_warning_and_all_else_no_result() -> None:
    run = log(
        case("breaks", finding("usable"), finding("says", "should"), finding("says", "observe")),
        case("weak", finding("no-debris", "should")),
        case("declines", finding("no-debris", "should")),
        case("holds"),
    )
    assert [(result["ruleId"], result["level"]) for result in run["results"]] == [
        ("usable", "error"), ("says", "warning"), ("no-debris", "warning")
    ]  # fmt: skip


def test_a_check_stands_at_the_line_that_asks_for_it() -> None:
    standing = [finding("links-survive"), finding("no-debris", "should", broken=False)]
    run = log(case("breaks", *standing, finding("usable"), finding("says", "should"), finding("usable")))
    lines = [place["physicalLocation"]["region"]["startLine"] for place in places(run)]
    assert [result["ruleId"] for result in run["results"]] == ["links-survive", "usable", "usable", "says"]
    assert lines == [1, 9, 6, 11]


def test_a_scenario_that_means_something_else_by_now_is_named_without_a_line_of_it() -> None:
    (place,) = places(log(case("breaks", finding("usable"), *ASKED, digest="of old")))
    assert place["physicalLocation"]["region"] == {"startLine": 1}


def test_a_scenario_that_is_not_there_has_no_place() -> None:
    assert places(log(case("breaks", finding("usable"), scenario="links/b"))) == []


def test_a_scenario_is_named_by_where_its_suite_stands() -> None:
    (place,) = places(log(case("breaks", finding("links-survive"), *ASKED), shown="our tests"))
    assert place["physicalLocation"]["artifactLocation"] == {"uri": "our%20tests/links/a.yaml"}


def test_a_fingerprint_is_of_the_case_the_tool_and_the_check_whatever_the_version() -> None:
    def prints(**more: str) -> Record:
        check = more.pop("check", "usable")
        (result,) = log(case("breaks", finding(check), *ASKED, **more))["results"]
        return dict(result["partialFingerprints"])

    assert prints() == prints(subject="uv@2.0", python="3.14.0")
    others = [prints(), prints(subject="venv@3.12"), prints(variant="b"), prints(scenario="b/c"), prints(check="says")]
    assert len({one["caseAndCheck/v1"] for one in others}) == len(others)


def test_a_run_that_died_is_no_success() -> None:
    assert [log(complete=complete)["invocations"] for complete in (True, False)] == [
        [{"executionSuccessful": True}], [{"executionSuccessful": False}]
    ]  # fmt: skip
