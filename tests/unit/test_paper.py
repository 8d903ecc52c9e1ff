"""A case on paper: every path is a word that can be told apart, and nothing has to be here."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from made import must, scenario, tool, variant

from harness.case import Act, Case, Place, Skipped, Unsupported
from harness.paper import CACHE, OTHER_PYTHON, PYTHON, ROOT, executable_of, on_paper
from harness.scenario import CommandStep, Options, Perform, RunPython
from harness.tool import INTERPRETER, Alternative, Interpreter
from harness.tree import Link, Project

if TYPE_CHECKING:
    from harness.case import Command
    from harness.scenario import Step, Variant
    from harness.tool import Tool

FACTS = {"system": "Linux", "user": "root"}
CREATE = CommandStep(Perform("create"))


def planned(chosen: Variant, of: Tool | None = None) -> Case:
    found = on_paper(scenario(chosen), chosen, of or tool(), "1.2.3", "3.11.7", FACTS)
    assert isinstance(found, Case), found
    return found


def command(step: Step, of: Tool | None = None, **of_variant: tuple[str, ...]) -> Command:
    action = planned(variant(step, **of_variant), of).steps[0].action
    assert isinstance(action, Act)
    return action.commands[0]


def test_every_path_of_a_command_is_of_paper() -> None:
    of = tool(variables={"TOOL_CACHE": "$cache"})
    found = command(CommandStep(Perform("create"), Options(at="$root/store/env")), of)
    program = executable_of("tool")
    assert (found.argv, found.cwd) == ((program, "make", "--python", PYTHON, f"{ROOT}/store/env"), f"{ROOT}/project")
    assert found.variables == {
        "PATH": f"{PYTHON.rpartition('/')[0]}:{program.rpartition('/')[0]}:/usr/bin:/bin",
        "HOME": f"{ROOT}/home",
        "TMPDIR": f"{ROOT}/tmp",
        "XDG_CONFIG_HOME": f"{ROOT}/home/.config",
        "XDG_DATA_HOME": f"{ROOT}/home/.local/share",
        "XDG_CACHE_HOME": f"{ROOT}/home/.cache",
        "XDG_STATE_HOME": f"{ROOT}/home/.local/state",
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        "PWD": f"{ROOT}/project",
        "VENVPROOF_SESSION": "",
        "TOOL_CACHE": CACHE,
    }


def test_no_path_of_paper_begins_another() -> None:
    places = (ROOT, CACHE, PYTHON, OTHER_PYTHON, executable_of("tool"), executable_of("tool-of-mine"))
    assert [(a, b) for a in places for b in places if a != b and f"{b}/".startswith(f"{a}/")] == []


def test_a_case_knows_its_build_and_its_python() -> None:
    found = planned(variant(CREATE))
    assert (found.subject.name, found.subject.spec, found.place) == ("tool@1.2.3", "tool@1.2.3", Place(ROOT, CACHE))
    assert found.python == Interpreter(
        spec="3.11.7", version="3.11.7", executable=PYTHON, prefix="/onpaper/interpreter", digest=""
    )


def test_a_module_of_the_interpreter_is_run_by_it() -> None:
    of = tool(
        "venv", executable=INTERPRETER, operations={"create": [Alternative(run=(("$tool", "-m", "venv", "$env"),))]}
    )
    assert command(CREATE, of).argv == (PYTHON, "-m", "venv", ".venv")


def test_the_environments_own_python_is_below_the_root() -> None:
    found = command(CommandStep(RunPython(("-c", "print('$root')"))))
    assert found.argv == (f"{ROOT}/project/.venv/bin/python", "-c", f"print('{ROOT}')")


def test_texts_and_urls_hold_the_paths_of_paper() -> None:
    tree = planned(variant(CREATE, planted={"a": Link("$root/b"), "p": Project("demo", ("tiny",))})).tree
    assert tree["a"] == Link(f"{ROOT}/b")
    assert f"file://{ROOT}/wheels/tiny-1.0-py3-none-any.whl" in repr(tree["p/pyproject.toml"])


def test_nothing_lacks() -> None:
    needy = variant(CREATE, needs=("symlinks", "mounts", "other-python"))
    assert planned(needy).variant.needs == needy.needs


def test_another_python_is_of_paper_too() -> None:
    step = CommandStep(Perform("create"), Options(python="$other"))
    assert command(step, needs=("other-python",)).argv[3] == OTHER_PYTHON


def test_who_is_root_there_gives_up_his_power_where_that_is_asked_for() -> None:
    assert command(CREATE, needs=("ordinary-user",)).unprivileged


@pytest.mark.parametrize(
    ("chosen", "why"),
    [
        (variant(CommandStep(Perform("sync"))), Unsupported("tool 1.2.3 has no `sync`")),
        (variant(CREATE, needs=("python>=3.12",)), Skipped("needs python>=3.12, this is Python 3.11.7")),
    ],
)
def test_what_no_machine_could_play_is_no_case(chosen: Variant, why: Unsupported | Skipped) -> None:
    assert on_paper(scenario(chosen), chosen, tool(), "1.2.3", "3.11.7", FACTS) == why


def test_checks_are_planned_as_ever() -> None:
    found = planned(replace(variant(CREATE), checks=(must("link", {"a": "$root/b"}),)))
    assert found.checks == (must("link", {"a": f"{ROOT}/b"}),)
