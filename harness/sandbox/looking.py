"""Looking at a tree: every entry as it is itself, no link followed."""

from __future__ import annotations

import gc
import hashlib
import os
import stat
import time
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias

from harness.sandbox.identities import Identities
from harness.sandbox.links import arrives, asking, fault, slashed, text_of
from harness.sandbox.opened import READ, is_directory, is_link
from harness.snapshot import Leads, Meta, SeenDirectory, SeenFile, SeenLink, SeenSpecial, Snapshot

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Mapping

    from harness.sandbox.opened import Opened
    from harness.snapshot import Seen

MANY = 500
"""From how many files on contents are remembered. Fewer are read again quicker than the doubt is worth."""

# A clock that stands still for a tick (Linux before 6.13), or that knows whole seconds only, gives two contents one
# stamp. In nanoseconds.
_TICK = 20_000_000
_COARSE = 1_000_000
# Windows does not say when a file was changed: there `st_ctime` is when it was made.
_SAYS_WHEN = os.name == "posix"

HEAD = 16384
"""How much of a file's content a snapshot holds, in bytes."""

_CHUNK = 1 << 20
_KINDS = {stat.S_IFIFO: "fifo", stat.S_IFSOCK: "socket"}

Stamps: TypeAlias = dict[str, int]
"""By path, device, inode, size and times of a file, hashed to one number: while they agree, so does the content."""


class Looker:
    """What is remembered from one look at a root to the next."""

    def __init__(self) -> None:
        self._identities = Identities()
        self._stamps: Stamps = {}
        self._last: Mapping[str, Seen] = {}

    def look(self, root: Opened, planted: Container[str]) -> Snapshot:
        """Everything below the root. Directories, and whatever stands at a planted path, are kept track of."""
        walk = _Walk(self._identities, planted, self._stamps, self._last)
        # A root that is gone, or that may no longer be looked at, holds nothing that can be seen.
        with _no_garbage(), suppress(FileNotFoundError, NotADirectoryError, PermissionError):
            walk.directory(root, "", root.device())
        walk.resolve_links(slashed(root.path))
        walk.join_names()
        self._stamps, self._last = (walk.stamps, walk.entries) if len(walk.stamps) > MANY else ({}, {})
        return Snapshot(walk.entries)

    def close(self) -> None:
        """Let go of what was kept track of."""
        self._identities.close()


@contextmanager
def _no_garbage() -> Iterator[None]:
    """Leave the collector alone for as long as entries are made, none of which is dropped."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()


class _Walk:
    """One look; `known` are the stamps of files of the look before, which saw `last`."""

    def __init__(
        self, identities: Identities, planted: Container[str], known: Stamps, last: Mapping[str, Seen]
    ) -> None:
        self.entries: dict[str, Seen] = {}
        self.stamps: Stamps = {}
        self._known, self._last = known, last
        self._settled = time.time_ns() - _TICK
        self._identities = identities
        self._planted = planted
        self._links: dict[str, SeenLink] = {}
        self._names: dict[tuple[int, int], list[str]] = {}

    def directory(self, where: Opened, above: str, device: int) -> None:
        for name in where.names():
            try:
                self._entry(where, name, above + name, device)
            except FileNotFoundError:  # A process that a tool left behind is still at work, and took it away.
                continue

    def _entry(self, where: Opened, name: str, path: str, device: int) -> None:
        status = where.status(name)
        file = stat.S_ISREG(status.st_mode)  # what most are, and never a directory or a link
        directory = not file and is_directory(status)
        identity = self._identities.of(status, where, name, track=directory or path in self._planted)
        meta = _meta(status.st_mode, status.st_uid, status.st_gid, identity, status.st_dev != device)
        if file:
            self._file(where, name, path, meta, status)
        elif directory:
            self._descend(where, name, path, meta, status.st_dev)
        elif is_link(status):
            self._links[path] = SeenLink(meta, text_of(where, name), fault(where, name) or Leads.INSIDE)
            self.entries[path] = self._links[path]
        else:
            self.entries[path] = SeenSpecial(meta, _KINDS.get(stat.S_IFMT(status.st_mode), "device"))

    def _descend(self, where: Opened, name: str, path: str, meta: Meta, device: int) -> None:
        self.entries[path] = SeenDirectory(meta)
        try:
            with where.enter(name) as inner:
                self.directory(inner, f"{path}/", device)
        except PermissionError:
            self.entries[path] = SeenDirectory(meta, readable=False)

    def _file(self, where: Opened, name: str, path: str, meta: Meta, status: os.stat_result) -> None:
        changed = status.st_ctime_ns
        stamp = hash((status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, changed))
        seen = self._last[path] if self._known.get(path) == stamp else None
        if not isinstance(seen, SeenFile):
            seen = SeenFile(meta, status.st_size, *_content(where, name, status.st_size))
        elif seen.meta != meta or seen.names:
            seen = replace(seen, meta=meta, names=())
        self.entries[path] = seen
        if _SAYS_WHEN and changed < self._settled and changed % _COARSE:
            self.stamps[path] = stamp
        if status.st_nlink > 1:
            self._names.setdefault((status.st_dev, status.st_ino), []).append(path)

    def resolve_links(self, root: str) -> None:
        """Say of every link where it leads, which takes the texts of all the others."""
        texts = {path: link.text for path, link in self._links.items()}
        outside = asking(root)
        for path, link in self._links.items():
            target = None if link.leads is Leads.LOOP else arrives(path, root, texts, outside)
            leads = Leads.OUTSIDE if link.leads is Leads.INSIDE and target is None else link.leads
            self.entries[path] = SeenLink(link.meta, link.text, leads, target)

    def join_names(self) -> None:
        """Say of every file by which other paths it was met."""
        for paths in self._names.values():
            for path in paths if len(paths) > 1 else ():
                seen = self.entries[path]
                assert isinstance(seen, SeenFile), "only files are met by several names"
                self.entries[path] = replace(seen, names=tuple(paths))


@lru_cache(maxsize=1024)
def _meta(mode: int, user: int, group: int, identity: int | None, mount: bool) -> Meta:  # noqa: FBT001  (by position: quicker)
    """Most entries of a tree have the same."""
    return Meta(stat.S_IMODE(mode), (user, group), identity, mount)


def _content(where: Opened, name: str, size: int) -> tuple[str, bytes]:
    """The digest of a file's content and its first bytes; nothing where it may not be read."""
    try:
        handle = where.open(name, READ)
    except PermissionError:
        return "", b""
    try:
        # One byte more than there should be, so that one call also finds the end.
        asked = min(size + 1, _CHUNK)
        chunk = os.read(handle, asked)
        head, digest = chunk[:HEAD], hashlib.sha256(chunk, usedforsecurity=False)
        while len(chunk) == asked:
            chunk = os.read(handle, asked)
            digest.update(chunk)
    finally:
        os.close(handle)
    return digest.hexdigest(), head
