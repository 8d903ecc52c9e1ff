"""Result files are read with every mistake told by line and column, and joined only where they are one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from test_compare import line

from harness.errors import HarnessError
from harness.results import Results, merge, read_results
from harness.store import dumped, footer

if TYPE_CHECKING:
    from harness.result import Record

FILE = Path("/results.jsonl")


def head(planned: int, *, suite: str = "sha256:1", system: str = "Linux", shards: tuple[str, ...] = ()) -> Record:
    more = {"shards": list(shards)} if shards else {}
    return {
        "kind": "header", "format": 1, "suite": suite, "machine": {"system": system}, "subjects": [],
        "planned": planned, **more,
    }  # fmt: skip


def results(*lines: Record, file: str = "a.jsonl", ends: bool = True) -> Results:
    """A file of these lines, with a footer."""
    text = "".join(map(dumped, lines))
    cases = sum(one["kind"] == "case" for one in lines)
    FILE.write_text(text + (dumped(footer(cases)) if ends else ""))
    found = read_results(FILE)
    return Results(file, found.parts, found.complete)


def refusal(*files: Results) -> str:
    with pytest.raises(HarnessError) as caught:
        merge(files)
    return "; ".join(problem.what for problem in caught.value.problems)


def fault(text: str | bytes) -> str:
    FILE.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(HarnessError) as caught:
        read_results(FILE)
    (problem,) = caught.value.problems
    return f"{problem.place}: {problem.what}"


pytestmark = pytest.mark.usefixtures("fs")


# -- reading -----------------------------------------------------------------------------------------------------------


def test_a_file_is_read_as_it_was_written() -> None:
    lines = [head(2), line("links/a"), line("links/b")]
    found = results(*lines)
    assert (found.cases, found.complete) == ((lines[1], lines[2]), True)
    assert [one for one in found.lines() if one["kind"] != "footer"] == lines


def test_a_case_may_hold_any_character() -> None:
    odd = line(reason="\u2028 \x85 \x0c ünï 場")
    assert results(head(1), odd).cases == (odd,)


@pytest.mark.parametrize("cut", ["", '{"kind":"case","scen'])
def test_a_run_that_died_leaves_a_file_that_is_read_and_incomplete(cut: str) -> None:
    FILE.write_text(dumped(head(3)) + dumped(line()) + cut)
    found = read_results(FILE)
    assert (len(found.cases), found.complete, found.parts[0].missing) == (1, False, 2)


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ([], "/results.jsonl:1:1: no results are in it"),
        ([line()], "/results.jsonl:1:1: a case stands before any header"),
        ([head(1), {"kind": "tail"}], "/results.jsonl:2:1: this is no line of a result file"),
        ([{**head(1), "format": 2}], "/results.jsonl:1:1: this is format 2, and this venvproof knows 1"),
        ([{**head(1), "planned": "1"}], "/results.jsonl:1:1: the header has no `planned` that could be read"),
        ([head(1), {**line(), "findings": None}], "/results.jsonl:2:1: the case has no `findings` that could be read"),
        ([head(1), line(outcome="wins")], "/results.jsonl:2:1: nothing ends as `wins`"),
        ([head(1), footer(1)], "/results.jsonl:2:1: the footer counts 1 cases, and 0 stand above it"),
        ([head(0), footer(0), line()], "/results.jsonl:2:1: lines follow the footer"),
    ],
)
def test_what_is_damaged_is_told_with_its_line(lines: list[Record], said: str) -> None:
    assert fault("".join(map(dumped, lines))) == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (dumped(head(1)) + '{"kind": case}\n', "/results.jsonl:2:10: this is no JSON: expecting value"),
        ("nonsense\n", "/results.jsonl:1:1: this is no JSON: expecting value"),
        ("[]\n", "/results.jsonl:1:1: this is no line of a result file"),
        (b"\xff\n", "/results.jsonl:1:1: this is no JSON: expecting value"),
    ],
)
def test_what_is_no_json_is_told_with_its_column(text: str | bytes, said: str) -> None:
    assert fault(text) == said


def test_a_file_that_is_not_there_is_a_mistake() -> None:
    with pytest.raises(HarnessError, match=r"cannot be read: No such file"):
        read_results(Path("/none.jsonl"))


# -- joining -----------------------------------------------------------------------------------------------------------


def test_shards_become_the_whole() -> None:
    whole = results(head(2), line("links/b"), line("links/a"))
    first = results(head(1, shards=("1/2",)), line("links/a"))
    second = results(head(1, shards=("2/2",)), line("links/b"))
    assert merge([second, first]).parts == merge([whole]).parts
    assert merge([first, second]).parts[0].header == head(2)


def test_a_shard_that_is_left_out_is_missed() -> None:
    assert (
        refusal(results(head(1, shards=("1/3",)), line()), results(head(0, shards=("3/3",)))) == "shard 2/3 is missing"
    )


def test_shards_of_different_cuts_are_no_whole() -> None:
    assert refusal(results(head(1, shards=("1/1",)), line()), results(head(0, shards=("2/2",)))) == (
        "the shards are of different cuts: 1/1, 2/2"
    )


def test_a_shard_may_be_there_twice() -> None:
    shard = results(head(1, shards=("1/1",)), line())
    assert len(merge([shard, shard]).cases) == 1


def test_machines_stand_beside_each_other() -> None:
    merged = merge([results(head(1), line()), results(head(1, system="Darwin"), line(outcome="breaks"))])
    assert [(part.header["machine"]["system"], len(part.cases)) for part in merged.parts] == [
        ("Darwin", 1),
        ("Linux", 1),
    ]


def test_subjects_of_one_machine_come_together() -> None:
    def of(version: str) -> Results:
        return results({**head(1), "subjects": [{"name": version}]}, line(subject=version))

    merged = merge([of("uv@1"), of("uv@2")])
    (part,) = merged.parts
    assert part.header["subjects"] == [{"name": "uv@1"}, {"name": "uv@2"}]
    assert (part.header["planned"], len(part.cases)) == (2, 2)


@pytest.mark.parametrize(
    ("other", "told"), [({"variants": "first"}, "first"), ({}, None)], ids=["first of both", "all of one"]
)
def test_a_whole_is_of_first_variants_where_all_its_parts_are(other: dict[str, str], told: str | None) -> None:
    files = [results({**head(1), "variants": "first"}, line(subject="uv@1")), results({**head(1), **other}, line())]
    for order in (files, files[::-1]):
        (part,) = merge(order).parts
        assert part.header.get("variants") == told


def test_a_case_that_agrees_with_itself_is_there_once() -> None:
    one = results(head(1), line(seconds=1))
    assert [case["seconds"] for case in merge([one, results(head(1), line(seconds=2))]).cases] == [1]


@pytest.mark.parametrize("other", [{"outcome": "weak"}, {"digest": "new"}])
def test_a_case_that_disagrees_with_itself_on_one_machine_is_refused(other: dict[str, Any]) -> None:
    said = refusal(results(head(1), line()), results(head(1), {**line(), **other}))
    assert said == "links/a uv@1.0 3.12.1 disagrees with itself on one machine"


def test_different_suites_are_refused() -> None:
    one, other = results(head(1), line(), file="one"), results(head(1, suite="sha256:2"), line(), file="two")
    assert refusal(one, other) == "`one` and `two` are of different suites"


def test_a_file_without_an_end_is_refused() -> None:
    said = "`one` has no end: its run died; planned cases that are missing: 2"
    assert refusal(results(head(3), line(), file="one", ends=False)) == said


def test_planned_cases_without_a_line_are_refused() -> None:
    assert refusal(results(head(2), line())) == "planned cases that have no line: 1"
