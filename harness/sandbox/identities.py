"""Telling whether an entry is still the same one, even where the filesystem hands out inode numbers again."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from harness.sandbox import opened

if TYPE_CHECKING:
    from harness.sandbox.opened import Opened

LIMIT = 300
"""How many entries of one sandbox are kept track of: each costs a handle, and a process has some thousand."""

_PATH_ONLY = getattr(os, "O_PATH", 0)


class Identities:
    """Small numbers for inodes, in the order in which they were first seen.

    On Linux an inode is held by a handle that neither reads nor writes: while it is held its number is not handed out
    again, which ext4 otherwise does at once. The filesystems of macOS and Windows do not hand numbers out again.
    """

    def __init__(self) -> None:
        self._numbers: dict[tuple[int, int], int] = {}
        self._handles: list[int] = []

    def of(self, status: os.stat_result, where: Opened, name: str, *, track: bool) -> int | None:
        """The number of an entry. One that has none gets it if it is to be tracked and there are not too many."""
        inode = status.st_dev, status.st_ino
        number = self._numbers.get(inode)
        if number is None and track and len(self._numbers) < LIMIT and self._hold(inode, where, name):
            number = self._numbers[inode] = len(self._numbers)
        return number

    def _hold(self, inode: tuple[int, int], where: Opened, name: str) -> bool:
        if not (opened.HANDLES and _PATH_ONLY):
            return True
        handle = os.open(where.prefix + name, _PATH_ONLY | os.O_NOFOLLOW, dir_fd=where.fd)
        self._handles.append(handle)
        held = os.fstat(handle)
        return (held.st_dev, held.st_ino) == inode

    def close(self) -> None:
        """Let go of every inode."""
        while self._handles:
            os.close(self._handles.pop())
