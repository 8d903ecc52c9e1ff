"""The published schema of result files takes what is written, and refuses what the reader refuses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator
from made import ENV, create, delete, directory, file, link, must, observe, run, should, subject, together

from harness import reading
from harness.case import Machine
from harness.judge import judge
from harness.result import Outcome
from harness.results import _NEEDED
from harness.run import Interrupted, NotStarted, Signalled, TimedOut
from harness.store import footer, header, record
from harness.tool import NotMeasured

if TYPE_CHECKING:
    from harness.result import Record
    from harness.run import Run

SCHEMA: dict[str, Any] = json.loads(Path(reading.__file__).with_name("result.schema.json").read_text(encoding="utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA)
TYPES = {"integer": int, "string": str, "object": dict, "array": list}


def line(made: Run) -> Record:
    told = json.loads(json.dumps(record(judge(made), {}, made.before)))
    return {str(key): value for key, value in told.items()}


HEADER = header(
    suite=f"sha256:{'0' * 64}",
    machine=Machine(lacks={"fifo": "there are none"}, facts={"system": "Linux", "user": "root"}),
    subjects=[subject(), NotMeasured("uv@0.0.1", "no such release")],
    planned=2,
)
CASE = line(run({ENV: link("../store/env"), "store/env": directory()}, create({ENV: directory()}, exits=1)))


FOUND = {**next(finding for finding in CASE["findings"] if finding["verdict"] == "broken"), "points": [[1, 1], [3, 9]]}
SWEPT = {**CASE, "findings": [FOUND], "swept": {"of": 37, "played": 37, "alike": 8, "missed": 0}}


def wrong(told: Record) -> list[str]:
    return [error.message for error in VALIDATOR.iter_errors(told)]


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize(
    "told",
    [
        HEADER,
        {**HEADER, "shards": ["2/5"]},
        {**HEADER, "variants": "first"},
        footer(2),
        CASE,
        line(run({"a": file()}, delete("a"))),
        line(run({}, together(create({"a": file()}), create({"b": file()}, exits=1)))),
        line(run({}, create(), checks=(must("usable"), should("says", "word"), observe("no-dangling-links")))),
        *(
            line(run({}, create(ends=end)))
            for end in (Signalled("SIGSEGV"), Interrupted("SIGKILL"), TimedOut(60.0), NotStarted("no such file"))
        ),
        {**CASE, "outcome": "errs", "reason": "once so, once otherwise", "unsteady": True},
        SWEPT,
        {**CASE, "varied": [{key: CASE[key] for key in ("outcome", "reason", "findings")} | {"variation": "deep"}]},
    ],
)
def test_what_is_written_is_as_the_schema_says(told: Record) -> None:
    assert wrong(told) == []


@pytest.mark.parametrize(
    "told",
    [
        {"kind": "tail"},
        {**HEADER, "format": 2},
        {**HEADER, "shards": []},
        {**HEADER, "variants": "all"},
        {**HEADER, "started": "yesterday"},
        {**CASE, "outcome": "wins"},
        {**CASE, "notes": ""},
        {**CASE, "unsteady": False},
        {**SWEPT, "swept": {**SWEPT["swept"], "of": 0}},
        {**SWEPT, "swept": {"of": 37}},
        {**SWEPT, "findings": [{**FOUND, "points": [[1]]}]},
        {**SWEPT, "findings": [{**FOUND, "points": []}]},
        {**CASE, "findings": [{**CASE["findings"][0], "level": "may"}]},
        {**CASE, "findings": [{**CASE["findings"][0], "evidence": []}]},
        {**CASE, "findings": [{"check": "usable", "level": "must", "step": None, "verdict": "moot"}]},
        {**CASE, "steps": [{**CASE["steps"][0], "ending": {}}]},
        {**CASE, "steps": [{"step": 1, "operation": "create", "run": ["uv"], "changes": []}]},
        {**footer(2), "cases": -1},
    ],
)
def test_what_is_otherwise_is_refused(told: Record) -> None:
    assert wrong(told) != []


@pytest.mark.parametrize("kind", ["header", "case", "footer"])
def test_the_reader_needs_what_the_schema_requires_or_less(kind: str) -> None:
    of_schema = SCHEMA["$defs"][kind]
    assert _NEEDED[kind].keys() <= set(of_schema["required"])
    told = {"header": HEADER, "case": CASE, "footer": footer(2)}[kind]
    for key, type_ in _NEEDED[kind].items():
        assert isinstance(told[key], type_)
        assert wrong({**told, key: None}) != []
        assert wrong({name: value for name, value in told.items() if name != key}) != []
        told_type = of_schema["properties"][key].get("type")
        assert TYPES.get(told_type, type_) is type_


def test_the_schema_knows_every_outcome_and_no_other() -> None:
    assert SCHEMA["$defs"]["outcome"]["enum"] == list(Outcome)
