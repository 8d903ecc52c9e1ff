"""Checks that can fail are told from those that cannot, by playing a small zoo."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from harness.errors import Place
from harness.lint.proof import Point, Tried, points, try_out
from harness.lint.source import Source, read_source
from harness.lint.zoo import HONEST, visit, zoo_folder

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.lint.zoo import Zoo

HEAD = """\
summary: A .venv link to an existing directory stays a link
because: this is a test
tree:
  store/env: directory
  project/.venv: {link: ../store/env}
"""


@pytest.fixture(scope="module")
def zoo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Zoo]:
    """The honest tool and one liar, which puts a directory in the place of a link."""
    whole = zoo_folder()
    if whole is None:
        pytest.skip("the zoo's tools are started by their first lines")
    few = tmp_path_factory.mktemp("few")
    for name in ("tool.yaml", f"{HONEST}.py", "replaces-the-link.py"):
        shutil.copy(whole / name, few)
    with pytest.MonkeyPatch.context() as patch:
        base = tmp_path_factory.mktemp("work")
        patch.setattr("tempfile.tempdir", str(base))
        with visit(few) as opened:
            yield opened
        assert list(base.iterdir()) == []


def source(rest: str) -> Source:
    return read_source((HEAD + rest).encode(), "links/mine", "mine.yaml")


def test_a_check_that_a_liar_breaks_is_told_from_one_that_none_breaks(zoo: Zoo) -> None:
    mine = source("steps: [create]\nmust:\n  - link: {project/.venv: ../store/env}\n  - absent: project/never\n")
    never = Point("must absent", Place("mine.yaml", 9, 5))
    assert try_out(mine, zoo) == Tried(left=frozenset({never}), played=1)


def test_a_check_that_is_asked_twice_is_proved_for_each(zoo: Zoo) -> None:
    asked = "  - create:\n    must:\n      - link: {project/.venv: ../store/env}\n"
    mine = source(f"steps:\n{asked}{asked.replace('../store/env', 'elsewhere')}")
    assert try_out(mine, zoo) == Tried(faults=frozenset({Point("must link", Place("mine.yaml", 12, 9))}), played=1)


def test_a_scenario_that_names_no_check_is_proved_by_what_breaks_a_standing_one(zoo: Zoo) -> None:
    assert try_out(source("steps: [create]\n"), zoo) == Tried(played=1)


def test_what_an_honest_tool_breaks_is_no_proof(zoo: Zoo) -> None:
    mine = source("steps: [create]\nmust:\n  - absent: project/.venv/pyvenv.cfg\n")
    fault = Point("must absent", Place("mine.yaml", 8, 5))
    assert try_out(mine, zoo) == Tried(faults=frozenset({fault}))


def test_a_scenario_that_is_for_other_tools_alone_is_not_played(zoo: Zoo) -> None:
    mine = source("steps: [create]\ntools: [uv]\n")
    reason = "this is for `uv` alone, which the zoo has none of"
    assert try_out(mine, zoo) == Tried(absent=(reason,), left=points(mine))


def test_an_operation_that_the_zoo_has_not_proves_nothing(zoo: Zoo) -> None:
    mine = source("steps: [lock]\n")
    assert try_out(mine, zoo) == Tried(absent=("honest 1.0 has no `lock`",), left=points(mine))


def test_what_the_honest_tool_errs_in_is_played_by_no_liar(zoo: Zoo) -> None:
    text = (
        "summary: Nothing stands here at all\nbecause: this is a test\ntree: {project: directory}\n"
        "steps: [create, {delete: project/no}]\n"
    )
    tried = try_out(read_source(text.encode(), "links/mine", "mine.yaml"), zoo)
    reason = "step 2 was not started: `project/no` cannot be deleted: no such file or directory"
    assert tried == Tried(erred=(reason,), left=tried.left)


def test_when_time_is_up_no_more_is_played(zoo: Zoo) -> None:
    variants = ", ".join(f"v{number}: x{number}" for number in range(5))
    mine = source(f"steps: [create]\nmust:\n  - absent: project/$n\naxes: {{n: {{{variants}}}}}\n")
    tried = try_out(mine, zoo, seconds=0)
    assert (tried.played, tried.late, len(tried.left)) == (4, True, 1)


def test_the_zoo_is_found_in_a_checkout() -> None:
    here = Path(__file__).resolve().parents[1] / "zoo"
    assert zoo_folder() == (here if os.name == "posix" else None)
