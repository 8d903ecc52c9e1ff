"""What is said of scenarios to those who write them."""

from __future__ import annotations

import pytest

from harness.errors import Place
from harness.lint.likeness import alike
from harness.lint.notices import Notice, Severity, note, summed, warning
from harness.lint.planting import unplantable
from harness.lint.proof import Point, Tried, points, proven
from harness.lint.source import Source, read_source
from harness.lint.sweeps import unasked
from harness.lint.systems import System, refused
from harness.lint.wording import wording
from harness.scaffold import BECAUSE

GOOD = "A .venv link to a directory outlives two creates"
STATEMENT = "say what is true of a tool that conforms, as in `A .venv link outlives two creates`"
REASON = "the address of an issue or a document, or what was seen, in a sentence"
FILE = "scenarios/links/mine.yaml"


def source(summary: str = GOOD, because: str = "https://example.org/issues/1", rest: str = "", **keys: str) -> Source:
    """A scenario in nine lines: `tree` on line 3, `steps` on line 5 unless the tree has more lines."""
    tree = keys.get("tree", "  project/notes.txt: file")
    text = f'summary: "{summary}"\nbecause: "{because}"\ntree:\n{tree}\nsteps: [create]\n{rest}'
    return read_source(text.encode(), keys.get("id", "links/mine"), FILE)


def at(line: int, column: int) -> Place:
    return Place(FILE, line, column)


# -- words ------------------------------------------------------------------------------------------------------------


def test_a_statement_that_rests_on_something_is_not_objected_to() -> None:
    assert list(wording(source())) == []


@pytest.mark.parametrize(
    ("summary", "what"),
    [
        ("Does a .venv link outlive two creates?", "`summary` is a question"),
        ("Verify that the link survives", "`summary` begins with `Verify`: it is no statement"),
        ("Tests a link to a directory", "`summary` begins with `Tests`: it is no statement"),
        ("When .venv is a link to a directory", "`summary` names a situation, and does not say what is true in it"),
        ("Links", "`summary` is hardly a statement: it is too short"),
        ("TODO say what is true here", "`summary` is still to be written"),
    ],
)
def test_a_summary_that_is_no_statement_is_told_of(summary: str, what: str) -> None:
    assert list(wording(source(summary))) == [warning(what, at(1, 10), STATEMENT)]


@pytest.mark.parametrize("summary", ["If .venv is a link, it stays one", "When asked twice, a tool makes it once"])
def test_a_condition_with_its_consequence_is_a_statement(summary: str) -> None:
    assert list(wording(source(summary))) == []


def test_a_summary_that_no_table_has_room_for_is_told_of() -> None:
    long = "A link " + "and another " * 12 + "stays"
    assert list(wording(source(long))) == [
        warning(f"`summary` has {len(long)} characters, and tables have room for 120", at(1, 10))
    ]


@pytest.mark.parametrize(
    ("because", "what", "hint"),
    [
        (BECAUSE, "`because` is still to be written", REASON),
        (GOOD + ".", "`because` only repeats `summary`", "say where it is written, or who was bitten by it"),
        ("https://example.org/", "`https://example.org/` leads to no page in particular", "name the issue or the page"),
    ],
)  # fmt: skip
def test_a_reason_that_leads_nowhere_is_told_of(because: str, what: str, hint: str) -> None:
    assert list(wording(source(because=because))) == [warning(what, at(2, 10), hint)]


def test_the_reason_of_a_waiver_that_is_still_to_be_written_is_told_of() -> None:
    found = source(rest="waive:\n  no-debris: TODO say why\n")
    assert list(wording(found)) == [
        warning("a reason under `waive` is still to be written: `TODO say why`", at(7, 3))
    ]  # fmt: skip


# -- likeness ---------------------------------------------------------------------------------------------------------


def swept(steps: str, more: str = "") -> Source:
    text = f'summary: "{GOOD}"\nbecause: https://example.org/issues/1\ntree: {{a: file}}\nsteps: {steps}\n{more}'
    return read_source(text.encode(), "links/mine", FILE)


def test_a_sweep_of_which_nothing_is_asked_is_noted() -> None:
    hint = "a step after it, or a check such as `usable`, tells whether what it leaves is of use"
    assert list(unasked(swept("[create, {create: , fault: {error: EIO, at: each}}]"))) == [
        note("standing checks alone judge what is stopped at `each` call", at(4, 8), hint)
    ]


