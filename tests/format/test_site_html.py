"""Every page of a site is valid HTML, every link leads somewhere, and nothing that a tool says is more than text."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from collections import Counter
from dataclasses import replace
from functools import cache
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any
from unicodedata import bidirectional, category
from urllib.parse import parse_qsl, unquote, urlsplit

import pytest
from html5lib import HTMLParser

from harness.published import load
from harness.report.publishing import site_files
from harness.report.site.pages import site
from harness.report.survey import survey

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.published import Measurement

BROWSER = Path(__file__).resolve().parents[1] / "browser"
SUITE = BROWSER / "suite"
PUBLISHED = BROWSER.parents[1] / "reports" / "data"
REAL = BROWSER.parents[1] / "scenarios"
MANY_VARIANTS = 10  # of such a scenario, all that nine tools did is a hundred behaviours and more
HTML = "{http://www.w3.org/1999/xhtml}"

HOSTILE = (
    "\"'></pre></td></details></script><script>alert(1)</script><img src=x onerror=alert(1)> onload=alert(1) "
    "<!-- ]]> &lt;script&gt; {{ 7 * 7 }} javascript:alert(1) "
    "\x1b]0;title\x07\x1b[2J\x1b[31m\x00\x08\x7f\x85\u202e"
)
TURNING = {"LRE", "LRO", "RLE", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
OWN = {"outcome", "verdict", "level", "check"}
"""What a result file holds of ours, and no tool has a say in."""


def hostile(value: Any) -> Any:
    """The same with every word that could be a tool's made hostile; `link` and `directory` stay its first word."""
    match value:
        case dict():
            return {key: one if key in OWN else hostile(one) for key, one in value.items()}
        case list():
            return [hostile(one) for one in value]
        case str():
            return f"{value} {HOSTILE}"
        case _:
            return value


def impostors(honest: Measurement) -> Iterator[Measurement]:
    """A measurement of which every word is hostile: of a tool that is built in, of one that is not, and of none."""
    told = replace(
        honest,
        machine=honest.machine | {"kernel": HOSTILE, "user": HOSTILE},
        measured=hostile(honest.measured),
        digest=hostile(honest.digest),
        cases={name: hostile(case) for name, case in honest.cases.items()},
    )
    yield told
    bad = {"reason": "did not end", "outcome": "errs", "findings": []}
    errs = {name: {**case, **hostile(bad), "outcome": "errs"} for name, case in honest.cases.items()}
    yield replace(told, tool="stranger", version=HOSTILE, python=HOSTILE, cases=errs)
    yield replace(told, tool="nobody", version=HOSTILE, not_measured=HOSTILE, python="", cases={}, scenarios={})


@cache
def files() -> dict[str, str]:
    """A site by its files, of real measurements and of hostile ones."""
    real = load([BROWSER / "data"])
    newest = next(one for one in real if one.subject == "uv@0.7.13")
    every = (*(one for one in real if one is not newest), *impostors(newest))
    return site_files(survey(every, SUITE), every, SUITE, "")


SCENARIOS = (path.relative_to(SUITE) for path in sorted(SUITE.glob("*/*.yaml")) if path.name != "family.yaml")
PAGES = (
    *("index.html", "matrix.html", "compare.html"),
    *(f"scenarios/{path.with_suffix('.html').as_posix()}" for path in SCENARIOS),
    *(f"tools/{name}.html" for name in ("obeyed", "uv", "venv", "stranger")),
)


@cache
def parsed(page: str) -> tuple[ET.Element, tuple[str, ...]]:
    """A page as a tree, and what is wrong with it."""
    parser = HTMLParser()
    tree = parser.parse(files()[page])
    return tree, tuple(f"{where}: {what} {more}" for where, what, more in parser.errors)


def elements(page: str) -> Iterator[tuple[str, ET.Element]]:
    for one in parsed(page)[0].iter():
        if isinstance(one.tag, str):
            yield one.tag.removeprefix(HTML), one


def ids(page: str) -> Counter[str]:
    return Counter(one.attrib["id"] for _, one in elements(page) if "id" in one.attrib)


