"""Which tools the user has on PATH, each asked for its version as a subject is: contained, timed, in an empty place."""

from __future__ import annotations

import dataclasses
import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from harness.tool import INTERPRETER
from harness.tools import builds
from harness.tools.builds import CannotError
from harness.tools.catalogue import builtin_tools

if TYPE_CHECKING:
    from collections.abc import Collection

    from harness.tool import Tool

_INTERPRETERS = ("python3", "python")


@dataclass(frozen=True, slots=True)
class Installed:
    """A tool on PATH. `version` is empty where it did not say one, and `fault` says why."""

    tool: str
    version: str
    fault: str = ""


def installed(names: Collection[str]) -> tuple[Installed, ...]:
    """Those of these built-in tools that are on PATH, with their versions; modules of an interpreter have its own."""
    tools = [tool for name, tool in builtin_tools().items() if name in names]
    with ThreadPoolExecutor(max_workers=2) as pool:
        found = pool.map(_asked, tools)
        return tuple(one for one in found if one is not None)


def _asked(tool: Tool) -> Installed | None:
    module = tool.executable == INTERPRETER
    paths = map(shutil.which, _INTERPRETERS if module else (tool.executable,))
    found = next((path for path in paths if path), None)
    if found is None:
        return None
    if module:  # the interpreter on PATH, and not ours, is what is asked
        run = tuple(word.replace(INTERPRETER, "$tool") for word in tool.version_run)
        tool = dataclasses.replace(tool, version_run=run)
    try:
        return Installed(tool.name, builds.asked(tool, Path(found).absolute()))
    except CannotError as error:
        return Installed(tool.name, "", str(error))