@pytest.mark.parametrize(
    ("steps", "more"),
    [
        ("[{create: , fault: {error: EIO, at: each}}, create]", ""),
        ("[{create: , fault: {error: EIO, at: each}, must: [usable]}]", ""),
        ("[{interleave: [create, create], at: each}]", "should: [usable]"),
        ("[{create: , fault: {error: EIO, at: 1}}]", ""),
    ],
)
def test_a_sweep_of_which_something_is_asked_is_not(steps: str, more: str) -> None:
    assert list(unasked(swept(steps, more))) == []


def test_a_scenario_that_means_the_same_as_another_is_told_of_whatever_its_words() -> None:
    first, second = source(), source("Two creates are outlived by a .venv link", id="links/other")
    assert list(alike([first, second], [])) == [
        warning("this means the same as `links/mine`", at(1, 1), "keep one of them")
    ]
    assert list(alike([second], [first.scenario])) == list(alike([first, second], []))


def test_a_summary_that_two_share_is_told_of() -> None:
    other = source(id="links/other", tree="  project/other.txt: file")
    assert list(alike([source(), other], [])) == [
        warning("`links/mine` has the same summary", at(1, 10), "say in what they differ")
    ]


def test_a_scenario_is_not_like_itself() -> None:
    assert list(alike([source()], [source().scenario])) == []


# -- trees ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "system", "why"),
    [
        ("notes.txt", System.WINDOWS, ""),
        ("a:b", System.WINDOWS, "no name holds `:`"),
        ("a\nb", System.WINDOWS, "no name holds `\\n`"),
        ("a:b", System.MACOS, ""),
        ("con.txt", System.WINDOWS, "`con.txt` is the name of a device"),
        ("console", System.WINDOWS, ""),
        ("name.", System.WINDOWS, "no name ends in a full stop"),
        ("name ", System.WINDOWS, "no name ends in a space"),
        ("é" * 127, System.LINUX, ""),
        ("é" * 128, System.LINUX, "its name is too long"),
        ("é" * 128, System.MACOS, ""),
        ("e" * 256, System.MACOS, "its name is too long"),
        ("\N{SNAKE}" * 128, System.WINDOWS, "its name is too long"),
    ],
)
def test_names_that_a_system_refuses_are_known(name: str, system: System, why: str) -> None:
    assert refused(name, system) == why


TWO_NAMES = "  project/A: file\n  project/a: directory"


@pytest.mark.parametrize("disks", [True, False])
def test_a_tree_without_like_names_can_be_planted_everywhere(disks: bool) -> None:  # noqa: FBT001  (a parameter)
    assert list(unplantable(source(), disks=disks)) == []


def test_names_that_are_one_where_case_does_not_count_clash_there_alone() -> None:
    assert list(unplantable(source(tree=TWO_NAMES), disks=True)) == [
        warning(
            "`project/a` cannot be planted on macOS or Windows: it is the same name as `project/A` there",
            at(5, 3),
            "`needs: [case-sensitive]` has it skipped there",
        )
    ]


def test_a_scenario_that_needs_what_is_lacking_is_not_told_what_is_lacking() -> None:
    needs = source(tree=TWO_NAMES, rest="needs: [case-sensitive]\n")
    links = source(tree="  project/a:b: {link: c}", rest="needs: [fifo]\n")
    assert [*unplantable(needs, disks=True), *unplantable(links, disks=True)] == []


def test_what_a_step_plants_is_planted_elsewhere_too() -> None:
    text = (
        "summary: s t u v\nbecause: a b\ntree: {project: directory}\n"
        "steps:\n- plant: {tmp/B: file, tmp/b: file}\n- create\n"
    )
    found = list(unplantable(read_source(text.encode(), "links/mine", FILE), disks=True))
    assert [(one.severity, one.what) for one in found] == [
        (Severity.WARNING, "`tmp/b` cannot be planted on macOS or Windows: it is the same name as `tmp/B` there")
    ]


def test_two_forms_of_one_letter_are_one_name_on_macos() -> None:
    found = list(unplantable(source(tree='  "project/\\u00e9": file\n  "project/e\\u0301": file'), disks=True))
    assert found == [
        note(
            "`project/\u00e9` cannot be planted on macOS: it is the same name as `project/e\u0301` there",
            at(4, 3),
            "`needs` has no word for that: the case errs there",
        )
    ]


