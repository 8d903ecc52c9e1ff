"""Names for what stands in a scenario: the real ones, or made-up ones that have the same oddities."""

from __future__ import annotations

from posixpath import splitext
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from harness.snapshot import Snapshot

KNOWN = frozenset(
    {
        ".venv",
        "venv",
        ".env",
        "env",
        "pyvenv.cfg",
        "pyproject.toml",
        "uv.toml",
        "uv.lock",
        "poetry.lock",
        "poetry.toml",
        "pdm.lock",
        "pdm.toml",
        "Pipfile",
        "Pipfile.lock",
        "setup.py",
        "setup.cfg",
        "requirements.txt",
        "tox.ini",
        ".python-version",
        ".python-versions",
        ".tool-versions",
        ".gitignore",
        ".git",
        ".github",
        "Makefile",
        "src",
        "tests",
        "docs",
        "bin",
        "lib",
        "lib64",
        "include",
        "Scripts",
        "Lib",
        "__init__.py",
        "node_modules",
        "__pycache__",
        "site-packages",
        "dist-packages",
        "python",
        "python3",
        "activate",
        "conda-meta",
    }
)
"""Names that tools look for: who has them has told nothing of themselves, and without them it is another situation."""

ENDINGS = frozenset((".py", ".toml", ".cfg", ".txt", ".md", ".lock", ".json", ".yaml", ".yml", ".sh", ".pth", ".whl"))
"""Ends of names that are kept."""


class Aliases(Protocol):
    """What an entry is called in the scenario."""

    def name(self, path: str, word: str) -> str:
        """The last name of a path of the directory; `word` says what stands there, as in `file`."""


class Kept:
    """Everything is called what it is."""

    def name(self, path: str, word: str) -> str:  # noqa: ARG002 -- as `Aliases` has it
        """The name itself."""
        return path.rpartition("/")[2]


class MadeUp:
    """Everything but what tools look for is called by its kind and a number, the same every time.

    A leading dot, a space, a letter beyond ASCII, and a byte that is no text are what tools stumble over: a name that
    has one keeps it.
    """

    def __init__(self) -> None:
        self._names: dict[str, str] = {}
        self._counts: dict[str, int] = {}

    def name(self, path: str, word: str) -> str:
        """The name that was made up when the path was first asked for."""
        last = path.rpartition("/")[2]
        if last in KNOWN:
            return last
        if path not in self._names:
            self._counts[word] = self._counts.get(word, 0) + 1
            self._names[path] = _like(last, f"{word}{{}}{self._counts[word]}")
        return self._names[path]


def _like(name: str, pattern: str) -> str:
    """A made-up name with the oddities of another."""
    ending = splitext(name)[1]
    odd = "é" if not name.isascii() else ""
    if any("\ud800" <= character <= "\udfff" for character in name):
        odd = "\udce9"
    made = pattern.format(" " if " " in name else "") + odd
    return f"{'.' if name.startswith('.') else ''}{made}{ending if ending in ENDINGS else ''}"


def spelled_with(aliases: Aliases, snapshot: Snapshot, start: str, text: str) -> str:
    """The text of a relative link, which lies in the directory `start`, with all names in it replaced."""
    here: str | None = start
    found = []
    for part in text.split("/"):
        if part in ("", ".", ".."):
            found.append(part)
        else:
            path = f"{here}/{part}" if here not in (".", "", None) else part
            found.append(aliases.name(path, word_of(snapshot, path)))
        here = snapshot.resolve(f"{here}/{part}") if here is not None else None
    return "/".join(found)


def word_of(snapshot: Snapshot, path: str) -> str:
    """What a made-up name calls the thing at a path."""
    from harness.snapshot import kind  # noqa: PLC0415 -- only where names are made up

    seen = snapshot.get(path)
    return "missing" if seen is None else kind(seen)
