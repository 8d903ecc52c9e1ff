"""What became of calls that were stopped: there is no return value, so it is looked for, and here it is compared."""

from __future__ import annotations

import errno
import json
import os
import sys
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from harness.calls import KILLED, Made, below
from harness.case import Command
from harness.process import run
from harness.run import Exited, Interrupted
from harness.scenario import Spot
from harness.stopping import probe
from harness.stopping.orders import Decision, Fail, Kill, Orders

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from harness.run import Finished

pytestmark = pytest.mark.skipif(bool(probe.missing()), reason=f"calls cannot be stopped here: {probe.missing()}")

# Each way to fail, and beside each the same call that succeeds. It prints what it was told itself.
CALLS = r"""
import errno, json, os
told = []
def call(function, *words, **more):
    try:
        found = function(*words, **more)
        told.append([function.__name__, "", found if function.__name__ in ("write", "pwrite", "sendfile") else 0])
        return found
    except OSError as error:
        told.append([function.__name__, errno.errorcode[error.errno], 0])
def made(path, flags=os.O_WRONLY | os.O_CREAT, **more):
    handle = call(os.open, path, flags, **more)
    if handle is not None:
        os.close(handle)
call(os.mkdir, "d"); call(os.mkdir, "d"); call(os.mkdir, "none/d"); call(os.mkdir, "file/d")
call(os.symlink, "d", "l"); call(os.symlink, "d", "l"); call(os.mkfifo, "p"); call(os.mkfifo, "p")
call(os.link, "file", "twin"); call(os.link, "file", "twin"); call(os.link, "none", "x")
call(os.link, "file", "none/x")
made("f"); made("f", os.O_WRONLY | os.O_CREAT | os.O_EXCL); made("d"); made("none/f")
made("l", os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW); made("none", os.O_WRONLY | os.O_TRUNC)
made("file", os.O_WRONLY | os.O_TRUNC); made("file", os.O_WRONLY | os.O_TRUNC); made("dangling")
call(os.unlink, "none"); call(os.unlink, "d"); call(os.unlink, "f"); call(os.unlink, "file/x")
call(os.rmdir, "none"); call(os.rmdir, "file"); call(os.rmdir, "full"); call(os.rmdir, "d")
call(os.rename, "none", "x"); call(os.rename, "file", "full"); call(os.rename, "full", "file")
call(os.mkdir, "e"); call(os.rename, "e", "full"); call(os.rename, "full", "full/in"); call(os.rename, "file", "none/x")
call(os.rename, "full", "e"); call(os.rename, "file", "twin"); call(os.rename, "twin", "thing")
call(os.chmod, "thing", 0o600); call(os.chmod, "thing", 0o600); call(os.chmod, "none", 0o600)
call(os.chown, "thing", -1, -1); call(os.truncate, "thing", 7); call(os.truncate, "none", 7)
handle = os.open("thing", os.O_RDWR)
call(os.write, handle, b"123"); call(os.write, handle, b"456789"); call(os.pwrite, handle, b"x" * 10, 5)
call(os.pwrite, handle, b"in", 1); os.close(handle)
handle = os.open("added", os.O_WRONLY | os.O_CREAT | os.O_APPEND); told.append(["open", "", 0])
call(os.write, handle, b"1234"); call(os.write, handle, b"56")
source = os.open("thing", os.O_RDONLY); to = os.open("copy", os.O_WRONLY | os.O_CREAT); told.append(["open", "", 0])
call(os.sendfile, to, source, 0, 1 << 20); call(os.sendfile, to, source, 15, 1 << 20)
os.chdir("e"); call(os.rename, "../e", "../g"); call(os.mkdir, "here"); call(os.rmdir, "here")
print(json.dumps(told))
"""

_KINDS = {"mkfifo": "mknod", "pwrite": "write", "sendfile": "write"}


