"""Making the filesystem that a run stands on, in a mount namespace of its own. Linux only, and it says so.

The kernel drops all mounts with the last process in the namespace, however that ends. Kinds that come in an image take
root; those in memory and those that a program of ours serves take a user namespace.
"""

from __future__ import annotations

import ctypes.util
import importlib.util
import os
import struct
import subprocess
import sys
import tempfile
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from harness import mounting
from harness.errors import HarnessError, mistake
from harness.filesystems import KINDS, images
from harness.process import discard
from harness.sandbox.pruning import PREFIX

if sys.platform == "linux":
    import fcntl

_NO_SUID, _NO_DEVICES = 2, 4
_SAFELY = _NO_SUID | _NO_DEVICES
_SERVER = Path(__file__).with_name("served.py")
_SERVED = {"case-insensitive", "no-symlinks", "no-hardlinks"}
_CASEFOLD = Path("/sys/fs/ext4/features/casefold")
_GET_FLAGS, _SET_FLAGS = 0x80086601, 0x40086602  # FS_IOC_GETFLAGS, FS_IOC_SETFLAGS, as 64-bit systems have them
_CASEFOLD_FLAG = 0x40000000  # FS_CASEFOLD_FL


@dataclass(frozen=True, slots=True)
class Filesystem:
    """A directory that is the top of a new filesystem, and the program that serves it, if one does."""

    path: Path
    server: subprocess.Popen[bytes] | None = None

    def close(self) -> None:
        """Unmount it, and remove the directory; whatever is on it is gone."""
        if self.path.is_dir():
            discard(str(self.path))
        if self.server is not None:
            self.server.kill()
            self.server.communicate()


def enter(kind: str) -> None:
    """Have a namespace of our own, where this machine has what such a filesystem takes.

    What is started from now on is in it. It must come before any thread and any worker.
    """
    if sys.platform != "linux":
        raise mistake("`--filesystem` makes one on Linux alone", hint="`--work-dir` names a directory of another one")
    _demand(kind)
    try:
        mounting.private()
    except OSError as error:
        hint = "a container may do it where it is `--privileged`" if os.geteuid() == 0 else "run it as root"
        raise mistake(f"the system refuses a mount namespace: {error.strerror}", hint=hint) from error


def offered(base: Path | None) -> dict[str, str]:
    """Why this machine does not offer a kind, empty where it does; every one is tried out below `base`."""
    return {kind: _refusal(kind, base) for kind in KINDS}


def _refusal(kind: str, base: Path | None) -> str:
    try:
        enter(kind)
        lay(kind, base).close()
    except HarnessError as error:
        return "; ".join(", ".join(filter(None, (problem.what, problem.hint))) for problem in error.problems)
    return ""


def _demand(kind: str) -> None:
    if _in_image(kind):
        images.demand_maker(_in_image(kind))
    if kind in _SERVED and not _in_image(kind):
        if importlib.util.find_spec("mfusepy") is None:
            raise mistake(f"{kind} is served by mfusepy, which is not installed", hint="install venvproof[fuse]")
        if ctypes.util.find_library("fuse3") is None:
            raise mistake(f"{kind} is served by libfuse 3, which is not installed", hint="install fuse3")
        if not os.access("/dev/fuse", os.R_OK | os.W_OK):
            what = "there is no `/dev/fuse` that we may open"
            raise mistake(what, hint="a container has it where it is started with `--device /dev/fuse`")


def _in_image(kind: str) -> str:
    """What is made in an image for this kind; empty where it is none of those."""
    if kind == "case-insensitive":
        return "ext4 casefold" if _CASEFOLD.exists() and os.geteuid() == 0 else ""
    return kind if kind in images.KINDS else ""


def lay(kind: str, base: Path | None) -> Filesystem:
    """Make a filesystem of this kind on a new directory below `base`; `enter` has come before."""
    try:
        if image := _in_image(kind):
            return _from_image(image, base)
        path = _directory(kind, base)
    except OSError as error:
        raise mistake(f"no {kind} can be made: {error.strerror}") from error
    try:
        return _in_memory(kind, path)
    except OSError as error:
        discard(path)
        raise mistake(f"no {kind} can be mounted: {error.strerror}") from error
    except HarnessError:
        discard(path)
        raise


