"""axe-core finds nothing wrong with any kind of page: in light, in dark, unfolded, and on a telephone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from conftest import Reader

PAGES = (
    "index.html",
    "matrix.html",
    "matrix.html#agreed=1&outcome=breaks&cell=links%2Fchain%3A%3Auv",
    "compare.html#a=uv-0.7.13&b=uv-0.13.9",
    "tools/uv.html",
    "scenarios/links/chain.html",
)
UNFOLD = "document.querySelectorAll('details').forEach((one) => { one.open = true; })"
OPTIONS = {"resultTypes": ["violations"], "preload": False}  # what it would load beforehand, a file may not ask for
TELEPHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}


@pytest.fixture(scope="module")
def axe() -> Any:
    return pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed").Axe()


@pytest.mark.parametrize("page", PAGES)
def test_axe_finds_nothing_wrong(reader: Reader, axe: Any, page: str) -> None:
    opened = reader.open(page, reduced_motion="reduce")
    opened.evaluate(UNFOLD)
    for scheme in ("light", "dark"):
        opened.emulate_media(color_scheme=scheme)
        found = axe.run(opened, options=OPTIONS)
        assert found.violations_count == 0, f"{scheme}: {found.generate_report()}"


@pytest.mark.parametrize("page", ["index.html", "matrix.html", "scenarios/links/chain.html"])
def test_axe_finds_nothing_wrong_on_a_telephone(reader: Reader, axe: Any, page: str) -> None:
    found = axe.run(reader.open(page, **TELEPHONE), options=OPTIONS)
    assert found.violations_count == 0, found.generate_report()
