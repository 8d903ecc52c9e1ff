"""Which step of a scenario a command is that a user types."""

from __future__ import annotations

import shlex

import pytest

from harness.capture.recognise import Recognised, recognised, typed
from harness.errors import HarnessError
from harness.scenario import CommandStep, Options, Perform, RunTool
from harness.tools.catalogue import builtin_tools

HERE = "/home/somebody/app"


def meant(line: str, version: str = "newest") -> Recognised:
    return recognised(typed(shlex.split(line), builtin_tools()), version, HERE)


def operation(name: str, environment: str | None = None, python: str | None = None, **options: object) -> Recognised:
    return Recognised(CommandStep(Perform(name), Options(**options)), environment, python)  # type: ignore[arg-type]


def words(*arguments: str) -> Recognised:
    return Recognised(CommandStep(RunTool(arguments)))


@pytest.mark.parametrize(
    ("line", "step"),
    [
        ("uv venv", operation("create")),
        ("/usr/bin/uv venv", operation("create")),
        ("uv venv .venv", operation("create", ".venv")),
        ("uv venv ./env/", operation("create", "env", at="./env/")),
        (f"uv venv {HERE}/env", operation("create", "env", at="$cwd/env")),
        ("uv venv --seed", operation("create", seed=True)),
        ("uv venv --clear -p 3.12 env", operation("recreate", "env", "3.12")),
        ("uv venv --python=3.12 --allow-existing", operation("reuse", None, "3.12")),
        ("uv sync", operation("sync")),
        ("python3.12 -m venv env", operation("create", "env", seed=True)),
        ("python -m venv --without-pip env", operation("create", "env")),
        ("python -m venv --clear --without-pip env", operation("recreate", "env")),
        ("virtualenv env", operation("create", "env", seed=True)),
        ("python -m virtualenv -p 3.12 env", operation("create", "env", "3.12", seed=True)),
        ("hatch env create", operation("create")),
        ("poetry sync --no-root", operation("sync")),
    ],
)
def test_what_a_tools_file_says_is_an_operation(line: str, step: Recognised) -> None:
    assert meant(line) == step


@pytest.mark.parametrize(
    ("line", "step"),
    [
        ("uv venv --relocatable", words("venv", "--relocatable")),
        ("uv venv a b", words("venv", "a", "b")),
        ("uv pip list", words("pip", "list")),
        ("uv", words()),
        ("python -m venv", words("-m", "venv")),
        ("uv run $HOME", words("run", "$$HOME")),
        (f"uv sync --project {HERE}/a", words("sync", "--project", "$cwd/a")),
        ("hatch env create test", words("env", "create", "test")),
    ],
)
def test_what_it_does_not_say_is_run_as_it_was_typed(line: str, step: Recognised) -> None:
    assert meant(line) == step


def test_an_operation_is_that_of_the_version() -> None:
    assert meant("uv venv --clear", "0.7.13") == words("venv", "--clear")


@pytest.mark.parametrize("path", ["../env", "/srv/env", "a/../../b"])
def test_an_environment_outside_of_the_directory_is_refused(path: str) -> None:
    with pytest.raises(HarnessError) as raised:
        meant(f"uv venv {path}")
    assert str(raised.value) == (
        f"`{path}` lies outside of this directory\n  hint: stand in the directory that holds it"
    )


def test_a_command_of_no_known_tool_is_refused() -> None:
    with pytest.raises(HarnessError) as raised:
        meant("vu venv")
    assert str(raised.value).startswith("`vu` is no tool that is known\n  hint: ")
