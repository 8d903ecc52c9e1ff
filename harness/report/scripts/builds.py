"""The build that a case is named with: its version, and what is known of the case from results."""

from __future__ import annotations

import platform
from pathlib import Path
from typing import TYPE_CHECKING, assert_never

from packaging.version import InvalidVersion, Version

from harness.errors import mistake
from harness.naming import subject_of
from harness.published import load
from harness.report.scripts.reproduction import Build
from harness.tool import INTERPRETER
from harness.tools.builds import CannotError, asked
from harness.tools.cache import cache_dir
from harness.tools.catalogue import at_hand, cached_releases
from harness.tools.naming import Executable, Matching, Newest, OfPython, Plainest, Release, by_age, fitting, parse

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from harness.naming import CaseName
    from harness.published import Measurement
    from harness.result import Record
    from harness.scenario import Scenario, Variant
    from harness.tool import Tool
    from harness.tools.naming import Spec

PUBLISHED = Path("reports", "data")
_FACTS = {"system": "Linux", "user": "ordinary"}
"""Of a machine that nobody has told of."""


def known_of(
    name: CaseName, scenario: Scenario, variant: Variant, tools: Mapping[str, Tool], results: Sequence[Path]
) -> tuple[Build, Record | None]:
    """The build that is meant and the line of its case, None where no results tell of it.

    Without a version it is the newest one that has results, else the one at hand. Raises HarnessError where that leaves
    none.
    """
    spec = parse(subject_of(name, scenario), tools)
    measured = _measured(spec, name.python, results)
    if measured:
        one = measured[-1]
        case = f"{scenario.id}{f'[{variant.id}]' if variant.labels else ''}"
        current = scenario.digest().startswith(one.scenarios.get(scenario.id, "?"))
        record = one.cases.get(case) if current else None
        return Build(tool=spec.tool, version=one.version, python=one.python, facts=one.machine), record
    python = name.python or platform.python_version()
    return Build(tool=spec.tool, version=_version(spec, python), python=_python(spec, python), facts=_FACTS), None


def _measured(spec: Spec, python: str, results: Sequence[Path]) -> list[Measurement]:
    """What results tell of the builds that are meant, the oldest first."""
    published = PUBLISHED / spec.tool.name
    paths = results or ([published] if published.is_dir() else [])
    ours = [one for one in load(paths) if one.tool == spec.tool.name and not one.not_measured]
    return [one for one in ours if _is_meant(spec, one) and _begins(one.python, python)]


def _is_meant(spec: Spec, one: Measurement) -> bool:
    match spec.build:
        case Plainest() | Newest():
            return True
        case Release(version=version):
            return one.version == version
        case Matching():
            return one.version in fitting(spec.build, [one.version] if _is_version(one.version) else [])
        case OfPython(python=python):
            return _begins(one.version, python)
        case Executable():
            return False  # of which build results tell cannot be known
        case _:
            assert_never(spec.build)


def _begins(version: str, wanted: str) -> bool:
    """Whether a version is the one that is wanted, or of its series; any is where none is wanted."""
    return not wanted or f"{version}.".startswith(f"{wanted}.")


def _is_version(text: str) -> bool:
    try:
        return bool(Version(text))
    except InvalidVersion:
        return False


def _python(spec: Spec, python: str) -> str:
    return spec.build.python if isinstance(spec.build, OfPython) else python


def _version(spec: Spec, python: str) -> str:
    """The version of a build that nobody has results of."""
    match spec.build:
        case Release(version=version):
            return version
        case OfPython(python=version) if _is_version(version):
            return version
        case OfPython():
            raise mistake(f"`{spec.text}` names no version", hint=f"write it so: `{spec.tool.name}@{python}`")
        case Executable(path=path):
            return _asked(spec, Path(path).expanduser().absolute())
        case Plainest() if spec.tool.executable == INTERPRETER:
            return python
        case Plainest() if here := next(at_hand(spec.tool), None):
            return _asked(spec, here)
        case Plainest() | Newest() | Matching():
            return _cached(spec)
        case _:
            assert_never(spec.build)


def _asked(spec: Spec, executable: Path) -> str:
    try:
        return asked(spec.tool, executable)
    except CannotError as error:
        raise mistake(f"`{spec.text}` cannot be asked for its version: {error}") from None


def _cached(spec: Spec) -> str:
    known = by_age(cached_releases(spec.tool.name, cache_dir()))
    meant = fitting(spec.build, known) if isinstance(spec.build, Matching) else known
    if not meant:
        what = f"no build of `{spec.tool.name}` has results here, or is at hand"
        raise mistake(what, hint=f"name a version, as in `{spec.tool.name}@1.2.3`")
    return meant[-1]
