"""Where links lead, told from the texts of all links that were seen below a root."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING

from harness.snapshot import Leads

if TYPE_CHECKING:
    from collections.abc import Mapping

    from harness.sandbox.opened import Opened

_HOPS = 64
"""More links than any system follows in one go."""

_NOTHING_THERE = {errno.ENOENT, errno.ENOTDIR, errno.ENAMETOOLONG}


def text_of(where: Opened, name: str) -> str:
    """What a link holds, exactly; on Windows as it was given: with `/` and without the mark of a long path."""
    return slashed(os.readlink(where.prefix + name, dir_fd=where.fd))


def slashed(path: str) -> str:
    """A path of this system with `/`."""
    return path if os.sep == "/" else path.removeprefix("\\\\?\\").replace(os.sep, "/")


def fault(where: Opened, name: str) -> Leads | None:
    """What the kernel says against following a link; None where it arrives, or may not say."""
    try:
        os.stat(where.prefix + name, dir_fd=where.fd)
    except PermissionError:
        return None
    except OSError as error:
        return Leads.DANGLING if error.errno in _NOTHING_THERE else Leads.LOOP
    return None


def arrives(path: str, root: str, links: Mapping[str, str]) -> str | None:
    """The path below the root that following a link arrives at, whether or not anything stands there.

    None outside the root or in a loop. `links` maps the path of every link to its text, and `root` is absolute, has no
    link in it, and is written with `/`.
    """
    here: list[str] = []
    todo = path.split("/")[::-1]
    hops = 0
    while todo:
        part = todo.pop()
        if part in {"", "."}:
            continue
        if part == ".." and not here:
            return _from_outside([root, "..", *reversed(todo)], root)
        if part == "..":
            here.pop()
            continue
        text = links.get("/".join([*here, part]))
        if text is None:
            here.append(part)
            continue
        hops += 1
        if hops > _HOPS:
            return None
        if os.path.isabs(text):  # noqa: PTH117  (a text, not a path of this module's)
            within = below(text, root)
            if within is None:
                return _from_outside([text, *reversed(todo)], root)
            here, text = [], within
        todo.extend(reversed(text.split("/")))
    return "/".join(here) or "."


def below(path: str, root: str) -> str | None:
    """An absolute path relative to the root, `.` for the root itself; None where it does not begin with it."""
    if path == root:
        return "."
    return path.removeprefix(f"{root}/") if path.startswith(f"{root}/") else None


def _from_outside(path: list[str], root: str) -> str | None:
    """Out of the root nothing was seen: ask the system, for it may well lead back in."""
    return below(slashed(os.path.realpath("/".join(path))), root)
