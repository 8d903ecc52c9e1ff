"""`make reports` plays what is listed, goes on where it was cut off, and writes the reports."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep
from typing import TYPE_CHECKING

import pytest

from harness.results import read_results
from harness.tools.catalogue import builtin_tools

REPORTS = Path(__file__).resolve().parents[2] / "reports"
sys.path.append(str(REPORTS))

from builds import Build, listed  # noqa: E402 -- found by the path above

if TYPE_CHECKING:
    from collections.abc import Callable

SCENARIO = """\
summary: An environment is made beside the user's file, and time passes
because: All is well
axes:
  pause: {short: "0", long: "50"}
tree:
  project/notes.txt: file
steps:
  - create
  - python: [-c, "import time; time.sleep($pause)"]
must:
  - usable
"""
SUBJECTS = """\
- {tool: uv, variants: first}
- {tool: uv@0.0.0, variants: first}
- {tool: venv}
"""
SOON = 60.0
"""Seconds that something may take which is on its way."""


@dataclass(frozen=True, slots=True)
class Said:
    """How the program ended, and what it said."""

    status: int
    out: tuple[str, ...]
    err: str


def started(folder: Path, *words: str) -> subprocess.Popen[str]:
    """The program at work on a suite of one scenario."""
    (folder / "tmp").mkdir(exist_ok=True)
    own = ("--subjects", "subjects.yaml", "--scenarios", "words", "--reports", "reports", "--offline", "-n", "1")
    return subprocess.Popen(
        [sys.executable, str(REPORTS / "play.py"), *own, *words],
        cwd=folder, env={**os.environ, "TMPDIR": str(folder / "tmp")}, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True,
    )  # fmt: skip


def play(folder: Path, *words: str) -> Said:
    """The program at its end."""
    process = started(folder, *words)
    out, err = process.communicate()
    return Said(process.returncode, tuple(out.splitlines()), err)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A suite and a list of builds."""
    (tmp_path / "words").mkdir()
    (tmp_path / "words" / "family.yaml").write_text("question: Does time pass?\n")
    (tmp_path / "words" / "pause.yaml").write_text(SCENARIO)
    (tmp_path / "subjects.yaml").write_text(SUBJECTS)
    return tmp_path


def files(folder: Path) -> list[str]:
    """What stands beside the results, but for the lock."""
    return sorted(path.name for path in (folder / "reports" / "runs").iterdir() if path.name != ".lock")


def until(what: Callable[[], bool], seconds: float = SOON) -> None:
    """Wait for something, which must come soon."""
    late = monotonic() + seconds
    while not what():
        assert monotonic() < late, "it does not come"
        sleep(0.1)


def test_builds_are_played_once_and_published(folder: Path) -> None:
    said = play(folder, "--only", "uv")
    assert said.out[:3] == (
        "  uv        to play (first variants)",
        "  uv@0.0.0  to play (first variants)",
        "2 builds: 0 there, 2 to play, nobody knows how long",
    )
    assert "[1 of 2] uv: 1 case in " in said.err
    assert "[2 of 2] uv@0.0.0: not measured: uv 0.0.0 is not in the cache" in said.err
    assert (said.status, files(folder)) == (0, ["seconds.json", "uv-0.0.0.jsonl", "uv.jsonl"])
    found = [read_results(folder / "reports" / "runs" / name) for name in ("uv-0.0.0.jsonl", "uv.jsonl")]
    assert [(one.complete, [case["variant"] for case in one.cases]) for one in found] == [(True, []), (True, ["short"])]
    assert sorted(path.name for path in (folder / "reports").iterdir()) == ["README.md", "data", "runs", "site"]

    again = play(folder, "--only", "uv", "--list")
    assert again.out[0].startswith("  uv        there: 1 case of 20")
    assert again.out[1].endswith(": it could not be measured the last time (first variants)")

    (folder / "words" / "pause.yaml").write_text(SCENARIO.replace("usable", "succeeds"))
    changed = play(folder, "--only", "uv", "--list")
    assert [": the scenarios have changed" in line for line in changed.out] == [True, False, False]