def addresses(page: str) -> Iterator[str]:
    for _, one in elements(page):
        yield from (one.attrib[name] for name in ("href", "src") if name in one.attrib)


def test_the_pages_are_those_of_the_suite_and_the_tools() -> None:
    assert {name for name in files() if name.endswith(".html")} == set(PAGES)


@pytest.mark.parametrize("page", PAGES)
def test_a_page_is_valid_html(page: str) -> None:
    assert parsed(page)[1] == ()


@pytest.mark.parametrize("page", PAGES)
def test_an_id_stands_once_on_a_page(page: str) -> None:
    assert [name for name, count in ids(page).items() if count > 1] == []


@pytest.mark.parametrize("page", PAGES)
def test_every_link_leads_somewhere(page: str) -> None:
    assert [address for address in addresses(page) if not leads_somewhere(page, address)] == []


def leads_somewhere(page: str, address: str) -> bool:
    parts = urlsplit(address)
    if parts.scheme:
        return parts.scheme == "https" or address == "data:,"
    target = normal(PurePosixPath(page).parent / unquote(parts.path)) if parts.path else page
    if target not in files():
        return False
    if "=" in parts.fragment:
        return all(key == "family" and ids("matrix.html")[value] for key, value in parse_qsl(parts.fragment))
    return not parts.fragment or bool(ids(target)[unquote(parts.fragment)])


def normal(path: PurePosixPath) -> str:
    kept: list[str] = []
    for part in path.parts:
        kept = kept[:-1] if part == ".." else [*kept, part]
    return "/".join(kept)


def test_no_page_about_the_newest_of_each_tool_is_heavy() -> None:
    if not PUBLISHED.is_dir():
        pytest.skip("no data is published in this checkout")
    whole = survey(load([PUBLISHED]), REAL)
    newest = tuple(replace(column, builds=column.builds[-1:]) for column in whole.measured)
    sizes = {name: len(text.encode()) for name, text in site(replace(whole, columns=newest), REAL, "data")}
    many = {f"scenarios/{one.id}.html" for one in whole.scenarios.values() if len(one.variants) >= MANY_VARIANTS}
    heavy = {name: size for name, size in sizes.items() if name.endswith(".html") and size > 300_000}
    assert {name: size for name, size in heavy.items() if name not in many or size > 600_000} == {}


# ---- what a tool says


@pytest.mark.parametrize("page", PAGES)
def test_no_word_of_a_tool_becomes_an_element_or_an_attribute(page: str) -> None:
    scripts = [(one.attrib.get("src", ""), one.text) for tag, one in elements(page) if tag == "script"]
    images = [one.attrib["src"] for tag, one in elements(page) if tag == "img"]
    attributes = {name for _, one in elements(page) for name in one.attrib}
    assert {(PurePosixPath(source).name, text) for source, text in scripts} <= {("site.js", None), ("data.js", None)}
    assert [source for source in images if not source.startswith("../badges/")] == []
    assert {tag for tag, _ in elements(page)} & {"iframe", "svg", "object", "embed", "base", "style"} == set()
    assert {name for name in attributes if name.startswith("on") or name == "style"} == set()


@pytest.mark.parametrize("page", PAGES)
def test_no_page_holds_a_character_that_acts(page: str) -> None:
    acting = {char for char in files()[page] if category(char) == "Cc" or bidirectional(char) in TURNING}
    assert acting <= {"\n", "\t"}


def test_what_the_script_reads_is_a_plain_value() -> None:
    told = files()["data.js"]
    assert told.isascii()
    assert json.loads(told.removeprefix("window.VENVPROOF = ").removesuffix(";\n")).keys() >= {"cases", "builds"}


def test_badges_hold_words_and_shapes_alone() -> None:
    badges = {name: text for name, text in files().items() if name.endswith(".svg")}
    found = {one.tag.partition("}")[2] for text in badges.values() for one in ET.fromstring(text).iter()}
    assert found == {"svg", "title", "rect", "path", "text"}
