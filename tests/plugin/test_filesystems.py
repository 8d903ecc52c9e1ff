"""A run on a filesystem of its own, and one without root's power over modes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from harness.containment import power_missing

if TYPE_CHECKING:
    Way = tuple[str, ...]

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux has namespaces of mounts")

HERE = Path(__file__).parent
COMMAND = (sys.executable, "-c", "from harness.cli import main; raise SystemExit(main())")


def called(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own, which is in no namespace of ours afterwards."""
    return subprocess.run([*COMMAND, *words], cwd=folder, capture_output=True, text=True, check=False)


def played(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """A run of one scenario against uv; the test is skipped where this machine lets nobody mount anything."""
    (folder / "work").mkdir(exist_ok=True)
    scenario = str(HERE / "suite" / "words" / "holds.yaml")
    usual = ("--tool=uv", "--offline", "--work-dir=work", "--results=results.jsonl")
    ran = called(folder, "run", scenario, *usual, *words)
    if "the system refuses a mount namespace" in ran.stderr:
        pytest.skip(ran.stderr.strip())
    return ran


def header(folder: Path) -> dict[str, str]:
    machine: dict[str, str] = json.loads((folder / "results.jsonl").read_text().splitlines()[0])["machine"]
    return machine


@pytest.mark.parametrize("kind", ["tmpfs", "overlay"])
def test_trees_stand_on_it_the_results_say_so_and_nothing_is_left(tmp_path: Path, way: Way, kind: str) -> None:
    ran = played(tmp_path, f"--filesystem={kind}", *way)
    assert (ran.returncode, header(tmp_path)["filesystem"], list((tmp_path / "work").iterdir())) == (0, kind, [])
    assert f"trees stand on a new filesystem ({kind}), and none is kept" in ran.stdout.splitlines()


def test_to_keep_what_goes_with_the_run_is_refused(tmp_path: Path) -> None:
    ran = played(tmp_path, "--filesystem=tmpfs", "--keep=all")
    assert (ran.returncode, (tmp_path / "results.jsonl").exists()) == (4, False)
    assert "`--keep all` keeps nothing where `--filesystem` has trees stand on what goes with the run" in ran.stderr


@pytest.mark.parametrize(
    ("word", "hint"),
    [
        ("xsf", "did you mean `xfs`?"),
        ("zzz", "known: `btrfs`, `case-insensitive`, `ext4`, `no-hardlinks`, `no-symlinks`, `overlay`, `tmpfs`, `xfs`"),
    ],
)
def test_a_kind_that_there_is_not_is_told(tmp_path: Path, word: str, hint: str) -> None:
    ran = played(tmp_path, f"--filesystem={word}")
    told = ran.stderr.splitlines()[0].partition("error: ")[2] or ran.stderr.splitlines()[0]
    assert (ran.returncode, told.partition("--filesystem: ")[2]) == (4, f"unknown filesystem `{word}`: {hint}")


def test_the_list_says_of_every_kind_whether_it_is_offered(tmp_path: Path) -> None:
    ran = called(tmp_path, "filesystems", "--work-dir", str(tmp_path))
    told = dict(line.split(": ", 1) for line in ran.stdout.splitlines())
    brief = called(tmp_path, "filesystems", "--offered", "--work-dir", str(tmp_path))
    assert brief.stdout.splitlines() == [kind for kind, what in told.items() if what == "offered"]
    assert (ran.returncode, len(told), list(tmp_path.iterdir())) == (0, 8, [])


def test_results_of_one_filesystem_compare_with_nothing(tmp_path: Path) -> None:
    played(tmp_path, "--filesystem=tmpfs")
    alone = called(tmp_path, "filesystems", "results.jsonl")
    twice = called(tmp_path, "filesystems", "results.jsonl", "results.jsonl")
    assert (alone.returncode, alone.stderr.splitlines()[0]) == (4, "these results are of `tmpfs` alone")
    assert (twice.returncode, twice.stderr.splitlines()[0]) == (4, "several of these results are of `tmpfs`")


def test_results_of_several_are_compared(tmp_path: Path) -> None:
    for kind in ("tmpfs", "overlay"):
        played(tmp_path, f"--filesystem={kind}")
        (tmp_path / "results.jsonl").rename(tmp_path / f"{kind}.jsonl")
    ran = called(tmp_path, "filesystems", "tmpfs.jsonl", "overlay.jsonl")
    assert (ran.returncode, ran.stdout.partition(": ")[2]) == (
        0,
        "0 of 1 cases that were played on several filesystems differ\n",
    )


@pytest.mark.skipif(power_missing() != "", reason=f"needs ordinary-user: {power_missing()}")
def test_a_run_as_an_ordinary_user_says_so_and_cannot_pass_over_modes(tmp_path: Path, way: Way) -> None:
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "family.yaml").write_text("question: May it pass over modes?\nwell: no\nill: yes\n")
    (tmp_path / "own" / "closed.yaml").write_text(CLOSED)
    outcomes = []
    for words in ((), ("--ordinary-user",)):
        called(
            tmp_path, "run", "own", "--tool=venv", "--offline", "--results=results.jsonl", "--keep=none", *words, *way
        )
        lines = [json.loads(line) for line in (tmp_path / "results.jsonl").read_text().splitlines()]
        outcomes.append((lines[0]["machine"]["user"], lines[1]["outcome"]))
    usual = ("ordinary", "declines") if os.geteuid() else ("root", "holds")
    assert outcomes == [usual, ("ordinary", "declines")]


CLOSED = """\
summary: A directory that its mode closes stays as it is
because: A mode is there to be heeded
tree:
  project: {directory: , mode: "0555"}
steps:
  - create
should:
  - succeeds
"""
