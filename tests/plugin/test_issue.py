"""`venvproof issue`: from published data, from results, or played now; and what is said where there is no fault."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest
from shelved import BREAKS, NAME, TITLE, Said, publish

from harness.cli import main

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Issue = Callable[..., "Said"]

CALL = (sys.executable, "-c", "from harness.cli import main; raise SystemExit(main())")


@pytest.fixture
def issue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Issue:
    """Writes reports where uv broke in 0.7 and 0.8, not in 0.9, and venv never did."""
    monkeypatch.chdir(tmp_path)
    publish(
        tmp_path / "reports" / "data",
        {
            "uv@0.7": {"relative": BREAKS, "sibling": BREAKS},
            "uv@0.8": {"relative": "holds", "sibling": BREAKS},
            "uv@0.9": {"relative": "holds", "sibling": "holds"},
            "venv@3.12.4": {"relative": "declines"},
        },
    )

    def call(*words: str) -> Said:
        status = main(["issue", *words])
        said = capsys.readouterr()
        return Said(status, said.out, said.err)

    return call


def test_what_is_published_becomes_a_report(issue: Issue) -> None:
    said = issue(f"{NAME}::uv@0.7[relative]")
    assert (said.status, said.err, said.out.split("\n")[0]) == (0, "", f"# {TITLE}")
    for told in ("#!/bin/sh", "```diff", "First good after it: `0.8`", "venv 3.12.4", "uv/issues/14670"):
        assert told in said.out


def test_without_a_variant_the_first_that_is_at_fault_is_told(issue: Issue) -> None:
    assert f"`venvproof run '{NAME}::uv@0.8[sibling]'`" in issue(f"{NAME}::uv@0.8").out


def test_a_machine_reads_title_and_body_apart(issue: Issue) -> None:
    told = json.loads(issue(f"{NAME}::uv@0.7[relative]", "--format", "json").out)
    assert {key: told[key] for key in ("case", "outcome", "title", "releases", "others")} == {
        "case": f"{NAME}::uv@0.7[relative]",
        "outcome": "breaks",
        "title": TITLE,
        "releases": [
            {"outcome": "breaks", "message": "the link becomes a directory", "versions": ["0.7"]},
            {"outcome": "holds", "message": "", "versions": ["0.8", "0.9"]},
        ],
        "others": [{"build": "venv 3.12.4", "outcome": "declines", "message": "it refuses, and changes nothing"}],
    }
    assert told["body"].startswith("### Summary\n")


def test_a_report_is_written_where_it_is_asked_for(issue: Issue, tmp_path: Path) -> None:
    said = issue(f"{NAME}::uv@0.7", "-o", "issue.md")
    assert (said, (tmp_path / "issue.md").read_text().startswith(f"# {TITLE}\n")) == (Said(0, "", ""), True)


def test_other_results_count_where_they_are_named(issue: Issue, tmp_path: Path) -> None:
    publish(tmp_path / "mine", {"uv@9": {"relative": BREAKS}})
    assert "Seen with `uv 9`" in issue(f"{NAME}::uv", "--from", "mine").out


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ([f"{NAME}::uv@0.9[relative]"], f"nothing to report: `{NAME}[relative]` with uv 0.9 holds"),
        ([f"{NAME}::uv@0.9[sibling]"], "hint: the last that broke is `uv@0.8`"),
        ([f"{NAME}::uv"], "with uv 0.9 holds"),
        ([f"{NAME}::uv@0.1"], f"there are no results of `uv@0.1` in `{NAME}`"),
        ([f"{NAME}::uv@0.2"], "hint: measured are 0.7, 0.8, 0.9; `--play` plays it now"),
        ([f"{NAME}::uv@0.7[absolute]"], "there are no results of `links/existing-target-twice[absolute]` with uv 0.7"),
        ([f"{NAME}::poetry"], "there are no results of `links/existing-target-twice` with `poetry`"),
        (["links/loop::uv"], "there are no results of `links/loop` with `uv`"),
        (["links/existing-target-twise::uv"], "did you mean `links/existing-target-twice`?"),
        ([f"{NAME}::virtualenw"], "unknown tool `virtualenw`\n  hint: did you mean `virtualenv`?"),
        ([f"{NAME}::uv", "--from", "gone"], "`gone` cannot be read"),
        ([f"{NAME}::uv", "--suite", "gone"], "there is no scenario"),
    ],
)  # fmt: skip
def test_what_is_the_users_mistake_is_said_in_plain_words(issue: Issue, words: list[str], told: str) -> None:
    said = issue(*words)
    assert (said.status, said.out, told in said.err) == (4, "", True), said.err


def test_without_any_results_the_ways_out_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["issue", f"{NAME}::uv"]) == 4
    hint = "name results with `--from RESULTS`, or have the case played by `--play`"
    assert hint in capsys.readouterr().err


def test_a_case_is_played_where_that_is_asked_for_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "tmp").mkdir()
    words = ["issue", f"{NAME}::venv[relative]", "--play", "--offline"]
    ran = subprocess.run(
        [*CALL, *words], cwd=tmp_path, env={**os.environ, "TMPDIR": str(tmp_path / "tmp")},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    title = "# `python -m venv` refuses where `.venv` is a link, and changes nothing"
    assert (ran.returncode, ran.stdout.split("\n")[0]) == (0, title), ran.stderr
    assert ("$root/project/.venv" in ran.stdout, str(tmp_path) in ran.stdout) == (True, False)
    assert list((tmp_path / "tmp").iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="there an interrupt goes to the whole console")
def test_an_interrupt_leaves_nothing_behind_be_it_pressed_twice(tmp_path: Path) -> None:
    scratch = tmp_path / "tmp"
    scratch.mkdir()
    words = ["issue", f"{NAME}::venv[relative]", "--play", "--offline"]
    with subprocess.Popen(
        [*CALL, *words], cwd=tmp_path, env={**os.environ, "TMPDIR": str(scratch)},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as playing:  # fmt: skip
        limit = time.monotonic() + 30
        while not any(scratch.glob("venvproof-*/.venvproof*")) and time.monotonic() < limit:
            time.sleep(0.01)
        playing.send_signal(signal.SIGINT)
        time.sleep(0.02)
        playing.send_signal(signal.SIGINT)
        _, err = playing.communicate(timeout=60)
    assert (b"Traceback" in err, [*scratch.iterdir()]) == (False, [])
    assert playing.returncode in (2, -signal.SIGINT)  # the second may come when all is done
