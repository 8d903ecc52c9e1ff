"""Private copies of interpreters: what tools are handed, so that none can harm the user's own."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import stat
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from packaging.version import InvalidVersion, Version

from harness.case import Command
from harness.checks.commands import ended, last_words
from harness.errors import mistake
from harness.process import run
from harness.run import Exited, NotStarted
from harness.tool import Interpreter
from harness.tools.cache import PYTHONS, Made, forget, made_once

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.errors import HarnessError

LIMIT = 600.0
"""Seconds that compiling a standard library may take."""

_SHOWN = 200  # characters of a message that are worth showing
_LAYOUT = 1  # counts what is copied: a higher number makes every copy anew

# Runs in any Python 3, a virtual environment's included. What a version manager puts before an interpreter does not
# matter: the interpreter itself says where it is.
_ASK = """
import json, os, sys, sysconfig
named = sysconfig.get_config_var
base = {"base": sys.base_prefix, "installed_base": sys.base_prefix}
base.update({"platbase": sys.base_exec_prefix, "installed_platbase": sys.base_exec_prefix})
print(json.dumps({
    "version": "%d.%d.%d" % sys.version_info[:3],
    "executable": os.path.realpath(getattr(sys, "_base_executable", None) or sys.executable),
    "prefix": os.path.realpath(sys.base_prefix),
    "libraries": [os.path.realpath(sysconfig.get_path(name, vars=base)) for name in ("stdlib", "platstdlib")],
    "shared": [os.path.join(named("LIBDIR") or "", named(name) or "") for name in ("INSTSONAME", "LDLIBRARY")],
}))
"""
_CHECK = "import json, os, sys, ensurepip; print(json.dumps(os.path.realpath(sys.prefix)))"

_NOT_COPIED = {"site-packages", "dist-packages", "test", "tests", "idle_test"}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Source:
    """What an interpreter says of itself: absolute paths without links, `libraries` with the platform's last."""

    version: str
    executable: Path
    prefix: Path
    libraries: tuple[Path, ...]
    shared: tuple[Path, ...]

    def place(self, cache: Path) -> Path:
        """Where its copy belongs; an interpreter that was updated has another."""
        files = (self.executable, self.libraries[0] / "os.py")
        times = [(path.stat().st_size, path.stat().st_mtime_ns) for path in files]
        identity = hashlib.sha256(repr((_LAYOUT, str(self.executable), times)).encode("utf-8", "surrogateescape"))
        return cache / PYTHONS / f"{self.version}-{identity.hexdigest()[:12]}"


def private_copy(spec: str | None, cache: Path) -> Interpreter:
    """A copy below `cache` of the interpreter that is meant: a version, a path, or None for the running one.

    It has the standard library, compiled, without its tests, and no package; it is made once, and again where the
    original was updated. Raises HarnessError where there is no such interpreter or it does not work from another place.
    """
    source = _ask(_find(spec) if spec else sys.executable)
    place = source.place(cache.resolve())
    made = made_once(place, lambda: _copy(source, place))
    return Interpreter(
        spec=spec or source.version,
        version=made.version,
        executable=str(place / made.executable),
        prefix=str(place),
        digest=made.digest,
    )


def verify(interpreter: Interpreter) -> bool:
    """Whether a copy is still what was made; where it is not, the next session will make it anew."""
    prefix = Path(interpreter.prefix)
    if prefix.is_dir() and _digest(prefix) == interpreter.digest:
        return True
    forget(prefix)  # and no more: another session may still use it
    return False


# -- finding ---------------------------------------------------------------------------------------------------------


def _find(spec: str) -> str:
    if os.sep in spec or "/" in spec:
        return str(Path(spec).expanduser().absolute())
    from python_discovery import get_interpreter  # noqa: PLC0415 -- heavy, and seldom needed

    found = get_interpreter(spec)
    if found is not None:
        return found.executable
    managed = sorted(_of_pyenv(spec))
    if not managed:
        raise mistake(f"there is no Python `{spec}` here", hint="give its path, or install it (`uv python install`)")
    return str(managed[-1][1])


def _of_pyenv(spec: str) -> Iterator[tuple[Version, Path]]:
    """What pyenv has installed of a version, whether or not it is switched on."""
    root = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    for home in (*root.glob(f"versions/{spec}"), *root.glob(f"versions/{spec}.*")):
        try:
            version = Version(home.name)
        except InvalidVersion:
            continue
        executable = home / "bin" / f"python{version.major}.{version.minor}"
        if executable.is_file():
            yield version, executable


