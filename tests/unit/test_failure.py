"""A case in full: what is broken, and every step with what it changed and said."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from _pytest._io import TerminalWriter
from made import CACHE, ENV, ROOT, create, delete, directory, file, impossible, link, must, observe, plant, run, should

from harness.calls import Watched
from harness.judge import judge
from harness.report.failure import Failure, Line, lines
from harness.run import TimedOut
from harness.store import record

if TYPE_CHECKING:
    from harness.result import Record
    from harness.run import Run

LINK = {ENV: link("../store/env"), "store/env": directory()}


def line_of(made: Run) -> Record:
    return record(judge(made), {ROOT: "$root", CACHE: "$cache"}, made.before)


def told(made: Run, because: tuple[str, ...] = (), kept: str = "") -> list[Line]:
    return list(lines(line_of(made), "A link stays", because, kept))


def texts(made: Run) -> list[str]:
    """All lines but the first two, which are the summary and an empty one."""
    return [line.text for line in told(made)][2:]


def test_a_case_is_told_from_what_it_is_about_to_where_it_is_kept() -> None:
    made = run(
        LINK,
        create(stdout="made\n"),
        create({ENV: directory(), "tmp/new": file("a"), "store/env": directory(0o700)}, stderr="warning: x\n\n"),
        checks=(should("says", "kept"), observe("never-says", "made")),
    )
    assert told(made, because=("https://example.org/1", "It is so"), kept="/made/1/root") == [
        Line("A link stays", "bold"),
        Line("because https://example.org/1"),
        Line("because It is so"),
        Line(""),
        Line("must links-survive: broken in step 2", "red"),
        Line("  Every link that the scenario planted is still that link, holding that text."),
        Line(f"  {ENV}: link ../store/env -> directory", "red"),
        Line("must nothing-outside: broken in step 2", "red"),
        Line("  Nothing changed outside the environment and the tool's declared own places."),
        Line("  tmp/new: absent -> file", "red"),
        Line("should says: broken in step 1", "yellow"),
        Line("  The output, both streams together and paths written as `$root/...`, holds a match of this expression."),
        Line("  it does not say so: made", "yellow"),
        Line("  it does not say so: warning: x", "yellow"),
        Line(""),
        Line("step 1: tool create   (exited 0, 0.000 s)"),
        Line("  | made"),
        Line(""),
        Line("step 2: tool create   (exited 0, 0.000 s)"),
        Line("  | warning: x"),
        Line(f"  ~ {ENV}: link ../store/env -> directory", "yellow"),
        Line("  ~ store/env: directory 0755 -> directory 0700", "yellow"),
        Line("  + tmp/new: file", "green"),
        Line(""),
        Line("the tree is kept in /made/1/root"),
    ]


def test_why_a_case_declines_is_told_first() -> None:
    made = run({"a": file()}, create(exits=2, stderr="error: \x1b[31mit exists\x1b[0m\n"))
    assert texts(made) == [
        "declines: step 1 exited 2: error: it exists",
        "",
        "step 1: tool create   (exited 2, 0.000 s)",
        "  | error: it exists",
    ]


def test_what_the_scenario_itself_did_is_told_as_what_it_is() -> None:
    made = run({"a": file()}, plant({"b": link("a"), "c": file()}), delete("a"), create())
    assert texts(made) == [
        "",
        "step 1: plant b, c",
        "  + b: link a",
        "  + c: file",
        "",
        "step 2: delete a",
        "  - a: file",
        "",
        "step 3: tool create   (exited 0, 0.000 s)",
    ]


def test_an_edit_that_could_not_be_made_is_told_with_why() -> None:
    made = run({"a": file()}, impossible(delete("my_a"), "`my_a` cannot be deleted"))
    assert texts(made) == [
        "errs: step 1 was not started: `my_a` cannot be deleted",
        "",
        "step 1: delete my_a   (not started `my_a` cannot be deleted, 0.000 s)",
    ]


def test_a_command_that_did_not_end_is_told_with_its_limit() -> None:
    assert texts(run({"a": file()}, create(ends=TimedOut(60.0)))) == [
        "errs: step 1 did not end within 60 s",
        "",
        "step 1: tool create   (timed out 60.0, 0.000 s)",
    ]


@pytest.mark.parametrize(("count", "more"), [(12, []), (13, ["  ... and 1 more"]), (100, ["  ... and 88 more"])])
def test_of_many_changes_only_the_first_are_told(count: int, more: list[str]) -> None:
    made = run({"a": file()}, create({f"{ENV}/{number:03}": file() for number in range(count - 1)}))
    first = [f"  + {ENV}: directory", *(f"  + {ENV}/{number:03}: file" for number in range(11))]
    assert texts(made) == ["", "step 1: tool create   (exited 0, 0.000 s)", *first, *more]


def test_what_was_there_before_is_told_before_what_is_new() -> None:
    made = run({"b": file(), "c": file("1")}, create({"a": file(), "b": None, "c": file("2"), "d": file()}))
    assert texts(made)[-4:] == [
        "  - b: file",
        '  ~ c: file "1" -> file "2"',
        "  + a: file",
        "  + d: file",
    ]


@pytest.mark.parametrize(("count", "more"), [(12, []), (14, ["  ... and 2 more"])])
def test_of_much_evidence_only_the_first_is_told(count: int, more: list[str]) -> None:
    made = run({f"{number:02}": file() for number in range(count)}, create(), checks=(must("absent", ("??",)),))
    first = [f"  {number:02}: absent -> file" for number in range(12)]
    assert texts(made)[:-2] == [
        "must absent: broken in step 1",
        "  Nothing stands at these paths.",
        *first,
        *more,
    ]


@pytest.mark.parametrize(("count", "more"), [(20, []), (21, ["  ... and 1 more"])])
def test_of_much_output_only_the_first_is_told(count: int, more: list[str]) -> None:
    made = run({"a": file()}, create(stdout="".join(f"{number}\n\n" for number in range(count))))
    assert texts(made)[2:] == [*(f"  | {number}" for number in range(20)), *more]


def test_a_name_that_a_tool_made_does_nothing_to_the_readers_terminal() -> None:
    made = run({"a": file()}, create({f"{ENV}\x1b[2J": link("\x07")}))
    assert texts(made)[-1] == f"  + {ENV}: link  "


def a_failure(made: Run) -> Failure:
    return Failure({"record": line_of(made), "summary": "A link stays", "because": ["so"], "kept": ""})


def test_a_failure_is_printed_in_colour_where_there_is_colour() -> None:
    made = run(LINK, create({ENV: None}))
    written = io.StringIO()
    writer = TerminalWriter(written)
    writer.hasmarkup = True
    a_failure(made).toterminal(writer)
    red, green, bold, off = "\x1b[31m", "\x1b[32m", "\x1b[1m", "\x1b[0m"
    assert written.getvalue().splitlines() == [
        f"{bold}A link stays{off}",
        "because so",
        "",
        f"{red}must links-survive: broken in step 1{off}",
        "  Every link that the scenario planted is still that link, holding that text.",
        f"{red}  {ENV}: link ../store/env -> absent{off}",
        "",
        "step 1: tool create   (exited 0, 0.000 s)",
        f"{red}  - {ENV}: link ../store/env{off}",
    ]
    assert green not in written.getvalue()


def test_a_failure_is_readable_without_colour() -> None:
    made = run(LINK, create({ENV: None}))
    assert str(a_failure(made)).splitlines() == [
        "A link stays",
        "because so",
        "",
        "must links-survive: broken in step 1",
        "  Every link that the scenario planted is still that link, holding that text.",
        f"  {ENV}: link ../store/env -> absent",
        "",
        "step 1: tool create   (exited 0, 0.000 s)",
        f"  - {ENV}: link ../store/env",
    ]


def test_what_a_command_may_have_changed_unseen_is_told() -> None:
    made = run({}, create(exits=1, stderr="no\n"), checks=(must("succeeds"),))
    (seen,) = made.observations
    done = replace(seen.finished[0], watched=Watched(unseen=("io_uring",)))
    made = replace(made, observations=(replace(seen, finished=(done,)),))
    assert "  it may have changed more than could be stopped: by io_uring" in texts(made)
