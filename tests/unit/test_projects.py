"""What tools need in a project stands there, and nothing of the scenario's own is replaced."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

import pytest
from made import subject, tool, variant
from test_plan import LINUX, OTHER, PYTHON, ROOT, WINDOWS, planned, setting

from harness import case
from harness.scenario import CommandStep, EditStep, Move, Options, Perform, Plant, RunPython, Step
from harness.tool import Alternative
from harness.tree import Directory, File, Link, Plain, Project, Tree
from harness.wheel import NAME, wheel

if TYPE_CHECKING:
    from harness.case import Setting

WAYS = {name: [Alternative(run=(("$tool", name),))] for name in ("create", "add")}
BAKER = tool(
    "baker",
    operations=WAYS,
    project={"pyproject.toml": "plain $root", "baker.lock": "nothing"},
    requiring={"pyproject.toml": "tiny", "baker.lock": "$wheels"},
)
CREATE = CommandStep(Perform("create"))


def tree(
    planted: Tree, *steps: Step, of: object = BAKER, where: Setting | None = None, cwd: str = "project"
) -> dict[str, Plain]:
    found = planned(variant(*(steps or (CREATE,)), planted=planted, cwd=cwd), where or setting(subject(of)))  # type: ignore[arg-type]
    return {path: entry for path, entry in found.tree.items() if path not in ("home", "tmp", "project")}


def text(content: str) -> File:
    return File(content.encode())


def test_a_tools_files_stand_where_it_runs() -> None:
    assert tree({}) == {"project/pyproject.toml": text(f"plain {ROOT}"), "project/baker.lock": text("nothing")}


def test_a_tool_that_needs_no_project_gets_none() -> None:
    assert tree({}, of=tool()) == {}


def test_what_the_scenario_plants_stays() -> None:
    found = tree({"project/baker.lock": Link("elsewhere")})
    assert found["project/baker.lock"] == Link("elsewhere")
    assert found["project/pyproject.toml"] == text(f"plain {ROOT}")


def test_every_directory_in_which_a_tool_runs_is_a_project() -> None:
    found = tree({"second": Directory()}, CREATE, CommandStep(Perform("create"), Options(cwd="second")))
    assert {"project/baker.lock", "second/baker.lock"} <= found.keys()


def test_a_directory_that_is_a_link_is_given_no_files() -> None:
    found = tree({"p": Link("project")}, CommandStep(Perform("create"), Options(cwd="p")))
    assert found == {"p": Link("project")}


@pytest.mark.parametrize("edit", [Move("project", "second"), Plant({"second": Directory()})])
def test_a_directory_that_is_brought_about_later_is_given_no_files_before(edit: Move | Plant) -> None:
    found = tree({}, CREATE, EditStep(edit), CommandStep(Perform("create"), Options(cwd="second/deep")))
    assert found.keys() == {"project/baker.lock", "project/pyproject.toml"}


def test_the_environments_own_python_needs_no_project() -> None:
    assert tree({}, CommandStep(RunPython(("-V",)))) == {}


def test_each_tool_that_runs_has_its_files_and_the_first_its_own_way() -> None:
    other = tool("other", operations=WAYS, project={"baker.lock": "another", "other.lock": "other"})
    where = setting(subject(BAKER))
    both = case.Setting(
        subject=where.subject, python=PYTHON, machine=LINUX, place=where.place, others={"other": subject(other)}
    )
    found = tree({}, CREATE, CommandStep(Perform("create"), Options(by="other")), where=both)
    assert found["project/baker.lock"] == text("nothing")
    assert found["project/other.lock"] == text("other")
    assert OTHER.tool.project == {}


def test_a_project_that_requires_tiny_has_its_wheel_and_the_files_for_it() -> None:
    found = tree({"project": Project("demo", ("tiny",))})
    assert found == {
        "wheels": Directory(),
        f"wheels/{NAME}": File(wheel()),
        "project/pyproject.toml": text("tiny"),
        "project/baker.lock": text(f"{ROOT}/wheels"),
    }


@pytest.mark.parametrize(
    ("where", "url"),
    [
        (setting(), f"file:///made/1/root/wheels/{NAME}"),
        (setting(root="/a b/$root"), f"file:///a%20b/%24root/wheels/{NAME}"),
        (setting(machine=WINDOWS, root=r"C:\a b"), f"file:///C:/a%20b/wheels/{NAME}"),
    ],
)
def test_a_project_is_one_that_every_tool_understands(where: Setting, url: str) -> None:
    found = tree({"project": Project("demo", ("tiny", 'odd; sys_platform == "linux"'))}, where=where)
    pyproject = found["project/pyproject.toml"]
    assert isinstance(pyproject, File)
    assert tomllib.loads((pyproject.content or b"").decode()) == {
        "project": {
            "name": "demo",
            "version": "0.1.0",
            "requires-python": ">=3.8",
            "dependencies": [f"tiny @ {url}", 'odd; sys_platform == "linux"'],
        }
    }


def test_a_project_without_requirements_needs_no_wheel() -> None:
    assert tree({"p": Project("demo")}, of=tool()).keys() == {"p", "p/pyproject.toml"}


def test_a_project_elsewhere_is_one_for_the_tools_that_run() -> None:
    assert tree({"store": Project("demo")})["store/baker.lock"] == text("nothing")


def test_a_project_that_is_planted_later_is_one_too() -> None:
    steps = planned(variant(CREATE, EditStep(Plant({"later": Project("demo")}))), setting(subject(BAKER))).steps
    assert isinstance(steps[1].action, Plant)
    assert steps[1].action.tree == {
        "later": Directory(), "later/pyproject.toml": text(f"plain {ROOT}"), "later/baker.lock": text("nothing"),
    }  # fmt: skip


@pytest.mark.parametrize(
    "step", [CommandStep(Perform("add")), CommandStep(Perform("create"), Options(variables={"A": "$wheels"}))]
)
def test_the_wheel_is_there_where_a_step_needs_it(step: CommandStep) -> None:
    assert tree({}, step)[f"wheels/{NAME}"] == File(wheel())
