"""The action and the workflow for GitHub: what they declare, and what the commands of their steps do."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

CHECKOUT = Path(__file__).resolve().parents[2]
ACTION = CHECKOUT / "action.yml"
COMPARE = CHECKOUT / ".github" / "workflows" / "compare.yml"
SUITE = Path(__file__).with_name("suite")
ZOO = Path(__file__).parents[1] / "zoo"
LIAR = "replaces-the-link"

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the runner's bash is not at hand")


@cache
def read(path: Path) -> dict[str, Any]:
    """What a file says; YAML 1.1 takes the key `on` for a truth value."""
    found: dict[Any, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return {"on" if key is True else key: value for key, value in found.items()}


def steps(path: Path) -> list[dict[str, Any]]:
    """The steps of an action, or of all jobs of a workflow."""
    known = read(path)
    return known["runs"]["steps"] if "runs" in known else [s for job in known["jobs"].values() for s in job["steps"]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A checkout of somebody's, with our command beside it."""
    shutil.copytree(SUITE, tmp_path / "scenarios")
    (tmp_path / "work").mkdir()
    command = tmp_path / "temp" / "venvproof" / "bin" / "venvproof"
    command.parent.mkdir(parents=True)
    command.write_text(
        f"#!/bin/sh\nexec {sys.executable} -c 'from harness.cli import main; raise SystemExit(main())' \"$@\"\n"
    )
    command.chmod(0o755)
    return tmp_path


def build(folder: Path, tool: str) -> None:
    """The tool `mine`, made of one of the zoo's."""
    folder.mkdir(exist_ok=True)
    (folder / "mine.py").symlink_to(ZOO / f"{tool}.py")  # which finds the honest one beside it
    described = (ZOO / "tool.yaml").read_text().replace("honest (", r"\S+ (").replace("honest", "mine")
    (folder / "mine.yaml").write_text(described)


