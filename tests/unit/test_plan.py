"""Planning decides everything: every name has its value, every command is spelled out, and nothing is done."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made import CACHE, ENV, PYTHON, ROOT, must, observe, scenario, should, subject, tool, variant

from harness import case, errors
from harness.case import Act, Case, CaseStep, Command, Machine, Setting, Skipped, Unsupported
from harness.plan import plan
from harness.runner import hidden
from harness.scenario import (
    CheckRef,
    CommandStep,
    Delete,
    EditStep,
    Move,
    Options,
    Perform,
    Plant,
    RunPython,
    RunTool,
    Step,
    TogetherStep,
    Variant,
)
from harness.spelling import substitute
from harness.tool import INTERPRETER, Alternative, Subject
from harness.tree import Copy, Directory, File, Hardlink, Link, Mount, Project, Tree

LINUX = Machine(lacks={"fifo": "this filesystem has none"}, facts={"system": "Linux", "user": "ordinary"})
AS_ROOT = Machine(lacks={}, facts={"system": "Linux", "user": "root"})
POWERLESS = Machine(lacks={}, facts={"system": "Linux", "user": "ordinary"}, powerless=True)
WINDOWS = Machine(lacks={}, facts={"system": "Windows", "user": "ordinary"}, variables={"SYSTEMROOT": r"C:\Windows"})
OTHER = subject(
    tool("other", operations={"create": [Alternative(run=(("$tool", "$env"),))]}, variables={"OTHER_CACHE": "$cache"}),
    executable="/others/bin/other",
)
VENV = subject(
    tool("venv", executable=INTERPRETER, operations={"create": [Alternative(run=(("$tool", "-m", "venv", "$env"),))]}),
    executable=PYTHON.executable,
)


def setting(of: Subject | None = None, *, machine: Machine = LINUX, root: str = ROOT, cache: str = CACHE) -> Setting:
    return Setting(
        subject=of or subject(),
        python=PYTHON,
        machine=machine,
        place=case.Place(root, cache, session="session"),
        others={"other": OTHER},
    )


def planned(chosen: Variant, where: Setting | None = None) -> Case:
    found = plan(scenario(chosen), chosen, where or setting())
    assert isinstance(found, Case), found
    return found


def no_case(chosen: Variant, where: Setting | None = None) -> Unsupported | Skipped:
    found = plan(scenario(chosen), chosen, where or setting())
    assert not isinstance(found, Case)
    return found


def creating(**options: Any) -> CommandStep:
    return CommandStep(Perform("create"), Options(**options))


def act(step: Step, where: Setting | None = None, **of_variant: Any) -> Act:
    found = planned(variant(step, **of_variant), where).steps[0].action
    assert isinstance(found, Act)
    return found


def command(step: Step, where: Setting | None = None, **of_variant: Any) -> Command:
    (found,) = act(step, where, **of_variant).commands
    return found


# -- names -------------------------------------------------------------------------------------------------------------


@given(st.text(st.characters(exclude_characters="$")))
def test_a_text_without_a_dollar_sign_stays_as_it_is(text: str) -> None:
    assert substitute(text, {}) == text


@given(st.text(st.sampled_from("$anmeN_1/ ")))
def test_a_text_with_every_dollar_sign_doubled_says_what_it_said(text: str) -> None:
    assert substitute(text.replace("$", "$$"), {}) == text


@given(st.text(), st.text(st.characters(exclude_characters="$" + "abcdefghijklmnopqrstuvwxyz"), min_size=1))
def test_a_name_becomes_its_value_whatever_that_holds(value: str, after: str) -> None:
    assert substitute(f"a $name{after}$name", {"name": value}) == f"a {value}{after}{value}"


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("$root/x", "R/x"),
        ("$$root", "$root"),
        ("$$$root", "$R"),
        ("$root$env", "RE"),
        ("$HOME ${root} $ $1", "$HOME ${root} $ $1"),
        ("costs 5$", "costs 5$"),
    ],
)
def test_dollar_signs(text: str, meaning: str) -> None:
    assert substitute(text, {"root": "R", "env": "E"}) == meaning


def test_every_name_of_the_format_has_a_value() -> None:
    step = CommandStep(RunTool(("$root", "$env", "$cwd", "$home", "$python", "$tool", "$cache", "$$env")))
    assert command(step, environment="project/my env", cwd="work") == Command(
        argv=(
            "/tools/bin/tool",
            "/made/1/root",
            "/made/1/root/project/my env",
            "/made/1/root/work",
            "/made/1/root/home",
            "/pythons/bin/python3.12",
            "/tools/bin/tool",
            "/made/1/cache",
            "$env",
        ),
        cwd="/made/1/root/work",
        variables=CLEAN | {"PWD": "/made/1/root/work"},
        limit=60.0,
    )


# -- the clean environment ---------------------------------------------------------------------------------------------

CLEAN = {
    "PATH": "/pythons/bin:/tools/bin:/usr/bin:/bin",
    "HOME": "/made/1/root/home",
    "TMPDIR": "/made/1/root/tmp",
    "XDG_CONFIG_HOME": "/made/1/root/home/.config",
    "XDG_DATA_HOME": "/made/1/root/home/.local/share",
    "XDG_CACHE_HOME": "/made/1/root/home/.cache",
    "XDG_STATE_HOME": "/made/1/root/home/.local/state",
    "LANG": "C.UTF-8",
    "TZ": "UTC",
    "PWD": "/made/1/root/project",
    "VENVPROOF_SESSION": "session",
}


def test_a_command_sees_the_clean_environment_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UV_INDEX_URL", "https://example.org")
    monkeypatch.setenv("VIRTUAL_ENV", "/somewhere")
    assert command(creating()).variables == CLEAN


def test_the_tools_variables_then_the_steps_are_added() -> None:
    of = subject(tool(variables={"TOOL_CACHE": "$cache", "TOOL_MODE": "tool", "TOOL_HOME": "$home/x"}))
    found = command(
        creating(variables={"TOOL_MODE": "step", "VIRTUAL_ENV": "$root/other", "PRICE": "5$$"}), setting(of)
    )
    assert found.variables == CLEAN | {
        "TOOL_CACHE": "/made/1/cache",
        "TOOL_MODE": "step",
        "TOOL_HOME": "/made/1/root/home/x",
        "VIRTUAL_ENV": "/made/1/root/other",
        "PRICE": "5$",
    }


def test_a_variable_may_replace_one_of_the_clean_environment() -> None:
    assert command(creating(variables={"PWD": "/elsewhere"})).variables == CLEAN | {"PWD": "/elsewhere"}


def test_a_directory_stands_on_the_path_once() -> None:
    assert command(creating(), setting(VENV)).variables == CLEAN | {"PATH": "/pythons/bin:/usr/bin:/bin"}


def test_another_tools_step_has_that_tools_variables_and_that_tools_directory_on_the_path() -> None:
    of = subject(tool(variables={"TOOL_CACHE": "$cache"}))
    assert command(creating(by="other"), setting(of)).variables == CLEAN | {
        "PATH": "/pythons/bin:/others/bin:/usr/bin:/bin",
        "OTHER_CACHE": "/made/1/cache",
    }


def test_the_environments_python_is_probed_in_the_clean_environment_alone() -> None:
    of = subject(tool(variables={"TOOL_CACHE": "$cache"}))
    assert planned(variant(creating(variables={"A": "1"})), setting(of)).probe_variables == CLEAN


# -- where a command runs, and how the environment is spelled ----------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "of_variant", "spelled", "meant"),
    [
        ({}, {}, ".venv", "project/.venv"),
        ({"cwd": "other"}, {}, "../project/.venv", "other/../project/.venv"),
        ({"cwd": "project/deep"}, {}, "../.venv", "project/deep/../.venv"),
        ({}, {"environment": "store/env"}, "../store/env", "project/../store/env"),
        ({}, {"environment": "project"}, ".", "project/."),
        ({"at": ".venv/"}, {}, ".venv/", "project/.venv"),
        ({"at": "./.venv/."}, {}, "./.venv/.", "project/./.venv/."),
        ({"at": "../work/.venv"}, {}, "../work/.venv", "project/../work/.venv"),
        ({"at": "$root/work/.venv"}, {}, "/made/1/root/work/.venv", "work/.venv"),
        ({"at": "$env"}, {}, "/made/1/root/project/.venv", "project/.venv"),
        ({"at": "a$$b"}, {}, "a$b", "project/a$b"),
        ({"at": ".venv", "cwd": "other"}, {}, ".venv", "other/.venv"),
        ({"through": "elsewhere"}, {}, ".venv", "elsewhere/.venv"),
        ({"through": "deep/er/elsewhere"}, {}, ".venv", "deep/er/elsewhere/.venv"),
        ({"through": "elsewhere", "at": "env"}, {}, "env", "elsewhere/env"),
        ({"cwd": "a$$b"}, {"environment": "a$$b/.venv"}, ".venv", "a$b/.venv"),
        ({"through": "a$$env"}, {"cwd": "a$$b", "environment": "a$$b/.venv"}, ".venv", "a$env/.venv"),
        ({}, {"cwd": "a$$$$b", "environment": "a$$$$b/.venv"}, ".venv", "a$$b/.venv"),
    ],
)
def test_the_environment_is_spelled_as_a_user_would_where_the_command_runs(
    options: dict[str, Any], of_variant: dict[str, Any], spelled: str, meant: str
) -> None:
    found = act(creating(**options), **of_variant)
    assert found.commands[0].argv == ("/tools/bin/tool", "make", "--python", "/pythons/bin/python3.12", spelled)
    assert found.environment == meant


@pytest.mark.parametrize(
    ("options", "where"),
    [({}, "project"), ({"cwd": "other"}, "other"), ({"through": "link"}, "link"), ({"cwd": "a$$b"}, "a$b")],
)
def test_a_command_runs_where_it_is_told_and_pwd_says_the_same(options: dict[str, str], where: str) -> None:
    found = command(creating(**options))
    assert (found.cwd, found.variables["PWD"]) == (f"/made/1/root/{where}", f"/made/1/root/{where}")


# -- what a step becomes -----------------------------------------------------------------------------------------------


def test_everything_a_modifier_can_say_reaches_the_command() -> None:
    found = command(creating(answer=("y", "n"), limit=5.0, umask=0o077, python="$root/bin/python"))
    assert found == Command(
        argv=("/tools/bin/tool", "make", "--python", "/made/1/root/bin/python", ".venv"),
        cwd="/made/1/root/project",
        variables=CLEAN,
        limit=5.0,
        answers=("y", "n"),
        umask=0o077,
    )


def test_a_umask_of_zero_is_one() -> None:
    assert (command(creating(umask=0)).umask, command(creating()).umask) == (0, 0o022)


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        ("0.7.22", ("/tools/bin/tool", "old")),
        ("0.8.0", ("/tools/bin/tool", "new")),
        ("0.9.0rc1", ("/tools/bin/tool", "new")),
        ("built from a branch", ("/tools/bin/tool", "new")),
    ],
)
def test_the_first_alternative_that_covers_the_version_is_taken(version: str, expected: tuple[str, ...]) -> None:
    listed = [
        Alternative(run=(("$tool", "old"),), versions="<0.8.0"),
        Alternative(run=(("$tool", "new"),), versions=">=0.8.0"),
        Alternative(run=(("$tool", "never"),)),
    ]
    of = subject(tool(operations={"create": listed}), version)
    assert command(creating(), setting(of)).argv == expected


def test_a_seed_is_asked_for_in_the_tools_own_way() -> None:
    listed = Alternative(run=(("$tool", "$env"),), seed=("--seed",), without_seed=("--no-pip", "$$"))
    where = setting(subject(tool(operations={"create": [listed]})))
    assert command(creating(seed=True), where).argv == ("/tools/bin/tool", ".venv", "--seed")
    assert command(creating(), where).argv == ("/tools/bin/tool", ".venv", "--no-pip", "$")


def test_a_tool_that_is_the_interpreters_own_module_runs_by_the_interpreter() -> None:
    assert command(creating(), setting(VENV)).argv == ("/pythons/bin/python3.12", "-m", "venv", ".venv")
    assert command(creating(python="$root/python"), setting(VENV)).argv == (
        "/made/1/root/python",
        "-m",
        "venv",
        ".venv",
    )


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        (creating(), ("create", True)),
        (CommandStep(RunTool(("pip", "list"))), ("run", True)),
        (CommandStep(RunPython(("-V",))), ("python", True)),
        (creating(by="other"), ("create", False)),
        (creating(by="tool"), ("create", True)),
    ],
)
def test_an_act_says_which_operation_it_is_and_whether_the_subject_itself_does_it(
    step: CommandStep, expected: tuple[str, bool]
) -> None:
    found = act(step)
    assert (found.operation, found.own) == expected


def test_a_step_of_another_tool_is_that_tools_command() -> None:
    assert act(creating(by="other")) == Act(
        operation="create",
        own=False,
        environment="project/.venv",
        commands=(
            Command(
                argv=("/others/bin/other", ".venv"),
                cwd="/made/1/root/project",
                variables=CLEAN | {"PATH": "/pythons/bin:/others/bin:/usr/bin:/bin", "OTHER_CACHE": "/made/1/cache"},
                limit=60.0,
            ),
        ),
    )


@pytest.mark.parametrize(
    ("options", "python"),
    [
        ({}, "/made/1/root/project/.venv/bin/python"),
        ({"at": "$root/store/env"}, "/made/1/root/store/env/bin/python"),
        ({"at": "a$$b"}, "/made/1/root/project/a$b/bin/python"),
        ({"cwd": "home"}, "/made/1/root/home/../project/.venv/bin/python"),
    ],
)
def test_the_environments_own_python_is_started_under_the_path_that_is_asked_for(
    options: dict[str, Any], python: str
) -> None:
    step = CommandStep(RunPython(("-c", "print('$$')")), Options(**options))
    assert command(step).argv == (python, "-c", "print('$')")


@pytest.mark.parametrize(
    ("machine", "options", "needs", "unprivileged"),
    [
        (AS_ROOT, {}, (), False),
        (AS_ROOT, {"drop": ("write-anywhere",)}, (), True),
        (AS_ROOT, {}, ("ordinary-user",), True),
        (LINUX, {"drop": ("write-anywhere",)}, (), False),
        (LINUX, {}, ("ordinary-user",), False),
        (POWERLESS, {}, (), True),
    ],
)
def test_only_root_is_made_to_give_up_its_power(
    machine: Machine, options: dict[str, tuple[str, ...]], needs: tuple[str, ...], *, unprivileged: bool
) -> None:
    assert command(creating(**options), setting(machine=machine), needs=needs).unprivileged is unprivileged


def test_steps_that_run_together_are_one_act_of_several_commands() -> None:
    first, second = creating(), creating(cwd="home", by="other")
    assert act(TogetherStep((first, second))) == Act(
        operation="create",
        own=True,
        environment="project/.venv",
        commands=(command(first), command(second)),
        others=("home/../project/.venv",),
    )


def test_different_operations_that_run_together_are_named_each() -> None:
    steps = (creating(), CommandStep(RunPython(("-V",))), creating())
    assert act(TogetherStep(steps)).operation == "create and python"


@pytest.mark.parametrize("edit", [Delete("project/.venv"), Move("project", "moved")])
def test_what_the_scenario_itself_does_stays_what_it_is(edit: Delete | Move) -> None:
    assert planned(variant(EditStep(edit))).steps == (CaseStep(1, edit, (), probe=False),)


def test_what_is_planted_between_commands_is_spelled_out_and_brings_no_parents() -> None:
    edit = Plant({"a/b": File(), "a/l": Link("$root/b"), "p": Project("demo")})
    action = planned(variant(EditStep(edit))).steps[0].action
    assert action == Plant(
        {
            "a/b": File(b"planted as a/b\n"),
            "a/l": Link("/made/1/root/b"),
            "p": Directory(),
            "p/pyproject.toml": File(
                b'[project]\nname = "demo"\nversion = "0.1.0"\nrequires-python = ">=3.8"\ndependencies = []\n'
            ),
        }
    )


# -- the tree ----------------------------------------------------------------------------------------------------------


def test_a_tree_is_spelled_out_with_the_directories_that_always_stand() -> None:
    tree: Tree = {
        "project/.venv": Link("$root/store/env"),
        "store/env": Directory(0o2750),
        "store/notes": File(b"in $root for 5$$\n"),
        "store/raw": File(b"\xff\x00"),
        "store/raw-in": File(b"\xff$root"),
        "store/z": Hardlink("store/notes"),
        "z": Copy("store/env"),
    }
    assert planned(variant(planted=tree)).tree == {
        "home": Directory(),
        "project": Directory(),
        "project/.venv": Link("/made/1/root/store/env"),
        "store": Directory(),
        "store/env": Directory(0o2750),
        "store/notes": File(b"in /made/1/root for 5$\n"),
        "store/raw": File(b"\xff\x00"),
        "store/raw-in": File(b"\xff/made/1/root"),
        "tmp": Directory(),
        "z": Directory(0o2750),
        "store/z": Hardlink("store/notes"),
    }


def test_what_is_mounted_is_spelled_out_and_a_project_may_stand_on_it() -> None:
    tree: Tree = {"project": Mount(kind="bind", of="store/$$env"), "store/$$env": Directory()}
    assert planned(variant(planted=tree)).tree == {
        "home": Directory(),
        "store": Directory(),
        "store/$env": Directory(),
        "tmp": Directory(),
        "project": Mount(kind="bind", of="store/$env"),
    }


def test_a_directory_that_always_stands_may_be_planted_otherwise() -> None:
    assert planned(variant(planted={"project": Directory(0o555), "home": Link("tmp")})).tree == {
        "home": Link("tmp"),
        "project": Directory(0o555),
        "tmp": Directory(),
    }


def test_a_file_with_content_of_its_own_may_have_a_dollar_sign_in_its_name() -> None:
    assert planned(variant(planted={"a$$env": File()})).tree["a$env"] == File(b"planted as a$env\n")


# -- checks ------------------------------------------------------------------------------------------------------------


def checks_of(*asked: CheckRef, where: Setting | None = None) -> list[object]:
    return [ref.argument for ref in planned(variant(checks=asked), where).checks]


def test_texts_that_are_compared_with_the_output_are_written_as_the_output_is() -> None:
    asked = tuple(
        must("prints-path", text) for text in ("$env", "$cwd/x", "$home", "$root", "$python", "$cache", "$tool")
    )
    assert checks_of(*asked) == [
        "$root/project/.venv",
        "$root/project/x",
        "$root/home",
        "$root",
        "$python",
        "$cache",
        "tool",
    ]


def test_the_interpreters_own_module_is_shown_as_the_interpreter() -> None:
    assert checks_of(must("prints-path", "$tool"), where=setting(VENV)) == ["$python"]


@pytest.mark.parametrize("name", ["says", "never-says"])
@pytest.mark.parametrize(
    ("expression", "meaning"),
    [
        (r"^at \$env(/bin)?$", r"^at \$root/project/\.venv(/bin)?$"),
        ("at $root/(a|b)", r"at \$root/(a|b)"),
        (r"\$tool by \$python", r"tool by \$python"),
        (r"costs \$$5|end$$", r"costs \$5|end$"),
        (r"\d+\.\w", r"\d+\.\w"),
    ],
)
def test_names_in_an_expression_stand_for_themselves(name: str, expression: str, meaning: str) -> None:
    assert checks_of(must(name, expression)) == [meaning]


def test_texts_that_are_compared_with_the_tree_are_what_the_tree_holds() -> None:
    asked = must("link", {ENV: "$root/store/env", "a": "5$$"})
    assert checks_of(asked) == [{ENV: "/made/1/root/store/env", "a": "5$"}]


def test_other_arguments_stay_what_they_are() -> None:
    asked = (must("exits", 2), should("succeeds"), observe("unchanged", ("a/**", "b")), must("present", {"a": "file"}))
    assert checks_of(*asked) == [2, None, ("a/**", "b"), {"a": "file"}]


def test_a_dollar_sign_in_a_path_is_doubled_wherever_a_path_stands() -> None:
    steps = (EditStep(Delete("a$$1")), EditStep(Move("a$$2", "a$$3")), EditStep(Plant({"a$$4": Hardlink("a$$5")})))
    found = planned(
        variant(
            creating(),
            *steps,
            planted={"a$$5": File(), "a$$6": Copy("a$$5"), "$$env": Directory()},
            environment="$$env/.venv",
            cwd="$$env",
            permit={"a$$7/**": "why"},
            checks=(must("absent", ("a$$8",)), must("link", {"a$$9": "$$"})),
        )
    )
    assert found.tree == {
        "$env": Directory(),
        "a$5": File(b"planted as a$5\n"),
        "a$6": File(b"planted as a$5\n"),
        "home": Directory(),
        "project": Directory(),
        "tmp": Directory(),
    }
    first, *edits = (step.action for step in found.steps)
    assert isinstance(first, Act)
    assert (first.environment, first.commands[0].cwd) == ("$env/.venv", "/made/1/root/$env")
    assert edits == [Delete("a$1"), Move("a$2", "a$3"), Plant({"a$4": Hardlink("a$5")})]
    assert (found.variant.environment, found.variant.cwd) == ("$env/.venv", "$env")
    assert (found.permit, tuple(found.variant.permit)) == (("a$7/**",), ("a$7/**",))
    assert [ref.argument for ref in found.checks] == [("a$8",), {"a$9": "$"}]


def test_a_check_keeps_its_level_and_its_place() -> None:
    asked = CheckRef("exits", 2, should("exits").level, errors.Place("a.yaml", 7, 3))
    (found,) = planned(variant(checks=(asked,))).checks
    assert found == asked
    assert found.place == asked.place


def test_the_environment_is_probed_after_the_last_step_where_the_case_asks_whether_it_is_usable() -> None:
    steps = (creating(), creating(), EditStep(Delete("a")))
    assert [step.probe for step in planned(variant(*steps, checks=(must("usable"),))).steps] == [False, False, True]
    assert [step.probe for step in planned(variant(*steps)).steps] == [False, False, False]


def test_the_environment_is_probed_after_each_step_that_asks_whether_it_is_usable() -> None:
    asking = replace(creating(), checks=(observe("usable"), must("says", "$env")))
    steps = planned(variant(creating(), asking, creating())).steps
    assert [step.probe for step in steps] == [False, True, False]
    assert steps[1].checks == (observe("usable"), must("says", r"\$root/project/\.venv"))


# -- the rest of a case ------------------------------------------------------------------------------------------------


def test_own_places_are_those_in_the_root() -> None:
    of = subject(tool(own_places=("$cache", "$home/.local/share/tool", "$root/x/", "/outside")))
    assert planned(variant(), setting(of)).own_places == ("home/.local/share/tool", "x")


def test_a_case_knows_what_it_is_of() -> None:
    chosen = variant(labels=("absolute",), permit={"store": "why"}, waive={"no-debris": "why"})
    asked, where = scenario(chosen), setting()
    found = plan(asked, chosen, where)
    assert isinstance(found, Case)
    assert found == Case(
        scenario=asked,
        variant=chosen,
        subject=where.subject,
        python=PYTHON,
        place=where.place,
        tree={"home": Directory(), "project": Directory(), "tmp": Directory()},
        steps=(CaseStep(1, act(creating()), (), probe=False),),
        checks=(),
        permit=("store",),
        own_places=(),
        volatile=(),
        interpreter_within="bin/python",
        probe_variables=CLEAN,
        programs={OTHER.executable: "other"},
    )
    assert found.name == "family/situation[absolute]"


# -- operations of several commands, and tools with a place of their own ----------------------------------------------

BAKER = tool(
    "baker",
    environment="oven",
    operations={
        "recreate": [Alternative(run=(("$tool", "clean"), ("$tool", "make")), without_seed=("--bare",))],
        "create": [Alternative(run=(("$tool", "make"),))],
        "inspect": [Alternative(run=(("$tool", "list"), ("$tool", "show")))],
    },
)


def test_commands_of_one_operation_follow_one_another_and_the_last_has_what_is_added() -> None:
    found = act(CommandStep(Perform("recreate")), setting(subject(BAKER)), environment="project/oven")
    assert [c.argv[1:] for c in found.commands] == [("clean",)]
    assert [[c.argv[1:] for c in phase] for phase in found.then] == [[("make", "--bare")]]


def test_operations_together_wait_for_one_another_after_each_command() -> None:
    step = TogetherStep((CommandStep(Perform("recreate")), CommandStep(Perform("create"))))
    found = act(step, setting(subject(BAKER)), environment="project/oven")
    assert [c.argv[1:] for c in found.commands] == [("clean",), ("make",)]
    assert [[c.argv[1:] for c in phase] for phase in found.then] == [[("make", "--bare")]]


def test_each_way_to_look_is_a_step_of_the_same_number_and_the_last_is_judged() -> None:
    asked = (must("declines"),)
    step = CommandStep(Perform("inspect"), checks=asked)
    steps = planned(variant(creating(), step, environment="project/oven"), setting(subject(BAKER))).steps
    assert [(one.number, one.checks) for one in steps] == [(1, ()), (2, ()), (2, asked)]
    assert [one.action.commands[0].argv[1:] for one in steps[1:] if isinstance(one.action, Act)] == [
        ("list",), ("show",),
    ]  # fmt: skip


def test_a_tool_that_has_one_place_for_environments_makes_none_elsewhere() -> None:
    no = Unsupported("the `create` of baker knows environments at `oven` alone")
    assert no_case(variant(environment="project/my env"), setting(subject(BAKER))) == no
    assert no_case(variant(creating(at="./oven"), environment="project/oven"), setting(subject(BAKER))) == no


def test_a_way_of_doing_it_may_have_a_place_of_its_own() -> None:
    of = subject(tool(operations={"create": [Alternative(run=(("$tool",),), environment=".venv")]}))
    assert planned(variant(), setting(of)).steps
    no = Unsupported("the `create` of tool knows environments at `.venv` alone")
    assert no_case(variant(environment="project/env"), setting(of)) == no


def test_the_usual_name_is_played_under_the_tools_own() -> None:
    found = planned(variant(planted={"project/.venv": Link("../store")}), setting(subject(BAKER)))
    assert found.tree["project/oven"] == Link("../store")
    assert found.variant.environment == "project/oven"


def test_places_and_files_of_every_tool_that_takes_part_are_its_own() -> None:
    one = tool(own_places=("$home/a",), volatile={"*.a": "why"})
    two = tool("other", own_places=("$home/b",), volatile={"*.b": "why"})
    where = replace(setting(subject(one)), others={"other": subject(two)})
    found = planned(variant(creating(by="other")), where)
    assert (found.own_places, found.volatile) == (("home/a", "home/b"), ("*.a", "*.b"))


# -- the plain case ----------------------------------------------------------------------------------------------------


def test_no_plain_case_is_brought_where_no_check_compares_with_it() -> None:
    assert planned(variant(checks=(must("usable"),))).plain is None


def test_the_plain_case_has_the_umask_of_the_others() -> None:
    found = planned(variant(creating(umask=0o077), checks=(must("same-as-plain"),))).plain
    assert found is not None
    assert [
        command.umask for step in found.steps if isinstance(step.action, Act) for command in step.action.commands
    ] == [0o077]


@pytest.mark.parametrize("of_step", [False, True])
def test_a_check_that_compares_with_it_brings_the_tools_create_in_an_empty_root(*, of_step: bool) -> None:
    asked = (must("same-as-plain"),)
    step = CommandStep(Perform("create"), Options(at="other", seed=True), asked if of_step else ())
    plain = planned(variant(step, planted={"a": File()}, checks=() if of_step else asked)).plain
    assert plain is not None
    assert plain.tree == {"home": Directory(), "project": Directory(), "tmp": Directory()}
    assert plain.steps == (CaseStep(1, act(creating()), (), probe=False),)
    assert (plain.checks, plain.plain) == ((), None)


def test_the_plain_case_has_the_directory_that_commands_run_in() -> None:
    plain = planned(variant(planted={"a/work": Directory()}, cwd="a/work", checks=(must("same-as-plain"),))).plain
    assert plain is not None
    assert plain.tree == {
        "a": Directory(),
        "a/work": Directory(),
        "home": Directory(),
        "project": Directory(),
        "tmp": Directory(),
    }


# -- no case -----------------------------------------------------------------------------------------------------------


def test_a_tool_without_the_operation_is_unsupported() -> None:
    step = CommandStep(Perform("sync"))
    assert no_case(variant(creating(), step)) == Unsupported("tool 1.2.3 has no `sync`")
    assert no_case(variant(TogetherStep((step,)))) == Unsupported("tool 1.2.3 has no `sync`")


def test_a_version_without_the_operation_is_unsupported() -> None:
    of = subject(tool(operations={"create": [Alternative(run=(("$tool",),), versions=">=2")]}), "1.9")
    assert no_case(variant(), setting(of)) == Unsupported("tool 1.9 has no `create`")


def test_another_tool_without_the_operation_makes_the_case_unsupported() -> None:
    step = CommandStep(Perform("remove"), Options(by="other"))
    assert no_case(variant(step)) == Unsupported("other 1.2.3 has no `remove`")


def test_a_need_that_the_machine_lacks_skips_the_case_and_says_why() -> None:
    assert no_case(variant(needs=("symlinks", "fifo"))) == Skipped("needs fifo: this filesystem has none")
    assert planned(variant(needs=("symlinks",))).steps


@pytest.mark.parametrize(
    ("need", "skipped"),
    [
        ("python>=3.12", None),
        ("python>=3.13", Skipped("needs python>=3.13, this is Python 3.12.4")),
        ("python<3.12", Skipped("needs python<3.12, this is Python 3.12.4")),
        ("python>=3.10,<3.13", None),
    ],
)
def test_a_need_of_a_python_is_compared_with_this_one(need: str, skipped: Skipped | None) -> None:
    found = plan(scenario(), variant(needs=(need,)), setting())
    assert (None if isinstance(found, Case) else found) == skipped


def test_a_step_by_a_tool_that_could_not_be_had_skips_the_case() -> None:
    assert no_case(variant(creating(by="conda"))) == Skipped("a step is done by `conda`, which could not be had")


def test_what_the_machine_lacks_is_named_before_a_tool_that_could_not_be_had() -> None:
    assert no_case(variant(creating(by="conda"), needs=("fifo",))) == Skipped("needs fifo: this filesystem has none")


def test_what_a_tool_cannot_do_is_unsupported_whatever_the_machine_lacks() -> None:
    assert no_case(variant(CommandStep(Perform("sync")), needs=("fifo",))) == Unsupported("tool 1.2.3 has no `sync`")


# -- Windows -----------------------------------------------------------------------------------------------------------

C_ROOT = r"C:\work\1\root"


def on_windows() -> Setting:
    here = setting(
        subject(tool(own_places=("$home/AppData",)), executable=r"C:\tools\tool.exe"),
        machine=WINDOWS,
        root=C_ROOT,
        cache=r"C:\work\1\cache",
    )
    return replace(here, python=replace(PYTHON, executable=r"C:\pythons\python.exe"))


def test_on_windows_paths_are_written_as_there_and_what_windows_needs_passes() -> None:
    home = rf"{C_ROOT}\home"
    assert command(creating(cwd="home"), on_windows()) == Command(
        argv=(r"C:\tools\tool.exe", "make", "--python", r"C:\pythons\python.exe", r"..\project\.venv"),
        cwd=home,
        variables={
            "SYSTEMROOT": r"C:\Windows",
            "PATH": r"C:\pythons;C:\tools",
            "HOME": home,
            "USERPROFILE": home,
            "APPDATA": home,
            "LOCALAPPDATA": home,
            "TMPDIR": rf"{C_ROOT}\tmp",
            "TEMP": rf"{C_ROOT}\tmp",
            "TMP": rf"{C_ROOT}\tmp",
            "XDG_CONFIG_HOME": rf"{home}\.config",
            "XDG_DATA_HOME": rf"{home}\.local\share",
            "XDG_CACHE_HOME": rf"{home}\.cache",
            "XDG_STATE_HOME": rf"{home}\.local\state",
            "LANG": "C.UTF-8",
            "TZ": "UTC",
            "PWD": home,
            "VENVPROOF_SESSION": "session",
        },
        limit=60.0,
    )


@pytest.mark.parametrize(
    ("options", "meant"),
    [
        ({}, "project/.venv"),
        ({"cwd": "home"}, "home/../project/.venv"),
        ({"at": "../work/.venv"}, "project/../work/.venv"),
        ({"at": "$root/work/.venv"}, "work/.venv"),
        ({"at": "$env"}, "project/.venv"),
    ],
)
def test_on_windows_an_act_names_the_environment_as_trees_do(options: dict[str, str], meant: str) -> None:
    assert act(creating(**options), on_windows()).environment == meant


def test_on_windows_environments_keep_their_python_in_scripts() -> None:
    step = CommandStep(RunPython(("-V",)))
    assert command(step, on_windows()).argv == (rf"{C_ROOT}\project\.venv\Scripts\python.exe", "-V")
    assert planned(variant(), on_windows()).interpreter_within == r"Scripts\python.exe"


def test_on_windows_own_places_and_compared_texts_are_written_as_trees_and_outputs_are() -> None:
    found = planned(variant(checks=(must("prints-path", "$env"), must("link", {"a": "$root/b"}))), on_windows())
    assert found.own_places == ("home/AppData",)
    assert [ref.argument for ref in found.checks] == [r"$root\project\.venv", {"a": rf"{C_ROOT}/b"}]


def test_where_the_tool_of_a_step_lies_is_known_by_its_name() -> None:
    assert planned(variant(creating(by="other"))).programs == {"/others/bin/other": "other"}


def test_no_path_of_ours_is_shown() -> None:
    paths = hidden(planned(variant(creating(by="other"))))
    assert {paths[path] for path in (sys.prefix, "/others/bin/other", PYTHON.executable)} == {
        "$venvproof",
        "other",
        "$python",
    }
