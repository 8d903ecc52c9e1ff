"""`report`: a site of 300 builds in 150 scenarios, made, and opened in a browser."""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import replace
from functools import partial
from itertools import count, cycle, islice
from pathlib import Path
from typing import TYPE_CHECKING

from bench.measure import Comparison, Missing, Pair, spawned, timed
from harness.case import Command
from harness.published import dumped, load

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.measure import Once
    from harness.published import Measurement

CHECKOUT = Path(__file__).parents[1]
PUBLISHED = CHECKOUT / "reports" / "data"
SUITE = CHECKOUT / "scenarios"

BUILDS, SCENARIOS = 300, 150
MADE, OPENED = 5.0, 2.0
"""What it may take, in seconds."""

READ = "import json, pathlib, sys; [json.loads(one.read_bytes()) for one in pathlib.Path(sys.argv[1]).rglob('*.json')]"
REPORT = "import sys, harness.cli; sys.exit(harness.cli.main())"
PAINTED = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
FLAGS = ("--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-sync")


def comparison(scratch: Path) -> Comparison:
    """The command as a process, beside one that only reads the same files; then pages from the disk until painted."""
    limits = {f"{MADE:g} s": lambda: MADE, f"{OPENED:g} s": lambda: OPENED}
    if not PUBLISHED.is_dir():
        missing: Once | Missing = Missing("there are no published results in this checkout")
        made = dict.fromkeys(("report", "read the data", "open index", "open matrix"), missing)
        return Comparison(contenders={**made, **limits}, pairs=_pairs(), rounds=0)
    suite, data, site = _suite(scratch), _data(scratch), scratch / "site"
    return Comparison(
        contenders={
            "report": partial(_reported, scratch, data, site, suite),
            "read the data": partial(_spawned, scratch, READ, str(data)),
            "open index": _opened(site, "index.html", "table.answers"),
            "open matrix": _opened(site, "matrix.html", "#filters"),
            **limits,
        },
        pairs=_pairs(),
        rounds=5,
    )


def _pairs() -> tuple[Pair, ...]:
    made, opened = f"{MADE:g} s", f"{OPENED:g} s"
    return (
        Pair("report", made, 1.0),
        Pair("report", "read the data"),
        Pair("open index", opened, 1.0),
        Pair("open matrix", opened, 1.0),
    )


def _suite(scratch: Path) -> Path:
    """As many scenarios as are wanted, with the files of their families."""
    families = sorted(SUITE.glob("*/family.yaml"))
    scenarios = sorted(set(SUITE.glob("*/*.yaml")) - set(families))[:SCENARIOS]
    assert len(scenarios) == SCENARIOS, "the suite is smaller than what is measured here"
    for path in (*families, *scenarios):
        copied = scratch / "suite" / path.relative_to(SUITE)
        if any(one.parent == path.parent for one in scenarios):
            copied.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, copied)
    return scratch / "suite"


def _data(scratch: Path) -> Path:
    """As many builds as are wanted: those that are published, and again under versions of their own."""
    known = {f"{path.parent.name}/{path.stem}" for path in (scratch / "suite").glob("*/*.yaml")}
    for one in islice(_builds(), BUILDS):
        path = scratch / "data" / one.file
        path.parent.mkdir(parents=True)
        path.write_text(dumped(_cut(one, known)), encoding="utf-8")
    return scratch / "data"


def _builds() -> Iterator[Measurement]:
    real = [one for one in load([PUBLISHED]) if not one.not_measured]
    for number, one in zip(count(), cycle(real), strict=False):
        copy = number // len(real)
        version = f"{one.version}.post{copy}" if copy else one.version
        yield replace(one, version=version, python=version if one.version == one.python else one.python)


def _cut(one: Measurement, known: set[str]) -> Measurement:
    scenarios = {name: digest for name, digest in one.scenarios.items() if name in known}
    cases = {name: case for name, case in one.cases.items() if name.partition("[")[0] in known}
    return replace(one, scenarios=scenarios, cases=cases)


def _reported(scratch: Path, data: Path, site: Path, suite: Path) -> float:
    """A site where there is none."""
    shutil.rmtree(site, ignore_errors=True)
    return _spawned(scratch, REPORT, "report", str(data), "-o", str(site), "--suite", str(suite))


def _spawned(scratch: Path, *words: str) -> float:
    argv = (sys.executable, "-c", *words)
    return spawned(Command(argv=argv, cwd=str(CHECKOUT), variables=os.environ, limit=600.0), writable=str(scratch))


def _opened(site: Path, page: str, ready: str) -> Once | Missing:
    """From the address to a painted page whose script has run; the browser has been started before."""
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if chromium is None:
        return Missing("there is no Chromium on this machine")
    try:
        from playwright.sync_api import sync_playwright  # noqa: PLC0415 -- not on every machine that measures
    except ImportError:
        return Missing("playwright is not installed")

    def once() -> float:
        with sync_playwright() as playwright:
            sandboxed = os.getuid() != 0  # which root cannot be
            browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS, chromium_sandbox=sandboxed)
            opened = browser.new_page()

            def open_() -> None:
                opened.goto(f"{site.as_uri()}/{page}")
                opened.locator(ready).wait_for()
                opened.evaluate(PAINTED)

            seconds = timed(open_)
            browser.close()
        return seconds

    return once
