"""Published data: canonical, one file a build and machine, and nothing in it that was not measured to its end."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from measured import broken, came_to, did, measured
from test_compare import line

from harness.errors import HarnessError
from harness.published import aged, dumped, load, parsed, published
from harness.results import Part, Results
from harness.store import dumped as row
from harness.store import footer

if TYPE_CHECKING:
    from pyfakefs.fake_filesystem import FakeFilesystem

    from harness.published import Measurement
    from harness.result import Record

UV = {"spec": "uv", "name": "uv@1.0", "tool": "uv", "version": "1.0", "digest": "abc"}


def head(*subjects: Record, planned: int = 1, started: str = "2026-11-20T09:00:00+00:00", **facts: str) -> Record:
    machine = {"system": "Linux", "architecture": "x86_64", "filesystem": "ext4", **facts, "lacks": {"mounts": "why"}}
    return {
        "kind": "header", "format": 1, "venvproof": "1.0.0", "suite": "sha256:1", "started": started,
        "machine": machine, "subjects": list(subjects) or [UV], "planned": planned,
    }  # fmt: skip


def results(header: Record, *cases: Record, complete: bool = True) -> Results:
    return Results("a.jsonl", (Part(header, cases),), complete)


def refusal(found: Results) -> str:
    with pytest.raises(HarnessError) as caught:
        list(published(found))
    return "; ".join(problem.what for problem in caught.value.problems)


def fault(text: str) -> str:
    with pytest.raises(HarnessError) as caught:
        parsed(text, "uv.json")
    (problem,) = caught.value.problems
    return f"{problem.place}: {problem.what}"


# -- of a result file --------------------------------------------------------------------------------------------------


def test_a_build_is_published_with_what_it_is_where_and_when_it_was_measured() -> None:
    cases = [line("links/b", "holds", digest="fedcba9876543210"), line("links/a", "breaks", "usable", digest="0123")]
    (found,) = published(results(head(planned=2), *cases))
    assert found == replace(
        measured("uv@1.0", python="3.12.1", day="2026-11-20"),
        machine={"system": "Linux", "architecture": "x86_64", "filesystem": "ext4"},
        digest="abc",
        scenarios={"links/a": "0123", "links/b": "fedcba987654"},
        cases={"links/a": came_to("breaks", broken("usable")), "links/b": came_to()},
    )


def test_each_subject_and_python_is_a_measurement_of_its_own() -> None:
    cases = [line(python="3.9.1"), line(python="3.12.1"), line(subject="venv@3.12.1"), line("links/b", python="3.9.1")]
    found = [(one.subject, one.python, len(one.cases)) for one in published(results(head(planned=4), *cases))]
    assert found == [("uv@1.0", "3.9.1", 2), ("uv@1.0", "3.12.1", 1), ("venv@3.12.1", "3.12.1", 1)]


def test_each_machine_of_a_merged_file_is_told_of() -> None:
    merged = Results("all.jsonl", (Part(head(), (line(),)), Part(head(system="Darwin"), (line(),))), complete=True)
    assert [one.platform for one in published(merged)] == ["linux-x86_64-ext4-py3.12", "darwin-x86_64-ext4-py3.12"]


@pytest.mark.parametrize(("spec", "version"), [("uv@0.0.1", "0.0.1"), ("uv", "newest")])
def test_what_could_not_be_had_is_published_with_its_reason(spec: str, version: str) -> None:
    (found,) = published(results(head({"spec": spec, "not_measured": "no such release"}, planned=0)))
    facts = {"system": "Linux", "architecture": "x86_64", "filesystem": "ext4"}
    assert found == replace(measured(f"uv@{version}", not_measured="no such release"), machine=facts)


def test_a_run_that_died_is_not_published() -> None:
    said = "`a.jsonl` has no end: its run died; planned cases that are missing: 2"
    assert refusal(results(head(planned=3), line(), complete=False)) == said


def test_errors_alone_are_not_published() -> None:
    assert refusal(results(head(), line(outcome="errs"))) == "`a.jsonl` holds errors alone"


def test_an_error_among_results_is_published() -> None:
    (found,) = published(results(head(planned=2), line(outcome="errs"), line("links/b")))
    assert {name: case["outcome"] for name, case in found.cases.items()} == {"links/a": "errs", "links/b": "holds"}


# -- the file ----------------------------------------------------------------------------------------------------------


def test_a_case_is_a_line() -> None:
    cases: dict[str, Record | str] = {"links/b[x]": came_to(steps=(did(output="a\nb — ü"),)), "links/a": "holds"}
    assert dumped(measured("uv@1.0", cases)) == (
        "{\n"
        '"format": 1,\n'
        '"tool": "uv",\n'
        '"version": "1.0",\n'
        '"python": "3.12.4",\n'
        '"measured": "2026-11-20",\n'
        '"venvproof": "1.0.0",\n'
        '"machine": {"architecture":"x86_64","filesystem":"ext4","kernel":"6.18.4","system":"Linux"},\n'
        '"digest": "",\n'
        '"scenarios": {\n'
        '"links/a": "0123456789ab",\n'
        '"links/b": "0123456789ab"\n'
        "},\n"
        '"cases": {\n'
        '"links/a": {"outcome":"holds","findings":[],"held":[],"moot":[],"steps":[]},\n'
        '"links/b[x]": {"outcome":"holds","findings":[],"held":[],"moot":[],"steps":[{"step":1,"operation":"create",'
        '"run":["uv","create"],"ending":{"exited":0},"output":"a\\nb — ü","changes":[]}]}\n'
        "}\n"
        "}\n"
    )


@pytest.mark.parametrize(
    "measurement",
    [
        measured("uv@1.0", {"links/a": "breaks", "links/b[\u2028 ü]": "holds"}),
        measured("uv@newest", not_measured="there is no network"),
        measured("venv@3.12.4"),
    ],
    ids=["cases", "not measured", "nothing"],
)
def test_what_is_written_is_read_as_it_was(measurement: Measurement) -> None:
    text = dumped(measurement)
    assert parsed(text, "uv.json") == measurement
    assert dumped(parsed(text, "uv.json")) == text


def test_the_text_is_the_same_in_whatever_order_things_were_found() -> None:
    one = measured("uv@1.0", {"links/a": "holds", "links/b": "weak"})
    other = replace(one, machine=dict(reversed(one.machine.items())), cases=dict(reversed(one.cases.items())),
                    scenarios=dict(reversed(one.scenarios.items())))  # fmt: skip
    assert dumped(one) == dumped(other)


@pytest.mark.parametrize(
    ("measurement", "file"),
    [
        (measured("uv@0.7.13", python="3.11.7"), "uv/0.7.13/linux-x86_64-ext4-py3.11.json"),
        (measured("venv@3.6.15", python="3.6.15", system="Darwin"), "venv/3.6.15/darwin-x86_64-ext4-py3.6.json"),
        (measured("uv@newest", not_measured="why"), "uv/newest/linux-x86_64-ext4.json"),
        (measured("uv@0.7.13+12.dev0"), "uv/0.7.13+12.dev0/linux-x86_64-ext4-py3.12.json"),
        (measured("uv@1!2.0"), "uv/1!2.0/linux-x86_64-ext4-py3.12.json"),
        (measured("uv@.../uv", not_measured="why"), "uv/--uv/linux-x86_64-ext4.json"),
        (measured("../..@..", system="../x"), "--../-/..-x-x86_64-ext4-py3.12.json"),
        (measured("..@/etc"), "-/-etc/linux-x86_64-ext4-py3.12.json"),
    ],
)
def test_each_build_and_machine_has_a_file_below_the_folder(measurement: Measurement, file: str) -> None:
    assert measurement.file == file


def damaged(**keys: object) -> str:
    """The text of a measurement with these keys; those that are None are left out."""
    data = {**json.loads(dumped(measured("uv@1.0"))), **keys}
    return json.dumps({key: value for key, value in data.items() if value is not None})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{\n"format": 1,\n"tool": uv\n}\n', "uv.json:3:9: this is no JSON: expecting value"),
        ("", "uv.json:1:1: this is no JSON: expecting value"),
        ("[]", "uv.json:1:1: this is no published measurement"),
        (damaged(format=None), "uv.json:1:1: this is no published measurement"),
        (damaged(format=2), "uv.json:2:1: this is of a newer format, and this venvproof knows 1"),
        (damaged(day="x", tool=None), "uv.json:1:1: keys are missing or unknown: `day`, `tool`"),
        (damaged(version=3), "uv.json:1:1: `version` is no text"),
        (damaged(cases=[]), "uv.json:1:1: `cases` is no mapping"),
        (damaged(cases={"links/a": "holds"}), "uv.json:1:1: `links/a` is no case"),
        (damaged(cases={"links/a": {**came_to(), "outcome": "wins"}}), "uv.json:1:1: `links/a` is no case"),
        (damaged(cases={"links/a": {**came_to(), "outcome": []}}), "uv.json:1:1: `links/a` is no case"),
        (damaged(cases={"links/a": {**came_to(), "steps": None}}), "uv.json:1:1: `links/a` is no case"),
    ],
)
def test_what_is_damaged_is_told_with_its_place(text: str, said: str) -> None:
    assert fault(text) == said


# -- age ---------------------------------------------------------------------------------------------------------------


def test_versions_sort_as_they_came_out_and_what_is_none_is_the_newest() -> None:
    versions = ["newest", "0.10.1", "0.9.30", "1.0rc1", "1.0", "0.9.7", "0.9.7.dev1", "main"]
    assert sorted(versions, key=aged) == [
        "0.9.7.dev1", "0.9.7", "0.9.30", "0.10.1", "1.0rc1", "1.0", "main", "newest"
    ]  # fmt: skip


# -- many of them ------------------------------------------------------------------------------------------------------


def put(path: str, *measurements: Measurement) -> Path:
    """A file of each below a folder."""
    for number, one in enumerate(measurements):
        file = Path(path, f"{number}.json")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(dumped(one), encoding="utf-8")
    return Path(path)


@pytest.mark.usefixtures("fs")
def test_a_folder_is_read_with_all_below_it_the_oldest_first() -> None:
    builds = [measured(name) for name in ("uv@0.10.0", "uv@main", "venv@3.9.1", "uv@0.9.1", "pdm@2.0")]
    put("/data/a/b", *builds)
    Path("/data/all.jsonl").write_text(row(head()) + row(line()) + row(footer(1)), encoding="utf-8")
    Path("/data/README.md").write_text("not this", encoding="utf-8")
    assert [one.subject for one in load([Path("/data")])] == [
        "pdm@2.0", "uv@0.9.1", "uv@0.10.0", "uv@1.0", "uv@main", "venv@3.9.1"
    ]  # fmt: skip


@pytest.mark.usefixtures("fs")
def test_the_pythons_of_one_build_stand_in_the_order_of_their_age() -> None:
    path = put("/data", *(measured("uv@1.0", python=version) for version in ("3.10.1", "3.9.18", "3.12.4")))
    assert [one.python for one in load([path])] == ["3.9.18", "3.10.1", "3.12.4"]


@pytest.mark.usefixtures("fs")
@pytest.mark.parametrize("names", [("/old", "/new"), ("/new", "/old")])
def test_of_two_of_one_build_that_of_the_later_day_counts(names: tuple[str, str]) -> None:
    put("/old", measured("uv@1.0", {"links/a": "breaks"}, day="2026-11-09"))
    put("/new", measured("uv@1.0", {"links/a": "holds"}, day="2026-11-10"))
    (found,) = load([Path(name) for name in names])
    assert found.measured == "2026-11-10"


@pytest.mark.usefixtures("fs")
def test_of_two_of_one_day_that_which_was_named_last_counts() -> None:
    one = put("/one", measured("uv@1.0", {"links/a": "breaks"}))
    other = put("/other", measured("uv@1.0", {"links/a": "holds"}))
    outcomes = [load(order)[0].cases["links/a"]["outcome"] for order in ([one, other], [other, one])]
    assert outcomes == ["holds", "breaks"]


@pytest.mark.usefixtures("fs")
def test_what_was_measured_after_all_is_not_told_as_not_measured() -> None:
    gone, stays = measured("pdm@2.0", not_measured="no network"), measured("pdm@2.1", not_measured="no such release")
    put("/data", measured("pdm@2.0"), gone, stays)
    assert [(one.subject, one.not_measured) for one in load([Path("/data")])] == [
        ("pdm@2.0", ""),
        ("pdm@2.1", "no such release"),
    ]


@pytest.mark.usefixtures("fs")
def test_other_machines_and_pythons_are_kept_beside_each_other() -> None:
    builds = [measured("uv@1.0"), measured("uv@1.0", system="Darwin"), measured("uv@1.0", python="3.9.1")]
    assert len(load([put("/data", *builds)])) == 3


@pytest.mark.parametrize(
    ("file", "said"),
    [
        ("/none.json", "`/none.json` cannot be read: No such file or directory"),
        ("/none.jsonl", "`/none.jsonl` cannot be read: No such file or directory"),
        ("/empty", "there are no results in `/empty`"),
        ("/latin.json", "`/latin.json` is no UTF-8"),
    ],
)
@pytest.mark.skipif(sys.platform == "win32", reason="paths are spelled with slashes here")
def test_what_cannot_be_read_is_a_mistake(fs: FakeFilesystem, file: str, said: str) -> None:
    fs.create_dir("/empty")
    fs.create_file("/latin.json", contents=b'{"tool": "caf\xe9"}')
    with pytest.raises(HarnessError) as caught:
        load([Path(file)])
    assert [problem.what for problem in caught.value.problems] == [said]
