"""A frozen set pins what scenarios meant, and every line of it that no longer holds is told by its number."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.errors import HarnessError
from harness.reading.scenario import load_scenario
from harness.reading.sets import frozen, load_set

SUITE = Path("/suite")
SCENARIO = """\
summary: An environment is made
because: All is well
tree: {project/notes.txt: file}
steps: [create]
must: [usable]
"""
DIGITS = "0123456789abcdef"

pytestmark = pytest.mark.usefixtures("fs")


def suite(*ids: str) -> None:
    for id_ in ids:
        path = SUITE / f"{id_}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(SCENARIO)
    (SUITE / "links" / "family.yaml").write_text("question: May it be a link?\n")


def pin(*lines: str, name: str = "2026.1") -> None:
    path = SUITE / "sets" / f"{name}.txt"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{line}\n" for line in lines))


def refusal(name: str = "2026.1") -> list[str]:
    with pytest.raises(HarnessError) as caught:
        load_set(SUITE, name, "2026.1.txt")
    return [str(problem) for problem in caught.value.problems]


def test_what_is_frozen_is_pinned() -> None:
    suite("links/b", "links/a")
    scenarios = [load_scenario(SUITE / "links" / f"{name}.yaml") for name in "ba"]
    pin(*frozen(scenarios).splitlines())
    found = load_set(SUITE, "2026.1", "2026.1.txt")
    assert list(found) == ["links/a", "links/b"]
    for scenario in scenarios:
        found[scenario.id].demand(scenario)


def test_another_wording_is_no_other_meaning() -> None:
    suite("links/a")
    pin(*frozen([load_scenario(SUITE / "links" / "a.yaml")]).splitlines())
    path = SUITE / "links" / "a.yaml"
    path.write_text(SCENARIO.replace("All is well", "It always was"))
    load_set(SUITE, "2026.1", "")["links/a"].demand(load_scenario(path))


def test_what_means_something_else_is_refused_by_name_and_line() -> None:
    suite("links/a")
    pin("# of old", f"links/a {DIGITS}")
    with pytest.raises(HarnessError) as caught:
        load_set(SUITE, "2026.1", "2026.1.txt")["links/a"].demand(load_scenario(SUITE / "links" / "a.yaml"))
    assert str(caught.value).splitlines()[0] == (
        "2026.1.txt:2:1: `links/a` no longer means what it meant when this set was frozen"
    )


def test_what_is_called_otherwise_now_is_found() -> None:
    suite("links/new")
    pin(f"links/old {DIGITS}")
    (SUITE / "renamed.yaml").write_text("links/old: links/new\n")
    assert list(load_set(SUITE, "2026.1", "")) == ["links/new"]


def test_all_that_is_wrong_with_a_set_is_told_in_one_go() -> None:
    suite("links/there")
    pin(
        f"links/there {DIGITS}", f"links/their {DIGITS}", "links/there", f"links/there {DIGITS[:-1]}",
        f"links/there {DIGITS}  # once more", f"links/family {DIGITS}",
    )  # fmt: skip
    assert refusal() == [
        "2026.1.txt:2:1: the scenario `links/their` is missing\n  hint: did you mean `links/there`?",
        "2026.1.txt:3:1: a line of a set is an id and 16 digits of a digest\n  hint: `make set` writes such lines",
        "2026.1.txt:4:1: a line of a set is an id and 16 digits of a digest\n  hint: `make set` writes such lines",
        "2026.1.txt:5:1: `links/there` stands in the set twice",
        "2026.1.txt:6:1: the scenario `links/family` is missing\n  hint: known: `links/there`",
    ]


@pytest.mark.parametrize(
    ("sets", "hint"),
    [(("2026.1", "2027.1"), "did you mean `2026.1`?"), ((), "the suite `suite` has none")],
)
def test_a_set_that_is_none_is_a_mistake(sets: tuple[str, ...], hint: str) -> None:
    suite("links/a")
    for name in sets:
        pin(name=name)
    assert refusal("2026.2") == [f"there is no set `2026.2`\n  hint: {hint}"]
