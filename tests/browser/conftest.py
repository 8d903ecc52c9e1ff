"""A small site of real results, and a real browser to read it with.

`suite/` are scenarios as they once were, `data/` what three builds and the liar beside them did in these, played and
published once; `dropped.jsonl` is a result file of one more build, which also played what the site does not know:

    venvproof run --tool uv@0.7.13 --tool uv@0.13.9 --tool venv --tool-file liar/tool.yaml --tool obeyed \
        --results all.jsonl suite/links suite/existing suite/terminal
    venvproof report all.jsonl --data data
    venvproof run --tool uv@0.4.30 --results dropped.jsonl \
        suite/links/chain.yaml suite/links/existing-target-twice.yaml links/loop
"""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from harness.published import load
from harness.report.publishing import site_files
from harness.report.site.files import write
from harness.report.survey import survey

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Dialog, Page, Request

collect_ignore_glob = ["suite/*", "liar/*"]

HERE = Path(__file__).parent
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
QUIET = ("--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-sync")
"""What keeps a browser from looking for anything in a network."""


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a site of the data beside this."""
    folder = tmp_path_factory.mktemp("site")
    measurements = load([HERE / "data"])
    write(folder, site_files(survey(measurements, HERE / "suite"), measurements, HERE / "suite", ""))
    return folder


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """Debian's Chromium for the tests of a module, with a context that they share."""
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if CHROMIUM is None:
        pytest.skip("there is no Chromium on this machine")
    home = tmp_path_factory.mktemp("home").as_posix()
    with api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=QUIET,
            chromium_sandbox=os.getuid() != 0,  # which root cannot have
            env={**os.environ, "HOME": home},
        )
        chromium.new_context()
        yield chromium
        chromium.close()


@dataclass(frozen=True)
class Matrix:
    """What can be seen of the matrix."""

    page: Page

    @property
    def rows(self) -> list[str]:
        """The situations."""
        return sorted(self.page.locator("tr[data-s]:visible").evaluate_all("(all) => all.map((one) => one.dataset.s)"))

    @property
    def columns(self) -> list[str]:
        """The tools."""
        return self.page.locator("th[data-c]:visible").evaluate_all("(all) => all.map((one) => one.dataset.c)")

    @property
    def told(self) -> str:
        """What is said to those who do not see."""
        return self.page.locator("#told[role=status][aria-live=polite]").inner_text()

    @property
    def view(self) -> str:
        """The end of the address, which holds the view."""
        return self.page.evaluate("location.hash")

    def cell(self, situation: str, column: str) -> str:
        """The words of a cell."""
        heads = self.page.locator("th[data-c]").evaluate_all("(all) => all.map((one) => one.dataset.c)")
        found = self.page.locator(f"tr[data-s='{situation}'] > td").nth(heads.index(column))
        return " ".join(found.text_content().split())


@dataclass
class Reader:
    """Opens pages of the site, and notes what no page may do."""

    site: Path
    browser: Browser
    misdeeds: list[str] = field(default_factory=list)

    def open(self, page: str, *, timeout: float = 5_000, **circumstances: Any) -> Page:
        """A page by its name, as `matrix.html#family=links`, under what Playwright calls the options of a context."""
        shared = self.browser.contexts[0]
        opened = (self.browser.new_context(**circumstances) if circumstances else shared).new_page()
        opened.set_default_timeout(timeout)
        opened.on("console", lambda said: self._note(said.text) if said.type in {"error", "warning"} else None)
        opened.on("pageerror", lambda error: self._note(f"thrown: {error}"))
        opened.on("dialog", self._dialog)
        opened.on("request", self._request)
        opened.goto(self.address(page))
        return opened

    def matrix(self, view: str = "", **circumstances: Any) -> Matrix:
        """The matrix with what follows its name in the address."""
        return Matrix(self.open(f"matrix.html{view}", **circumstances))

    def address(self, page: str) -> str:
        """Where a page is, without a server."""
        return f"{self.site.as_uri()}/{page}"

    def pasted(self, page: Page) -> str:
        """What the clipboard holds."""
        page.evaluate("document.body.append(Object.assign(document.createElement('textarea'), { id: 'pasted' }))")
        page.locator("#pasted").focus()
        page.keyboard.press("Control+V")
        return page.locator("#pasted").input_value()

    def _note(self, what: str) -> None:
        self.misdeeds.append(what)

    def _dialog(self, dialog: Dialog) -> None:
        self._note(f"a dialog: {dialog.message}")
        dialog.dismiss()

    def _request(self, request: Request) -> None:
        if not request.url.startswith((self.site.as_uri(), "data:")):
            self._note(f"asks for {request.url}")


@pytest.fixture
def reader(site: Path, browser: Browser) -> Iterator[Reader]:
    """Opens pages; no test may leave anything thrown, complained of, shown in a dialog, or asked of a network."""
    one = Reader(site, browser)
    yield one
    shared, *others = browser.contexts
    for one_of_them in (*shared.pages, *others):
        one_of_them.close()
    assert one.misdeeds == []
