"""Which texts are paths below the root, by their spelling alone."""

from __future__ import annotations

import re
from posixpath import normpath

from harness.reading.names import names_in

HINT = "paths start at the root and are written with `/`, without `.` or `..`, as in `project/.venv`"

_DRIVE = re.compile(r"[A-Za-z]:")


def fault(path: str) -> str | None:
    """Why a text is no path below the root; None if it is one.

    >>> fault("project/../../etc")
    'it holds `..`'
    """
    names = path.split("/")
    named = names_in(path)
    if absolute := _absolute(path):
        return absolute
    if named:
        return f"it holds `${named[0]}`"
    if names[-1] == "":
        return "it ends in a slash" if path else "it is empty"
    if "" in names:
        return "it holds an empty name"
    return next((f"it holds `{name}`" for name in names if name in {".", ".."}), None)


def leaves(spelled: str, start: str) -> str | None:
    """Why a path as a user would spell it, from a directory of the root, leads out of it; None if it does not.

    >>> leaves("../../etc", "project")
    'it leads out of the root'
    >>> leaves("./.venv/", "project") is None
    True
    """
    if not spelled:
        return "it is empty"
    if absolute := _absolute(spelled):
        return absolute
    if named := names_in(spelled):
        return f"it holds `${named[0]}`"
    arrived = normpath(f"{start}/{spelled}")
    return "it leads out of the root" if arrived in {".", ".."} or arrived.startswith("../") else None


def _absolute(path: str) -> str | None:
    if "\\" in path:
        return "it holds a backslash"
    if _DRIVE.match(path):
        return "it begins with a drive"
    return "it is absolute" if path.startswith("/") else None
