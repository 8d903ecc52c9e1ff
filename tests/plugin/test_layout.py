"""`venvproof layout`: what it says of a project, of the tools on PATH, and how it ends."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from shelved import BREAKS, NAME, TITLE, Said, publish

from harness import containment
from harness.cli import main
from harness.tools.installed import Installed, installed

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Layout = Callable[..., Said]


def program(folder: Path, name: str, says: str) -> None:
    """A tool that says its version, and does nothing else."""
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(f"#!/bin/sh\n{says}\n")
    path.chmod(0o755)


@pytest.fixture
def layout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Layout:
    """Looks at a project whose .venv is a link, with uv 0.7.5 at hand; uv broke such a link until 0.8."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "store" / "env").mkdir(parents=True)
    (tmp_path / "store" / "env" / "pyvenv.cfg").write_text(f"home = {tmp_path}\n")
    (tmp_path / "store" / "env" / "bin").mkdir()
    (tmp_path / "store" / "env" / "bin" / "python").touch()
    (tmp_path / "project").mkdir()
    (tmp_path / "project" / ".venv").symlink_to("../store/env")
    publish(tmp_path / "reports" / "data", {"uv@0.7": {"relative": BREAKS}, "uv@0.8": {"relative": "holds"}})
    program(tmp_path / "bin", "uv", "echo uv 0.7.5")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))

    def call(*words: str) -> Said:
        status = main(["layout", *words])
        said = capsys.readouterr()
        return Said(status, said.out, said.err)

    return call


def test_a_link_is_told_with_what_the_tool_at_hand_does_to_it(layout: Layout, tmp_path: Path) -> None:
    said = layout("project")
    assert (said.status, said.err, said.out.split("\n")[:5]) == (0, "", [
        f"{tmp_path}/project",
        "",
        "- `.venv` is a link to `../store/env`, an environment",
        "    A .venv link to an existing directory outlives two creates (links/existing-target-twice)",
        f"      x uv 0.7.5, measured as 0.7: {TITLE}; 0.8 and later do not",
    ])  # fmt: skip


def test_strictly_a_tool_that_breaks_what_is_there_fails(layout: Layout, tmp_path: Path) -> None:
    assert layout("project", "--strict").status == 1
    program(tmp_path / "bin", "uv", "echo uv 0.8.1")
    assert layout("project", "--strict").status == 0


def test_a_machine_reads_the_same(layout: Layout) -> None:
    told = json.loads(layout("project", "--format", "json").out)
    assert told["tools"] == [{"tool": "uv", "version": "0.7.5", "fault": ""}]
    (trait,) = told["traits"]
    assert (trait["name"], trait["scenarios"][0]["scenario"]) == ("link", NAME)
    assert trait["scenarios"][0]["advice"] == [
        {
            "tool": "uv", "installed": "0.7.5", "measured": "0.7", "outcome": "breaks",
            "says": TITLE, "turn": "0.8 and later do not",
        }
    ]  # fmt: skip


def test_here_is_the_project_unless_another_is_named(layout: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir("project")
    assert "`.venv` is a link" in layout("--from", "../reports/data").out


def test_a_name_that_is_no_text_is_told(layout: Layout, tmp_path: Path) -> None:
    (tmp_path / "project" / ".venv").unlink()
    (tmp_path / "project" / ".venv").symlink_to(b"caf\xe9".decode("utf-8", "surrogateescape"))
    assert layout("project").status == 0
    (trait,) = json.loads(layout("project", "--format", "json").out)["traits"]
    assert trait["says"] == "`.venv` is a link to `caf\\xe9`, which does not exist"


def test_a_tool_that_says_no_version_is_passed_over(layout: Layout, tmp_path: Path) -> None:
    program(tmp_path / "bin", "uv", "echo no; exit 3")
    said = layout("project", "--strict")
    assert (said.status, said.err) == (0, "`uv` is passed over: it does not say its version: it exited 3: no\n")


def test_without_a_tool_that_is_said(layout: Layout, tmp_path: Path) -> None:
    (tmp_path / "bin" / "uv").unlink()
    assert layout("project").err == "none of the tools that were measured is on PATH\n"


def test_what_is_not_there_is_the_users_mistake(layout: Layout) -> None:
    assert layout("gone") == Said(
        4, "", "`gone` is no directory: there is nothing\n  hint: name the project's folder\n"
    )
    assert layout("project", "--suite", "gone").status == 4
    assert layout("project", "--from", "gone").err.startswith("`gone` cannot be read")


def test_without_results_what_stands_there_is_told_all_the_same(layout: Layout, tmp_path: Path) -> None:
    (tmp_path / "suite").mkdir()
    (tmp_path / "reports").rename(tmp_path / "elsewhere")
    said = layout("project", "--suite", "suite")
    assert (said.status, "`.venv` is a link" in said.out) == (0, True)
    assert "name results with `--from RESULTS`" in said.err


def test_a_tool_is_asked_in_an_empty_place_and_not_in_the_project(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("SECRET", "it is")
    monkeypatch.setenv("HOME", str(tmp_path))
    program(tmp_path / "bin", "pdm", 'echo "PDM, version 2.0 $HOME $PWD ${SECRET-none}" | tr " " "_"')
    program(tmp_path / "bin", "uv", f'echo "uv 1.0"; (: >"{tmp_path}/left") 2>/dev/null || exit 0')
    found = {one.tool: one for one in installed(["uv", "pdm", "poetry"])}
    assert found["uv"] == Installed("uv", "1.0")
    assert containment.missing() or not (tmp_path / "left").exists()
    assert str(tmp_path) not in found["pdm"].version + found["pdm"].fault
    assert "it_is" not in found["pdm"].version + found["pdm"].fault
    assert "poetry" not in found


def test_a_module_of_the_interpreter_has_the_version_of_the_one_on_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(tmp_path / "bin", "python3", "echo Python 3.99.1")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    assert installed(["venv"]) == (Installed("venv", "3.99.1"),)
