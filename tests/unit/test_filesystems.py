"""What a tool did on several filesystems is told where it differs, and nowhere else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from test_compare import line

from harness.report.filesystems import compared
from harness.results import Part

if TYPE_CHECKING:
    from harness.result import Record


def on(kind: str, *cases: Record, **more: Any) -> Part:
    header = {"kind": "header", "machine": {"filesystem": kind}, "subjects": [], **more}
    return Part(header, cases)


def test_a_case_that_came_out_alike_everywhere_has_no_row() -> None:
    found = compared([on("ext4", line()), on("xfs", line())])
    assert (found.lines, found.differences) == (
        ("uv 1.0: 0 of 1 cases that were played on several filesystems differ",),
        0,
    )


def test_a_case_that_differs_has_a_row_and_what_was_broken_where() -> None:
    found = compared([on("ext4", line()), on("xfs", line()), on("tmpfs", line("links/a", "breaks", "usable"))])
    assert found.differences == 1
    assert found.lines == (
        "uv 1.0: 1 of 1 cases that were played on several filesystems differ",
        "         ext4     xfs      tmpfs",
        "-------  -------  -------  --------",
        "links/a  + holds  + holds  x breaks",
        "  links/a",
        "    tmpfs: usable, step 1: so",
    )


def test_what_breaks_for_another_reason_differs_too() -> None:
    one, other = line("links/a", "breaks", "usable"), line("links/a", "breaks", "succeeds")
    assert compared([on("ext4", one), on("xfs", other)]).differences == 1


def test_what_was_not_played_is_no_difference_and_is_counted_with_its_reason() -> None:
    skipped = line(outcome="skipped", reason="needs symlinks: the system refuses it")
    found = compared([on("ext4", line()), on("odd", skipped)])
    assert (found.differences, found.lines[1:]) == (
        0,
        ("  not played on odd: 1, needs symlinks: the system refuses it",),
    )


def test_what_was_played_nowhere_is_not_told_of() -> None:
    skipped = line(outcome="skipped", reason="needs mounts: none")
    assert compared([on("ext4", skipped), on("odd", skipped)]).lines == (
        "uv 1.0: 0 of 0 cases that were played on several filesystems differ",
    )


def test_who_was_not_measured_somewhere_is_told_with_the_reason() -> None:
    subjects = [{"spec": "venv", "not_measured": "it makes no usable environment"}]
    found = compared([on("ext4", line()), on("odd", line(), subjects=subjects)])
    assert found.lines[-1] == "venv is not measured on odd: it makes no usable environment"
    assert found.differences == 1
