"""What a suite holds: its scenarios, and what each was called before (`renamed.yaml`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.reading.family import FILE as FAMILY_FILE
from harness.reading.nodes import parse
from harness.reading.values import Reader

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

FILE = "renamed.yaml"


def scenario_files(suite: Path) -> dict[str, Path]:
    """The file of each scenario, by id."""
    paths = sorted(path for path in suite.glob("*/*.yaml") if path.name != FAMILY_FILE)
    return {f"{path.parent.name}/{path.stem}": path for path in paths}


def load_renamed(suite: Path) -> dict[str, str]:
    """The new id of each scenario that was called otherwise; none where the suite does not say."""
    path = suite / FILE
    return read_renamed(path.read_bytes(), path.as_posix(), scenario_files(suite)) if path.is_file() else {}


def read_renamed(source: bytes, file: str, scenarios: Collection[str]) -> dict[str, str]:
    """The same of a file's content. Raises HarnessError with all that is wrong."""
    document = parse(source, file)
    reader = Reader(document)
    found = {}
    for old, new in reader.entries(document.root, "what was renamed"):
        found[old.text] = reader.one_of(new, "scenario", scenarios) or ""
        if old.text in scenarios:
            reader.note(f"there still is a scenario `{old.text}`", old.place, "write `old-id: new-id`")
    reader.finish()
    return found
