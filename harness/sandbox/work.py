"""The directory that a session works in, the places of its cases, and what is kept of them."""

from __future__ import annotations

import itertools
import os
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from harness.case import Place
from harness.errors import HarnessError, mistake
from harness.sandbox.pruning import PREFIX, end, prune
from harness.sandbox.removal import MARK, MARKER, is_marked, remove

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from harness.errors import Problem

KEPT = ".kept"
"""The name of the file that says of a case's directory that it outlives the session."""

_READ_ONLY = 0o444

# A tool that reads the settings of the directories above the root finds these, and fails for all to see. As long as it
# only looks for its project there it is not disturbed: there is no `[project]` table. Without them a file somewhere
# above the work directory, on one machine only, could change results unnoticed.
_DECOYS = {
    "pyproject.toml": b"""\
[tool.uv]
required-version = "==0.0.1"

[tool.poetry]
name = "decoy"
version = "0"
description = ""
authors = []
dependencies = {python = ">=99"}

[tool.pdm]
distribution = "nonsense"

[tool.hatch]
envs = "nonsense"
""",
    "uv.toml": b"this is = not TOML\n",
    "pip.conf": b"this is no setting\n",
}


@dataclass(frozen=True, slots=True)
class WorkDirectory:
    """One session's directory. `worker` is the name of the process that works in it, empty for the session's own."""

    path: Path
    worker: str = ""
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1), repr=False, compare=False)

    @classmethod
    def make(cls, base: Path | None) -> WorkDirectory:
        """A new directory below `base`, which is the system's for temporary files by default; no link leads there."""
        try:
            made = tempfile.mkdtemp(prefix=PREFIX, dir=base)
        except OSError as error:
            what = f"no work directory can be made in `{base or tempfile.gettempdir()}`: {error.strerror}"
            raise mistake(what) from error
        path = Path(os.path.realpath(made))
        for name, content in {MARKER: MARK, **_DECOYS}.items():
            (path / name).write_bytes(content)
        return cls(path)

    @classmethod
    def join(cls, path: str, worker: str) -> WorkDirectory:
        """Another process's directory, for a worker of it; refused where that is none of ours."""
        if not is_marked(path):
            what = f"`{path}` is no work directory: it does not hold our `{MARKER}`"
            raise mistake(what)
        return cls(Path(path), worker)

    def place(self, within: str = "") -> Place:
        """A place of its own for the next case; nothing is built there yet.

        `within` is the path of directories that are to be above its root.
        """
        number = next(self._numbers)
        case = self.path / (f"{self.worker}-{number}" if self.worker else f"{number}")
        (case / within).mkdir(parents=True)
        return Place(root=str(case / within / "root"), cache=str(case / "cache"), session=self.path.name)

    def keep(self, place: Place) -> None:
        """Let this case's directory outlive the session, whichever process ends that."""
        self.beside(place, KEPT).touch()

    def tell(self, place: Place, texts: Mapping[str, str], mode: int = _READ_ONLY) -> None:
        """Write files beside a case's root, by their names, for whoever will look at it; nobody is to change them."""
        for name, text in texts.items():
            path = self.beside(place, name)
            if os.path.lexists(path):  # a tool that was not contained put it there
                remove(str(path))
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
                file.write(text.encode("utf-8", "surrogateescape"))

    def beside(self, place: Place, name: str) -> Path:
        """The path of a file in the directory that holds a case's root, its cache, and what is told of it."""
        return self.path / Path(place.root).relative_to(self.path).parts[0] / name

    def close(self) -> tuple[Path, ...]:
        """Remove everything that is not to be kept, the whole directory if nothing is; returns what is kept.

        Where something is, what sessions before the newest three kept below the same directory goes instead. A worker
        removes nothing. Raises `HarnessError` with everything that would not go, once all else is gone.
        """
        if self.worker:
            return ()
        cases = sorted(case for case in self.path.iterdir() if case.is_dir() and not case.is_symlink())
        kept = tuple(case for case in cases if (case / KEPT).exists())
        problems = [problem for case in cases if case not in kept for problem in _removing(case)]
        # The marker goes with the whole directory, so that everything else has to be gone before.
        problems += () if kept or problems else _removing(self.path)
        if problems:
            raise HarnessError(*problems)
        if kept:
            end(self.path)
            prune(self.path.parent)
        return kept


def _removing(path: Path) -> Sequence[Problem]:
    try:
        remove(str(path))
    except HarnessError as error:
        return error.problems
    return ()
