"""The script of a case looks at what is known to break, or else at all that is asked for."""

from __future__ import annotations

import pytest
from made import must, scenario, should, tool, variant

from harness.errors import HarnessError
from harness.report.scripts.reproduction import Build, reproduction
from harness.scenario import CommandStep, Perform
from harness.tool import Alternative
from harness.tree import Directory, Link

UV = tool("uv", executable="uv", operations={"create": [Alternative(run=(("$tool", "venv", "$env"),))]})
BUILD = Build(tool=UV, version="0.7.13", python="3.11.7", facts={"system": "Linux", "user": "ordinary"})
LINKED = variant(
    CommandStep(Perform("create")), planted={"project/.venv": Link("../env"), "env": Directory()},
    checks=(must("succeeds"), should("says", "made")),
)  # fmt: skip
LOST = {
    "check": "links-survive", "level": "must", "step": 1, "verdict": "broken",
    "evidence": [{"path": "project/.venv", "was": "link ../env", "is": "directory"}],
}  # fmt: skip
SUBJECT = "# family/situation with uv@0.7.13: A made situation"


def looked_at(known: dict[str, object] | None) -> list[str]:
    """The second line of the script, and every line that says what is looked at."""
    script = reproduction(scenario(LINKED), LINKED, BUILD, known).splitlines()
    return [script[1], *(line.partition(":")[0] for line in script[3:] if line.startswith("# "))]


def test_without_results_all_that_is_asked_for_is_looked_at() -> None:
    assert looked_at(None) == [SUBJECT, "# links-survive", "# succeeds"]


def test_with_a_line_of_a_run_it_is_what_that_run_saw() -> None:
    known = {"subject": "uv@0.7.13", "outcome": "breaks", "findings": [LOST]}
    assert looked_at(known) == [SUBJECT, "# links-survive"]


def test_of_a_published_line_what_held_is_looked_at() -> None:
    assert looked_at({"outcome": "breaks", "findings": [LOST], "held": ["succeeds"]}) == [SUBJECT, "# links-survive"]
    assert looked_at({"outcome": "holds", "findings": [], "held": ["succeeds"]}) == [SUBJECT, "# succeeds"]


def test_what_a_build_cannot_do_is_nothing_to_reproduce() -> None:
    other = variant(CommandStep(Perform("sync")))
    with pytest.raises(HarnessError) as refused:
        reproduction(scenario(other), other, BUILD, None)
    assert str(refused.value) == "there is nothing to reproduce of `family/situation`: uv 0.7.13 has no `sync`"
