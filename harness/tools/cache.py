"""The user's cache: what is made once, and then used by every session."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path
from threading import get_ident
from typing import TYPE_CHECKING

from filelock import FileLock
from platformdirs import user_cache_path

from harness.errors import mistake

if TYPE_CHECKING:
    from collections.abc import Callable

TOOLS, PYTHONS = "tools", "pythons"
"""The folders of installed releases and of copied interpreters."""

_TAG = "CACHEDIR.TAG"
_SIGNATURE = "Signature: 8a477f597d28d172789f06886806bc55\n# made by venvproof, which may delete all that is here\n"


@dataclass(frozen=True, slots=True)
class Made:
    """What stands at a place of the cache. `executable` is relative to it; `digest` is the maker's business."""

    version: str
    executable: str
    digest: str


def cache_dir() -> Path:
    """Where the cache is: VENVPROOF_CACHE, else where this system keeps a user's caches. No link is in it."""
    named = os.environ.get("VENVPROOF_CACHE")
    return (Path(named) if named else user_cache_path("venvproof")).resolve()


def made_once(place: Path, make: Callable[[], Made]) -> Made:
    """What stands at a place, made now unless it was before. One process makes it, the others wait.

    What was left half made is removed first: it is only valid with the record that is written last.
    """
    _claim(place.parent)
    with FileLock(f"{place}.lock"):
        made = record(place)
        if made is not None:
            return made
        _discard(place)
        try:
            made = make()
        except BaseException:
            _discard(place)
            raise
        _write(_record_of(place), json.dumps(asdict(made)))
        return made


def record(place: Path) -> Made | None:
    """What stands at a place; None where nothing does, or only half of it."""
    try:
        return Made(**json.loads(_record_of(place).read_bytes()))
    except FileNotFoundError:
        return None


def forget(place: Path) -> None:
    """Let what stands at a place count as half made."""
    _record_of(place).unlink(missing_ok=True)


def _discard(place: Path) -> None:
    """Remove what stands at a place, its record first."""
    forget(place)
    if place.exists():
        shutil.rmtree(place)


def standing(folder: Path) -> list[Path]:
    """Every place of a folder at which something stands, by name."""
    return sorted(path.with_name(path.name.removesuffix(".json")) for path in folder.glob("*.json"))


def empty(cache: Path) -> int:
    """Remove all that the cache holds, and nothing else; the number of bytes that it took."""
    folders = [cache / name for name in (TOOLS, PYTHONS) if (cache / name / _TAG).is_file()]
    size = sum(path.lstat().st_size for folder in folders for path in folder.rglob("*"))
    for folder in folders:
        shutil.rmtree(folder)
    return size


def _claim(folder: Path) -> None:
    """Mark a new folder as ours, and refuse one that is somebody else's: all in it may be deleted."""
    folder.mkdir(parents=True, exist_ok=True)
    in_use = any(not path.name.startswith(".") for path in folder.iterdir())
    # Looked at last, since another process may be marking it.
    if (folder / _TAG).is_file():
        return
    if in_use:
        raise mistake(f"`{folder}` is no cache of venvproof's", hint="let VENVPROOF_CACHE name a new directory")
    _write(folder / _TAG, _SIGNATURE)


def _write(path: Path, text: str) -> None:
    """Write a file wholly or not at all."""
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.{get_ident()}")
    unfinished.write_text(text)
    unfinished.replace(path)


def _record_of(place: Path) -> Path:
    return place.with_name(f"{place.name}.json")
