"""Both ways to follow calls tell the same of real tools: our own engine, which looks, and strace, which is told."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pytest

from harness.explain import ENGINE, STRACE, Stage, explained, stage
from harness.naming import found, parse_case
from harness.process import tracing
from harness.stopping import probe
from harness.storyboard.board import Storyboard
from harness.tools.catalogue import load_tools
from harness.verbs.common import suite

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.session import Entrant

WITHOUT = tracing.missing() or probe.missing()
pytestmark = pytest.mark.skipif(bool(WITHOUT), reason=f"calls cannot be followed here in both ways: {WITHOUT}")

CASES = (
    "links/existing-target-twice",
    "links/chain-recreate",
    "repeat/keeps-a-file-inside",
    "existing/users-files-inside",
    "permissions/locked-directory-inside",
)
TOOLS = ("uv", "venv", "virtualenv")


@dataclass(frozen=True, slots=True)
class Both:
    """A stage, and those who play on it by their names."""

    here: Stage
    entrants: dict[str, Entrant]

    def told(self, scenario: str, tool: str, by: str) -> Storyboard:
        name = parse_case(scenario)
        boards = explained(
            replace(self.here, by=by), self.entrants[tool], *found(name, suite(), load_tools([])), everything=True
        )
        assert isinstance(boards, Storyboard), boards
        return boards


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    base = tmp_path_factory.mktemp("work")
    means = {"tool_files": (), "base": base, "offline": False, "report": str, "by": ENGINE, "points": 5}
    with stage([(tool, "") for tool in TOOLS], **means) as here:
        for _ in range(100):  # so that all roots have names of one length, of which tools write some
            here.work.place()
        yield Both(here, {tool: here.entrant(number) for number, tool in enumerate(TOOLS)})
    assert list(base.iterdir()) == []


def steady(board: Storyboard) -> Storyboard:
    """The same without names that are made up anew each time."""

    def plain(text: str) -> str:
        return re.sub(r"(?<=\btmp/)[^/ ]*\w{8}[^/ ]*|\b[0-9a-f]{16,64}\b|\.tmp\w{6}", "*", text)

    steps = (
        replace(step, told=tuple(replace(one, path=plain(one.path), words=plain(one.words)) for one in step.told))
        for step in board.steps
    )
    return replace(board, steps=tuple(steps))


@pytest.mark.parametrize("tool", TOOLS)
def test_every_call_is_told_alike_in_both_ways(both: Both, tool: str) -> None:
    ours, theirs = ({case: steady(both.told(case, tool, by)) for case in CASES} for by in (ENGINE, STRACE))
    assert sum(any(step.told for step in board.steps) for board in ours.values()) > 2
    assert ours == theirs
