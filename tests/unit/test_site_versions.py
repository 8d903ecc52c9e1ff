"""A tool over its releases, and the tools beside each other: since when, until when, and who differs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from measured import LOST, broken, came_to, family, measured, over, surveyed

from harness.report.site.rows import Row, Square, rows
from harness.report.site.versions import Listed, Turn, before, listed, releases, since, strip, strips
from harness.report.survey import columns
from harness.result import Outcome

if TYPE_CHECKING:
    from collections.abc import Mapping

    from harness.report.survey import Column

BREAKS, HOLDS, DECLINES = Outcome.BREAKS, Outcome.HOLDS, Outcome.DECLINES

# -- since when --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "told", "briefly"),
    [
        (("breaks", "breaks", "holds", "holds"), "since 3; until 2 it broke", "until 2 x breaks"),
        (("holds", "breaks"), "since 2; until 1 it held", "until 1 + holds"),
        (("breaks", "errs", "declines"), "since 3; until 2 it hung or crashed", "until 2 ! errs"),
        (("breaks", "", "weak"), "since 3; until 1 it broke", "until 1 x breaks"),
        (("declines", "holds", "weak", "breaks"), "since 4; until 3 it was weak", "until 3 ~ weak"),
        (("declines", "breaks"), "since 2; until 1 it declined", "until 1 o declines"),
        (("breaks", "breaks", "breaks"), "in all 3 releases measured", ""),
        (("breaks",), "", ""),
        (("unsupported",), "", ""),
    ],
)
def test_since_when_it_is_so_is_told_with_what_was_before(words: tuple[str, ...], told: str, briefly: str) -> None:
    spans = over(*words).spans("links/a")
    assert (since(spans), before(spans)) == (told, briefly)


def test_a_tools_page_lists_what_its_newest_release_came_to_and_what_the_others_did() -> None:
    old, new = {"links/a": "holds", "links/b": "breaks"}, {"links/a": "breaks", "links/b": "declines"}
    found = surveyed(
        measured("pdm@1", {"links/a": "unsupported", "links/b": "holds"}),
        measured("uv@1", old), measured("uv@2", new), measured("venv@3", {"links/a": "holds"}),
        measured("tox@newest", not_measured="why"),
    )  # fmt: skip
    pdm, _, uv, venv = found.columns
    assert listed(found, uv, BREAKS) == [
        Listed("links/a", "Summary of links/a", "the link becomes a directory", "since 2; until 1 it held",
               ((venv, HOLDS),)),
    ]  # fmt: skip
    assert listed(found, uv, DECLINES) == [
        Listed("links/b", "Summary of links/b", "", "since 2; until 1 it broke", ((pdm, HOLDS),)),
    ]
    assert listed(found, uv, HOLDS) == []


# -- strips ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "pieces", "bad", "good"),
    [
        (("holds", "holds"), "holds 2", "", ""),
        (("breaks", "breaks", "holds", "weak"), "breaks 2, holds 1, weak 1", "1", "3"),
        (("holds", "breaks", "holds", "errs", "holds"), "holds 1, breaks 1, holds 1, errs 1, holds 1", "2", "5"),
        (("holds", "breaks"), "holds 1, breaks 1", "2", ""),
        (("", "breaks", "unsupported", "holds"), "None 1, breaks 1, None 1, holds 1", "2", "4"),
        (("", "skipped"), "None 2", "", ""),
    ],
)
def test_a_strip_has_a_piece_for_releases_that_came_to_the_same_with_the_first_bad_and_the_first_good(
    words: tuple[str, ...], pieces: str, bad: str, good: str
) -> None:
    found = strip(over(*words), "links/a")
    assert ", ".join(f"{piece.outcome} {piece.count}" for piece in found.pieces) == pieces
    assert (found.name, found.bad, found.good) == ("a", bad, good)


def test_a_piece_leads_to_the_last_release_of_it() -> None:
    found = strip(over("breaks", "breaks", "holds"), "links/a")
    assert [piece.build.version for piece in found.pieces] == ["2", "3"]


def test_strips_that_tell_something_come_first() -> None:
    builds = [measured("uv@1", {"links/a": "holds", "links/b": "breaks"}), measured("uv@2", {"links/a": "holds"})]
    (column,) = columns(builds)
    assert [one.name for one in strips(column, family("a", "b", "c"))] == ["b", "a", "c"]


# -- releases ----------------------------------------------------------------------------------------------------------


def changed(column: Column) -> list[tuple[str, list[str], list[str]]]:
    """Each release: what is worse since, what is better."""

    def told(turns: tuple[Turn, ...]) -> list[str]:
        return [f"{turn.scenario} {turn.was} {turn.now}" for turn in turns]

    return [(one.build.version, told(one.worse), told(one.better)) for one in releases(column)]


def builds(*played: Mapping[str, str]) -> Column:
    (column,) = columns([measured(f"uv@{number}", dict(cases)) for number, cases in enumerate(played, start=1)])
    return column


def test_the_releases_that_changed_anything_are_told_the_newest_first() -> None:
    column = builds(
        {"links/a": "breaks", "links/b": "holds", "links/c": "weak"},
        {"links/a": "holds", "links/b": "weak", "links/c": "weak"},
        {"links/a": "holds", "links/b": "weak", "links/c": "weak"},
        {"links/a": "declines", "links/b": "errs", "links/c": "declines"},
    )
    assert changed(column) == [
        ("4", ["links/a holds declines", "links/b weak errs", "links/c weak declines"], []),
        ("2", ["links/b holds weak"], ["links/a breaks holds"]),
    ]


def test_what_was_not_played_before_or_has_no_result_is_no_change() -> None:
    assert changed(builds({"links/a": "holds"}, {"links/a": "unsupported", "links/b": "breaks"}, {})) == []


# -- the matrix --------------------------------------------------------------------------------------------------------


def test_a_row_has_the_word_of_every_tool_with_its_levels_and_what_an_earlier_release_did() -> None:
    both = came_to("breaks", broken("links-survive", LOST), broken("says", level="should"))
    found = surveyed(
        measured("uv@1", {"links/a": "holds"}),
        measured("uv@2", {"links/a": both}),
        measured("venv@3", {"links/b": "holds"}),
    )
    assert rows(found, found.families[0]) == [
        Row("links/a", "Summary of links/a", (Square(BREAKS, "uv-2", "must should", "until 1 + holds"), None),
            agreed=False),
        Row("links/b", "Summary of links/b", (None, Square(HOLDS, "venv-3", "", "")), agreed=True,
            heading="1 on which all agree: 1 holds"),
    ]  # fmt: skip


def test_rows_on_which_tools_disagree_come_first_and_the_others_have_a_heading() -> None:
    words = {"a": ("holds", "holds"), "b": ("holds", "breaks"), "c": ("declines", "declines"),
             "d": ("unsupported", "skipped"), "e": ("holds", "holds")}  # fmt: skip
    tools = (measured(f"{tool}@1", {f"links/{name}": pair[number] for name, pair in words.items()})
             for number, tool in enumerate(("pdm", "uv")))  # fmt: skip
    found = surveyed(*tools, families=(family(*words),))
    assert [(row.name, row.agreed, row.heading) for row in rows(found, found.families[0])] == [
        ("b", False, ""),
        ("a", True, "4 on which all agree: 2 holds, 1 declines"),
        ("c", True, ""),
        ("d", True, ""),
        ("e", True, ""),
    ]