def _directory(kind: str, base: Path | None) -> str:
    return os.path.realpath(tempfile.mkdtemp(prefix=f"{PREFIX}{kind.replace(' ', '-')}-", dir=base))


def _from_image(image: str, base: Path | None) -> Filesystem:
    with images.made(image, base) as device:
        path = _directory(image, base)
        try:
            mounting.attach(device, path, image.partition(" ")[0], _SAFELY, None)
            if image == "ext4 casefold":
                _fold(path)
        except OSError:
            discard(path)
            raise
    return Filesystem(Path(path))


def _fold(path: str) -> None:
    """Let case not count in an empty directory, and in what is made in it."""
    with suppress(FileNotFoundError):
        os.rmdir(f"{path}/lost+found")  # noqa: PTH106 -- it keeps the directory from being empty
    assert sys.platform == "linux", "only Linux has ext4"
    handle = os.open(path, os.O_RDONLY)
    try:
        (flags,) = struct.unpack("=L", fcntl.ioctl(handle, _GET_FLAGS, bytes(4)))
        fcntl.ioctl(handle, _SET_FLAGS, struct.pack("=L", flags | _CASEFOLD_FLAG))
    finally:
        os.close(handle)


def _in_memory(kind: str, path: str) -> Filesystem:
    """A filesystem in memory, or one that lies over another in memory, which goes with it."""
    mounting.attach("venvproof", path, "tmpfs", _SAFELY, "mode=0700")
    if kind == "overlay":
        _overlay(path)
    return _served(kind, path) if kind in _SERVED else Filesystem(Path(path))


def _overlay(path: str) -> None:
    with ExitStack() as ours:
        # By a handle: a path may have a comma or a colon in it, which mean something else here.
        top = f"/proc/self/fd/{_kept(path, os.O_PATH, ours)}"
        layers = ",".join(f"{name}dir={_new(f'{top}/{name}')}" for name in ("lower", "upper", "work"))
        mounting.attach("venvproof", path, "overlay", _SAFELY, layers if os.geteuid() == 0 else f"{layers},userxattr")


def _served(kind: str, path: str) -> Filesystem:
    """Mount it here, where we may, and let the program have the device: it needs no power of its own."""
    with tempfile.TemporaryFile() as said:
        with ExitStack() as ours:  # so that whoever waits for the program hears of its end
            # In this order, since the mount lies over the directories.
            below = [_kept(_new(f"{path}/{name}"), os.O_PATH, ours) for name in ("shown", "gone")]
            device = _kept("/dev/fuse", os.O_RDWR, ours)
            who = f"user_id={os.geteuid()},group_id={os.getegid()}"
            options = f"fd={device},rootmode=40000,{who},default_permissions"
            mounting.attach("venvproof", path, f"fuse.{kind}", _SAFELY, options)
            server = subprocess.Popen(
                (sys.executable, "-I", str(_SERVER), str(device), *map(str, below), kind), pass_fds=(device, *below),
                env={"PATH": os.environ.get("PATH", os.defpath), "FUSE_LIBRARY_NAME": "fuse3"}, cwd="/",
                stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=said, start_new_session=True,
            )  # fmt: skip
        return _ready(Filesystem(Path(path), server), said)


def _new(path: str) -> str:
    os.mkdir(path, 0o700)  # noqa: PTH102
    return path


def _kept(path: str, flags: int, stack: ExitStack) -> int:
    handle = os.open(path, flags)
    stack.callback(os.close, handle)
    return handle


def _ready(made: Filesystem, said: IO[bytes]) -> Filesystem:
    try:
        made.path.stat()  # waits for the program
    except OSError as error:
        assert made.server is not None, "what is served has a server"
        made.server.kill()
        made.server.communicate()
        said.seek(0)
        words = said.read().decode("utf-8", "replace").strip().splitlines() or [error.strerror or "it says nothing"]
        raise mistake(f"the program that serves it has ended: {words[-1]}") from error
    return made
