"""Trees planted on the disks of other systems, as pyfakefs has them."""

from __future__ import annotations

import unicodedata
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, assert_never

from harness.lint.systems import System
from harness.tree import Directory, Fifo, File, Hardlink, Link, Mount, Socket

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from pyfakefs.fake_os import FakeOsModule

    from harness.tree import Plain


@dataclass(frozen=True, slots=True)
class Clash:
    """A path at which nothing can be planted any more, since `other` stands there under the same name."""

    path: str
    other: str


def suspicious(tree: Iterable[str]) -> str:
    """The first path that some system may take for another one of these; empty where no system can."""
    seen: set[str] = set()
    for path in tree:
        folded = unicodedata.normalize("NFKC", path).casefold()
        if folded in seen:
            return path
        seen.add(folded)
    return ""


def clashes(tree: Mapping[str, Plain], system: System) -> Iterator[Clash]:
    """What cannot be planted of a tree that is ordered as by `tree.plain`. Raises ImportError without pyfakefs."""
    disk = _disk(system)
    stands: dict[int | None, str] = {}
    for path, entry in tree.items():
        where = _spelled(path, system)
        if disk.path.lexists(where):
            yield Clash(path, stands[disk.lstat(where).st_ino])
            continue
        with suppress(FileNotFoundError, NotADirectoryError):  # it is below what clashes, and that is told
            _plant(disk, where, entry, system)
            stands.setdefault(disk.lstat(where).st_ino, path)


def _disk(system: System) -> FakeOsModule:
    from pyfakefs.fake_filesystem import FakeFilesystem, OSType  # noqa: PLC0415 -- an extra, and slow to import
    from pyfakefs.fake_os import FakeOsModule  # noqa: PLC0415 -- likewise

    filesystem = FakeFilesystem()
    filesystem.os = OSType[system.name]
    disk = FakeOsModule(filesystem)
    disk.mkdir(_ROOT[system])
    return disk


_ROOT = {System.LINUX: "/root", System.MACOS: "/root", System.WINDOWS: "C:\\root"}


def _spelled(path: str, system: System) -> str:
    separator = "\\" if system is System.WINDOWS else "/"
    # APFS takes the composed and the decomposed form for one name, which pyfakefs does not know.
    path = unicodedata.normalize("NFD", path) if system is System.MACOS else path
    return separator.join([_ROOT[system], *path.split("/")])


def _plant(disk: FakeOsModule, where: str, entry: Plain, system: System) -> None:
    match entry:
        case Directory() | Mount():
            disk.mkdir(where)
        case Link(text=text):
            disk.symlink(text, where)
        case Hardlink(to=to):
            disk.link(_spelled(to, system), where)
        case File() | Fifo() | Socket():  # pyfakefs would make real pipes, and it is the name alone that matters
            disk.close(disk.open(where, disk.O_WRONLY | disk.O_CREAT | disk.O_EXCL))
        case _:
            assert_never(entry)
