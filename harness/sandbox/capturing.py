"""Looking at a directory of the user's: what stands in it, near to the top first, and no more than is asked for."""

from __future__ import annotations

import os
import stat
from collections import deque
from dataclasses import replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING

from harness.capture.sight import Arrival, Beyond, Sight
from harness.errors import mistake
from harness.sandbox.links import arrives, asking, fault, slashed, text_of
from harness.sandbox.opened import READ, Opened, Trail, is_directory, is_link
from harness.snapshot import Leads, Meta, SeenDirectory, SeenFile, SeenLink, SeenSpecial, Snapshot

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.snapshot import Seen

FOLDED = frozenset(
    {
        ".git",
        ".hg",
        ".svn",
        "node_modules",
        "__pycache__",
        "site-packages",
        "dist-packages",
        ".tox",
        ".nox",
        ".eggs",
        ".mypy_cache",
        ".ruff_cache",
        ".pytest_cache",
        ".hypothesis",
        ".idea",
        ".vscode",
    }
)
"""Directories whose content is hardly ever what a situation is about."""

LARGEST = 65536
"""Of a file that is larger no content is taken, in bytes."""

_PYTHONS = ("bin/python", "Scripts/python.exe")
_KINDS = {stat.S_IFIFO: "fifo", stat.S_IFSOCK: "socket"}
_USUAL = {True: 0o755, False: 0o644}


def sight(directory: str, *, most: int, contents: Sequence[str] = ()) -> Sight:
    """What stands in a directory, at most so many entries; links are read, not followed.

    Content is read of files alone whose name or path matches one of `contents`. Raises HarnessError where there is no
    such directory.
    """
    path = os.path.realpath(directory)
    try:
        root = Opened.at(path)
    except FileNotFoundError:
        raise mistake(f"there is no directory `{directory}`") from None
    except OSError as error:
        raise mistake(f"`{directory}` cannot be looked into: {error.strerror}") from None
    with root, Trail(root) as trail:
        return _Look(path, trail, most, contents).sight()


