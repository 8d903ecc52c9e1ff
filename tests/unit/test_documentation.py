"""What README says of scenarios, checks and outcomes is what the code says."""

from pathlib import Path

import pytest

from harness.checks import KNOWN
from harness.result import Outcome

HERE = Path(__file__).parents[2]
README = (HERE / "README.md").read_text(encoding="utf-8")


def test_the_scenario_that_the_readme_shows_is_the_one_in_the_suite() -> None:
    assert (HERE / "scenarios" / "links" / "existing-target-twice.yaml").read_text(encoding="utf-8") in README


@pytest.mark.parametrize("name", KNOWN)
def test_the_readme_lists_every_check_with_its_statement(name: str) -> None:
    rows = [line for line in README.splitlines() if line.startswith((f"| `{name}`", f"| `{name}: "))]
    assert [row.split(" | ", 1)[1] for row in rows] == [f"{KNOWN[name].statement} |"]


@pytest.mark.parametrize("outcome", Outcome)
def test_the_readme_explains_every_outcome_by_its_sign(outcome: Outcome) -> None:
    assert f"| `{outcome.sign}` | {outcome} | " in README
