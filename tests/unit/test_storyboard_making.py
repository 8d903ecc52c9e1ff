"""A run and its traces make a storyboard, which is written to a file and read again as it was."""

from __future__ import annotations

import json
from dataclasses import replace

import made
import pytest
from made import ENV, ROOT

from harness.case import Act
from harness.errors import HarnessError
from harness.judge import judge
from harness.report.story import lines
from harness.storyboard.board import Step, Storyboard, as_json, dumped, parsed
from harness.storyboard.making import storyboard, traced
from harness.storyboard.telling import Told

BREAKS = ("links-survive",)
TRACE = f"""\
7 1.0 execve("/tools/bin/uv", [...], 0x1 /* 2 vars */) = 0
7 2.0 unlink(".venv") = 0
7 3.0 mkdir("{ROOT}/project/.venv", 0777) = 0
7 4.0 symlink("/pythons/bin/python", "{ROOT}/project/.venv/python") = 0
"""


def told(*, everything: bool = False, trace: str = TRACE) -> Storyboard:
    """A link that a command replaced, once the user had added something."""
    run = made.run(
        {ENV: made.link("../store/env"), "store/env": made.directory()},
        made.plant({"project/mine\udcff": made.file()}),
        made.create({ENV: made.directory(), f"{ENV}/python": made.link("/pythons/bin/python")}),
    )
    done = run.observations[1].finished[0]
    finished = replace(done, command=replace(done.command, trace="t"))
    run = replace(run, observations=(run.observations[0], replace(run.observations[1], finished=(finished,))))
    hide = {ROOT: "$root", "/pythons": "$prefix"}
    return storyboard(run, judge(run), {"t": trace}, hide, untraced="breaks", everything=everything)


SEED = Storyboard(
    case="family/situation",
    subject="tool@1.2.3",
    python="3.12.4",
    digest=made.scenario(made.variant()).digest(),
    outcome="breaks",
    untraced="breaks",
    faults=(f"must links-survive, step 2: {ENV}: link ../store/env -> directory",),
    steps=(
        Step(number=1, edit="the user adds project/mine\\xff"),
        Step(
            number=2,
            commands=("tool create   (exited 0)",),
            told=(
                Told(process="uv", call="unlink", path=ENV, words="the link ../store/env is gone", breaks=BREAKS),
                Told(process="uv", call="mkdir", path=ENV, words="a new directory", breaks=BREAKS),
                Told(process="uv", call="symlink", path=f"{ENV}/python", words="a new link $prefix/bin/python"),
            ),
        ),
    ),
)


def test_the_calls_that_replaced_a_link_are_told_with_the_check_that_they_broke() -> None:
    assert told() == SEED


def test_a_change_that_no_call_explains_is_told_as_unseen() -> None:
    board = told(trace=TRACE.replace("symlink", "read"))
    assert board.steps[1].unseen == (f"{ENV}/python",)


def test_every_command_of_a_traced_case_has_a_file_of_its_own_beside_the_cache() -> None:
    case = made.run({}, made.together(made.create(), made.create()), made.followed(made.remove(), made.create())).case
    acts = [step.action for step in traced(case).steps if isinstance(step.action, Act)]
    assert [command.trace for act in acts for phase in (act.commands, *act.then) for command in phase] == [
        f"{made.CACHE}.trace-{number}" for number in (1, 2, 3, 4)
    ]


def test_it_is_told_in_lines_and_what_broke_stands_out() -> None:
    assert list(lines(SEED)) == [
        ("family/situation, tool@1.2.3, Python 3.12.4: breaks", False),
        (f"  must links-survive, step 2: {ENV}: link ../store/env -> directory", True),
        ("", False),
        ("step 1: the user adds project/mine\\xff", False),
        ("", False),
        ("step 2: tool create   (exited 0)", False),
        ("  uv  unlink   project/.venv         the link ../store/env is gone   <- breaks links-survive", True),
        ("  uv  mkdir    project/.venv         a new directory   <- breaks links-survive", True),
        ("  uv  symlink  project/.venv/python  a new link $prefix/bin/python", False),
    ]


def test_that_to_be_followed_made_a_difference_and_that_nothing_changed_are_said() -> None:
    board = replace(SEED, untraced="holds", faults=(), steps=(Step(number=1, commands=("x\x1b[31m",)),))
    assert list(lines(board))[1:] == [
        ("  left alone it came to `holds`: what follows may not be what happens there", True),
        ("", False),
        ("step 1: x", False),
        ("  nothing below the root was changed", False),
    ]


def test_a_file_of_storyboards_is_read_as_it_was_written_a_case_a_line() -> None:
    other = replace(SEED, case="family/other", steps=(Step(number=1, unseen=("a",)),))
    text = dumped({SEED.case: SEED, other.case: other})
    assert parsed(text, "f.json") == {SEED.case: SEED, other.case: other}
    assert len(text.splitlines()) == 7
    assert json.loads(text)["cases"]["family/situation"] == json.loads(json.dumps(as_json(SEED)))


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": 1, "cases": {"a": {}}}', '{"format": "x", "cases": {}}'])
def test_a_damaged_file_is_refused(text: str) -> None:
    with pytest.raises(HarnessError, match=r"`f\.json` holds no storyboards"):
        parsed(text, "f.json")


def test_a_newer_file_is_refused() -> None:
    with pytest.raises(HarnessError, match="newer format"):
        parsed('{"format": 2, "cases": {}}', "f.json")
