"""What happened as a sentence: the command that did it, what it did to what, and where that was."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import made
import pytest
from measured import LOST, became, broken, came, came_to, did, went

from harness.report.happening import code, happening, told
from harness.scenario import CommandStep, Each, Fault, InterleaveStep, Interrupt, Options, Perform
from harness.tree import Directory, Fifo, File, Link, Socket

if TYPE_CHECKING:
    from harness.result import Record
    from harness.scenario import Step
    from harness.tree import Tree

ENV = made.ENV
NOTES = went("project/.venv/notes.txt")


def said(
    *findings: Record,
    outcome: str = "breaks",
    tool: str = "uv",
    planted: Tree | None = None,
    steps: tuple[Record, ...] = (did(),),
    reason: str = "",
) -> str:
    case = came_to(outcome, *findings, steps=steps, reason=reason)
    return happening(case, made.variant(planted=planted or {}), tool)


def ran(*words: str, step: int = 1, exits: int = 0, operation: str = "create") -> Record:
    return {**did(operation, step=step, exits=exits), "run": list(words)}


@pytest.mark.parametrize(
    ("finding", "sentence"),
    [
        (broken("links-survive", LOST), "`uv create` replaces the link `.venv` by a directory"),
        (broken("links-survive", went(ENV, "link ../store/env")), "`uv create` deletes the link `.venv`"),
        (broken("links-survive", became(ENV, "link a", "link b")), "`uv create` makes the link `.venv` lead elsewhere"),
        (broken("files-survive", NOTES), "`uv create` deletes the file `.venv/notes.txt`"),
        (broken("files-survive", became("store/a", "file 1", "file 2")), "`uv create` overwrites `../store/a`"),
        (broken("unchanged", came("pwned")), "`uv create` writes `../pwned`"),
        (broken("no-debris", came(ENV)), "`uv create` leaves `.venv` behind"),
        (
            broken("same-directory", became(ENV, "directory", "another directory of that name")),
            "`uv create` replaces the directory `.venv` by another",
        ),
        (
            broken("same-directory", became(ENV, "directory 0700", "directory 0755")),
            "`uv create` changes the mode of `.venv` from 0700 to 0755",
        ),
        (
            broken("usable", {"said": "there is no environment at project/.venv"}),
            "`uv create` ends with success, and leaves no environment",
        ),
        (broken("usable", {"said": "its python fails"}), "`uv create` ends with success, and leaves none that works"),
        (broken("succeeds", {"said": "exited 1"}), "`uv create` fails"),
        (broken("unheard-of"), "`uv create` does not keep `unheard-of`"),
    ],
)
def test_what_is_done_to_an_entry_is_named(finding: Record, sentence: str) -> None:
    assert said(finding) == sentence


def test_what_fails_and_does_it_all_the_same_is_said_to_fail() -> None:
    assert said(broken("files-survive", NOTES), steps=(did(exits=1),)) == (
        "`uv create` fails, and deletes the file `.venv/notes.txt`"
    )
    assert said(broken("usable"), steps=(did(exits=1),)) == "`uv create` leaves none that works"


@pytest.mark.parametrize(("times", "words"), [(1, ""), (2, " run twice"), (3, " run three times"), (4, " run 4 times")])
def test_how_often_the_same_command_ran_is_said(times: int, words: str) -> None:
    steps = tuple(did(step=number) for number in range(1, times + 1))
    assert said(broken("succeeds", step=times), steps=steps) == f"`uv create`{words} fails"


def test_a_step_after_the_fault_does_not_count() -> None:
    assert said(broken("succeeds"), steps=(did(), did(step=2))) == "`uv create` fails"


def test_what_the_environments_python_shows_is_the_tools_doing() -> None:
    steps = (did(), ran("python", step=2, operation="python"), {"step": 3, "operation": "delete a", "changes": []})
    assert said(broken("usable", step=3), steps=steps) == "`uv create` ends with success, and leaves none that works"


def test_what_another_tool_did_is_not_told_of_this_one() -> None:
    steps = (ran("$python", "-m", "venv", ".venv"), ran("/at/some/place/virtualenv", "env", step=2))
    assert said(broken("succeeds", step=2), steps=steps, tool="venv") == "`python -m venv` fails"
    assert said(broken("succeeds", step=2), steps=steps, tool="virtualenv") == "`virtualenv env` fails"
    assert said(broken("succeeds", step=2), steps=steps, tool="uv") == "`uv` fails"


@pytest.mark.parametrize(
    ("planted", "words"),
    [
        ({ENV: Link("../store/env"), "store/env": Directory()}, "a link"),
        ({ENV: Link("$root/store"), "store/env": Directory()}, "a link"),
        ({ENV: Link("/dev/null")}, "a link"),
        ({ENV: Link("../store/env")}, "a link that leads nowhere"),
        ({ENV: Link(".venv")}, "a link that leads nowhere"),
        ({ENV: File(b"")}, "a file"),
        ({ENV: Directory()}, "a directory of the user's"),
        ({ENV: Fifo()}, "a pipe"),
        ({ENV: Socket()}, "a socket"),
    ],
)
def test_what_stood_there_is_told(planted: Tree, words: str) -> None:
    assert said(broken("succeeds"), planted=planted) == f"`uv create` fails where `.venv` is {words}"


def test_what_was_made_since_may_be_what_a_link_leads_to() -> None:
    steps = (did("make"), did(step=2))
    planted: Tree = {ENV: Link("../store/env")}
    assert said(broken("succeeds", step=2), planted=planted, steps=steps) == "`uv create` fails where `.venv` is a link"


def test_an_entry_that_is_named_needs_no_place() -> None:
    assert " where " not in said(broken("links-survive", LOST), planted={ENV: Link("../store/env")})


def test_a_refusal_is_no_change() -> None:
    words = said(broken("succeeds", level="should"), outcome="declines", planted={ENV: File(b"")})
    assert words == "`uv create` refuses where `.venv` is a file, and changes nothing"


def test_a_command_that_never_ends_is_told_from_one_that_dies() -> None:
    assert said(outcome="errs", reason="step 1 did not end within 10 s") == "`uv create` does not end"
    assert said(outcome="errs", reason="SIGSEGV") == "`uv create` crashes or cannot be started"
    again = "at `mkdir a` it came to `holds` and, played again, to `breaks`"
    assert said(outcome="errs", reason=again) == "`uv create` does not do the same each time"


CREATE = CommandStep(Perform("create"))
KILLED, STOPPED = (replace(CREATE, options=Options(interrupt=Interrupt(s, Each()))) for s in ("SIGKILL", "SIGTERM"))
FAILING = replace(CREATE, options=Options(fault=Fault("ENOSPC", Each(), lasting=True)))
HELD = InterleaveStep(CREATE, CREATE, Each())


@pytest.mark.parametrize(
    ("step", "at_it", "later"),
    [
        (KILLED, "killed on its way", "after a command that was killed on its way"),
        (STOPPED, "sent SIGTERM on its way", "after a command that was sent SIGTERM on its way"),
        (FAILING, "where calls fail with ENOSPC", "after a command of which calls failed with ENOSPC"),
        (HELD, "while another is at work", "after a command that ran while another was at work"),
    ],
)
def test_what_disturbed_a_command_is_told(step: Step, at_it: str, later: str) -> None:
    steps = ({**did(), "ending": {"interrupted": "SIGKILL"}}, did(step=2, exits=2))
    variant = made.variant(step, CREATE)

    def words(finding: Record) -> str:
        return happening(came_to("breaks", finding, steps=steps), variant, "uv")

    assert words(broken("files-survive", NOTES)) == f"`uv create`, {at_it}, deletes the file `.venv/notes.txt`"
    assert words(broken("recovers", step=2)) == f"`uv create`, {later}, does not make good what is left"
    assert words(broken("no-impostor")) == (
        f"`uv create`, {at_it}, leaves another interpreter in the place of the environment's own"
    )
    assert words(broken("base-untouched", step=2)) == (
        f"`uv create`, {later}, tries to change the interpreter that it is handed"
    )


def test_what_came_before_the_command_that_is_disturbed_is_told_as_ever() -> None:
    finding = broken("files-survive", NOTES)
    case = came_to("breaks", finding, steps=(did(), did(step=2)))
    assert happening(case, made.variant(CREATE, KILLED), "uv") == "`uv create` deletes the file `.venv/notes.txt`"


def test_a_command_is_told_without_what_every_one_of_ours_has() -> None:
    words = ["virtualenv", "--no-download", "--clear", "-p", "$python", ".venv", "--without-pip"]
    assert told(words, made.variant()) == "virtualenv --clear"


def test_words_of_others_stay_a_literal() -> None:
    assert [code("a`b"), code("``"), code("a\nb\x1b[31mc"), code("")] == ["`` a`b ``", "``` `` ```", "`a bc`", "` `"]
