"""What whoever writes a scenario begins with can be read, and says what was asked for."""

from __future__ import annotations

import pytest

from harness.reading.family import Family, read_family
from harness.reading.scenario import read_scenario
from harness.scaffold import Draft, asked_of, family_text, leads_to, scenario_text
from harness.scenario import CommandStep, Perform
from harness.tree import Directory, File, Link

PLAIN = """\
summary: "A create beside a file of the user's keeps that file"
because: nobody has said yet what this rests on
tree:
  project/notes.txt: file
steps:
  - create
must:
  - usable
should:
  - succeeds
"""


def test_a_scenario_of_which_nothing_is_said_is_one_that_can_be_played() -> None:
    assert scenario_text(Draft()) == PLAIN
    read_scenario(PLAIN, id="links/mine", file="mine.yaml")


def test_a_scenario_says_all_that_its_author_said() -> None:
    draft = Draft(
        summary="A link: it stays", because=("https://example.org/issues/1", "it was seen: yes"), needs=("hardlinks",),
        link="../store/env", files=("project/a b.txt",), directories=("project/src",), steps=("create", "delete: tmp"),
        must=("unchanged: [project/src]",), should=("says: made",),
    )  # fmt: skip
    text = scenario_text(draft, "../../schema.json")
    assert text.splitlines()[:5] == [
        "# yaml-language-server: $schema=../../schema.json",
        'summary: "A link: it stays"',
        "because:",
        "  - https://example.org/issues/1",
        '  - "it was seen: yes"',
    ]
    found = read_scenario(text, id="links/mine", file="mine.yaml")
    (variant,) = found.variants
    assert (found.summary, found.because) == (draft.summary, tuple(draft.because))
    assert variant.tree == {
        "project/src": Directory(), "store/env": Directory(), "project/.venv": Link("../store/env"),
        "project/a b.txt": File(),
    }  # fmt: skip
    assert variant.needs == ("hardlinks", "symlinks")
    assert (len(variant.steps), variant.steps[0]) == (2, CommandStep(Perform("create")))
    assert [(ref.level, ref.name, ref.argument) for ref in variant.checks] == [
        ("must", "unchanged", ("project/src",)), ("should", "says", "made"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("link", "path"),
    [
        ("../store/env", "store/env"),
        ("envs/mine", "project/envs/mine"),
        ("$root/store/env", "store/env"),
        ("../../outside", ""),
        ("/dev/null", ""),
        (".venv", ""),
        (".", ""),
        ("..", ""),
        ("$home/env", ""),
        ("", ""),
    ],
)
def test_what_a_link_leads_to_is_planted_where_it_is_a_directory_of_the_root(link: str, path: str) -> None:
    assert leads_to(link) == path


def test_a_family_asks_something() -> None:
    assert read_family(family_text("odd-places"), "family.yaml") == Family(asked_of("odd-places"))
    assert read_family(family_text("links", "May .venv be a link?"), "family.yaml") == Family("May .venv be a link?")
