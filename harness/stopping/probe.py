"""Whether calls can be stopped here: tried out."""

from __future__ import annotations

import errno
import os
import platform
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TYPE_CHECKING

from harness.stopping import filtering
from harness.stopping.orders import Fail, Orders

if TYPE_CHECKING:
    from harness.stopping.watch import Watch

_REASONS = {
    errno.ENOSYS: "the kernel has no seccomp",
    errno.EBUSY: "something above this process stops its calls already, as some containers do",
    errno.EINVAL: "the kernel is older than Linux 5.5",
}


@cache
def missing() -> str:
    """Why calls cannot be stopped here, as a sentence; empty where they can."""
    if sys.platform != "linux":
        return "only Linux can stop calls"
    if filtering.architecture() is None:
        return f"the numbers of the calls of {platform.machine()} are not known"
    if platform.libc_ver()[0] != "glibc":
        return "this Python is not built for glibc, whose way to start a process is relied on"
    try:
        with tempfile.TemporaryDirectory() as directory:
            return _tried(os.path.realpath(directory))
    except OSError as error:
        return _REASONS.get(error.errno or 0, f"the system refuses it: {error.strerror}")


def _tried(directory: str) -> str:
    """Let the first of two calls of another program fail, and the second go on."""
    from harness.stopping.watch import Watch  # noqa: PLC0415 -- Linux

    orders = Orders(directory, at=1, then=lambda: Fail(errno.EROFS))
    watch = Watch(orders)
    watch.begin()
    try:
        with ThreadPoolExecutor(1) as dying:
            dying.submit(_make, watch, f"{directory}/refused", f"{directory}/made").result()
    finally:
        watch.close()
    if os.listdir(directory) != ["made"]:  # noqa: PTH208 -- names
        return "calls of other processes cannot be read, as `kernel.yama.ptrace_scope` may have it"
    return ""


def _make(watch: Watch, *paths: str) -> None:
    watch.attach()
    silence = [(os.POSIX_SPAWN_OPEN, number, os.devnull, os.O_WRONLY, 0) for number in (1, 2)]
    process = os.posix_spawnp("mkdir", ["mkdir", *paths], dict([watch.hunt.variable]), file_actions=silence)
    watch.began(process)
    os.waitpid(process, 0)
