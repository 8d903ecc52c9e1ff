"""What several verbs need: the suite, a file to write, the results that are reported of."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from harness.errors import mistake

if TYPE_CHECKING:
    from argparse import Namespace

    from harness.report.survey import Survey


def suite() -> Path:
    """The folder of the scenarios that come with venvproof: inside the package, or beside it in a checkout."""
    package = Path(__file__).resolve().parents[1]
    inside = package / "scenarios"
    return inside if inside.is_dir() else package.parent / "scenarios"


def here() -> Path:
    """The folder of the scenarios that the user works on: `scenarios`, where they stand; else those of venvproof."""
    ours = Path("scenarios")
    return ours if any(ours.glob("*/family.yaml")) else suite()


def put(text: str, path: str | None) -> None:
    """Write a file wholly or not at all, or to standard output."""
    if path is None:
        sys.stdout.write(text)
        return
    from harness.store import put as replace  # noqa: PLC0415 -- only verbs that write need it

    try:
        replace(Path(path), text)
    except OSError as error:
        raise mistake(f"`{path}` cannot be written: {error.strerror}") from None


def surveyed(parsed: Namespace) -> Survey:
    """The results that were named, or those that are published here."""
    from harness.published import load  # noqa: PLC0415 -- only verbs that report need it
    from harness.report.survey import survey  # noqa: PLC0415

    folder, published = Path(parsed.suite or suite()), Path("reports", "data")
    if not folder.is_dir():
        raise mistake(f"there is no folder `{folder}`", hint="a suite holds families, as in `scenarios`")
    if not parsed.results and not published.is_dir():
        what = f"there is no folder `{published}` here"
        raise mistake(what, hint=f"name results, as in `venvproof {parsed.verb} --help`")
    return survey(load([Path(name) for name in parsed.results or [published]]), folder)
