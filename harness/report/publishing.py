"""What is published of measurements: data, site and Markdown, written or held against what is there."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from harness.errors import ExitStatus, mistake
from harness.published import dumped, load
from harness.report import storyboards
from harness.report.figures.badges import badges
from harness.report.readme import readme as markdown
from harness.report.site.files import differences, write
from harness.report.site.pages import site as pages
from harness.report.survey import survey
from harness.store import put

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from harness.published import Measurement
    from harness.report.storyboards import Storyboards
    from harness.report.survey import Survey

SHOWN = 10
"""How many files that differ are named."""


def publish(
    inputs: Sequence[Path], suite: Path, *, site: str | None, data: str | None, readme: str | None
) -> Iterator[str]:
    """Write what is asked for; tells of each in a line. Raises HarnessError before anything is written."""
    measurements = load(inputs)
    if not measurements:
        raise mistake("there are no results to report of", hint="`--results FILE` of a run writes some")
    seen = survey(measurements, suite)
    if site is not None:  # first, since the folder may be refused
        beside = _data_beside(inputs, Path(site), measurements)
        files = site_files(seen, measurements, suite, beside, _stories_beside(inputs))
        changed = write(Path(site), files)
        yield f"{len(files)} files in {site}, of which {changed} are new or changed: open {Path(site) / 'index.html'}"
    if data is not None:
        for measurement in measurements:
            _put(Path(data) / measurement.file, dumped(measurement))
        yield f"{len(measurements)} measurements in {data}"
    if readme is not None:
        _put(Path(readme), markdown(seen))
        yield f"the table in {readme}"


def site_files(
    seen: Survey,
    measurements: Sequence[Measurement],
    suite: Path,
    data: str,
    stories: Storyboards = MappingProxyType({}),
) -> dict[str, str]:
    """Every file of the site; the data is among them, unless it lies elsewhere beside the site."""
    files = dict(pages(seen, suite, data or "data", stories))
    files |= {f"badges/{name}": text for name, text in badges(seen).items()}
    if not data:
        files |= {f"data/{measurement.file}": dumped(measurement) for measurement in measurements}
    return files


def _data_beside(inputs: Sequence[Path], site: Path, measurements: Sequence[Measurement]) -> str:
    """Where the data lies, seen from the site, if it is published in one folder beside it; else empty."""
    folder, *others = inputs
    if others or folder.resolve().parent != site.resolve().parent:
        return ""
    if not all((folder / measurement.file).is_file() for measurement in measurements):
        return ""
    return Path(os.path.relpath(folder.resolve(), site.resolve())).as_posix()


def _stories_beside(inputs: Sequence[Path]) -> Storyboards:
    """The storyboards that were recorded of published data: they lie beside its folder."""
    folders = [path.resolve().parent / storyboards.FOLDER for path in inputs if path.is_dir()]
    return {file: boards for folder in folders for file, boards in storyboards.load(folder).items()}


def _put(path: Path, text: str) -> None:
    try:
        put(path, text)
    except OSError as error:
        raise mistake(f"`{path}` cannot be written: {error.strerror}") from None


def check(inputs: Sequence[Path], suite: Path, folder: Path) -> ExitStatus:
    """Whether a folder of reports is what its data gives; names on standard error what is not."""
    measurements = load(inputs)
    seen = survey(measurements, suite)
    beside = _data_beside(inputs, folder / "site", measurements)
    files = site_files(seen, measurements, suite, beside, _stories_beside(inputs))
    stale = [f"{folder / 'site' / name}" for name in differences(folder / "site", files)]
    expected = {folder / "README.md": markdown(seen)}
    if len(inputs) == 1 and inputs[0].is_dir():
        expected |= {inputs[0] / measurement.file: dumped(measurement) for measurement in measurements}
    stale += [str(path) for path, text in expected.items() if not path.is_file() or path.read_bytes() != text.encode()]
    if not stale:
        print(f"{folder} is what its data gives: {len(measurements)} measurements, {len(files)} files")  # noqa: T201
        return ExitStatus.AS_EXPECTED
    for name in stale[:SHOWN]:
        print(f"{name} is not what the data gives", file=sys.stderr)  # noqa: T201
    if len(stale) > SHOWN:
        print(f"... and {len(stale) - SHOWN} more", file=sys.stderr)  # noqa: T201
    print("  hint: `make reports` makes them anew", file=sys.stderr)  # noqa: T201
    return ExitStatus.REGRESSION
