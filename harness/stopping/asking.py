"""What a call was asked for besides its paths, in the words of strace. Pure, but for the numbers of Linux."""

from __future__ import annotations

import ctypes
import os
from typing import TYPE_CHECKING

from harness.stopping.standing import OPENED
from harness.stopping.tables import AT_SYMLINK_FOLLOW, AT_SYMLINK_NOFOLLOW, O_CREAT, O_EXCL, O_TRUNC

if TYPE_CHECKING:
    from harness.calls import Stop

_MODES = {"chmod": 1, "fchmod": 1, "fchmodat": 2, "fchmodat2": 2, "mknod": 1, "mknodat": 2}
_OWNERS = {"chown": 1, "lchown": 1, "fchown": 1, "fchownat": 2}
_FLAGS = {"fchmodat2": 3, "fchownat": 4, "linkat": 4}
_KINDS = {0o010000: "S_IFIFO", 0o140000: "S_IFSOCK", 0o100000: "S_IFREG"}


def asked(stop: Stop) -> str:
    """Its flags, its mode or its owners, in the words of strace."""
    given = stop.arguments
    words = []
    if stop.name in OPENED:
        flags = {O_CREAT: "O_CREAT", O_EXCL: "O_EXCL", O_TRUNC: "O_TRUNC", os.O_NOFOLLOW: "O_NOFOLLOW"}
        words.append(_named(given[OPENED[stop.name]], flags))
    if stop.name in _MODES:
        mode = given[_MODES[stop.name]]
        kind = [_KINDS.get(mode & 0o170000, "S_IFREG")] if stop.kind == "mknod" else []
        words.append("|".join([*kind, f"0{mode & 0o7777:03o}"]))
    if stop.name in _OWNERS:
        first = _OWNERS[stop.name]
        words += [str(ctypes.c_int(one & 0xFFFFFFFF).value) for one in given[first : first + 2]]
    if stop.name in _FLAGS:
        flags = {AT_SYMLINK_FOLLOW: "AT_SYMLINK_FOLLOW", AT_SYMLINK_NOFOLLOW: "AT_SYMLINK_NOFOLLOW"}
        words.append(_named(given[_FLAGS[stop.name]], flags))
    if stop.name == "renameat2":
        words.append(_named(given[4], {2: "RENAME_EXCHANGE"}))
    if stop.name == "bind":
        words.append("S_IFSOCK")
    return ", ".join(filter(None, words))


def _named(flags: int, names: dict[int, str]) -> str:
    return "|".join(name for flag, name in names.items() if flags & flag)
