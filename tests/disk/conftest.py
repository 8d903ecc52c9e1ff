"""The disks that trees are built on: real ones, and other systems' as pyfakefs has them.

What pyfakefs has not: pipes and sockets (it makes real ones), names that are no text, `..` behind a link (it is taken
as text), directory handles that stay with the directory (they stay with its path), handles that only name an entry
(`O_PATH` opens it), and inode numbers that are handed out again. Every `os.open` of it changes the mode of what is
there; that is put right here.
"""

from __future__ import annotations

import os
import stat
import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import pytest
from pyfakefs.fake_filesystem import OSType
from pyfakefs.fake_os import FakeOsModule

from harness import containment
from harness.sandbox import Sandbox, WorkDirectory
from harness.tree import ALWAYS, Directory, plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from harness.tree import Tree

    Answer = TypeVar("Answer")

    class Without(Protocol):
        """Calls a function as somebody whom modes bind."""

        def __call__(self, function: Callable[[], Answer], /) -> Answer: ...


REAL = ("real", "memory", "by-path")
FAKE = {"linux": OSType.LINUX, "macos": OSType.MACOS, "windows": OSType.WINDOWS}


@dataclass
class Disk:
    """A work directory on one of the disks; what is built there is let go of at the end."""

    name: str
    work: WorkDirectory
    built: list[Sandbox] = field(default_factory=list)

    @property
    def real(self) -> bool:
        return self.name in REAL

    def build(self, tree: Tree, *, template: str | None = None) -> tuple[Sandbox, Path]:
        """A sandbox with this tree and its root."""
        place = self.work.place()
        whole = plain({**dict.fromkeys(ALWAYS, Directory()), **tree})
        self.built.append(Sandbox.build(place, whole, template))
        return self.built[-1], Path(place.root)


@pytest.fixture(params=[*REAL, *FAKE])
def disk(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Disk]:
    """Each of the disks in turn; it is empty again afterwards."""
    base = _base(request, monkeypatch)
    found = Disk(request.param, WorkDirectory.make(base))
    yield found
    for sandbox in found.built:
        sandbox.close()
    found.work.close()
    assert list(base.iterdir()) == []
    base.rmdir()


def _base(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Path:
    if request.param in {"by-path", "windows"}:
        monkeypatch.setattr("harness.sandbox.opened.HANDLES", False)
    if request.param in FAKE:
        # pyfakefs lets these through to the real disk.
        monkeypatch.delattr(os, "mkfifo", raising=False)
        monkeypatch.delattr(os, "openpty", raising=False)
        monkeypatch.setattr("harness.sandbox.identities._PATH_ONLY", 0)
        request.getfixturevalue("fs").os = FAKE[request.param]
        monkeypatch.setattr(FakeOsModule, "open", _open_without_changing_the_mode)
    if request.param == "memory" and not os.access("/dev/shm", os.W_OK):
        pytest.skip("there is no /dev/shm")
    return Path(tempfile.mkdtemp(prefix="disk-", dir="/dev/shm" if request.param == "memory" else None))


_pyfakefs_open = FakeOsModule.open


def _open_without_changing_the_mode(fake: FakeOsModule, path: Any, flags: int, mode: int = 0, **where: Any) -> int:
    with suppress(FileNotFoundError):
        mode = stat.S_IMODE(fake.lstat(path, **where).st_mode)
    return _pyfakefs_open(fake, path, flags, mode, **where)


@pytest.fixture
def real_disk(disk: Disk) -> Disk:
    """The disks that are no imitation."""
    if not disk.real:
        pytest.skip("pyfakefs has no such thing")
    return disk


@pytest.fixture
def disk_with_modes(disk: Disk) -> Disk:
    """The disks that keep all permission bits."""
    if disk.name == "windows":
        pytest.skip("Windows knows only whether a file may be written to")
    return disk


@pytest.fixture
def without_power() -> Iterator[Without]:
    """What calls a function as somebody whom modes bind: root's power over them is given up, in a thread."""
    if containment.power_missing():
        pytest.skip(containment.power_missing())
    give_up: Callable[[], Any] | None = None
    if os.geteuid() == 0:
        give_up = containment.drop_power
    with ThreadPoolExecutor(1, initializer=give_up) as thread:
        yield lambda function: thread.submit(function).result()
