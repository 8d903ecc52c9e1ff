"""From what the user names (`uv@0.7.13`) to builds that can be run: found, or installed once into the cache."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, assert_never

from harness.errors import HarnessError, mistake
from harness.tool import INTERPRETER, NotMeasured, Subject
from harness.tools import builds
from harness.tools.builds import CannotError
from harness.tools.cache import TOOLS, cache_dir, made_once, record
from harness.tools.catalogue import at_hand, cached_releases, load_tools
from harness.tools.naming import (
    Executable,
    Matching,
    Newest,
    OfPython,
    Plainest,
    Release,
    by_age,
    fitting,
    parse,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from harness.tool import Interpreter, Tool
    from harness.tools.cache import Made
    from harness.tools.naming import Build


def expand(specs: Sequence[str], tool_files: Sequence[Path] = (), *, offline: bool = False) -> list[str]:
    """Every subject by a name of its own: ranges and `latest` become the releases that they mean.

    Raises HarnessError where a spec means nothing, or no release.
    """
    tools = load_tools(tool_files)
    found: list[str] = []
    for spec in [parse(text, tools) for text in specs]:
        match spec.build:
            case Newest() | Matching():
                found += [f"{spec.tool.name}@{version}" for version in _meant(spec.tool, spec.build, offline=offline)]
            case Plainest() | Release() | Executable() | OfPython():
                found.append(spec.text)
            case _:
                assert_never(spec.build)
    return list(dict.fromkeys(found))


def _meant(tool: Tool, build: Newest | Matching, *, offline: bool) -> list[str]:
    """The releases that are meant, the oldest first."""
    known = _known(tool, offline=offline)
    found = fitting(build, known) if isinstance(build, Matching) else known[-1:]
    if not found:
        wanted = f"matches `{build.versions}`" if isinstance(build, Matching) else "is known"
        raise mistake(
            f"no {'cached ' if offline else ''}release of `{tool.name}` {wanted}",
            hint=f"the newest is `{known[-1]}`" if known else "install one by leaving out --offline" if offline else "",
        )
    return found


def _known(tool: Tool, *, offline: bool) -> list[str]:
    """Every release that can be had, the oldest first."""
    if offline:
        return by_age(cached_releases(tool.name, cache_dir()))
    try:
        return by_age(builds.releases(tool.distribution))
    except CannotError as error:
        raise mistake(f"the releases of `{tool.name}` cannot be looked up: {error}") from None


class Provisioner:
    """Has every build ready that is asked for; any thread may ask."""

    def __init__(
        self, *, offline: bool = False, tool_files: Sequence[Path] = (), report: Callable[[str], None] = lambda _: None
    ) -> None:
        self.cache = cache_dir()
        self.tools = load_tools(tool_files)
        self._offline, self._report = offline, report

    def subject(self, text: str, python: Interpreter) -> Subject | NotMeasured:
        """The build that a spec means, with the newest of several; where it cannot be had or does not run, why.

        Of a module of the interpreter that is always the one of `python`.
        """
        spec = parse(text, self.tools)
        try:
            return self._subject(spec.tool, spec.build, text, python)
        except CannotError as error:
            return NotMeasured(text, str(error))
        except HarnessError as error:
            return NotMeasured(text, "; ".join(problem.what for problem in error.problems))

    def _subject(self, tool: Tool, build: Build, text: str, python: Interpreter) -> Subject:
        match build:
            case Plainest() if "/" in tool.executable:
                return _found(tool, text, (Path(tool.place.file).parent / tool.executable).absolute())
            case Plainest():
                return _own(tool, text, python) if tool.executable == INTERPRETER else self._plainest(tool, text)
            case OfPython():
                return _own(tool, text, python)
            case Release(version=version):
                return self._release(tool, text, version)
            case Newest() | Matching():
                return self._release(tool, text, _meant(tool, build, offline=self._offline)[-1])
            case Executable(path=path):
                return _found(tool, text, Path(path).expanduser().absolute())
            case _:
                assert_never(build)

    def _plainest(self, tool: Tool, text: str) -> Subject:
        for executable in at_hand(tool):
            try:
                return _found(tool, text, executable)
            except CannotError as error:
                self._report(f"`{executable}` is passed over: {error}")
        return self._release(tool, text, _meant(tool, Newest(), offline=self._offline)[-1])

    def _release(self, tool: Tool, text: str, version: str) -> Subject:
        place = self.cache / TOOLS / f"{tool.name}-{version}"
        if self._offline and record(place) is None:
            raise CannotError(f"{tool.name} {version} is not in the cache, and --offline forbids to install it")
        made = made_once(place, lambda: self._installed(tool, version, place))
        return Subject(
            tool=tool, spec=text, version=made.version, executable=str(place / made.executable), digest=made.digest
        )

    def _installed(self, tool: Tool, version: str, place: Path) -> Made:
        self._report(f"installing {tool.name} {version} ...")
        return builds.install(tool, version, place)


def _own(tool: Tool, text: str, python: Interpreter) -> Subject:
    return Subject(tool=tool, spec=text, version=python.version, executable=python.executable, digest=python.digest)


def _found(tool: Tool, text: str, executable: Path) -> Subject:
    if not executable.is_file():
        raise CannotError("there is no such file")
    version, digest = builds.asked(tool, executable), builds.digest(executable)
    return Subject(tool=tool, spec=text, version=version, executable=str(executable), digest=digest)
