"""Two builds held against each other, and result files of the reader's own held against what is published."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from conftest import Reader

HERE = Path(__file__).parent
DROPPED = HERE / "dropped.jsonl"
PUBLISHED = HERE / "data" / "uv" / "0.7.13" / "linux-x86_64-ext4-py3.11.json"

BETTER = [
    "existing/edited-gitignore[create]",
    "links/chain[relative,relative]",
    "links/chain[relative,absolute]",
    "links/chain[absolute,relative]",
    "links/chain[absolute,absolute]",
    "links/existing-target-twice[relative]",
    "links/existing-target-twice[sibling]",
    "links/existing-target-twice[absolute]",
    "terminal/environment-answered-no[no]",
    "terminal/environment-answered-no[ctrl-c]",
    "terminal/no-terminal",
]


def told(page: Page) -> str:
    return page.locator("#told").inner_text()


def view(page: Page) -> str:
    return page.evaluate("location.hash")


def differences(page: Page) -> dict[str, list[str]]:
    """The cases by what is said of them."""
    return {
        part.locator("summary").inner_text(): part.locator("tbody th a").evaluate_all("(all) => all.map((a) => a.text)")
        for part in page.locator("#differences details").all()
    }


# ---- two builds


def test_two_builds_are_compared_by_the_address_and_swapped(reader: Reader) -> None:
    page = reader.open("compare.html#a=uv-0.7.13&b=uv-0.13.9")
    assert (told(page), differences(page)) == ("better: 11", {"Better: 11": BETTER})
    page.get_by_role("button", name="Swap").click()
    assert (told(page), differences(page)) == ("worse: 11", {"Worse: 11": BETTER})
    assert view(page) == "#a=uv-0.13.9&b=uv-0.7.13"


def test_a_choice_changes_the_comparison_and_the_address(reader: Reader) -> None:
    page = reader.open("compare.html#a=uv-0.7.13&b=uv-0.13.9")
    page.get_by_role("combobox", name="To").select_option("venv-3.11.7")
    assert view(page) == "#a=uv-0.7.13&b=venv-3.11.7"
    assert differences(page)["Only in the first: 4"] == [
        "existing/edited-gitignore[sync]",
        "existing/file[text,sync]",
        "existing/file[empty,sync]",
        "existing/users-directory[sync]",
    ]


def test_no_differences_are_said_in_words(reader: Reader) -> None:
    page = reader.open("compare.html#a=uv-0.13.9&b=uv-0.13.9")
    words = "uv 0.13.9 and uv 0.13.9 do the same in every case that both played."
    assert (told(page), page.locator("#differences").inner_text()) == ("no differences", words)


def test_a_build_that_is_not_here_is_said_so(reader: Reader) -> None:
    page = reader.open("compare.html#a=uv-99&b=uv-0.13.9")
    assert told(page).startswith("The address names a build that is not here. Shown instead: ")


# ---- files of the reader's own

ADDED = "Added uv 0.4.30 (dropped.jsonl); cases of situations unknown here: 4. It stays on this machine."


def test_a_result_file_becomes_a_column(reader: Reader) -> None:
    matrix = reader.matrix()
    matrix.page.set_input_files("#file", DROPPED)
    matrix.page.get_by_text(ADDED).wait_for()
    assert matrix.columns == ["obeyed", "uv", "venv", "uv-0.4.30-dropped.jsonl-"]
    assert matrix.cell("links/chain", "uv-0.4.30-dropped.jsonl-") == "x breaks links-survive"
    assert matrix.cell("links/to-file", "uv-0.4.30-dropped.jsonl-") == ""
    matrix.page.get_by_role("checkbox", name="uv 0.4.30").uncheck()
    assert matrix.columns == ["obeyed", "uv", "venv"]


def test_published_data_becomes_a_column_too(reader: Reader) -> None:
    matrix = reader.matrix()
    matrix.page.set_input_files("#file", PUBLISHED)
    matrix.page.get_by_text(f"Added uv 0.7.13 ({PUBLISHED.name}).").wait_for()
    column = matrix.columns[3]
    assert (matrix.cell("links/chain", column), matrix.cell("links/to-file", column)) == (
        "x breaks links-survive",
        "+ holds",
    )


def test_a_file_is_dropped_anywhere_on_the_page(reader: Reader) -> None:
    page = reader.open("compare.html#a=uv-0.13.9")
    transfer = page.evaluate_handle(
        """([text, name]) => {
          const transfer = new DataTransfer();
          transfer.items.add(new File([text], name));
          return transfer;
        }""",
        [DROPPED.read_text(encoding="utf-8"), DROPPED.name],
    )
    page.dispatch_event("main", "dragover", {"dataTransfer": transfer})
    assert page.locator("#drop.over").count() == 1
    page.dispatch_event("main", "drop", {"dataTransfer": transfer})
    page.get_by_text(ADDED).wait_for()
    assert page.locator("#drop.over").count() == 0
    assert differences(page)["Worse: 7"] == [case for case in BETTER if case.startswith("links/")]


LINES = DROPPED.read_text(encoding="utf-8").splitlines()
BROKEN = (
    "no results at all",
    "",
    '{"a": 1}',
    "\n".join(LINES[:-1]),
    "\n".join(LINES)[:3000],
    '{"kind":"header"}\n{"kind":"footer"}\n',
    '{"kind":"header"}\n{"kind":"case","scenario":"links/chain"}\n{"kind":"footer"}\n',
    '{\n"format": 1,\n"tool": "uv"\n}\n',
    "\0\ufffd",
)


@pytest.mark.parametrize("name", ["matrix.html", "compare.html"])
def test_a_file_that_is_no_result_file_is_told_of_and_changes_nothing(reader: Reader, name: str) -> None:
    page = reader.open(name)
    before = page.locator("main").inner_text().replace(told(page), "")
    for number, text in enumerate(BROKEN):
        file = f"{number}.jsonl"
        page.set_input_files("#file", {"name": file, "mimeType": "", "buffer": text.encode()})
        page.get_by_text(f"{file} is no result file that could be read: ").wait_for()
        assert page.locator("main").inner_text().replace(told(page), "") == before


MARKUP = '"><img src=x onerror=alert(1)>'


def lines_with_markup() -> bytes:
    same = {"kind": "case", "subject": f"{MARKUP}@{MARKUP}", "python": "3"}
    strange = {**same, "scenario": "links/to-file", "variant": "create", "outcome": "constructor", "findings": []}
    finding = {"check": MARKUP, "verdict": "broken", "level": "must"}
    known = {"scenario": "links/chain", "variant": "relative,relative", "outcome": "breaks", "findings": [finding]}
    return "\n".join(map(json.dumps, [{"kind": "header"}, strange, same | known, {"kind": "footer"}])).encode()


def test_markup_in_a_file_is_text_and_an_outcome_that_is_none_counts_as_not_played(reader: Reader) -> None:
    file = {"name": f"{MARKUP}.jsonl", "mimeType": "", "buffer": lines_with_markup()}
    matrix, comparison = reader.matrix(), reader.open("compare.html")
    for page in (matrix.page, comparison):
        page.set_input_files("#file", file)
        page.get_by_text(f"Added {MARKUP} {MARKUP} ({MARKUP}.jsonl).").wait_for()
        assert page.locator("img, svg, iframe").count() == 0
    heads = matrix.columns[3:]
    assert [matrix.cell("links/chain", head) for head in heads] == [f"x breaks {MARKUP}"]
    assert [matrix.cell("links/to-file", head) for head in heads] == [""]
