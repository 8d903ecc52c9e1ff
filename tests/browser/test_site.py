"""All pages open and fit; everyone can read them: by keyboard, without JavaScript, on a telephone, on paper."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page

    from conftest import Reader

LOOKS = """(all) => all.map((one) => {
  const { appearance, borderTopStyle } = getComputedStyle(one);
  return [appearance, borderTopStyle];
})"""
TELEPHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}
WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
CHAIN = "scenarios/links/chain.html"


def pages(site: Path) -> list[str]:
    return sorted(path.relative_to(site).as_posix() for path in site.rglob("*.html"))


def unfold(page: Page) -> None:
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")


# ---- opening


def test_every_page_opens_from_a_file_without_a_complaint(reader: Reader, site: Path) -> None:
    page = reader.open("index.html")
    headings = {}
    for name in pages(site):
        page.goto(reader.address(name))
        headings[name] = page.locator("h1").count()
    assert headings == dict.fromkeys(pages(site), 1)


@pytest.mark.parametrize("view", ["#%", "#cell=%zz", "#cell=nothing::here", "#v.uv=99&tool=none&family=none&a=%&b="])
def test_an_address_that_means_nothing_is_survived(reader: Reader, view: str) -> None:
    page = reader.open("index.html")
    for name in ("matrix.html", "compare.html", CHAIN):
        page.goto(reader.address(name + view))
        assert page.locator("#filters:visible, #compare:visible, .outcomes:visible").count() == 1


def test_a_question_on_the_first_page_leads_to_its_situations(reader: Reader) -> None:
    page = reader.open("index.html")
    page.get_by_role("link", name="May .venv be a link?").click()
    page.wait_for_url("**/matrix.html#family=links")
    assert page.locator("tbody:visible").evaluate_all("(all) => all.map((one) => one.id)") == ["links"]


# ---- a situation


def test_a_summary_opens_with_the_enter_key(reader: Reader) -> None:
    page = reader.open(CHAIN)
    page.locator("#b1 > summary").focus()
    assert page.locator("#b1").get_attribute("open") is None
    page.keyboard.press("Enter")
    assert page.locator("#b1").get_attribute("open") == ""


def test_the_first_link_skips_to_the_content(reader: Reader) -> None:
    page = reader.open(CHAIN)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_an_address_opens_what_it_points_at(reader: Reader) -> None:
    page = reader.open(f"{CHAIN}#b2")
    assert page.locator("details.seen[open]").evaluate_all("(all) => all.map((one) => one.id)") == ["b2"]
    page.locator(".outcomes a[href='#b1']").first.click()
    page.locator("#b1[open]").wait_for()


def test_a_script_is_copied_as_it_stands(reader: Reader) -> None:
    page = reader.open(f"{CHAIN}#b2")
    script = page.locator("#b2 details.script")
    script.locator("summary").click()
    script.get_by_role("button", name="Copy").click()
    script.get_by_role("button", name="Copied").wait_for()
    copied = reader.pasted(page)
    assert copied.startswith("#!/bin/sh")
    assert copied == script.locator("pre").text_content()


def test_a_tool_that_only_the_reader_has_is_told_of_without_tree_and_script(reader: Reader) -> None:
    page = reader.open("scenarios/terminal/environment-answered-no.html")
    told_of = {}
    for seen in page.locator("details.seen").all():
        parts = (seen.locator(part).count() for part in (".step", ".looks", ".script"))
        told_of[seen.locator(".who").text_content()] = tuple(parts)
    assert told_of == {
        "obeyed 1.0": (3, 0, 0),
        "uv 0.7.13": (3, 1, 1),
        "uv 0.13.9": (3, 1, 0),
        "venv 3.11.7": (3, 1, 0),
    }


def test_what_a_tool_prints_is_text_and_nothing_else(reader: Reader) -> None:
    page = reader.open(CHAIN)
    unfold(page)
    page.get_by_text("<script>alert(1)</script>").first.wait_for()
    page.get_by_text('"><img src=x onerror=alert(2)>').first.wait_for()
    page.get_by_text('"><img src=x onerror=alert(5)>: absent -> link javascript:alert(6)').first.wait_for()
    assert page.locator("img, svg, iframe, main script, a[href^='javascript:']").count() == 0


# ---- without JavaScript


def test_without_javascript_the_matrix_is_whole_and_offers_no_filters(reader: Reader) -> None:
    matrix = reader.matrix(java_script_enabled=False)
    assert len(matrix.rows) == 11
    assert matrix.page.locator("noscript p").is_visible()
    assert not matrix.page.locator("#filters").is_visible()


def test_without_javascript_everything_that_was_seen_can_be_read(reader: Reader) -> None:
    page = reader.open(CHAIN, java_script_enabled=False)
    page.locator("#b2 > summary").click()
    page.locator("#b2 .script summary").click()
    assert page.locator("#b2 .script pre").is_visible()
    assert page.get_by_role("button").count() == 0


def test_without_javascript_the_comparison_says_where_else_to_find_it(reader: Reader) -> None:
    page = reader.open("compare.html", java_script_enabled=False)
    assert page.locator("noscript p").is_visible()
    assert not page.locator("#compare").is_visible()


# ---- a telephone, paper, colours


def test_no_page_is_wider_than_a_telephone(reader: Reader, site: Path) -> None:
    page = reader.open("index.html", **TELEPHONE)
    wider = {}
    for name in pages(site):
        page.goto(reader.address(name))
        unfold(page)
        wider[name] = page.evaluate(WIDER)
    assert wider == dict.fromkeys(pages(site), 0)


def test_on_paper_there_is_nothing_to_press_and_versions_are_plain_words(reader: Reader) -> None:
    page = reader.matrix().page
    page.emulate_media(media="print")
    assert page.locator("#filters:visible, nav:visible, .copy:visible").count() == 0
    assert page.locator("#matrix select, #matrix button").evaluate_all(LOOKS) == [["none", "none"]] * 6


def test_on_paper_nothing_is_folded_away(reader: Reader) -> None:
    page = reader.open(CHAIN)
    page.emulate_media(media="print")
    assert page.locator("details.seen .step:visible").count() == page.locator("details.seen .step").count() > 0


@pytest.mark.parametrize("name", ["index.html", "matrix.html", CHAIN])
def test_where_the_system_sets_the_colours_sign_word_and_edge_remain(reader: Reader, name: str) -> None:
    page = reader.open(name)
    page.emulate_media(forced_colors="active")
    cell = page.locator("td.o-breaks:visible").first
    assert cell.locator('[aria-hidden="true"]').first.is_visible()
    assert cell.inner_text().startswith("x ")
    assert cell.evaluate("(one) => getComputedStyle(one).borderTopStyle") == "solid"
