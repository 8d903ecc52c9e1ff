"""The comparison table: which rows and columns there are, what is folded, and what every cell says."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from harness.report.cells import Column, Row, broken, grid, outcome, printable, shown
from harness.report.table import FULL, legend, table
from harness.result import Outcome

if TYPE_CHECKING:
    from harness.result import Record

OLD, NEW, VENV = "uv@0.9.2", "uv@0.13.9", "venv@3.12.4"


def case(name: str, subject: str, word: str, *, python: str = "3.12.4") -> Record:
    """A line of a case by its name, as in `links/loop[pair]`."""
    scenario, _, variant = name.removesuffix("]").partition("[")
    return {"scenario": scenario, "variant": variant, "subject": subject, "python": python, "outcome": word}


def cases(name: str, **words: str) -> list[Record]:
    subjects = {"old": OLD, "new": NEW, "venv": VENV}
    return [case(name, subjects[key], word) for key, word in words.items()]


def shown_as(records: list[Record], *not_measured: Column, mode: str = "auto", **questions: str) -> list[str]:
    """The table's lines without the ends that only fill them up."""
    return [line.rstrip() for line in table(records, questions, not_measured, mode).splitlines()]


# -- rows and columns --------------------------------------------------------------------------------------------------


def test_a_disagreement_is_a_row() -> None:
    records = [*cases("links/loop", old="breaks", new="holds", venv="declines")]
    assert shown_as(records, links="May .venv be a link?") == [
        "                             uv 0.9.2    uv 0.13.9    venv 3.12.4",
        "---------------------------  ----------  -----------  -------------",
        "links: May .venv be a link?",
        "  loop                       x breaks    + holds      o declines",
    ]


def test_rows_on_which_all_agree_are_folded_into_one_line_a_family() -> None:
    records = [
        *cases("repeat/a", old="holds", new="holds"),
        *cases("repeat/b", old="holds", new="holds"),
        *cases("repeat/c", old="breaks", new="breaks"),
        *cases("links/b", old="holds", new="holds"),
        *cases("links/a", old="weak", new="holds"),
        *cases("links/c", old="skipped", new="skipped"),
    ]
    assert shown_as(records, repeat="Can I run it twice?") == [
        "                                           uv 0.9.2    uv 0.13.9",
        "-----------------------------------------  ----------  -----------",
        "links",
        "  a                                        ~ weak      + holds",
        "  all agree on 2 more: 1 holds, 1 skipped",
        "repeat: Can I run it twice?",
        "  all agree on 3: 2 holds, 1 breaks",
    ]


def test_a_subject_alone_is_compared_with_what_holds() -> None:
    records = [*cases("links/a", new="holds"), *cases("links/b", new="unsupported"), *cases("links/c", new="holds")]
    assert shown_as(records) == [
        "                                uv 0.13.9",
        "------------------------------  -------------",
        "links",
        "  b                             - unsupported",
        "  all agree on 2 more: 2 holds",
    ]


def test_a_full_table_shows_every_row_disagreements_first() -> None:
    records = [
        *cases("links/a", old="holds", new="holds"),
        *cases("links/b", old="breaks", new="holds"),
        *cases("links/c[x]", old="holds", new="holds"),
        *cases("links/c[y]", old="holds", new="errs"),
        *cases("links/c[z]", old="holds", new="errs"),
    ]
    assert shown_as(records, mode=FULL) == [
        "        uv 0.9.2    uv 0.13.9",
        "------  ----------  -----------",
        "links",
        "  b     x breaks    + holds",
        "  c[y]  + holds     ! errs",
        "  c[z]  + holds     ! errs",
        "  a     + holds     + holds",
        "  c[x]  + holds     + holds",
    ]


def test_subjects_stand_in_the_order_of_their_names_and_versions() -> None:
    subjects = ["venv@3.12.4", "uv@0.13.9", "pdm@2.0", "uv@0.9.10", "uv@0.9.9"]
    records = [case("a/b", subject, "holds") for subject in subjects]
    headings = re.split(r" {2,}", shown_as(records)[0].strip())
    assert headings == ["pdm 2.0", "uv 0.9.9", "uv 0.9.10", "uv 0.13.9", "venv 3.12.4"]


def test_where_there_are_several_pythons_each_is_named_but_for_the_interpreters_own_tool() -> None:
    records = [
        case("a/b", NEW, "holds"),
        case("a/b", NEW, "breaks", python="3.13.1"),
        case("a/b", "venv@3.13.1", "holds", python="3.13.1"),
    ]
    assert shown_as(records, Column("pdm@2", "", "no such release"))[:3] == [
        "     uv 0.13.9        uv 0.13.9        venv 3.13.1    pdm 2",
        "     Python 3.12.4    Python 3.13.1",
        "---  ---------------  ---------------  -------------  ------------",
    ]


def test_what_could_not_be_measured_keeps_its_column() -> None:
    records = cases("a/b", new="breaks")
    assert shown_as(records, Column("pdm@2", "", "no such release"))[2:] == [
        "a",
        "  b  x breaks     not measured",
    ]