def watched(tmp_path: Path, code: str, orders: Callable[[str], Orders] | None = None) -> Finished:
    """A command that is watched and looked at, in a small tree."""
    root = tmp_path.resolve() / "root"
    (root / "full" / "of").mkdir(parents=True)
    (root / "file").write_text("text", encoding="utf-8")
    (root / "dangling").symlink_to("behind")
    command = Command(
        argv=(sys.executable, "-I", "-S", "-B", "-c", code), cwd=str(root),
        variables={"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}, limit=20.0,
    )  # fmt: skip
    return run(command, writable=None, hide={}, orders=orders(str(root)) if orders else Orders(str(root), looks=True))


def made(done: Finished) -> tuple[Made, ...]:
    assert done.watched is not None
    return done.watched.made


def test_each_call_is_found_to_have_come_to_what_its_caller_was_told(tmp_path: Path) -> None:
    done = watched(tmp_path, CALLS)
    assert (done.ending, done.stderr) == (Exited(0), "")
    told = [(_KINDS.get(name, name), error, size) for name, error, size in json.loads(done.stdout)]
    assert len({error for _, error, _ in told}) > 7
    assert [(one.stop.kind, one.error, one.size) for one in made(done)] == told


def test_who_made_a_call_is_known_by_the_name_that_was_started(tmp_path: Path) -> None:
    code = """
import os, subprocess
os.mkdir("mine"); os.symlink("/bin/sh", "a-program-with-a-long-name")
subprocess.run(["./a-program-with-a-long-name", "-c", "echo >theirs; mkdir last"])
"""
    told = [
        (one.program, below(one.stop.path, str(tmp_path.resolve() / "root"))) for one in made(watched(tmp_path, code))
    ]
    python = os.path.basename(sys.executable)  # noqa: PTH119 -- a text
    long = "a-program-with-a-long-name"
    assert told[0] == (python, "mine")
    assert (long, "theirs") in told


def test_of_threads_that_make_the_same_directory_one_has_made_it(tmp_path: Path) -> None:
    code = """
import json, os, threading
told = []
def work():
    for number in range(30):
        try:
            os.mkdir(f"d{number}"); told.append("")
        except FileExistsError:
            told.append("EEXIST")
threads = [threading.Thread(target=work) for _ in range(4)]
[thread.start() for thread in threads]; [thread.join() for thread in threads]
print(json.dumps(told))
"""
    done = watched(tmp_path, code)
    assert Counter(one.error for one in made(done)) == Counter(json.loads(done.stdout)) == {"": 30, "EEXIST": 90}


def ordering(decision: Decision) -> Callable[[str], Orders]:
    return lambda root: Orders(root, at=Spot("mkdir", "b", 1), then=lambda: decision, looks=True)


def test_the_call_that_the_scenario_lets_fail_bears_its_error(tmp_path: Path) -> None:
    code = "import os\nos.mkdir('a')\ntry: os.mkdir('b')\nexcept OSError: os.mkdir('c')"
    told = [(one.error, one.order) for one in made(watched(tmp_path, code, ordering(Fail(errno.EDQUOT))))]
    assert told == [("", ""), ("EDQUOT", "as the scenario has it"), ("", "")]


def test_the_call_before_which_all_are_killed_was_never_made(tmp_path: Path) -> None:
    done = watched(tmp_path, "import os\nos.mkdir('a')\nos.mkdir('b')\nos.mkdir('c')", ordering(Kill()))
    assert done.ending == Interrupted("SIGKILL")
    assert [(one.error, one.order) for one in made(done)] == [("", ""), (KILLED, "killed before it")]


def test_no_handle_stays_open(tmp_path: Path) -> None:
    before = len(os.listdir("/proc/self/fd"))  # noqa: PTH208 -- no path
    watched(tmp_path, "import os\nfor n in range(200): os.mkdir(str(n))")
    assert len(os.listdir("/proc/self/fd")) == before  # noqa: PTH208 -- likewise


def test_nothing_is_looked_at_unless_it_is_asked_for(tmp_path: Path) -> None:
    done = watched(tmp_path, "import os; os.mkdir('a')", Orders)
    assert (made(done), len(done.watched.calls) if done.watched else 0) == ((), 1)
