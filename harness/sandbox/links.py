"""Where links lead, told from the texts of all links that were seen below a root."""

from __future__ import annotations

import errno
import os
from functools import cache
from typing import TYPE_CHECKING, TypeAlias

from harness.snapshot import Leads

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from harness.sandbox.opened import Opened

Outside: TypeAlias = "Callable[[str], str | None]"
"""Where an absolute path leads, relative to the root; None where that is not below it."""

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


def arrives(path: str, root: str, links: Mapping[str, str], outside: Outside) -> str | None:
    """The path below the root that following the link at `path` arrives at, whether or not anything stands there.

    None outside the root or in a loop. `links` maps the path of every link to its text, `root` is absolute, has no link
    in it, and is written with `/`; `outside` is asked where a path that leaves the root leads.
    """
    here, _, name = path.rpartition("/")
    todo = [name]
    hops = 0
    while todo:
        part = todo.pop()
        if part in {"", "."}:
            continue
        if part == ".." and not here:
            return outside("/".join([root, "..", *reversed(todo)]))
        if part == "..":
            here = here.rpartition("/")[0]
            continue
        there = f"{here}/{part}" if here else part
        text = links.get(there)
        if text is None:
            here = there
            continue
        hops += 1
        if hops > _HOPS:
            return None
        if os.path.isabs(text):  # noqa: PTH117  (a text, not a path of this module's)
            within = below(text, root)
            if within is None:
                return outside("/".join([text, *reversed(todo)]))
            here, text = "", within
        todo.extend(reversed(text.split("/")))
    return here or "."


def below(path: str, root: str) -> str | None:
    """An absolute path relative to the root, `.` for the root itself; None where it does not begin with it."""
    if path == root:
        return "."
    return path.removeprefix(f"{root}/") if path.startswith(f"{root}/") else None


def asking(root: str) -> Outside:
    """Asks the system, which may well lead back into the root; once for every path."""
    return cache(lambda path: below(slashed(os.path.realpath(path)), root))
