"""A scenario is told in words that need no knowledge of its format."""

from __future__ import annotations

import pytest
from made import must, observe, should, variant

from harness.checks import KNOWN
from harness.report.site.telling import checks, drawing, step
from harness.scenario import (
    CommandStep,
    Delete,
    Each,
    EditStep,
    Fault,
    InterleaveStep,
    Interrupt,
    Move,
    Options,
    Perform,
    Plant,
    RunPython,
    RunTool,
    Spot,
    Step,
    TogetherStep,
)
from harness.tree import Copy, Directory, Fifo, File, Hardlink, Link, Project, Socket

CREATE = CommandStep(Perform("create"))

# -- steps -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "told"),
    [
        (CREATE, "create"),
        (CommandStep(RunTool(("venv", "a b"))), "the tool with venv 'a b'"),
        (CommandStep(RunPython(("-c", "pass"))), "the environment's python with -c pass"),
        (EditStep(Plant({"a": File(), "b/c": Link("x")})), "the user adds a, b/c"),
        (EditStep(Plant({"caf\udce9": File()})), r"the user adds caf\xe9"),
        (EditStep(Delete("a")), "the user deletes a"),
        (EditStep(Move("a", "b")), "the user moves a to b"),
        (TogetherStep((CREATE, CommandStep(Perform("remove"), Options(by="uv")))),
         "at the same time: create; remove, by uv"),
        (InterleaveStep(CREATE, CommandStep(Perform("remove"), Options(by="uv")), Each()),
         "create, held before each call that changes the tree until this has ended: remove, by uv"),
        (InterleaveStep(CREATE, CREATE, Spot("rename", "caf\udce9")),
         r"create, held before the rename at caf\xe9 until this has ended: create"),
    ],
)  # fmt: skip
def test_a_step_is_a_line(one: Step, told: str) -> None:
    assert step(one) == told


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (Options(by="uv"), "create, by uv"),
        (Options(at="other/.venv"), "create, at other/.venv"),
        (Options(cwd="$env"), "create, in $env"),
        (Options(through="alias"), "create, standing in alias"),
        (Options(python="another"), "create, with another"),
        (Options(seed=True), "create, with pip"),
        (Options(answer=("n", "y")), "create, in a terminal, answered 'n', 'y'"),
        (Options(answer=()), "create, in a terminal, answered with nothing"),
        (Options(umask=0o77), "create, umask 0077"),
        (Options(umask=0), "create, umask 0000"),
        (Options(variables={"A": "1", "B": ""}), "create, A=1, B="),
        (Options(drop=("PATH", "HOME")), "create, without PATH, without HOME"),
        (Options(limit=5), "create"),
        (Options(cwd="x", by="uv", seed=True), "create, by uv, in x, with pip"),
        (Options(interrupt=Interrupt("SIGKILL", Each())), "create, killed before each call that changes the tree"),
        (Options(interrupt=Interrupt("SIGTERM", 1)), "create, sent SIGTERM before the 1st call that changes the tree"),
        (Options(interrupt=Interrupt("SIGINT", Spot("mkdir", "a"))), "create, sent SIGINT before the mkdir at a"),
        (Options(interrupt=Interrupt("SIGHUP", Spot("link", "a", 2))), "create, sent SIGHUP before the 2nd link at a"),
        (Options(fault=Fault("EIO", Each())), "create, with EIO at each call that can fail so"),
        (Options(fault=Fault("EIO", 3)), "create, with EIO at the 3rd call that can fail so"),
        (Options(fault=Fault("ENOSPC", 4, lasting=True)),
         "create, with ENOSPC at the 4th call that can fail so and at all that follow"),
        (Options(fault=Fault("EPERM", 12, calls=("symlink",))), "create, with EPERM at the 12th symlink"),
        (Options(fault=Fault("EPERM", Each(), lasting=True, calls=("symlink", "link"))),
         "create, with EPERM at each symlink or link and at all that follow"),
        (Options(fault=Fault("EPERM", 111)), "create, with EPERM at the 111th call that can fail so"),
        (Options(fault=Fault("EPERM", 101)), "create, with EPERM at the 101st call that can fail so"),
    ],
)  # fmt: skip
def test_what_a_command_is_given_is_told_behind_it(options: Options, told: str) -> None:
    assert step(CommandStep(Perform("create"), options)) == told


# -- checks ------------------------------------------------------------------------------------------------------------


def statement(name: str) -> str:
    return KNOWN[name].statement


def test_the_checks_asked_for_are_told_with_their_arguments_those_of_steps_too() -> None:
    present = must("present", {"a": "file", "b": "link"})
    asked = (must("usable"), should("unchanged", ("a", "b/**")), present)
    made = variant(CommandStep(Perform("create"), checks=(should("exits", 2),)), checks=asked)
    assert list(checks(made)) == [
        ("must", "usable", statement("usable")),
        ("should", "unchanged: a, b/**", statement("unchanged")),
        ("must", "present: a: file, b: link", statement("present")),
        ("should", "exits: 2", statement("exits")),
    ]


def test_a_check_is_told_once_and_a_standing_one_not_at_all() -> None:
    asked = (must("usable"), must("usable"), observe("usable"), must("links-survive"))
    assert list(checks(variant(CREATE, CREATE, checks=asked))) == [
        ("must", "usable", statement("usable")),
        ("observe", "usable", statement("usable")),
    ]


# -- trees -------------------------------------------------------------------------------------------------------------


def test_a_tree_is_drawn_as_it_is_listed_links_with_their_texts() -> None:
    tree = {
        "project/.venv": Link("../store/env"),
        "store/env": Directory(),
        "store/kept": Directory(0o700),
        "project/notes.txt": File(b"text"),
        "project/secret": File(mode=0o600),
        "project/same": Hardlink("project/notes.txt"),
        "home/pipe": Fifo(),
        "home/talk": Socket(),
        "copied": Copy("store/env"),
        "app": Project("demo", ("a", "b")),
        "lib": Project("plain"),
    }
    assert drawing(tree).splitlines() == [
        "app/  (the project demo requiring a, b)",
        "copied  (a copy of store/env)",
        "home/",
        "  pipe  (fifo)",
        "  talk  (socket)",
        "lib/  (the project plain)",
        "project/",
        "  .venv -> ../store/env",
        "  notes.txt",
        "  same  (the same as project/notes.txt)",
        "  secret  (0600)",
        "store/",
        "  env/",
        "  kept/  (0700)",
    ]


def test_a_tree_of_nothing_says_what_stands_all_the_same() -> None:
    assert drawing({}) == "nothing but the empty directories home, project and tmp"


def test_a_name_that_is_no_text_is_drawn_as_an_escape() -> None:
    assert drawing({"tmp/caf\udce9": Link("\udce9 x")}) == "tmp/\n  caf\\xe9 -> \\xe9 x"
