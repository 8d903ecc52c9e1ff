"""What a run did, said as checks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from made import an_environment, create, directory, file, link, must, recreate, run, should

from harness.capture.observed import broken, common, ended_so, observed
from harness.judge import judge

if TYPE_CHECKING:
    from harness.run import Run


def said(made: Run) -> list[tuple[str, object]]:
    return [(ref.name, ref.argument) for ref in observed(made, judge(made).findings)]


USABLE = (must("usable"),)
PROJECT = {"project/notes.txt": file("mine"), "project/.venv": link("../store"), "store": directory()}


def test_what_came_about_is_present_and_what_was_let_be_is_unchanged() -> None:
    made = run(
        PROJECT, create(an_environment("store"), faults=(), stdout="made 12 files in $root/store\n"), checks=USABLE
    )
    assert said(made) == [
        ("usable", None),
        ("present", {"store/pyvenv.cfg": "file", "store/bin": "directory"}),
        ("unchanged", ("project/notes.txt", "project/.venv")),
        ("says", r"made \d+ files in \$root/store"),
    ]
    assert [ref.name for ref in ended_so(made)] == ["succeeds"]


def test_what_is_gone_is_absent() -> None:
    old = {**an_environment(), "project/.venv/old": file()}
    made = run(old, recreate({"project/.venv/old": None}))
    assert said(made) == [("absent", ("project/.venv/old",))]


def test_what_breaks_a_standing_check_is_told_and_not_asked_for() -> None:
    made = run(PROJECT, create({"project/.venv": directory(), "project/debris": file()}))
    assert said(made) == [("unchanged", ("project/notes.txt", "store"))]
    assert list(broken(judge(made).findings)) == [
        "breaks links-survive: project/.venv was link ../store, is directory",
        "breaks nothing-outside: project/debris was absent, is file",
    ]


def test_a_command_that_declines_is_to_decline() -> None:
    made = run(PROJECT, create(exits=2, stderr="no: $prefix/bin $root/a\n"))
    assert [(ref.name, ref.argument) for ref in ended_so(made)] == [("exits", 2), ("declines", None)]
    assert said(made)[-1] == ("says", r"no: \S*/bin \$root/a")
    assert [ref.name for ref in ended_so(run(PROJECT, create(exits=2)))] == ["exits"]


def test_names_that_are_patterns_or_no_text_are_not_asked_for() -> None:
    made = run({"project/a*": file(), "project/caf\udce9": file(), "project/$x": file()}, create())
    assert said(made) == [("unchanged", ("project/$$x",))]


def test_only_what_two_plays_have_shown_is_kept() -> None:
    first = (
        must("usable"),
        must("present", {"a": "file", "b": "link"}),
        must("absent", ("x", "y")),
        should("says", "1"),
    )
    second = (
        must("usable"),
        must("present", {"a": "file", "b": "file"}),
        must("absent", ("y", "z")),
        should("says", "2"),
    )
    assert common(first, second) == (must("usable"), must("present", {"a": "file"}), must("absent", ("y",)))