def _ask(executable: str) -> _Source:
    try:
        answer = _answer(executable, _ASK)
    except _NoAnswerError as error:
        raise mistake(f"`{executable}` is no Python that works: {error}") from None
    paths = {key: tuple(dict.fromkeys(map(Path, answer[key]))) for key in ("libraries", "shared")}
    prefix = Path(answer["prefix"])
    # An environment made of copies does not know the executable that it was made from.
    usual = prefix / "bin" / "python{}.{}".format(*answer["version"].split("."))
    found = [path for path in (Path(answer["executable"]), usual) if path.is_relative_to(prefix) and path.is_file()]
    if not found or not all(path.is_relative_to(prefix) for path in paths["libraries"]):
        raise _not_movable(executable, "it is scattered over several places")
    return _Source(version=answer["version"], executable=found[0].resolve(), prefix=prefix, **paths)


def _answer(executable: str, script: str) -> Any:  # noqa: ANN401 -- of json
    """What a script prints as JSON. Raises _NoAnswerError."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    command = Command(argv=(executable, "-I", "-B", "-c", script), cwd=os.sep, variables=environment, limit=60.0)
    finished = run(command, writable=None, hide={})
    if isinstance(finished.ending, NotStarted):
        raise _NoAnswerError(f"it {ended(finished.ending)}")
    if finished.ending != Exited(0):
        raise _NoAnswerError(f"it {ended(finished.ending)}: {last_words(finished)[:_SHOWN]}")
    return json.loads(finished.stdout.splitlines()[-1])


class _NoAnswerError(Exception):
    """An interpreter does not run, and why."""


# -- copying ---------------------------------------------------------------------------------------------------------


def _copy(source: _Source, place: Path) -> Made:
    if sys.platform == "win32":
        _copy_of_windows(source, place)
    else:
        _copy_of_posix(source, place)
    executable = source.executable.relative_to(source.prefix)
    _compile(place, str(place / executable))
    try:
        prefix = _answer(str(place / executable), _CHECK)
    except _NoAnswerError as error:
        raise _not_movable(source.executable, str(error)) from None
    if prefix != str(place):
        raise _not_movable(source.executable, f"its copy takes `{prefix}` for its prefix")
    return Made(source.version, executable.as_posix(), _digest(place))


def _not_movable(executable: str | Path, reason: str) -> HarnessError:
    return mistake(
        f"the Python `{executable}` does not work as a copy: {reason}",
        hint="hand in another with --python, such as one that `uv python install` made",
    )


def _copy_of_posix(source: _Source, place: Path) -> None:
    executable = place / source.executable.relative_to(source.prefix)
    executable.parent.mkdir(parents=True)
    shutil.copy2(source.executable, executable)
    for name in ("python3", "python"):
        if executable.name != name:
            (executable.parent / name).symlink_to(executable.name)
    for library in source.libraries:
        _copy_library(library, place / library.relative_to(source.prefix))
    for shared in source.shared:
        if shared.is_file() and shared.is_relative_to(source.prefix):
            target = place / shared.relative_to(source.prefix)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(shared, target)


def _copy_of_windows(source: _Source, place: Path) -> None:
    place.mkdir(parents=True)
    for pattern in ("*.exe", "*.dll"):
        for file in source.prefix.glob(pattern):
            shutil.copy2(file, place)
    for name in ("DLLs", "Lib"):
        _copy_library(source.prefix / name, place / name)


def _copy_library(library: Path, target: Path) -> None:
    """Copy a standard library, what its links lead to in their stead."""
    shutil.copytree(library, target, ignore=_not_needed, ignore_dangling_symlinks=True)
    (target / "site-packages").mkdir()


def _not_needed(_: str, names: list[str]) -> set[str]:
    fixed = (".opt-1.pyc", ".opt-2.pyc", ".a")
    return {name for name in names if name in _NOT_COPIED or name.startswith("config-") or name.endswith(fixed)}


def _compile(place: Path, executable: str) -> None:
    """Compile what the original had not: a contained tool cannot, and would do it in its head at every start."""
    # The exit status tells of files that are no Python of this version, as old libraries have some.
    argv = (executable, "-I", "-m", "compileall", "-qq", str(place))
    run(Command(argv=argv, cwd=str(place), variables={}, limit=LIMIT), writable=None, hide={})


def _digest(place: Path) -> str:
    digest = hashlib.sha256(usedforsecurity=False)
    for path, entry in _below(place, ""):
        meta = entry.stat(follow_symlinks=False)
        if stat.S_ISREG(meta.st_mode):
            content = hashlib.sha256(Path(entry.path).read_bytes(), usedforsecurity=False).hexdigest()
        else:
            content = str(Path(entry.path).readlink()) if entry.is_symlink() else ""
        digest.update(f"{path}\0{meta.st_mode:o}\0{content}\n".encode("utf-8", "surrogateescape"))
    return digest.hexdigest()


def _below(directory: Path | str, path: str) -> Iterator[tuple[str, os.DirEntry[str]]]:
    with os.scandir(directory) as entries:
        for entry in sorted(entries, key=lambda entry: entry.name):
            yield f"{path}/{entry.name}", entry
            if entry.is_dir(follow_symlinks=False):
                yield from _below(entry.path, f"{path}/{entry.name}")
