"""A run that is killed while it stops a tool at each of its calls leaves no process and no mount."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

import pytest

from harness.stopping import probe

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.skipif(bool(probe.missing()), reason=probe.missing() or "calls can be stopped")

SWEEP = """\
summary: An environment whose making was cut short is made by the next create
because: Who is killed in the middle must not be in the way of the next
tree:
  project/notes.txt: file
steps:
  - create:
    interrupt: {signal: SIGKILL, at: each}
  - recreate
must:
  - usable
"""

ORPHAN = """\
import os, sys
if sys.argv[1] == "create" and os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        kept = {"VENVPROOF_SESSION": os.environ.get("VENVPROOF_SESSION", ""), "HOME": os.environ["HOME"]}
        os.execve("/bin/sleep", ["sleep", "1000"], kept)
    os._exit(0)
if sys.argv[1] == "create":
    os.wait()
"""
"""What the tool does first: it leaves a process in another session, that is nobody's child."""


@pytest.mark.parametrize("way", [(), ("-n", "2")], ids=["alone", "workers"])
def test_a_run_that_is_killed_in_mid_sweep_leaves_nothing(tmp_path: Path, way: tuple[str, ...]) -> None:
    mounts = Path("/proc/self/mounts").read_text()
    with_one_that_leaves_an_orphan(tmp_path)
    run = subprocess.Popen(
        [sys.executable, "-c", "from harness.cli import main; raise SystemExit(main())", "run", "family",
         "--tool=orphans", "--tool-file=orphans.yaml", "--work-dir=work", "--results=results.jsonl", *way],
        cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True,
    )  # fmt: skip
    until(lambda: places(tmp_path) >= 2 and any("sleep" in name for name in processes(tmp_path)), run)
    run.send_signal(signal.SIGKILL)
    run.communicate(timeout=30)
    until(lambda: processes(tmp_path) == [])
    assert run.returncode == -signal.SIGKILL
    assert Path("/proc/self/mounts").read_text() == mounts


def with_one_that_leaves_an_orphan(folder: Path) -> None:
    """A scenario that is swept, and a tool that is honest but for what it leaves."""
    zoo = Path(__file__).parents[1] / "zoo"
    for name in ("family", "work"):
        (folder / name).mkdir()
    (folder / "family" / "swept.yaml").write_text(SWEEP)
    (folder / "orphans.yaml").write_text((zoo / "tool.yaml").read_text().replace("honest", "orphans"))
    program = f"{ORPHAN}sys.path.insert(0, {str(zoo)!r})\nfrom honest import Honest, main\nmain(Honest)\n"
    (folder / "orphans.py").write_text(f"#!{sys.executable}\n{program}")
    (folder / "orphans.py").chmod(0o755)


def places(folder: Path) -> int:
    """How often the case has been begun, in a root of its own each time."""
    numbers = (path.name.rpartition("-")[2] for path in folder.glob("work/*/*"))
    return max((int(number) for number in numbers if number.isdecimal()), default=0)


def processes(folder: Path) -> list[str]:
    """The names of those that know of a root in this folder, and of whoever plays there or waits for that."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            told = (process / "environ").read_bytes() + (process / "cwd").readlink().as_posix().encode()
            if os.fsencode(folder) in told and process.name != str(os.getpid()):
                found.append((process / "comm").read_text().strip())
    return found


def until(happens: Callable[[], bool], run: subprocess.Popen[str] | None = None) -> None:
    """Wait for what nobody tells of, as long as the run goes on."""
    deadline = monotonic() + 40
    while not happens():
        assert run is None or run.poll() is None, f"it has ended before: {run.communicate()[0]}"
        assert monotonic() < deadline, "it did not happen"
