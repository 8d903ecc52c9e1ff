"""The site as files: written where it may be, kept in step, and compared with what is there."""

from __future__ import annotations

from pathlib import PureWindowsPath
from typing import TYPE_CHECKING

from harness.errors import mistake
from harness.store import put

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

MARKER = ".venvproof-site"
"""The file that lists what is ours in a folder: nothing else is ever removed from it."""


def write(folder: Path, files: Mapping[str, str]) -> int:
    """Bring a folder in step with the files of a site; returns how many were new or changed.

    Raises HarnessError where the folder holds what we have not written.
    """
    try:
        known = _known(folder)
    except OSError as error:
        raise mistake(f"`{folder}` cannot be written: {error.strerror}") from None
    marked = {**files, MARKER: "".join(f"{name}\n" for name in sorted(files))}
    try:
        changed = [name for name, text in marked.items() if not _holds(folder / name, text)]
        for name in changed:
            put(folder / name, marked[name])
        for name in known - set(marked):
            (folder / name).unlink(missing_ok=True)
    except OSError as error:
        raise mistake(f"`{error.filename}` cannot be written: {error.strerror}") from None
    return len(set(changed) - {MARKER})


def _known(folder: Path) -> set[str]:
    """What we wrote there before."""
    marker = folder / MARKER
    if marker.is_file():
        listed = marker.read_text(encoding="utf-8").splitlines()
        return {name for name in listed if name and _inside(folder, name)}
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise mistake(f"`{folder}` is not empty, and no site of ours", hint="name a folder that is new or empty")
    return set()


def _inside(folder: Path, name: str) -> bool:
    """Whether what a marker names lies in its folder, behind no link."""
    path = PureWindowsPath(name)  # of all systems the one with the most ways out
    if path.anchor or ".." in path.parts:
        return False
    return not any((folder / above.as_posix()).is_symlink() for above in path.parents[:-1])


def differences(folder: Path, files: Mapping[str, str]) -> list[str]:
    """The files that a folder lacks, has otherwise, or has too many of our own."""
    marked = {**files, MARKER: "".join(f"{name}\n" for name in sorted(files))}
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    return sorted({name for name, text in marked.items() if not _holds(folder / name, text)} | (there - set(marked)))


def _holds(path: Path, text: str) -> bool:
    return path.is_file() and path.read_bytes() == text.encode()
