"""A name is put for another where it is a whole part of a path, and nowhere else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made import must, variant

from harness.renaming import renamed
from harness.scenario import CommandStep, Move, Options, Perform
from harness.tree import File, Hardlink, Link


@pytest.mark.parametrize(
    ("text", "now"),
    [
        (".venv", "env"),
        ("project/.venv", "project/env"),
        ("./.venv/", "./env/"),
        ("$root/project/.venv/bin", "$root/project/env/bin"),
        ("make .venv, please", "make env, please"),
        (r"created project/\.venv", "created project/env"),
        ("my.venv", "my.venv"),
        (".venv2", ".venv2"),
        (".venv.lock", ".venv.lock"),
        ("..venv", "..venv"),
    ],
)
def test_a_name_is_a_whole_part_of_a_path(text: str, now: str) -> None:
    assert renamed(text, ".venv", "env") == now


def test_in_an_expression_the_new_name_is_escaped_as_the_old_one_was() -> None:
    assert renamed(r"at \.venv$", ".venv", "e.v") == r"at e\.v$"


def test_every_text_of_a_variant_is_meant_and_no_place_is() -> None:
    before = variant(
        CommandStep(Perform("create"), Options(at=".venv/")),
        planted={"project/.venv": Link("../.venv"), "a": Hardlink("project/.venv"), "b": File(b"see .venv")},
        checks=(must("unchanged", ("project/.venv",)),),
    )
    after = renamed(before, ".venv", "env")
    assert after.environment == "project/env"
    assert after.tree == {"project/env": Link("../env"), "a": Hardlink("project/env"), "b": File(b"see env")}
    assert after.steps == (CommandStep(Perform("create"), Options(at="env/")),)
    assert (after.checks[0].argument, after.checks[0].place) == (("project/env",), before.checks[0].place)
    assert renamed(Move(".venv", "x"), ".venv", "env") == Move("env", "x")


@given(st.text())
def test_what_holds_no_such_name_stays_as_it_is(text: str) -> None:
    assert renamed(text.replace(".venv", ""), ".venv", "env") == text.replace(".venv", "")