class _Look:
    def __init__(self, path: str, trail: Trail, most: int, contents: Sequence[str]) -> None:
        self.path, self.trail, self.most, self.patterns = path, trail, most, contents
        self.device = trail.to("any")[0].device()
        self.entries: dict[str, Seen] = {}
        self.links: dict[str, SeenLink] = {}
        self.names: dict[tuple[int, int], list[str]] = {}
        self.environments: set[str] = set()
        self.folded: set[str] = set()
        self.left: dict[str, int] = {}
        self.contents: dict[str, bytes] = {}

    def sight(self) -> Sight:
        todo = deque([""])
        while todo:
            todo += self.directory(todo.popleft())
        beyond = self.resolve_links()
        self.join_names()
        top = os.lstat(self.path)
        return Sight(
            path=slashed(self.path), top=_meta(top, mount=False), snapshot=Snapshot(dict(sorted(self.entries.items()))),
            environments=frozenset(self.environments), folded=frozenset(self.folded), left=self.left, beyond=beyond,
            contents=self.contents,
        )  # fmt: skip

    def directory(self, path: str) -> list[str]:
        """Look into one; returns those below that are to be looked into, too."""
        within = f"{path}/" if path else ""
        try:
            where, _ = self.trail.to(f"{within}any")
            names = where.names()
        except PermissionError:
            seen = self.entries.get(path)
            if not isinstance(seen, SeenDirectory):
                raise mistake(f"`{self.path}` cannot be looked into: you may not read it") from None
            self.entries[path] = replace(seen, readable=False)
            return []
        except (FileNotFoundError, NotADirectoryError):
            return []  # somebody is at work here, and took it away
        if _is_environment(where, names):
            self.environments.add(path or ".")
            return []
        statuses = {name: status for name in names if (status := _status(where, name)) is not None}
        chosen = sorted(statuses, key=lambda name: _matters(name, statuses[name]))[: self.most - len(self.entries)]
        if len(chosen) < len(statuses):
            self.left[path or "."] = len(statuses) - len(chosen)
        for name in sorted(chosen):
            self.entry(where, name, within + name, statuses[name])
        below = [within + name for name in sorted(chosen) if is_directory(statuses[name])]
        self.folded |= {one for one in below if one.rpartition("/")[2] in FOLDED}
        return [one for one in below if one not in self.folded]

    def entry(self, where: Opened, name: str, path: str, status: os.stat_result) -> None:
        meta = _meta(status, mount=status.st_dev != self.device)
        if is_directory(status):
            self.entries[path] = SeenDirectory(meta)
        elif is_link(status):
            self.entries[path] = self.links[path] = SeenLink(
                meta, text_of(where, name), fault(where, name) or Leads.INSIDE
            )
        elif stat.S_ISREG(status.st_mode):
            self.entries[path] = SeenFile(meta, status.st_size, "")
            self.names.setdefault((status.st_dev, status.st_ino), []).append(path)
            if status.st_size <= LARGEST and any(fnmatchcase(path, p) or fnmatchcase(name, p) for p in self.patterns):
                self.contents[path] = _content(where, name)
        else:
            self.entries[path] = SeenSpecial(meta, _KINDS.get(stat.S_IFMT(status.st_mode), "device"))

    def join_names(self) -> None:
        """Say of every file by which other paths it was met."""
        for paths in self.names.values():
            for path in paths if len(paths) > 1 else ():
                seen = self.entries[path]
                assert isinstance(seen, SeenFile), "only files are met by several names"
                self.entries[path] = replace(seen, names=tuple(sorted(paths)))

    def resolve_links(self) -> dict[str, Beyond]:
        """Say of every link where it leads; returns those that arrive at what was not looked at."""
        texts = {path: link.text for path, link in self.links.items()}
        root = slashed(self.path)
        outside, beyond = asking(root), {}
        for path, link in self.links.items():
            target = None if link.leads is Leads.LOOP else arrives(path, root, texts, outside)
            leads = Leads.OUTSIDE if link.leads is Leads.INSIDE and target is None else link.leads
            self.entries[path] = replace(link, leads=leads, target=target)
            unseen = leads is Leads.INSIDE and target not in self.entries and target != "."
            if leads is not Leads.LOOP and (target is None or unseen):
                beyond[path] = _beyond(os.path.realpath(f"{self.path}/{path}"))
        return beyond


def _status(where: Opened, name: str) -> os.stat_result | None:
    try:
        return where.status(name)
    except OSError:  # it has just gone, or it may not be asked
        return None


def _meta(status: os.stat_result, *, mount: bool) -> Meta:
    mode = stat.S_IMODE(status.st_mode)
    if os.name == "nt":  # which has no such bits, and shows others
        mode = _USUAL[is_directory(status)]
    return Meta(mode, (status.st_uid, status.st_gid), None, mount)


def _matters(name: str, status: os.stat_result) -> tuple[bool, bool, str]:
    """What is rather looked at where not everything can be: links, then what tools look for, then the rest."""
    return not is_link(status), not (is_directory(status) or name in {"pyproject.toml", "pyvenv.cfg"}), name


def _is_environment(where: Opened, names: Sequence[str]) -> bool:
    """Whether an environment with an interpreter stands here; what lacks one is looked at as any directory."""
    return "pyvenv.cfg" in names and any(_arrives(where, python) for python in _PYTHONS)


def _arrives(where: Opened, path: str) -> bool:
    try:
        os.stat(where.prefix + path, dir_fd=where.fd)
    except OSError:
        return False
    return True


def _content(where: Opened, name: str) -> bytes:
    with os.fdopen(where.open(name, READ), "rb", buffering=0) as file:
        return file.read(LARGEST)


def _beyond(path: str) -> Beyond:
    there = Path(path)
    try:
        if there.is_dir():
            environment = (there / "pyvenv.cfg").is_file()
            return Beyond(slashed(path), Arrival.ENVIRONMENT if environment else Arrival.DIRECTORY)
        if there.exists():
            return Beyond(slashed(path), Arrival.FILE)
        return Beyond(slashed(path), Arrival.NOTHING if there.parent.is_dir() else Arrival.NOWHERE)
    except OSError:  # it may not be asked
        return Beyond(slashed(path), Arrival.NOWHERE)
