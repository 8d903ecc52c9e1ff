"""What the files of poetry, pdm and hatch say of versions, tried with the real releases at both sides."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

CHECKOUT = Path(__file__).resolve().parents[2]
SYNC, LOOK = "project/requirement-that-works", "looking/environment"
UNUSABLE = "it makes no usable environment in an empty directory"


@dataclass(frozen=True, slots=True)
class Side:
    """A release at one side of a boundary, and what becomes of a check of a scenario: held, broken, or not measured."""

    release: str
    scenario: str
    check: str
    verdict: str


SIDES = [
    # It cannot read the lock file; then it can.
    Side("poetry@1.2.2", SYNC, "succeeds", "broken"),
    Side("poetry@1.3.0", SYNC, "succeeds", "held"),
    # `check --lock` is new.
    Side("poetry@1.5.1", LOOK, "succeeds", "held"),
    Side("poetry@1.6.0", LOOK, "succeeds", "held"),
    # `install --sync`, then `sync`.
    Side("poetry@1.8.5", SYNC, "succeeds", "held"),
    Side("poetry@2.0.0", SYNC, "succeeds", "held"),
    # `check` takes what is deprecated for an error; then it does not, and `env activate` works.
    Side("poetry@2.0.0", LOOK, "succeeds", "broken"),
    Side("poetry@2.0.1", LOOK, "succeeds", "held"),
    # It writes to `.pdm.toml`, then to `.pdm-python`.
    Side("pdm@2.4.9", SYNC, "nothing-outside", "broken"),
    Side("pdm@2.5.0", SYNC, "nothing-outside", "held"),
    Side("pdm@2.5.0", SYNC, "succeeds", "held"),
    # An environment's `path` is new.
    Side("hatch@1.5.0", SYNC, "usable", "not measured"),
    Side("hatch@1.6.0", SYNC, "usable", "held"),
    Side("hatch@1.6.0", SYNC, "succeeds", "held"),
]


@dataclass(frozen=True, slots=True)
class Played:
    """The findings by scenario and release, and why releases were not measured."""

    findings: Mapping[tuple[str, str], Sequence[Mapping[str, Any]]]
    missing: Mapping[str, str]

    def verdicts(self, side: Side) -> set[str]:
        """All that became of the check; skips the test where the release cannot be had."""
        reason = self.missing.get(side.release)
        if reason is None:
            found = self.findings[side.scenario, side.release]
            return {finding["verdict"] for finding in found if finding["check"] == side.check} - {"moot"}
        if not reason.startswith(UNUSABLE):
            pytest.skip(f"{side.release} cannot be had: {reason}")
        return {"not measured"}


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    """Every case of the table, played once."""
    folder = tmp_path_factory.mktemp("boundaries")
    lines = [line for scenario in (SYNC, LOOK) for line in _lines(scenario, folder)]
    findings: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for line in lines:
        if line["kind"] == "case":
            findings.setdefault((line["scenario"], line["subject"]), []).extend(line["findings"])
    subjects = [subject for line in lines if line["kind"] == "header" for subject in line["subjects"]]
    return Played(findings, {one["spec"]: one["not_measured"] for one in subjects if "not_measured" in one})


def _lines(scenario: str, folder: Path) -> Iterator[Mapping[str, Any]]:
    results = folder / f"{Path(scenario).name}.jsonl"
    tools = dict.fromkeys(f"--tool={side.release}" for side in SIDES if side.scenario == scenario)
    subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "xdist", "-n", "2", "--keep=none", "--table=none",
         f"--work-dir={folder}", f"--results={results}", *tools, f"scenarios/{scenario}.yaml"],
        cwd=CHECKOUT, env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}, check=False, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    return map(json.loads, results.read_text().splitlines())


@pytest.mark.parametrize("side", SIDES, ids=lambda side: f"{side.release}-{Path(side.scenario).name}-{side.check}")
def test_a_release_is_as_the_file_of_its_tool_has_it(played: Played, side: Side) -> None:
    found = played.verdicts(side)
    assert (side.verdict in found) if side.verdict == "broken" else (found == {side.verdict})
