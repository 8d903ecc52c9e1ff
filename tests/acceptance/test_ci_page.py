"""Every command of docs/ci.md prints what the page says, and its workflows give what the action and workflow take."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

HERE = Path(__file__).resolve().parents[2]
PAGE = (HERE / "docs" / "ci.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    """What stands between fences of a language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def commands() -> list[tuple[str, str]]:
    """Each command with what it prints, `...` for what the page leaves out."""
    found = [re.split(r"\n", part, maxsplit=1) for block in blocks("console") for part in block.split("$ ")[1:]]
    return [(line, shown) for line, shown in found]


def shown_as(text: str) -> str:
    """The expression for a text in which `...` stands for anything."""
    return re.escape(text).replace(r"\.\.\.", "(.|\n)*")


@pytest.mark.skipif(sys.platform == "win32", reason="the page is for a shell")
def test_every_command_prints_what_the_page_shows(tmp_path: Path) -> None:
    call = "from harness.cli import main; raise SystemExit(main())"
    start = f'venvproof() {{ {shlex.quote(sys.executable)} -c {shlex.quote(call)} "$@"; }}\n'
    wrong, status = [], 0
    for line, shown in commands():
        script = f"{start}(exit {status})\n{line}\n"
        ran = subprocess.run(
            ["bash", "-c", script], cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(HERE)},
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        status = ran.returncode
        told = ran.stdout + ran.stderr
        if not re.fullmatch(shown_as(shown), told):
            wrong.append((line, told))
    assert wrong == []


def uses() -> list[dict[str, Any]]:
    """What the page's workflows hand to the action and to the reusable workflow."""
    jobs = [job for block in blocks("yaml") for job in yaml.safe_load(block)["jobs"].values()]
    steps = [step for job in jobs for step in (job, *job.get("steps", ()))]
    return [step for step in steps if step.get("uses", "").startswith("OWNER/")]


def test_every_workflow_gives_what_is_asked_for_and_nothing_else() -> None:
    known = {
        "OWNER/venvproof@TAG": yaml.safe_load((HERE / "action.yml").read_text())["inputs"],
        "OWNER/venvproof/.github/workflows/compare.yml@TAG": yaml.safe_load(
            (HERE / ".github" / "workflows" / "compare.yml").read_text()
        )[True]["workflow_call"]["inputs"],
    }
    for step in uses():
        inputs = known[step["uses"]]
        required = {name for name, how in inputs.items() if how.get("required")}
        assert required <= set(step["with"]) <= set(inputs), step
    assert {step["uses"] for step in uses()} == set(known)
