"""Builds of tools: what the index has, what is installed from it, and what an executable says that it is."""

from __future__ import annotations

import hashlib
import json
import os
import re
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from harness import containment
from harness.case import Command
from harness.checks.commands import ended, last_words
from harness.process import run
from harness.run import Exited
from harness.spelling import substitute
from harness.tools.cache import Made

if TYPE_CHECKING:
    from collections.abc import Mapping

    from harness.run import Finished
    from harness.tool import Tool

_LIMIT = 600.0
"""Seconds that the index may take."""

# What would lead Python or pip to somewhere else.
_NOT_PASSED = {"PYTHONPATH", "PYTHONHOME", "PIP_TARGET", "PIP_PREFIX", "PIP_ROOT"}
_PASSED = {"PIP_USER": "0", "PIP_REQUIRE_VIRTUALENV": "0"}


class CannotError(Exception):
    """A build cannot be had or does not run, and why."""


def releases(distribution: str) -> list[str]:
    """Every release that the index has, which is the one that pip is configured for. Raises CannotError."""
    finished = _pip("index", "versions", distribution.partition("[")[0], "--json")
    return list(json.loads(finished.stdout)["versions"])


def install(tool: Tool, version: str, place: Path) -> Made:
    """Install a release into an environment of its own, made by the running Python. Raises CannotError."""
    _python("-m", "venv", "--without-pip", str(place))
    # From wheels alone: building what a tool needs is not ours. Compiled, since a contained tool cannot do that.
    _pip(
        "--python", str(place), "install", "--quiet", "--only-binary", ":all:", "--compile",
        "--no-warn-script-location", f"{tool.distribution}=={version}",
    )  # fmt: skip
    scripts, ending = ("Scripts", ".exe") if sys.platform == "win32" else ("bin", "")
    executable = place / scripts / f"{tool.executable}{ending}"
    return Made(asked(tool, executable), executable.relative_to(place).as_posix(), digest(executable))


def asked(tool: Tool, executable: Path) -> str:
    """The version that an executable says it has. Raises CannotError where it says none."""
    with TemporaryDirectory(prefix="venvproof-") as scratch:
        places = dict.fromkeys(("root", "cwd", "home", "cache", "env"), scratch)
        names = {**places, "tool": str(executable), "python": sys.executable}
        command = Command(
            argv=tuple(substitute(word, names) for word in tool.version_run),
            cwd=scratch,
            variables={**_clean(scratch), **{name: substitute(text, names) for name, text in tool.variables.items()}},
            limit=60.0,
        )
        writable = None if containment.missing() else [scratch]
        finished = run(command, writable=writable, hide={**_home(), scratch: "$root", str(executable): tool.name})
    if finished.ending != Exited(0):
        raise CannotError(f"it does not say its version: it {ended(finished.ending)}: {last_words(finished)}")
    said = re.search(tool.version_pattern, finished.output)
    if said is None:
        raise CannotError(f"it does not say its version, but: {last_words(finished)}")
    return said[1]


def digest(executable: Path) -> str:
    """The digest of a file's content."""
    return hashlib.sha256(executable.read_bytes(), usedforsecurity=False).hexdigest()


def _clean(scratch: str) -> Mapping[str, str]:
    system = {name: os.environ[name] for name in ("SYSTEMROOT",) if name in os.environ}
    # The running Python first: a tool may be a script of the Python on PATH, and a system need not have one.
    path = os.pathsep.join((str(Path(sys.executable).parent), os.defpath))
    return {**system, "PATH": path, "HOME": scratch, "TMPDIR": scratch, "LANG": "C.UTF-8"}


def _home() -> dict[str, str]:
    home = str(Path.home())
    return {home: "~"} if home != os.sep else {}


def _pip(*arguments: str) -> Finished:
    return _python("-m", "pip", "--no-input", "--disable-pip-version-check", *arguments)


def _python(*arguments: str) -> Finished:
    """Run the running Python as the user's own: configured, and not contained."""
    ours = {name: value for name, value in os.environ.items() if name not in _NOT_PASSED}
    with TemporaryDirectory(prefix="venvproof-") as scratch:  # which pip cannot clean up where it is killed
        variables = {**ours, **_PASSED, **dict.fromkeys(("TMPDIR", "TEMP", "TMP"), scratch)}
        command = Command(argv=(sys.executable, *arguments), cwd=os.sep, variables=variables, limit=_LIMIT)
        finished = run(command, writable=None, hide=_home())
    if finished.ending != Exited(0):
        raise CannotError(_complaint(finished))
    return finished


def _complaint(finished: Finished) -> str:
    """The last error that pip tells of, without an address: whose index that is, is nobody's business."""
    errors = re.findall(r"^ERROR: (.+)$", finished.stderr, re.MULTILINE)
    module = finished.command.argv[2]
    words = errors[-1] if errors else f"`python -m {module}` {ended(finished.ending)}: {last_words(finished)}"
    return re.sub(r"[a-z+]+://\S+", "the index", words)
