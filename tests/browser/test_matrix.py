"""The matrix: filters that an address holds, cells that it points at, other versions, and all of it by keyboard."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from conftest import Reader

DISAGREED = [
    "existing/edited-gitignore",
    "existing/users-directory",
    "links/chain",
    "links/dangling-target",
    "links/existing-target",
    "links/existing-target-twice",
    "terminal/environment-answered-no",
    "terminal/no-terminal",
]
AGREED = ["existing/file", "links/to-file", "terminal/file"]
TOOLS = ["obeyed", "uv", "venv"]
NEWEST, OLDER = "o declines until 0.7.13 x breaks", "x breaks the link becomes a directory"


def test_the_matrix_opens_with_what_tools_disagree_on(reader: Reader) -> None:
    matrix = reader.matrix()
    assert (matrix.rows, matrix.columns, matrix.view) == (DISAGREED, TOOLS, "")
    assert matrix.told == "11 of 11 situations, 3 of 3 columns"


# ---- filters


def search(page: Page) -> None:
    page.get_by_role("searchbox", name="Search").fill("Answered env")


def choose_family(page: Page) -> None:
    page.get_by_label("Question").select_option("terminal")


def choose_level(page: Page) -> None:
    page.get_by_label("Broken").select_option("should")


def check_outcome(page: Page) -> None:
    page.get_by_role("checkbox", name="holds").check()


def leave_out_tool(page: Page) -> None:
    page.get_by_role("checkbox", name="obeyed").uncheck()


def show_agreed(page: Page) -> None:
    page.get_by_label("also where all agree").check()


def search_and_more(page: Page) -> None:
    page.get_by_role("searchbox", name="Search").fill("link")
    page.get_by_role("checkbox", name="holds").check()
    page.get_by_role("checkbox", name="venv").uncheck()


FILTERS = {
    search: (["terminal/environment-answered-no"], TOOLS, "#q=Answered+env", "1 of 11 situations, 3 of 3 columns"),
    choose_family: (DISAGREED[6:], TOOLS, "#family=terminal", "3 of 11 situations, 3 of 3 columns"),
    choose_level: (DISAGREED, TOOLS, "#level=should", "8 of 11 situations, 3 of 3 columns"),
    check_outcome: (
        sorted([*AGREED, DISAGREED[0], DISAGREED[4], *DISAGREED[6:]]),
        TOOLS,
        "#outcome=holds",
        "7 of 11 situations, 3 of 3 columns",
    ),
    leave_out_tool: (DISAGREED, ["uv", "venv"], "#tool=uv%2Cvenv", "11 of 11 situations, 2 of 3 columns"),
    show_agreed: (sorted(DISAGREED + AGREED), TOOLS, "#agreed=1", "11 of 11 situations, 3 of 3 columns"),
    search_and_more: (
        ["links/existing-target", "links/to-file"],
        ["obeyed", "uv"],
        "#q=link&outcome=holds&tool=obeyed%2Cuv",
        "2 of 11 situations, 2 of 3 columns",
    ),
}


@pytest.mark.parametrize("act", FILTERS, ids=lambda act: act.__name__)
def test_a_filter_changes_what_is_seen_said_and_in_the_address_which_alone_restores_it(
    reader: Reader, act: Callable[[Page], None]
) -> None:
    matrix = reader.matrix()
    act(matrix.page)
    seen = (matrix.rows, matrix.columns, matrix.view, matrix.told)
    assert seen == FILTERS[act]
    again = reader.matrix(matrix.view)
    assert (again.rows, again.columns, again.view, again.told) == seen


def test_clearing_brings_everything_back(reader: Reader) -> None:
    matrix = reader.matrix("#q=chain&outcome=breaks&tool=uv&v.uv=0.7.13")
    assert (matrix.rows, matrix.columns, matrix.cell("links/chain", "uv")) == (["links/chain"], ["uv"], OLDER)
    matrix.page.get_by_role("button", name="Clear").click()
    matrix.page.wait_for_function("location.hash === ''")
    assert (matrix.rows, matrix.columns, matrix.cell("links/chain", "uv")) == (DISAGREED, TOOLS, NEWEST)


def test_rows_on_which_all_agree_unfold_a_family_at_a_time(reader: Reader) -> None:
    matrix = reader.matrix()
    closed = matrix.page.locator("#links").get_by_role("button", name="Show the 1 on which all agree: 1 holds")
    assert closed.get_attribute("aria-expanded") == "false"
    closed.click()
    opened = matrix.page.locator("#links").get_by_role("button", name="Hide the 1 on which all agree: 1 holds")
    assert opened.get_attribute("aria-expanded") == "true"
    assert matrix.rows == sorted([*DISAGREED, "links/to-file"])
    opened.press("Enter")
    assert matrix.rows == DISAGREED


# ---- a cell


@pytest.mark.parametrize("situation", ["terminal/no-terminal", "links/to-file"])
def test_a_permalink_scrolls_to_its_cell_and_marks_it_even_where_it_is_folded(reader: Reader, situation: str) -> None:
    matrix = reader.matrix(f"#cell={situation}::uv", viewport={"width": 700, "height": 420})
    found = matrix.page.locator(".found")
    assert found.get_by_role("link").get_attribute("href") == f"scenarios/{situation}.html#uv-0.13.9"
    assert matrix.page.locator(".found a:focus").count() == 1
    box = found.bounding_box()
    assert 0 <= box["x"] < 700 - box["width"]
    assert 0 <= box["y"] < 420 - box["height"]


def test_a_cell_leads_to_the_row_of_its_build(reader: Reader) -> None:
    page = reader.matrix(viewport={"width": 900, "height": 500}).page
    page.locator("tr[data-s='links/chain'] td a").nth(1).click()
    page.wait_for_url("**/chain.html#uv-0.13.9")
    row = page.locator("tr:has(:target)")
    assert row.locator("th").inner_text().startswith("uv 0.13.9")
    assert 0 <= row.bounding_box()["y"] < 500


def test_another_version_takes_the_place_of_the_newest_and_of_its_links(reader: Reader) -> None:
    matrix = reader.matrix()
    assert matrix.cell("links/chain", "uv") == NEWEST
    matrix.page.get_by_label("Version of uv").select_option("0.7.13")
    assert (matrix.cell("links/chain", "uv"), matrix.view) == (OLDER, "#v.uv=0.7.13")
    again = reader.matrix("#v.uv=0.7.13")
    assert again.cell("links/chain", "uv") == OLDER
    again.page.locator("tr[data-s='links/chain'] a[href$='#uv-0.7.13']").click()
    again.page.wait_for_url("**/chain.html#uv-0.7.13")


@pytest.mark.parametrize(
    ("button", "view"),
    [
        ("Copy link", "#family=links"),
        ("Copy link to exactly these versions", "#family=links&v.obeyed=1.0&v.uv=0.13.9&v.venv=3.11.7"),
    ],
)
def test_a_link_to_the_view_is_copied(reader: Reader, button: str, view: str) -> None:
    page = reader.matrix("#family=links").page
    page.get_by_role("button", name=button, exact=True).click()
    page.get_by_role("button", name="Copied").wait_for()
    assert reader.pasted(page) == reader.address(f"matrix.html{view}")


# ---- the keyboard


def test_arrow_keys_walk_over_the_cells(reader: Reader) -> None:
    page = reader.matrix("#cell=links/chain::obeyed").page
    walked = []
    for key in ("ArrowRight", "ArrowDown", "ArrowRight", "ArrowRight", "ArrowUp", "ArrowLeft"):
        page.keyboard.press(key)
        walked.append(page.evaluate("new URLSearchParams(location.hash.slice(1)).get('cell')"))
    assert walked == [
        "links/chain::uv",
        "links/dangling-target::uv",
        "links/dangling-target::venv",
        "links/dangling-target::venv",
        "links/chain::venv",
        "links/chain::uv",
    ]


def test_a_slash_goes_to_the_search_in_which_it_is_a_letter(reader: Reader) -> None:
    matrix = reader.matrix()
    matrix.page.locator("body").press("/")
    matrix.page.keyboard.type("links/cha")
    assert (matrix.page.get_by_role("searchbox").input_value(), matrix.rows) == ("links/cha", ["links/chain"])


FOCUS = """() => {
  const one = document.activeElement, style = getComputedStyle(one);
  return [one.name || one.className, style.outlineStyle === "none" ? 0 : parseFloat(style.outlineWidth)];
}"""


def test_tab_reaches_every_filter_and_the_focus_can_be_seen(reader: Reader) -> None:
    page = reader.matrix().page
    reached: dict[str, float] = {}
    while "agreed" not in reached and len(reached) < 40:
        page.keyboard.press("Tab")
        name, width = page.evaluate(FOCUS)
        reached[name] = width
    assert next(iter(reached)) == "skip"
    assert [name for name in reached if name in {"q", "family", "level", "outcome", "tool", "agreed"}] == [
        "q",
        "family",
        "level",
        "outcome",
        "tool",
        "agreed",
    ]
    assert min(reached.values()) >= 2