def test_a_name_that_is_too_long_for_every_system_is_an_error() -> None:
    name = f"project/{'n' * 256}"
    what = f"`{name}` cannot be planted on any system: its name is too long"
    assert list(unplantable(source(tree=f"  {name}: file"), disks=True)) == [Notice(Severity.ERROR, what, at(4, 3))]


def test_without_the_disks_of_other_systems_names_that_may_clash_are_noted() -> None:
    assert list(unplantable(source(tree=TWO_NAMES), disks=False)) == [
        note(
            "another path may have the same name as `project/a` on macOS or Windows",
            at(5, 3),
            "to find out takes pyfakefs: `pip install 'venvproof[check]'`",
        )
    ]


def test_a_path_is_told_of_where_the_tree_has_it_whatever_its_axis_says() -> None:
    text = (
        "summary: s t u v\nbecause: a b\naxes: {name: {one: A, two: B}}\n"
        "tree:\n  project/a: file\n  project/$name/x: file\nsteps: [create]\n"
    )
    found = read_source(text.encode(), "links/mine", FILE)
    assert [found.planted(path) for path in ("project/a", "project/A/x", "project", "home")] == [
        at(5, 3), at(6, 3), at(5, 3), at(5, 3)
    ]  # fmt: skip


# -- proof ------------------------------------------------------------------------------------------------------------

CHECKED = "must: [usable]\nshould:\n  - succeeds\nobserve: [declines]\n"
USABLE, SUCCEEDS = Point("must usable", at(6, 8)), Point("should succeeds", at(8, 5))


def test_what_is_only_observed_need_not_be_broken() -> None:
    assert points(source(rest=CHECKED)) == {USABLE, SUCCEEDS}


def test_a_scenario_that_names_no_check_is_proved_by_any() -> None:
    assert points(source()) == {Point("", at(5, 8))}


@pytest.mark.parametrize(
    ("tried", "notice"),
    [
        (Tried(played=4), None),
        (
            Tried(left=frozenset({USABLE}), played=76),
            warning(
                "no liar of the zoo breaks `must usable`: it may be one that cannot fail here",
                USABLE.place,
                "leave it out, or show what breaks it",
            ),
        ),
        (
            Tried(left=frozenset({USABLE}), played=8, late=True),
            note(
                "no liar of the zoo breaks `must usable` in 8 cases, and time was up",
                USABLE.place,
                "`--seconds` gives it more",
            ),
        ),
        (
            Tried(faults=frozenset({SUCCEEDS}), played=4),
            warning(
                "`should succeeds` is broken by a tool that does not lie",
                SUCCEEDS.place,
                "the honest tool of the zoo breaks it, and does nothing wrong on purpose: can any tool hold it?",
            ),
        ),
        (
            Tried(absent=("honest 1.0 has no `lock`",), left=frozenset({USABLE})),
            note("nothing is proved: honest 1.0 has no `lock`", at(5, 8)),
        ),
        (
            Tried(erred=("a: no way", "b: no way")),
            Notice(
                Severity.ERROR,
                "this cannot be played: a: no way, and 1 more",
                at(5, 8),
                "what the honest tool of the zoo cannot play, no tool can be judged by",
            ),
        ),
    ],
)
def test_what_the_zoo_made_of_a_scenario_is_told_in_a_line(tried: Tried, notice: Notice | None) -> None:
    assert list(proven(source(rest=CHECKED), tried)) == ([notice] if notice else [])


# -- notices ----------------------------------------------------------------------------------------------------------


def test_a_notice_reads_as_messages_do() -> None:
    assert str(warning("it is odd", at(3, 1), "mend it")) == f"{FILE}:3:1: warning: it is odd\n  hint: mend it"
    assert warning("it is odd", at(3, 1), "mend it").plain() == {
        "file": FILE, "line": 3, "column": 1, "level": "warning", "what": "it is odd", "hint": "mend it",
    }  # fmt: skip


def test_notices_are_counted_by_how_much_they_count() -> None:
    odd = warning("it is odd", at(3, 1))
    assert summed([odd, odd, note("n", at(1, 1))], 1) == "1 file: 2 warnings, 1 note"
    assert summed([], 184) == "184 files: nothing to say against"
