"""The commands of docs/faults.md that take seconds print what the page says; those over whole families take minutes."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from harness.stopping import probe

HERE = Path(__file__).resolve().parents[2]
PAGE = (HERE / "docs" / "faults.md").read_text(encoding="utf-8")
SEVERAL = "--tool venv --tool virtualenv"
"""Who plays so much takes minutes."""

stopping = pytest.mark.skipif(bool(probe.missing()), reason=f"calls cannot be stopped here: {probe.missing()}")


def commands() -> list[tuple[str, str]]:
    """Each command of the page that is quick, with what it prints, `...` for what the page leaves out."""
    blocks = re.findall(r"^```console\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    parts = [part for block in blocks for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]]
    return [(line, shown) for line, _, shown in (part.partition("\n") for part in parts) if SEVERAL not in line]


def shown_as(text: str) -> str:
    """The expression for a text in which `...` stands for anything."""
    return re.escape(text).replace(r"\.\.\.", "(.|\n)*")


@stopping
def test_every_quick_command_prints_what_the_page_shows(tmp_path: Path) -> None:
    call = "from harness.cli import main; raise SystemExit(main())"
    start = f'venvproof() {{ {shlex.quote(sys.executable)} -c {shlex.quote(call)} "$@"; }}\n'
    wrong = []
    for line, shown in commands():
        ran = subprocess.run(
            ["bash", "-c", f"{start}{line}\n"], cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(HERE)},
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
        )  # fmt: skip
        if not re.fullmatch(shown_as(shown), ran.stdout):
            wrong.append((line, ran.stdout))
    assert wrong == []


def test_what_is_asked_for_at_each_call_is_run_explained_and_written_as_a_script() -> None:
    verbs = [line.split()[:2] for line, _ in commands()]
    assert verbs == [["venvproof", "run"], ["venvproof", "explain"], ["venvproof", "script"], ["sh", "bug.sh"]]
