"""What other systems' filesystems lack, and which names they refuse."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import TYPE_CHECKING, assert_never

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet


class System(StrEnum):
    """A system with the filesystem that it usually has: ext4, APFS, NTFS."""

    LINUX = "Linux"
    MACOS = "macOS"
    WINDOWS = "Windows"


LACKS: dict[System, AbstractSet[str]] = {
    System.LINUX: {"case-insensitive"},
    System.MACOS: {"case-sensitive", "undecodable-names", "containment", "mounts", "stopping-calls"},
    System.WINDOWS: {
        *("case-sensitive", "fifo", "modes", "terminal", "undecodable-names", "containment", "mounts"),
        "stopping-calls",
    },
}
"""The needs that no case has met there: what needs them is skipped, whatever else it plants."""

LONGEST = 255
"""Bytes of a name on Linux, characters elsewhere: of UTF-8 on APFS, of UTF-16 on NTFS."""

# https://learn.microsoft.com/windows/win32/fileio/naming-a-file
_RESERVED = re.compile(r'[<>:"|?*\\\x00-\x1f]')
_DEVICE = re.compile(r"(CON|PRN|AUX|NUL|COM[1-9¹²³]|LPT[1-9¹²³])(\..*)?", re.IGNORECASE | re.DOTALL)


def refused(name: str, system: System) -> str:
    """Why nothing can have this name there; empty where something can."""
    if system is System.WINDOWS and (reserved := _RESERVED.search(name)):
        return f"no name holds `{reserved[0].encode('unicode_escape').decode('ascii')}`"
    if system is System.WINDOWS and _DEVICE.fullmatch(name):
        return f"`{name}` is the name of a device"
    if system is System.WINDOWS and name.endswith((" ", ".")):
        return f"no name ends in {'a space' if name.endswith(' ') else 'a full stop'}"
    return "its name is too long" if _length(name, system) > LONGEST else ""


def _length(name: str, system: System) -> int:
    match system:
        case System.LINUX:
            return len(name.encode("utf-8", "surrogateescape"))
        case System.MACOS:
            return len(name)
        case System.WINDOWS:
            return len(name.encode("utf-16-le", "surrogatepass")) // 2
        case _:
            assert_never(system)
