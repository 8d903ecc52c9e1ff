"""Containment binds what it should, and nothing else."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from harness import containment

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

contained = pytest.mark.skipif(bool(containment.missing()), reason=containment.missing() or "contained")
root_only = pytest.mark.skipif(
    sys.platform == "win32" or os.geteuid() != 0 or bool(containment.power_missing()), reason="only root has the power"
)


def in_a_dying_thread(*work: Callable[[], object]) -> list[object]:
    with ThreadPoolExecutor(1) as thread:
        return [thread.submit(one).result() for one in work]


def sh(script: str, cwd: Path) -> int:
    return subprocess.run(["/bin/sh", "-c", script], cwd=cwd, check=False, stderr=subprocess.DEVNULL).returncode


@contained
@pytest.mark.parametrize(
    "attempt",
    [
        "> ../new",
        ">> ../kept",
        "> ../kept",
        "rm ../kept",
        "mkdir ../new",
        "rmdir ../empty",
        "ln -s x ../new",
        "mkfifo ../new",
        "mv ../kept .",
        "ln ../kept kept",
        "mv inside ..",
        "rm -r ../tree",
    ],
)
def test_what_a_contained_thread_starts_cannot_write_outside(tmp_path: Path, attempt: str) -> None:
    (tmp_path / "kept").write_text("kept")
    (tmp_path / "empty").mkdir()
    (tmp_path / "tree" / "below").mkdir(parents=True)
    root = tmp_path / "root"
    root.mkdir()
    (root / "inside").write_text("inside")
    before = sorted(tmp_path.rglob("*"))

    _, status = in_a_dying_thread(lambda: containment.restrict([str(root)]), lambda: sh(attempt, root))

    assert status != 0
    assert sorted(tmp_path.rglob("*")) == before
    assert (tmp_path / "kept").read_text() == "kept"


@contained
def test_what_a_contained_thread_starts_may_do_everything_inside(tmp_path: Path) -> None:
    root, cache = tmp_path / "root", tmp_path / "cache"
    root.mkdir()
    cache.mkdir()
    script = (
        "echo a > a && mkdir -p d/e && ln -s a l && ln a d/h && mkfifo f && mv d/e e && mv a ../cache/a"
        " && ln ../cache/a back && : > back && rm l f && rmdir e && cat /etc/hostname > d/copy && : > /dev/null"
    )
    _, status = in_a_dying_thread(lambda: containment.restrict([str(root), str(cache)]), lambda: sh(script, root))
    assert status == 0
    assert sorted(path.name for path in root.rglob("*")) == ["back", "copy", "d", "h"]


@contained
def test_the_rest_of_the_process_stays_free(tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    in_a_dying_thread(lambda: containment.restrict([str(root)]))
    (tmp_path / "mine").write_text("mine")
    assert sh("> ../theirs", root) == 0


@contained
def test_a_place_that_does_not_exist_is_an_error_not_a_loophole(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        in_a_dying_thread(lambda: containment.restrict([str(tmp_path / "nowhere")]))


@root_only
def test_without_power_modes_bind_root(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o555)
    (closed.parent / "secret").touch(mode=0o000)
    assert sh("cat secret && > closed/with-power", tmp_path) == 0
    _, reading, writing, owning = in_a_dying_thread(
        containment.drop_power,
        lambda: sh("cat secret", tmp_path),
        lambda: sh("> closed/without", tmp_path),
        lambda: sh("chown 1 secret", tmp_path),
    )
    assert (reading, writing != 0, owning != 0) == (1, True, True)
    assert [path.name for path in closed.iterdir()] == ["with-power"]
    assert sh("> closed/again", tmp_path) == 0
