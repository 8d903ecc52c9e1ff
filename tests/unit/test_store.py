"""The lines of a result file: JSON that any reader takes, and nothing of the machine in it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from made import (
    CACHE,
    ENV,
    ROOT,
    by_another_tool,
    create,
    delete,
    directory,
    file,
    link,
    move,
    must,
    observe,
    plant,
    run,
    scenario,
    should,
    subject,
    together,
    variant,
)

from harness import __version__
from harness.case import Machine
from harness.judge import judge
from harness.result import Finding, Outcome, Record, Result, Swept
from harness.run import Ending, Exited, Interrupted, NotStarted, Run, Signalled, TimedOut
from harness.scenario import CommandStep, Level, Perform
from harness.store import Writer, dumped, footer, header, record, suite_digest
from harness.tool import NotMeasured
from harness.verdict import Broken, Differs, Held, Moot, Said

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pyfakefs.fake_filesystem import FakeFilesystem

HIDE = {ROOT: "$root", CACHE: "$cache", "/tools/bin/tool": "tool", "/pythons/bin/python3.12": "$python"}


def line(made: Run, hide: Mapping[str, str] | None = None) -> Record:
    return record(judge(made), HIDE if hide is None else hide, made.before)


def a_result(*findings: Finding, reason: str = "") -> Result:
    return Result(
        scenario="links/loop",
        variant="pair,create",
        subject="uv@0.7.13",
        python="3.12.4",
        digest="abc",
        outcome=Outcome.BREAKS,
        findings=findings,
        reason=reason,
    )


# -- a case ------------------------------------------------------------------------------------------------------------


def test_a_case_is_one_line_with_all_that_there_is_to_know() -> None:
    things = {ENV: link("../store/env"), "store/env": directory()}
    made = run(
        things,
        create({ENV: directory()}, exits=1, stdout="made\n", stderr="error: no\n"),
        checks=(should("succeeds"), observe("usable")),
    )
    assert line(made) == {
        "kind": "case",
        "scenario": "family/situation",
        "variant": "",
        "subject": "tool@1.2.3",
        "python": "3.12.4",
        "digest": made.case.scenario.digest(),
        "outcome": "breaks",
        "reason": "",
        "findings": [
            {
                "check": "links-survive",
                "level": "must",
                "step": 1,
                "verdict": "broken",
                "evidence": [{"path": ENV, "was": "link ../store/env", "is": "directory"}],
            },
            {
                "check": "files-survive",
                "level": "must",
                "step": None,
                "verdict": "moot",
                "reason": "the scenario plants no file",
            },
            {"check": "nothing-outside", "level": "must", "step": None, "verdict": "held"},
            {
                "check": "no-debris",
                "level": "should",
                "step": 1,
                "verdict": "broken",
                "evidence": [{"path": ENV, "was": "link ../store/env", "is": "directory"}],
            },
            {
                "check": "succeeds",
                "level": "should",
                "step": 1,
                "verdict": "broken",
                "evidence": [{"said": "exited 1: error: no"}],
            },
            {
                "check": "usable",
                "level": "observe",
                "step": None,
                "verdict": "moot",
                "reason": "the tool said that it made none",
            },
        ],
        "steps": [
            {
                "step": 1,
                "operation": "create",
                "run": ["tool", "create"],
                "ending": {"exited": 1},
                "seconds": 0.0,
                "output": "made\nerror: no\n",
                "changes": [{"path": ENV, "was": "link ../store/env", "is": "directory"}],
            }
        ],
    }


def test_a_case_that_was_not_run_has_no_steps() -> None:
    told = record(a_result(reason="needs fifo: there are none"), {}, None)
    assert (told["findings"], told["steps"], told["reason"]) == ([], [], "needs fifo: there are none")


def test_every_step_is_told_with_its_own_changes() -> None:
    made = run(
        {"a": file()},
        create({"b": file()}),
        plant({"c": file(), "d": link("c")}),
        delete("a"),
        move("c", "e"),
        by_another_tool(),
    )
    assert [
        (step["step"], step["operation"], [c["path"] for c in step["changes"]]) for step in line(made)["steps"]
    ] == [
        (1, "create", ["b"]),
        (2, "plant c, d", ["c", "d"]),
        (3, "delete a", ["a"]),
        (4, "move c to e", ["c", "e"]),
        (5, "create", []),
    ]


def test_an_edit_has_no_command() -> None:
    (step,) = line(run({"a": file()}, delete("a")))["steps"]
    assert step == {
        "step": 1,
        "operation": "delete a",
        "changes": [{"path": "a", "was": "file", "is": "absent"}],
    }


def test_commands_that_ran_together_are_a_line_each_with_the_changes_at_the_last() -> None:
    made = run({}, together(create({"a": file()}, stdout="1"), create({"b": file()}, exits=1, stdout="2")))
    assert [(step["step"], step["output"], step["ending"], len(step["changes"])) for step in line(made)["steps"]] == [
        (1, "1", {"exited": 0}, 0),
        (1, "2", {"exited": 1}, 2),
    ]


@pytest.mark.parametrize(
    ("ending", "told"),
    [
        (Exited(3), {"exited": 3}),
        (Signalled("SIGSEGV"), {"signalled": "SIGSEGV"}),
        (Interrupted("SIGKILL"), {"interrupted": "SIGKILL"}),
        (TimedOut(60.0), {"timed_out": 60.0}),
        (NotStarted("no such file"), {"not_started": "no such file"}),
    ],
)
def test_every_ending_is_told(ending: Ending, told: Record) -> None:
    (step,) = line(run({}, create(ends=ending)))["steps"]
    assert step["ending"] == told


def test_where_a_case_was_swept_the_line_says_at_how_many_calls() -> None:
    swept = Swept(of=37, played=4, alike=2, missed=1)
    finding = Finding("usable", Level.MUST, Broken((Said(2, "x"),)), 2, points=((1, 1), (13, 25)))
    found = replace(a_result(), swept=swept, findings=(finding,))
    told = json.loads(dumped(record(found, {}, None)))
    assert (told["swept"], told["findings"][0]["points"]) == (
        {"of": 37, "played": 4, "alike": 2, "missed": 1},
        [[1, 1], [13, 25]],
    )
    assert not {"swept", "points"} & set(json.dumps(record(a_result(), {}, None)).split('"'))


def test_every_verdict_is_told() -> None:
    findings = (
        Finding("a", Level.MUST, Held()),
        Finding("b", Level.SHOULD, Moot("why")),
        Finding("c", Level.OBSERVE, Broken((Said(2, "x"), Differs(2, "p", "q", "r"))), 2),
    )
    assert record(a_result(*findings), {}, None)["findings"] == [
        {"check": "a", "level": "must", "step": None, "verdict": "held"},
        {"check": "b", "level": "should", "step": None, "verdict": "moot", "reason": "why"},
        {
            "check": "c",
            "level": "observe",
            "step": 2,
            "verdict": "broken",
            "evidence": [{"said": "x"}, {"path": "p", "was": "q", "is": "r"}],
        },
    ]


# -- nothing of the machine --------------------------------------------------------------------------------------------


def test_no_path_of_the_machine_stands_in_a_line() -> None:
    things = {ENV: link(f"{ROOT}/store/env"), "store/env": directory()}
    step = create(
        {ENV: link(f"{ROOT}/elsewhere"), "store/env/bin/python": link("/pythons/bin/python3.12"), "c": link(CACHE)},
        ends=NotStarted(f"no such file: {ROOT}/x"),
        stdout=f"at {ROOT}/store/env\n",
        stderr=f"by /tools/bin/tool\n{CACHE}/wheels\n",
        faults=(f"its home is {ROOT}/nowhere",),
    )
    made = run(things, step, checks=(must("usable"), should("succeeds")))
    told = json.dumps(line(made))
    assert [path for path in HIDE if path in told] == []
    assert "link $root/store/env" in told
    assert "link $python" in told
    assert "its home is $root/nowhere" in told
    assert "step 1 was not started: no such file: $root/x" in told


def test_of_paths_within_each_other_the_longest_is_hidden() -> None:
    told = record(a_result(reason="/a/b/c /a/b /a/bc"), {"/a/b": "$b", "/a/b/c": "$c"}, None)
    assert told["reason"] == "$c $b $bc"


def test_what_is_no_utf_8_is_written_as_an_escape() -> None:
    name = b"caf\xe9".decode("utf-8", "surrogateescape")
    made = run({}, create({f"tmp/{name}": link(name)}))
    told = line(made)
    assert told["steps"][0]["changes"] == [{"path": r"tmp/caf\xe9", "was": "absent", "is": r"link caf\xe9"}]
    assert json.loads(json.dumps(told, ensure_ascii=False).encode()) == told


# -- header, footer ----------------------------------------------------------------------------------------------------


def is_utc(text: str) -> bool:
    return datetime.fromisoformat(text).utcoffset() == timedelta(0)


def test_a_header_says_what_was_to_be_run_where_and_by_what() -> None:
    told = header(
        suite="sha256:abc",
        machine=Machine(lacks={"fifo": "there are none"}, facts={"system": "Linux"}, variables={"SYSTEMROOT": "C:"}),
        subjects=[subject(), NotMeasured("uv@0.0.1", "no such release")],
        planned=418,
    )
    assert is_utc(told.pop("started"))
    assert told == {
        "kind": "header",
        "format": 1,
        "venvproof": __version__,
        "suite": "sha256:abc",
        "machine": {"system": "Linux", "lacks": {"fifo": "there are none"}},
        "subjects": [
            {"spec": "tool@1.2.3", "name": "tool@1.2.3", "tool": "tool", "version": "1.2.3", "digest": ""},
            {"spec": "uv@0.0.1", "not_measured": "no such release"},
        ],
        "planned": 418,
    }


@pytest.mark.parametrize(("variants", "told"), [("all", {}), ("first", {"variants": "first"})])
def test_a_header_says_which_variants_were_played_where_those_are_not_all(variants: str, told: dict[str, str]) -> None:
    machine = Machine(lacks={}, facts={})
    found = header(suite="", machine=machine, subjects=[], planned=1, variants=variants)
    assert {key: value for key, value in found.items() if key == "variants"} == told


@pytest.mark.parametrize(
    ("spec", "told"),
    [
        ("uv", "uv"),
        ("uv@>=0.7,<0.9:minor", "uv@>=0.7,<0.9:minor"),
        ("uv@./target/debug/uv", "uv@.../uv"),
        ("uv@/home/someone/uv/target/debug/uv", "uv@.../uv"),
        ("venv@/usr/bin/python3.12", "venv@.../python3.12"),
        (r"uv@C:\Users\someone\uv.exe", "uv@.../uv.exe"),
        ("uv@C:/Users/someone/uv.exe", "uv@.../uv.exe"),
    ],
)
def test_a_header_names_no_folder_of_the_machine(spec: str, told: str) -> None:
    machine = Machine(lacks={}, facts={})
    (found,) = header(suite="", machine=machine, subjects=[NotMeasured(spec, "why")], planned=1)["subjects"]
    assert found == {"spec": told, "not_measured": "why"}


def test_a_footer_counts_the_cases() -> None:
    told = footer(418)
    assert is_utc(told.pop("finished"))
    assert told == {"kind": "footer", "cases": 418}


def test_a_suite_means_the_same_in_any_order_and_another_thing_with_another_scenario() -> None:
    first = scenario(variant())
    second = scenario(variant(CommandStep(Perform("recreate"))))
    assert suite_digest([first, second]) == suite_digest([second, first])
    assert len({suite_digest([]), suite_digest([first]), suite_digest([second]), suite_digest([first, second])}) == 4
    assert suite_digest([]) == "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


# -- the file ----------------------------------------------------------------------------------------------------------


def read(path: Path) -> list[Record]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n")[:-1]]


def test_every_line_can_be_read_as_soon_as_it_is_written(fs: FakeFilesystem) -> None:
    path = Path("/results/new/latest.jsonl")
    head, case = {"kind": "header", "planned": 1}, {"kind": "case", "output": "\u2028 \r\n \x00 caf\\xe9 é"}
    writer = Writer(path)
    writer.write(head)
    assert list(read(path)) == [head]
    writer.write(case)
    assert list(read(path)) == [head, case]
    writer.write(case)
    writer.close()
    *lines, last = read(path)
    assert (lines, last["kind"], last["cases"]) == ([head, case, case], "footer", 2)
    assert fs.exists(path)


def test_a_run_that_was_cut_short_has_no_footer(fs: FakeFilesystem) -> None:
    path = Path("/latest.jsonl")
    writer = Writer(path)
    writer.write({"kind": "case"})
    writer.close(complete=False)
    assert fs.exists(path)
    assert list(read(path)) == [{"kind": "case"}]


def test_a_file_is_begun_anew(fs: FakeFilesystem) -> None:
    fs.create_file("/latest.jsonl", contents='{"kind":"case"}\n')
    writer = Writer(Path("/latest.jsonl"))
    writer.close()
    (last,) = read(Path("/latest.jsonl"))
    assert (last["kind"], last["cases"]) == ("footer", 0)