@pytest.mark.skipif(sys.platform != "linux", reason="nothing but Linux tells a process that its parent was killed")
@pytest.mark.parametrize(("number", "status"), [(signal.SIGTERM, 2), (signal.SIGKILL, -9)], ids=["ended", "killed"])
def test_what_was_finished_is_kept_where_the_rest_is_cut_off(folder: Path, number: int, status: int) -> None:
    (folder / "subjects.yaml").write_text("- {tool: uv, variants: first}\n- tool: venv\n")
    runs = folder / "reports" / "runs"
    process = started(folder)
    until(lambda: (runs / "venv.part").exists() and (runs / "venv.part").read_bytes().count(b"\n") > 1)
    process.send_signal(number)
    _, err = process.communicate(timeout=SOON / 2)  # which is before it would have ended
    until(lambda: not list((folder / "tmp").glob("venvproof-*")), SOON / 2)
    assert (process.returncode, "the same command goes on from there" in err) == (status, status == 2)
    cut_off = ["venv.log", "venv.part"] if number == signal.SIGKILL else []
    assert files(folder) == ["seconds.json", "uv.jsonl", *cut_off]
    assert [line.split()[:2] for line in play(folder, "--list").out[:2]] == [["uv", "there:"], ["venv", "to"]]


def test_a_build_that_cannot_be_played_is_left_out_and_the_rest_goes_on(folder: Path) -> None:
    (folder / "subjects.yaml").write_text("- {tool: uv, variants: first}\n- {tool: venv, variants: first}\n")
    said = play(folder, "-n", "none-at-all")
    told = [line.partition(";")[0] for line in said.err.splitlines()]
    logs = [Path("reports", "runs", f"{tool}.log") for tool in ("uv", "venv")]
    assert told == [
        f"[1 of 2] uv: left out: it ended with exit status 4, see `{logs[0]}`",
        f"[2 of 2] venv: left out: it ended with exit status 4, see `{logs[1]}`",
        "there is no result to write reports from",
    ]
    assert (said.status, files(folder)) == (1, ["uv.log", "venv.log"])


def test_what_cannot_be_looked_up_is_left_out(folder: Path) -> None:
    (folder / "subjects.yaml").write_text("- tool: uv@>=999\n- tool: venv\n")
    said = play(folder, "--list")
    assert (said.status, [line.split()[0] for line in said.out]) == (1, ["venv", "1"])
    assert said.err.startswith("uv@>=999 is left out: no cached release of `uv` matches `>=999`")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--only", "uvv"), "nothing in the list is `uvv`\n  hint: did you mean `uv`?\n"),
        (("--subjects", "missing.yaml"), "`missing.yaml` cannot be read: No such file or directory\n"),
        (("--scenarios", "missing"), "there is no file or folder `missing`\n"),
        (("--reports", str(REPORTS)), "a part of the suite is not published\n  hint: "),
    ],
)
def test_mistakes_are_told(folder: Path, words: tuple[str, ...], said: str) -> None:
    ran = play(folder, *words)
    assert (ran.status, ran.out, said in ran.err) == (4, (), True)


def test_two_do_not_play_at_once(folder: Path) -> None:
    first = started(folder, "--only", "venv")
    until((folder / "reports" / "runs" / "venv.log").exists)
    said = play(folder, "--only", "uv")
    first.terminate()
    first.communicate()
    assert (said.status, "another of this is at work" in said.err) == (4, True)


def test_the_list_that_is_published_can_be_read() -> None:
    path = REPORTS / "subjects.yaml"
    found = listed(path.read_bytes(), path.name, builtin_tools())
    assert {Build(spec="uv@>=0.1:minor"), Build(spec="uv@0.7.13"), Build(spec="venv", python="every")} <= set(found)
    assert {build.tool for build in found} == set(builtin_tools())
