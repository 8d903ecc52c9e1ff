"""The folder of result files of `reports/play.py`: one a build, and how long they took."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from kept import Outline, key_of, renewed
from planned import Spent

from harness.store import dumped, footer, put

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from builds import Build
    from kept import Key
    from planned import Suite

    from harness.result import Record

_SHORT = ("scenario", "variant", "python", "digest", "outcome")


@dataclass(frozen=True, slots=True)
class Runs:
    """The folder of result files, one a build, and of what is known of how long they take."""

    path: Path

    def result(self, build: Build) -> Path:
        """The result file of a build."""
        return self.path / build.file

    def join(self, build: Build, suite: Suite, kept: frozenset[Key], part: Path | None = None) -> None:
        """Make a build's result one of the whole suite: what is kept of it, and what was played now, if anything."""
        result = self.result(build)
        rows = [*_kept_rows(result, kept), *(_rows(part)[1:-1] if part else ())]
        header = renewed(json.loads(_rows(part or result)[0]), build, suite, len(rows))
        put(result, "\n".join([dumped(header).rstrip(), *rows, dumped(footer(len(rows)))]))

    def stub(self, build: Build, header: Record) -> None:
        """Make a build's result one without cases."""
        put(self.result(build), dumped(header) + dumped(footer(0)))

    def spent(self) -> dict[str, Spent]:
        """How long builds took; nothing where that cannot be read, since only an estimate is lost."""
        try:
            return {name: Spent(**one) for name, one in json.loads(self._seconds.read_bytes()).items()}
        except (OSError, ValueError, TypeError, AttributeError):
            return {}

    def spend(self, build: Build, spent: Spent) -> None:
        """Keep how long a build took."""
        known = {**self.spent(), build.name: spent}
        put(self._seconds, json.dumps({name: asdict(known[name]) for name in sorted(known)}, indent=1) + "\n")

    @property
    def _seconds(self) -> Path:
        return self.path / "seconds.json"


def outline(path: Path) -> Outline | None:
    """A result file in short; None where it is none, or is damaged."""
    try:
        first, *between, last = _rows(path)
        header, cases, end = json.loads(first), tuple(map(_short, between)), json.loads(last)
        return Outline(header, end["kind"] == "footer", cases) if header["kind"] == "header" else None
    except (OSError, ValueError, TypeError, KeyError):
        return None


def _short(row: str) -> Record:
    line = json.loads(row)
    return {key: line[key] for key in _SHORT} | ({"swept": line["swept"]} if "swept" in line else {})


def _rows(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").rstrip("\n").split("\n")


def _kept_rows(path: Path, kept: frozenset[Key]) -> Iterator[str]:
    """The lines of cases that are kept, byte for byte."""
    return (row for row in (_rows(path)[1:-1] if kept else ()) if key_of(json.loads(row)) in kept)