def run(folder: Path, script: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run the script of a step as the runner does."""
    temp = folder / "temp"
    known = {
        "RUNNER_TEMP": str(temp), "GITHUB_STEP_SUMMARY": str(folder / "summary.md"),
        "COMMAND": str(temp / "venvproof" / "bin" / "venvproof"), "PYTHONPATH": str(CHECKOUT),
    }  # fmt: skip
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script],
        cwd=folder, env={**os.environ, **known, **variables}, capture_output=True, text=True, check=False,
    )  # fmt: skip


def act(folder: Path, **inputs: str) -> int:
    """Take the action's steps that run and tell, with these inputs; the exit status of the former."""
    declared = {name: str(how.get("default", "")) for name, how in read(ACTION)["inputs"].items()}
    assert set(inputs) <= set(declared)
    given = {**declared, "flags": "--offline\n--work-dir=work\n", "scenarios": "scenarios\n", **inputs}
    ran = []
    for step in steps(ACTION):
        if "run" in step and step.get("id") != "install":
            names = {name: re.fullmatch(r"\$\{\{ inputs\.(.*) \}\}", text) for name, text in step["env"].items()}
            ran.append(run(folder, step["run"], **{name: given[match[1]] for name, match in names.items() if match}))
    first, second = ran
    assert second.returncode == 0, second.stderr
    return first.returncode


# -- what they declare ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [ACTION, COMPARE], ids=["action", "workflow"])
def test_every_input_is_declared_and_used(path: Path) -> None:
    declared = (read(path) if path == ACTION else read(path)["on"]["workflow_call"])["inputs"]
    assert set(re.findall(r"\binputs\.([\w-]+)", path.read_text(encoding="utf-8"))) == set(declared)
    assert [name for name, how in declared.items() if not how["description"]] == []


@pytest.mark.parametrize("path", [ACTION, COMPARE], ids=["action", "workflow"])
def test_nothing_that_others_write_is_put_into_a_script(path: Path) -> None:
    scripts = [step["run"] for step in steps(path) if "run" in step]
    assert scripts
    assert [script for script in scripts if "${{" in script] == []


def test_what_runs_the_code_of_a_pull_request_holds_no_token_that_can_write() -> None:
    workflow = read(COMPARE)
    assert workflow["permissions"] == {"contents": "read"}
    assert {name: job.get("permissions") for name, job in workflow["jobs"].items()} == {
        "play": None, "comment": {"pull-requests": "write"}
    }  # fmt: skip
    checkouts = [step for step in steps(COMPARE) if step.get("uses", "").startswith("actions/checkout")]
    assert [step["with"]["persist-credentials"] for step in checkouts] == [False, False]


# -- what they do -----------------------------------------------------------------------------------------------------


def test_the_action_fails_like_the_command_and_leaves_its_summary(folder: Path) -> None:
    build(folder, LIAR)
    flags = "--offline\n--work-dir=work\n-k\nrelative"
    assert act(folder, **{"tool": "uv\nmine\n", "tool-file": "mine.yaml", "flags": flags}) == 1
    assert "| &emsp;breaks\\[relative\\]" in (folder / "summary.md").read_text()
    assert (folder / "venvproof-results.jsonl").read_text().count('"kind":"case"') == 2


def test_the_action_tells_what_changed_where_it_is_held_against_an_earlier_run(folder: Path) -> None:
    build(folder, LIAR)
    tool = {"tool": "mine", "tool-file": "mine.yaml", "scenarios": "scenarios/words/breaks.yaml"}
    assert act(folder, **tool, results="old.jsonl") == 1
    old = (folder / "old.jsonl").read_text()
    (folder / "old.jsonl").write_text(old.replace('"outcome":"breaks"', '"outcome":"holds"'))
    (folder / "summary.md").unlink()
    assert act(folder, **tool, against="old.jsonl") == 1
    assert (folder / "summary.md").read_text().startswith("**2 worse**\n\n### worse\n")
    (folder / "old.jsonl").write_text(old)
    (folder / "summary.md").unlink()
    assert act(folder, **tool, against="old.jsonl") == 0
    assert (folder / "summary.md").read_text() == "**Nothing changed.**\n"


@pytest.mark.parametrize("inputs", [{"tool": "vu"}, {"tool": "uv", "against": "venvproof-results.jsonl"}])
def test_a_mistake_is_a_mistake_there_too(folder: Path, inputs: dict[str, str]) -> None:
    (folder / "venvproof-results.jsonl").write_text("what an earlier run has left\n")
    assert act(folder, **inputs) == 4
    assert not (folder / "summary.md").exists()


def test_the_workflow_plays_both_builds_and_fails_where_the_new_one_is_worse(folder: Path) -> None:
    build(folder / "base", "honest")
    build(folder / "head", LIAR)
    inputs = {
        "TOOL": "mine", "EXECUTABLE": "mine.py", "TOOL_FILE": "mine.yaml", "SET": "", "SCENARIOS": "scenarios",
        "FLAGS": "--offline\n--work-dir=work\n-k\nbreaks or holds",
    }  # fmt: skip
    scripts = {step.get("name"): step["run"] for step in steps(COMPARE) if "run" in step}
    ran = run(folder, scripts["play both"], **inputs)
    assert (ran.returncode, "3 passed" in ran.stdout, "2 failed, 1 passed" in ran.stdout) == (1, True, True)
    assert run(folder, scripts["tell what changed"]).returncode == 0
    assert (folder / "difference.md").read_text().startswith("**2 worse**\n\n### worse\n")
    assert (folder / "summary.md").read_text() == (folder / "difference.md").read_text()


GH = """\
#!/bin/sh
printf '%s\\n' "$*" >>calls
case "$*" in *--paginate*) printf '%s' "$KNOWN" ;; esac
"""
"""What the runner has for GitHub's own command: it takes note of each call, and knows of these comments."""


@pytest.mark.parametrize(
    ("known", "call"),
    [
        ("", "api ours/9/comments --field body=@comment.md --silent"),
        ("7\n8\n", "api --method PATCH ours/comments/8 --field body=@comment.md --silent"),
    ],
    ids=["first", "again"],
)
def test_the_workflow_has_one_comment_of_whole_lines(folder: Path, known: str, call: str) -> None:
    (folder / "gh").write_text(GH)
    (folder / "gh").chmod(0o755)
    rows = [f"| case {number} | {'broke ' * 10} |" for number in range(1000)]
    (folder / "difference.md").write_text("\n".join(rows))
    (script,) = (step["run"] for step in steps(COMPARE) if step.get("name", "").startswith("comment"))
    path = f"{folder}{os.pathsep}{os.environ['PATH']}"
    ran = run(folder, script, PATH=path, KNOWN=known, TOOL="uv", COMMENTS="ours/9/comments", COMMENT="ours/comments")
    assert (ran.returncode, (folder / "calls").read_text().splitlines()[1:]) == (0, [call])
    mark, title, _, *lines = (folder / "comment.md").read_text().splitlines()
    assert (mark, title) == ("<!-- venvproof compare uv -->", "**venvproof: what this change makes uv do**")
    assert lines[-2:] == ["", "The rest is in the summary of the run."]
    assert lines[:-2] == rows[: len(lines) - 2]
    assert 55_000 < (folder / "comment.md").stat().st_size < 65_536


def test_where_nothing_was_played_nothing_is_said(folder: Path) -> None:
    (script,) = (step["run"] for step in steps(COMPARE) if step.get("name", "").startswith("comment"))
    assert run(folder, script, TOOL="uv", PATH=os.environ["PATH"]).returncode == 0
    assert not (folder / "comment.md").exists()
