"""Beside the root of a case that is kept lie the looks at it, and a script that reproduces it."""

from __future__ import annotations

import os
import subprocess
import sys
from shutil import which
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Ran

    Play = Callable[..., Ran]
    Way = tuple[str, ...]

LIAR = "replaces-the-link"
BREAKS = ("-k", "relative", f"--tool={LIAR}", "scenarios")
HOLDS = ("-k", "holds", f"--tool={LIAR}", "scenarios")


def beside(pytester: pytest.Pytester) -> dict[str, Path]:
    """The files beside the only root that is kept."""
    (root,) = (pytester.path / "work").glob("*/*/root")
    return {path.name: path for path in root.parent.iterdir() if path.is_file()}


@pytest.mark.skipif(which("sh") is None or sys.platform == "win32", reason="there is no POSIX shell")
def test_a_case_that_fails_leaves_its_looks_and_its_script(play: Play, pytester: pytest.Pytester, way: Way) -> None:
    ran = play(*BREAKS, *way)
    files = beside(pytester)
    script = files["reproduce.sh"]
    assert set(files) == {".kept", "before.txt", "after-1.txt", "reproduce.sh"}
    assert f"a script that reproduces it: {script}" in ran.out
    assert f"    script: {script}" in ran.out
    links = [next(line for line in files[name].read_text().splitlines() if line.startswith("./project/.venv "))
             for name in ("before.txt", "after-1.txt")]  # fmt: skip
    assert [line.split()[1] for line in links] == ["type=link", "type=dir"]
    # What scripts tell when they run is tried in tests/disk and tests/scripts, where they are contained.
    text = script.read_text()
    assert text.startswith(f"#!/bin/sh\n# words/breaks[relative] with {LIAR}@1.0: ")
    assert "\nexpect project/.venv 'link ../store/env'\n" in text
    assert (os.access(script, os.X_OK), subprocess.run(["sh", "-n", script], check=False).returncode) == (True, 0)


def test_what_holds_has_looks_only_where_all_is_kept(play: Play, pytester: pytest.Pytester) -> None:
    play(*HOLDS, "--keep=all")
    assert {"before.txt", "after-1.txt", "reproduce.sh"} <= set(beside(pytester))


def test_where_nothing_is_kept_there_is_no_script_to_tell_of(play: Play) -> None:
    ran = play(*BREAKS, "--keep=none")
    assert [line for line in ran.out if "reproduce" in line or "script:" in line] == []


def test_the_newest_three_runs_keep_their_trees(play: Play, pytester: pytest.Pytester) -> None:
    works = []
    for _ in range(4):
        play(*BREAKS)
        works.append({path.name for path in (pytester.path / "work").iterdir()})
    assert [len(names) for names in works] == [1, 2, 3, 3]
    assert not works[0] & works[3]
