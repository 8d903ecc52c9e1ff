"""The files that are looked through, and all that can be said of them without playing anything."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING

from harness.errors import HarnessError, Place
from harness.lint.likeness import alike
from harness.lint.notices import error, note, warning
from harness.lint.planting import unplantable
from harness.lint.source import read_source
from harness.lint.sweeps import unasked
from harness.lint.wording import wording
from harness.reading.family import FILE as FAMILY_FILE
from harness.reading.family import read_family
from harness.reading.renamed import FILE as RENAMED_FILE
from harness.reading.renamed import load_renamed, scenario_files
from harness.reading.scenario import load_scenario
from harness.scaffold import asked_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from harness.lint.notices import Notice
    from harness.lint.source import Source
    from harness.scenario import Scenario


@dataclass(frozen=True, slots=True)
class Looked:
    """The scenarios that could be read, with all that there is to say of the files."""

    sources: tuple[Source, ...]
    notices: tuple[Notice, ...]


def has_disks() -> bool:
    """Whether pyfakefs is here, which has the disks of other systems."""
    return find_spec("pyfakefs") is not None


def below(path: Path) -> list[Path]:
    """A file, or every YAML file below a folder."""
    return sorted(one for one in path.rglob("*.yaml") if one.is_file()) if path.is_dir() else [path]


def look_through(files: Sequence[Path], builtin: Path) -> Looked:
    """Read every file, and say what is wrong with it; `builtin` is the suite that comes with venvproof."""
    notices: list[Notice] = []
    sources: list[Source] = []
    for path in files:
        try:
            if path.name == FAMILY_FILE:
                notices += _family(path)
            elif path.name == RENAMED_FILE:
                load_renamed(path.parent)
            else:
                sources.append(
                    read_source(path.read_bytes(), f"{path.absolute().parent.name}/{path.stem}", path.as_posix())
                )
        except HarnessError as wrong:
            notices += [error(problem, Place(path.as_posix(), 1, 1)) for problem in wrong.problems]
    notices += _families({path.parent: path for path in reversed(files)}.values())
    disks = has_disks()
    for source in sources:
        notices += [*wording(source), *unasked(source), *unplantable(source, disks=disks)]
    notices += alike(sources, _others(files, builtin))
    return Looked(tuple(sources), tuple(notices))


def _family(path: Path) -> Iterator[Notice]:
    if read_family(path.read_bytes(), path.as_posix()).question == asked_of(path.absolute().parent.name):
        yield note("`question` is as `venvproof new` wrote it", Place(path.as_posix(), 1, 1), "ask what a user would")


def _families(first: Iterable[Path]) -> Iterator[Notice]:
    """Of each folder, by its first file, whether it says what it answers."""
    for path in first:
        if path.name != RENAMED_FILE and not (path.parent / FAMILY_FILE).is_file():
            what = f"no `{FAMILY_FILE}` lies beside this: it is played only where it is named"
            yield warning(what, Place(path.as_posix(), 1, 1), "`question: ...?` in it says what the folder answers")


def _others(files: Iterable[Path], builtin: Path) -> Iterator[Scenario]:
    """The scenarios of the same suites and of venvproof's own that are not looked through themselves."""
    ours = {path.resolve() for path in files}
    suites = dict.fromkeys([*(path.resolve().parents[1] for path in files), builtin.resolve()])
    for path in (path for suite in suites for path in scenario_files(suite).values()):
        if path not in ours and (path.parent / FAMILY_FILE).is_file():
            try:
                yield load_scenario(path)
            except HarnessError:
                continue  # whoever looks that file through is told
