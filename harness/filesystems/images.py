"""A filesystem in a file without a name, by way of a loop device. Linux only, and root's alone.

Nothing of it has to be cleaned up: the file goes with the device, and the device with its last user.
"""

from __future__ import annotations

import os
import shutil
import struct
import sys
import tempfile
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from harness.case import Command
from harness.checks.commands import last_words
from harness.errors import mistake
from harness.process import run
from harness.run import Exited

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

if sys.platform == "linux":
    import fcntl

_CONTROL = "/dev/loop-control"
_GET_FREE, _CONFIGURE = 0x4C82, 0x4C0A  # linux/loop.h; the second since Linux 5.8
_AUTOCLEAR = 4
_INFO = "=5Q4I64s64s32s2Q"  # struct loop_info64
_SIZE = 4 << 30  # of which only what is written takes room
_LIMIT = 60.0
_RACES = 8  # somebody else may take the free device first

_QUICKLY = "nodiscard,lazy_itable_init=1,lazy_journal_init=1"  # the image is new, and so all zeros
_MAKERS = {
    "ext4": ("mkfs.ext4", "-q", "-F", "-E", _QUICKLY),
    "ext4 casefold": ("mkfs.ext4", "-q", "-F", "-E", _QUICKLY, "-O", "casefold"),
    "xfs": ("mkfs.xfs", "-q", "-K", "-f"),
    "btrfs": ("mkfs.btrfs", "-q", "-K", "-f"),
}
_PACKAGES = {"mkfs.ext4": "e2fsprogs", "mkfs.xfs": "xfsprogs", "mkfs.btrfs": "btrfs-progs"}
_SYSTEM = ("/usr/sbin", "/sbin")  # which are not on every PATH

KINDS = frozenset(_MAKERS)
"""What can be made in an image."""


def demand_maker(kind: str) -> None:
    """Refuse a kind that nothing here makes."""
    program = _MAKERS[kind][0]
    if os.geteuid() != 0:
        raise mistake(f"only root attaches an image, which {kind} is made in", hint="run it as root")
    if shutil.which(program, path=_path()) is None:
        raise mistake(f"there is no `{program}`, which makes {kind}", hint=f"install {_PACKAGES[program]}")


@contextmanager
def made(kind: str, base: Path | None) -> Iterator[str]:
    """A device with a new filesystem on it, in a file below `base`; it stays as long as it is in use."""
    with _device(base) as device:
        words = (*_MAKERS[kind], device)
        command = Command(argv=words, cwd="/", variables={"PATH": _path(), "LC_ALL": "C"}, limit=_LIMIT)
        done = run(command, writable=None, hide={})
        if done.ending != Exited(0):
            raise mistake(f"`{' '.join(words)}` fails: {last_words(done)}")
        yield device


@contextmanager
def _device(base: Path | None) -> Iterator[str]:
    try:
        with tempfile.TemporaryFile(dir=base) as image:
            image.truncate(_SIZE)
            device, handle = _attached(image.fileno())
    except OSError as error:
        what = f"no image can be attached as a loop device: {error.strerror}"
        raise mistake(what, hint="a container has such devices only where it is `--privileged`") from error
    try:
        yield device
    finally:
        os.close(handle)


def _attached(image: int) -> tuple[str, int]:
    """The path of a device on an image, and what keeps it."""
    flags = struct.pack(_INFO, 0, 0, 0, 0, 0, 0, 0, 0, _AUTOCLEAR, b"venvproof", b"", b"", 0, 0)
    asked = struct.pack("=2I", image, 0) + flags + bytes(64)
    for race in range(_RACES):
        with open(_CONTROL, "rb+", buffering=0) as control:  # noqa: PTH123 -- a device, not a path of ours
            device = f"/dev/loop{_answer(control, _GET_FREE, 0)}"
        handle = os.open(device, os.O_RDWR | os.O_CLOEXEC)
        try:
            _answer(handle, _CONFIGURE, asked)
        except OSError:
            os.close(handle)
            if race == _RACES - 1:
                raise
        else:
            return device, handle
    assert False, "unreachable because the last race returns or raises"  # noqa: B011, PT015


def _answer(file: Any, request: int, argument: Any) -> Any:  # noqa: ANN401 -- as ioctl(2) has it
    assert sys.platform == "linux", "only Linux has loop devices of this kind"
    return fcntl.ioctl(file, request, argument)


def _path() -> str:
    return os.pathsep.join((os.environ.get("PATH", os.defpath), *_SYSTEM))