def test_a_subject_that_has_no_such_case_has_an_empty_cell() -> None:
    records = [*cases("a/b", old="holds", new="breaks"), *cases("a/c", venv="breaks")]
    assert shown_as(records)[2:] == [
        "a",
        "  b  + holds     x breaks",
        "  c                           x breaks",
    ]


# -- variants ----------------------------------------------------------------------------------------------------------


def names(*records: Record) -> list[str]:
    return [re.split(r" {2,}", line.strip())[0] for line in shown_as(list(records))[3:]]


def test_variants_that_came_out_alike_are_one_row() -> None:
    records = [
        record for label in ("absolute", "relative") for record in cases(f"a/b[{label}]", old="weak", new="holds")
    ]
    assert shown_as(records)[2:] == ["a", "  b (2 variants)  ~ weak      + holds"]


def test_variants_that_came_out_otherwise_are_rows_of_their_own() -> None:
    records = [*cases("a/b[x]", old="weak", new="holds"), *cases("a/b[y]", old="breaks", new="holds")]
    assert shown_as(records)[2:] == ["a", "  b[x]  ~ weak      + holds", "  b[y]  x breaks    + holds"]


def test_some_of_the_variants_are_named_by_what_they_have_in_common() -> None:
    words = {"x,1": "breaks", "x,2": "breaks", "y,1": "weak", "y,2": "holds", "z,1": "weak", "z,2": "holds"}
    assert names(*(case(f"a/b[{label}]", NEW, word) for label, word in words.items())) == [
        "b[x,*]",
        "b[y|z,1]",
        "all agree on 2 more: 2 holds",
    ]


def test_an_axis_with_one_label_keeps_it() -> None:
    words = {"x,1": "breaks", "y,1": "weak"}
    assert names(*(case(f"a/b[{label}]", NEW, word) for label, word in words.items())) == ["b[x,1]", "b[y,1]"]


def test_variants_that_no_name_means_alone_are_rows_of_their_own() -> None:
    words = {"x,1": "breaks", "y,2": "breaks", "x,2": "holds", "y,1": "holds"}
    assert names(*(case(f"a/b[{label}]", NEW, word) for label, word in words.items())) == [
        "b[x,1]",
        "b[y,2]",
        "all agree on 2 more: 2 holds",
    ]


# -- cells -------------------------------------------------------------------------------------------------------------


def test_a_grid_is_sorted_whatever_order_the_lines_have() -> None:
    records = [case(name, NEW, "holds") for name in ("b/a", "a/b[y]", "a/b[x]", "a-b/c", "a/a")]
    assert [str(row) for row in grid(records)] == ["a/a", "a/b[x]", "a/b[y]", "a-b/c", "b/a"]


def test_a_cell_is_the_line_of_its_case() -> None:
    first, second = case("a/b", NEW, "holds"), case("a/b", NEW, "weak", python="3.13.1")
    assert grid([first, second]) == {Row("a/b", ""): {Column(NEW, "3.12.4"): first, Column(NEW, "3.13.1"): second}}
    assert (outcome(first), outcome(None)) == (Outcome.HOLDS, None)


def test_findings_that_count_and_are_broken_come_the_heaviest_first() -> None:
    findings = [
        {"check": check, "level": level, "verdict": verdict}
        for check, level, verdict in [
            ("a", "should", "broken"),
            ("b", "must", "held"),
            ("c", "must", "broken"),
            ("d", "observe", "broken"),
            ("e", "must", "moot"),
            ("f", "must", "broken"),
        ]
    ]
    assert [finding["check"] for finding in broken({"findings": findings})] == ["c", "f", "a"]


@pytest.mark.parametrize(
    ("evidence", "line"),
    [
        ({"path": "a/b", "was": "link x", "is": "directory"}, "a/b: link x -> directory"),
        ({"said": "exited 1: no"}, "exited 1: no"),
        ({"said": "two\nlines"}, "two lines"),
        ({"path": "a\x1b[2Jb", "was": "absent", "is": "link \x07"}, "ab: absent -> link  "),
    ],
)
def test_evidence_is_shown_in_one_line_that_does_nothing_to_the_terminal(evidence: dict[str, str], line: str) -> None:
    assert shown(evidence) == line


@pytest.mark.parametrize(
    ("said", "line"),
    [
        ("plain, ünïcode ✓\tand tabs", "plain, ünïcode ✓\tand tabs"),
        ("\x1b[1;31mred\x1b[0m", "red"),
        ("\x1b]8;;https://example.org\x1b\\link\x1b]8;;\x07", "link"),
        ("\x1b]0;title without end", "0;title without end"),
        ("\x1bcreset", " creset"),
        ("a\rb\x08c\x9bd\x00", "a b c d "),
    ],
)
def test_words_are_printed_without_what_would_act_on_a_terminal(said: str, line: str) -> None:
    assert printable(said) == line


def test_the_legend_explains_every_sign() -> None:
    assert legend() == "+ holds   ~ weak   o declines   x breaks   . skipped   - unsupported   ! errs"
