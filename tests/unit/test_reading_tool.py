from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from harness.errors import HarnessError, Place
from harness.reading.tool import load_tool, read_tool
from harness.tool import Alternative, Tool

if TYPE_CHECKING:
    from pathlib import Path

TEXT = r"""
name: uv
summary: uv venv, by Astral
distribution: uv
executable: uv
version: {run: [$tool, --version], pattern: 'uv (\S+)'}
variables: {UV_CACHE_DIR: $cache}
own-places: [$cache, $home/.local/share/uv]
volatile: {"**/__pycache__/**": bytecode embeds the time of its source}
operations:
  create:
    - run: [$tool, venv, $env]
      seed: [--seed]
  recreate:
    - {versions: ">=0.8", run: [$tool, venv, --clear, $env], without-seed: [--bare]}
    - run: [$tool, venv, $env]
"""


def test_a_tool_is_what_its_file_says() -> None:
    assert read_tool(TEXT, "uv.yaml") == Tool(
        name="uv",
        summary="uv venv, by Astral",
        distribution="uv",
        executable="uv",
        version_run=("$tool", "--version"),
        version_pattern=r"uv (\S+)",
        variables={"UV_CACHE_DIR": "$cache"},
        own_places=("$cache", "$home/.local/share/uv"),
        volatile={"**/__pycache__/**": "bytecode embeds the time of its source"},
        operations={
            "create": (Alternative(run=(("$tool", "venv", "$env"),), seed=("--seed",)),),
            "recreate": (
                Alternative(run=(("$tool", "venv", "--clear", "$env"),), versions=">=0.8", without_seed=("--bare",)),
                Alternative(run=(("$tool", "venv", "$env"),)),
            ),
        },
        place=Place("uv.yaml", 2, 1),
    )


def test_a_module_of_the_interpreter_has_no_distribution() -> None:
    tool = read_tool(TEXT.replace("distribution: uv\n", "").replace("executable: uv", "executable: $python"), "f")
    assert (tool.executable, tool.distribution) == ("$python", "")


def test_a_program_by_its_path_needs_no_distribution() -> None:
    tool = read_tool(TEXT.replace("distribution: uv\n", "").replace("executable: uv", "executable: ./uv.py"), "f")
    assert (tool.executable, tool.distribution) == ("./uv.py", "")


def test_a_way_for_all_versions_hides_what_comes_after_it() -> None:
    with pytest.raises(HarnessError) as caught:
        read_tool(TEXT + "    - {versions: '<0.8', run: [$tool]}\n", "f")
    assert [problem.what for problem in caught.value.problems] == ["this way to `recreate` is never taken"]


def test_a_tool_is_loaded_from_its_file(tmp_path: Path) -> None:
    path = tmp_path / "uv.yaml"
    path.write_text(TEXT, encoding="utf-8")
    assert load_tool(path).place == Place(path.as_posix(), 2, 1)
    assert load_tool(path, shown="uv.yaml") == read_tool(TEXT, "uv.yaml")
