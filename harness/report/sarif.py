"""Results as SARIF 2.1.0 (OASIS): what is broken, at the line of the scenario that asks for it."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING
from urllib.parse import quote

from harness import __version__
from harness.checks import KNOWN
from harness.compare import case_of, tool_of
from harness.reading.scenario import load_scenario
from harness.report.cells import brief, broken
from harness.result import Outcome

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from harness.result import Record
    from harness.results import Results
    from harness.scenario import CheckRef, Scenario

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {"must": "error", "should": "warning"}
_NUMBERS = {name: number for number, name in enumerate(KNOWN)}


def sarif(results: Results, suite: Path, shown: str = "scenarios") -> Record:
    """A log of what is broken in cases that break or are weak.

    `suite` is the folder that holds their scenarios, and `shown` what the log calls it: by a path in a repository.
    """
    scenarios = _Scenarios(suite, shown)
    wrong = (case for case in results.cases if case["outcome"] in {Outcome.BREAKS, Outcome.WEAK})
    run = {
        "tool": {"driver": {"name": "venvproof", "version": __version__, "rules": [_rule(name) for name in KNOWN]}},
        "invocations": [{"executionSuccessful": results.complete}],
        "columnKind": "unicodeCodePoints",
        "results": [_result(case, finding, scenarios) for case in wrong for finding in broken(case)],
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(check: str) -> Record:
    statement = {"text": KNOWN[check].statement}
    return {"id": check, "shortDescription": statement, "fullDescription": statement, "help": statement}


def _result(case: Record, finding: Record, scenarios: _Scenarios) -> Record:
    name = _fingerprint(case_of(case), tool_of(case["subject"]), finding["check"])
    return {
        "ruleId": finding["check"],
        "ruleIndex": _NUMBERS[finding["check"]],
        "level": _LEVELS[finding["level"]],
        "message": {"text": f"{case['subject']} with Python {case['python']}, {case_of(case)}: {brief(finding)}"},
        "locations": scenarios.locations(case, finding),
        # The second is the only one that GitHub looks at.
        "partialFingerprints": {"caseAndCheck/v1": name, "primaryLocationLineHash": name},
    }


def _fingerprint(*words: str) -> str:
    return sha256("\n".join(words).encode()).hexdigest()[:32]


class _Scenarios:
    """The scenarios of a suite, each read once."""

    def __init__(self, suite: Path, shown: str) -> None:
        self._suite, self._shown = suite, shown
        self._read: dict[str, Scenario | None] = {}

    def locations(self, case: Record, finding: Record) -> list[Record]:
        """Where a check is asked for: none where the scenario is not there.

        The first line stands for all of it: for a standing check, and where it means something else by now.
        """
        if case["scenario"] not in self._read:
            self._read[case["scenario"]] = self._load(case["scenario"])
        scenario = self._read[case["scenario"]]
        if scenario is None:
            return []
        refs = _refs(scenario, case) if scenario.digest() == case["digest"] else {}
        ref = refs.get(next(number for number, one in enumerate(case["findings"]) if one is finding))
        region = {"startLine": ref.place.line, "startColumn": ref.place.column} if ref else {"startLine": 1}
        return [{"physicalLocation": {"artifactLocation": {"uri": quote(scenario.file)}, "region": region}}]

    def _load(self, id_: str) -> Scenario | None:
        path = self._suite / f"{id_}.yaml"
        return load_scenario(path, shown=f"{self._shown}/{id_}.yaml") if path.is_file() else None


def _refs(scenario: Scenario, case: Record) -> Mapping[int, CheckRef]:
    """The checks that a case asks for, each by the number of its finding: those of standing checks come first."""
    variants = (variant for variant in scenario.variants if variant.id == case["variant"])
    refs = [ref for variant in variants for asking in (variant, *variant.steps) for ref in asking.checks]
    return dict(enumerate(refs, start=len(case["findings"]) - len(refs)))
