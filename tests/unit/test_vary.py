"""A case is played otherwise, and asks for the same."""

from __future__ import annotations

import pytest
from made import must, variant

from harness.scenario import CommandStep, InterleaveStep, Options, Perform, TogetherStep
from harness.tree import Directory, Link, Tree
from harness.vary import VARIATIONS, Variation

WAYS = {variation.name: variation for variation in VARIATIONS}


def texts(tree: Tree) -> dict[str, str]:
    return {path: entry.text for path, entry in tree.items() if isinstance(entry, Link)}


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("../store/env", "$root/store/env"),
        ("$root/store/env", "../store/env"),
        (".", "$root/project"),
        (".venv", "$root/project/.venv"),
        ("..", "$root"),
        ("/dev/null", "/dev/null"),
        ("../../outside", "../../outside"),
        ("$home/env", "$home/env"),
        ("second/../env", "second/../env"),
        ("$root/second/env", "$root/second/env"),
    ],
)
def test_a_link_has_another_text_for_the_same_target(text: str, other: str) -> None:
    before = variant(planted={"project/.venv": Link(text), "second": Link("store"), "project/second": Link("x")})
    assert texts(WAYS["spelling"].change(before).tree)["project/.venv"] == other


def test_a_check_of_a_links_text_asks_for_the_other_one() -> None:
    argument = {"project/.venv": "../store", "project/made-later": "../store"}
    before = variant(
        CommandStep(Perform("create"), checks=(must("link", argument),)),
        planted={"project/.venv": Link("../store"), "store": Directory()},
        checks=(must("link", argument), must("absent", ("x",))),
    )
    after = WAYS["spelling"].change(before)
    expected = {"project/.venv": "$root/store", "project/made-later": "../store"}
    assert [ref.argument for ref in (*after.checks, *after.steps[0].checks)] == [expected, ("x",), expected]


def test_the_environment_has_another_name_and_the_variant_the_same() -> None:
    after = WAYS["renamed"].change(variant(planted={"project/.venv": Link("../store")}, labels=("a.venv", ".venv")))
    assert (after.environment, texts(after.tree)) == ("project/environment", {"project/environment": "../store"})
    assert after.labels == ("a.venv", ".venv")


def test_another_umask_holds_for_every_command_that_the_scenario_gives_none() -> None:
    plain, own = CommandStep(Perform("create")), CommandStep(Perform("create"), Options(umask=0o002))
    after = WAYS["umask"].change(variant(plain, own, TogetherStep((plain, own))))
    alone, kept, together = after.steps
    assert isinstance(alone, CommandStep)
    assert isinstance(together, TogetherStep)
    assert (alone.options.umask, kept) == (0o077, own)
    assert [one.options.umask for one in together.steps] == [0o077, 0o002]
    (interleaved,) = WAYS["umask"].change(variant(InterleaveStep(plain, own, 1))).steps
    assert interleaved == InterleaveStep(CommandStep(Perform("create"), Options(umask=0o077)), own, 1)


@pytest.mark.parametrize("variation", VARIATIONS, ids=lambda variation: variation.name)
def test_every_variation_changes_the_case_or_its_place(variation: Variation) -> None:
    before = variant(planted={"project/.venv": Link("../store")})
    assert variation.within or variation.change(before) != before
