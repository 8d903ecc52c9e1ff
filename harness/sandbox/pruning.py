"""Removing what earlier sessions have kept: only directories of ours, of sessions that have ended, the newest not."""

from __future__ import annotations

import os
import stat
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

from harness.errors import HarnessError
from harness.sandbox.removal import is_marked, remove

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ENDED = ".ended"
"""The name of the file that says of a session's directory that the session is over, and kept something."""

PREFIX = "venvproof-"
"""How the names of all sessions' directories begin."""

RUNS = 3
"""Of how many sessions what they kept stays."""


def end(work: Path) -> None:
    """Say that a session is over. Until then nobody prunes its directory."""
    (work / ENDED).touch()


def prune(above: Path, newest: int = RUNS) -> None:
    """Remove the directories of sessions below this one that have ended, all but the newest.

    What cannot be removed stays, and so does what another session is removing at this time.
    """
    for _, path in sorted(_over(above), reverse=True)[newest:]:
        with suppress(HarnessError, OSError):
            _remove(path)


def _over(above: Path) -> Iterator[tuple[int, Path]]:
    """When each session ended whose directory stands there, links not followed, and the directory."""
    for path in above.iterdir():
        if path.name.startswith(PREFIX) and is_marked(str(path)):
            with suppress(FileNotFoundError):
                status = os.lstat(path / ENDED)
                if stat.S_ISREG(status.st_mode) and (sys.platform == "win32" or status.st_uid == os.geteuid()):
                    yield status.st_mtime_ns, path


def _remove(path: Path) -> None:
    # The marker goes with the whole directory, so that everything that might not go has to be gone before.
    for case in sorted(path.iterdir()):
        if case.is_dir() and not case.is_symlink():
            remove(str(case))
    remove(str(path))
