"""Builds that did the very same are told of once: what is the same, and what is not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from measured import ENV, LOST, became, broken, came, came_to, did, measured, surveyed, went

from harness.report.site.behaviours import behaviours, series
from harness.result import Outcome

if TYPE_CHECKING:
    from harness.report.survey import Survey
    from harness.result import Record


def told(survey: Survey, scenario: str = "links/a") -> list[tuple[str, str, list[str]]]:
    """Each behaviour: its variant, its word, the versions of its builds."""
    return [(one.variant, str(one.outcome), [build.version for build in one.builds])
            for one in behaviours(survey, scenario)]  # fmt: skip


def alike(one: Record, other: Record) -> bool:
    """Whether two builds are told of together that came to these."""
    found = behaviours(surveyed(measured("uv@1", {"links/a": one}), measured("uv@2", {"links/a": other})), "links/a")
    return len(found) == 1


def made(*changes: Record, outcome: str = "holds", **more: object) -> Record:
    """A case of one command that did this to the tree."""
    return came_to(outcome, steps=({**did("create", *changes), **more},))


# -- what is the same --------------------------------------------------------------------------------------------------

FOLDED = came(ENV, "directory", entries=22, environment=True)
SPELLED = [came(f"{ENV}/pyvenv.cfg"), came(f"{ENV}/bin", "directory"), came(f"{ENV}/bin/python", "link $python")]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (made(FOLDED), made({**FOLDED, "entries": 25})),
        (made(*SPELLED), made(*SPELLED, came(f"{ENV}/bin/activate.nu"))),
        (made(came(f"{ENV}/lib/python3.9"), *SPELLED), made(came(f"{ENV}/lib/python3.12"), *SPELLED)),
        (made(became("a", "link python3.9", "link x")), made(became("a", "link python3.12", "link x"))),
        (made(became("a", 'file "1"', 'file "2"')), made(became("a", 'file "1"', 'file "3"'))),
        (made(output="Using CPython 3.9"), made(output="Using CPython 3.12")),
        (made(run=["uv", "venv"]), made(run=["uv", "venv", "--clear"])),
        (made(ending={"exited": 1}), made(ending={"exited": 2})),
        (came_to("breaks", broken("usable", {"said": "1"})), came_to("breaks", broken("usable", {"said": "2"}))),
        (came_to("holds", broken("says", level="observe")), came_to("holds")),
    ],
)
def test_words_numbers_and_the_files_of_environments_make_no_difference(one: Record, other: Record) -> None:
    assert alike(one, other)


def test_an_environment_may_be_called_after_a_python() -> None:
    def twice(path: str, *later: Record) -> Record:
        return came_to(steps=(did("create", {**FOLDED, "path": path}), did("create", *later, step=2)))

    assert alike(twice("store/python3.9", came("store/python3.9/new")), twice("store/python3.12"))


def test_what_becomes_of_the_environments_own_files_later_makes_no_difference() -> None:
    first = did("create", *SPELLED)
    one = came_to("holds", steps=(first, did("create", became(f"{ENV}/pyvenv.cfg", 'file "1"', 'file "2"'), step=2)))
    assert alike(one, came_to("holds", steps=(first, did("create", step=2))))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (came_to("holds"), came_to("weak")),
        (came_to("breaks", broken("usable")), came_to("breaks", broken("exits"))),
        (came_to("breaks", broken("usable")), came_to("breaks", broken("usable", step=2))),
        (made(FOLDED), made()),
        (made(FOLDED), made(FOLDED, went("project/notes.txt"))),
        (made(FOLDED), made(FOLDED, came("project/other"))),
        (made(*SPELLED), made(*SPELLED, went(f"{ENV}/notes.txt"))),
        (made(LOST), made(became(ENV, "link ../store/env", "link elsewhere"))),
        (made(ending={"exited": 0}), made(ending={"exited": 1})),
        (made(ending={"exited": 1}), made(ending={"timed_out": 60.0})),
        (made(run=["uv", "venv"]), made(run=["$python", "-m", "venv"])),
        (made(), came_to("holds", steps=(did("create"), did("create", step=2)))),
    ],
)
def test_what_a_user_would_see_makes_a_difference(one: Record, other: Record) -> None:
    assert not alike(one, other)


# -- the list ----------------------------------------------------------------------------------------------------------


def test_behaviours_are_told_by_variant_the_worst_first_with_all_builds_that_did_so() -> None:
    words = {"uv@1": ("breaks", "holds"), "uv@2": ("holds", "weak"), "uv@3": ("holds", "holds")}
    builds = [measured(name, {"links/a[y]": first, "links/a[x]": second}) for name, (first, second) in words.items()]
    other = measured("venv@3.12.4", {"links/a[y]": "breaks", "links/a[x]": "unsupported"})
    survey = surveyed(*builds, other, a=("y", "x"))
    assert told(survey) == [
        ("y", "breaks", ["1", "3.12.4"]),
        ("y", "holds", ["2", "3"]),
        ("x", "weak", ["2"]),
        ("x", "holds", ["1", "3"]),
    ]
    assert [one.number for one in behaviours(survey, "links/a")] == [1, 2, 3, 4]


@pytest.mark.parametrize("word", ["unsupported", "skipped"])
def test_what_was_not_played_is_no_behaviour(word: str) -> None:
    assert told(surveyed(measured("uv@1", {"links/a": word, "links/b": "holds"}), measured("uv@2"))) == []


def test_a_behaviour_is_told_by_its_newest_build() -> None:
    old, new = (made(LOST, outcome="breaks", output=text) for text in ("old words", "new words"))
    survey = surveyed(measured("uv@1", {"links/a": old}), measured("uv@2", {"links/a": new}))
    (found,) = behaviours(survey, "links/a")
    assert (found.newest.version, found.case, found.message) == ("2", new, "the link becomes a directory")


# -- the table ---------------------------------------------------------------------------------------------------------


def test_builds_in_a_row_that_did_the_same_are_one_row_the_newest_first() -> None:
    words = ("breaks", "breaks", "", "holds", "breaks", "unsupported")
    builds = [measured(f"uv@{n}", {"links/a": word} if word else {}) for n, word in enumerate(words, start=1)]
    survey = surveyed(*builds)
    rows = series(survey.columns[0], "links/a", [""], behaviours(survey, "links/a"))
    assert [(row.words, row.cells) for row in rows] == [
        ("uv 6", ((Outcome.UNSUPPORTED, 0),)),
        ("uv 5", ((Outcome.BREAKS, 1),)),
        ("uv 4", ((Outcome.HOLDS, 2),)),
        ("uv 1 to 2", ((Outcome.BREAKS, 1),)),
    ]


def test_a_row_has_a_cell_a_variant_empty_where_that_was_not_played() -> None:
    survey = surveyed(measured("uv@1", {"links/a[x]": "holds", "links/a[z]": "breaks"}), a=("x", "y", "z"))
    (row,) = series(survey.columns[0], "links/a", ["x", "y", "z"], behaviours(survey, "links/a"))
    assert row.cells == ((Outcome.HOLDS, 1), (None, 0), (Outcome.BREAKS, 2))
