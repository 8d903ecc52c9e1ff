"""What is found is said in a user's few words, and a family's question gets one answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from measured import LOST, became, broken, came, came_to, cell, family, measured, over, went

from harness.checks import KNOWN
from harness.report.survey import columns
from harness.report.words import FAULTS, Answer, answer, fault, message
from harness.result import Outcome

if TYPE_CHECKING:
    from harness.report.survey import Cell, Column
    from harness.result import Record

# -- a broken check ----------------------------------------------------------------------------------------------------


def test_every_check_has_words_for_what_breaks_it_and_no_two_the_same() -> None:
    assert sorted(FAULTS) == sorted(KNOWN)
    assert len(set(FAULTS.values())) == len(FAULTS)


@pytest.mark.parametrize("check", KNOWN)
def test_a_check_of_what_a_tool_said_is_told_in_its_own_words(check: str) -> None:
    assert fault(broken(check, {"said": "so"})) == FAULTS[check]


def test_a_check_that_is_not_known_any_more_is_told_by_its_name() -> None:
    assert fault(broken("of-old", {"said": "so"})) == "`of-old` does not hold"


@pytest.mark.parametrize(
    ("was", "now", "words"),
    [
        ("link ../store/env", "absent", "the link is deleted"),
        ("link ../store/env", "directory", "the link becomes a directory"),
        ("link ../store/env", "file", "the link becomes a file"),
        ("link ../store/env", "link elsewhere", "the link leads elsewhere"),
        ("link", "another link of that name", "the link is replaced"),
        ("link of 0:0", "link of 5:6", "the owner is changed"),
        ("file", "absent", "files are deleted"),
        ("file", "directory", "a file becomes a directory"),
        ("file", "link x", "a file becomes a link"),
        ('file "notes"', 'file "*"', "files are overwritten"),
        ("file", "file with other content", "files are overwritten"),
        ("file 0600", "file 0644", "modes of files are changed"),
        ("file of 0:0", "file of 5:6", "the owner is changed"),
        ("directory", "absent", "directories are deleted"),
        ("directory", "link x", "a directory becomes a link"),
        ("directory", "another directory of that name", "the directory is replaced"),
        ("directory 0700", "directory 0755", "the directory's mode is changed"),
        ("directory of 0:0", "directory of 5:6", "the owner is changed"),
    ],
)
@pytest.mark.parametrize("check", ["links-survive", "files-survive", "unchanged", "nothing-outside", "same-directory"])
def test_what_became_of_an_entry_tells_more_than_the_check(check: str, was: str, now: str, words: str) -> None:
    assert fault(broken(check, became("a", was, now), went("b"))) == words


@pytest.mark.parametrize("check", ["unchanged", "nothing-outside", "no-debris"])
@pytest.mark.parametrize("evidence", [came("a"), went("a", "fifo")])
def test_what_is_new_or_no_file_is_told_by_the_check(check: str, evidence: Record) -> None:
    assert fault(broken(check, evidence)) == FAULTS[check]


@pytest.mark.parametrize("check", ["repeat-changes-nothing", "same-as-plain", "present", "absent", "link"])
def test_a_check_that_compares_is_not_told_as_a_loss(check: str) -> None:
    assert fault(broken(check, LOST)) == FAULTS[check]


@pytest.mark.parametrize(
    ("check", "said", "words"),
    [
        ("succeeds", "it did not end within 60 seconds", "it hangs"),
        ("succeeds", "exited 1: error", "it fails"),
        ("usable", "there is no environment at project/.venv", "no environment is left"),
        ("usable", "its python does not start", "the environment does not work"),
    ],
)
def test_what_was_said_may_tell_more_than_the_check(check: str, said: str, words: str) -> None:
    assert fault(broken(check, {"said": said})) == words


# -- a cell ------------------------------------------------------------------------------------------------------------

USABLE = broken("usable", {"said": "its python does not start"})


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (cell("holds"), ""),
        (cell("unsupported"), "no such command"),
        (cell("skipped"), "not on this machine"),
        (cell("declines"), "it refuses, and changes nothing"),
        (cell(came_to("errs", reason="step 2 did not end within 60 seconds")), "it hangs"),
        (cell(came_to("errs", reason="step 2 was killed by SIGSEGV")), "it crashes or cannot be started"),
        (cell("errs"), "it crashes or cannot be started"),
        (cell(came_to("errs") | {"swept": {"missed": 1}}), "it is not the same each time"),
        (cell(came_to("errs", reason="at `mkdir a` it came to `holds` and, played again, to `breaks`")),
         "it is not the same each time"),
        (cell(came_to("errs", reason="step 2 was killed by SIGSEGV") | {"swept": {"missed": 0}}),
         "it crashes or cannot be started"),
        (cell(came_to("breaks", broken("links-survive", LOST))), "the link becomes a directory"),
        (cell(came_to("breaks", USABLE, broken("links-survive", LOST))),
         "the link becomes a directory; the environment does not work"),
        (cell(came_to("breaks", broken("files-survive", went("a"))), came_to("breaks", broken("unchanged", went("b")))),
         "files are deleted"),
        (cell(came_to("weak", broken("says", level="should"))), "it does not say so"),
        (cell(came_to("weak", *(broken(one, {"said": one}, level="should") for one in ("says", "exits", "link")))),
         "it does not say so; the exit status is another"),
    ],
)  # fmt: skip
def test_a_cell_is_told_in_a_few_words(found: Cell, words: str) -> None:
    assert message(found) == words


# -- an answer ---------------------------------------------------------------------------------------------------------


def column(**words: str) -> Column:
    """The newest build of a tool with the word of each scenario, after one that held everywhere."""
    played = {f"links/{name}": word for name, word in words.items()}
    (found,) = columns([measured("uv@1.0", dict.fromkeys(played, "holds")), measured("uv@2.0", played)])
    return found


LINK = ("the link becomes a directory", "links/a", 1)


@pytest.mark.parametrize(
    ("words", "told", "counted"),
    [
        ({"a": "holds", "b": "holds"}, Answer(Outcome.HOLDS, "yes"), "2 hold"),
        ({"a": "holds", "b": "unsupported"}, Answer(Outcome.HOLDS, "yes"), "1 hold"),
        ({"a": "declines", "b": "declines"}, Answer(Outcome.DECLINES, "it refuses"), "2 refused"),
        ({"a": "declines", "b": "holds"}, Answer(Outcome.DECLINES, "yes, or it refuses"), "1 hold, 1 refused"),
        ({"a": "weak", "b": "declines", "c": "holds"},
         Answer(Outcome.WEAK, "yes, with flaws", (("it does not say so", "links/a", 1),)),
         "1 hold, 1 with flaws, 1 refused"),
        ({"a": "breaks", "b": "errs", "c": "holds"}, Answer(Outcome.BREAKS, "not always", (LINK,)),
         "1 hold, 1 broken, 1 hang or crash"),
        ({"a": "errs", "b": "holds"},
         Answer(Outcome.ERRS, "it hangs or crashes", (("it crashes or cannot be started", "links/a", 1),)),
         "1 hold, 1 hang or crash"),
        ({"a": "unsupported", "b": "skipped"}, Answer(None, "no such command"), ""),
        ({"a": "skipped"}, Answer(None, "not on this machine"), ""),
        ({}, Answer(None, "not played"), ""),
    ],
)  # fmt: skip
def test_a_question_is_answered_by_the_worst_that_came_of_it(words: dict[str, str], told: Answer, counted: str) -> None:
    found = answer(family("a", "b", "c"), column(**words))
    assert (found.outcome, found.word, found.faults) == (told.outcome, told.word, told.faults)
    results = [word for word in words.values() if word not in ("unsupported", "skipped")]
    assert (found.counted, found.of, found.holding) == (counted, len(results), results.count("holds"))


def test_where_nothing_was_lost_the_answer_is_that_it_does_not_always_work() -> None:
    (found,) = columns([measured("uv@1.0", {"links/a": came_to("breaks", USABLE)})])
    assert answer(family(), found).word == "it does not always work"


def test_a_tool_that_could_not_be_had_gives_no_answer() -> None:
    (found,) = columns([measured("uv@1.0", not_measured="no such release")])
    assert answer(family(), found) == Answer(None, "not measured")


def test_the_most_frequent_faults_are_told_first_each_with_its_first_scenario() -> None:
    lost, link = broken("files-survive", went("a")), broken("links-survive", LOST)
    cases = {"links/a": USABLE, "links/b": link, "links/c": lost, "links/d": lost, "links/e": link}
    (found,) = columns([measured("uv@1.0", {name: came_to("breaks", one) for name, one in cases.items()})])
    assert answer(family(*"abcde"), found).faults == (
        ("the link becomes a directory", "links/b", 2),
        ("files are deleted", "links/c", 2),
    )


@pytest.mark.parametrize(
    ("words", "since"),
    [
        (("breaks", "breaks", "holds", "holds"), "3"),
        (("breaks", "holds", "breaks", "weak"), "4"),
        (("breaks", "", "unsupported", "declines"), "4"),
        (("holds", "holds"), ""),
        (("errs", "holds"), ""),
        (("holds", "breaks"), ""),
        (("breaks", "errs"), ""),
        (("breaks",), ""),
    ],
)
def test_an_answer_says_since_when_nothing_breaks_any_more(words: tuple[str, ...], since: str) -> None:
    assert answer(family(), over(*words)).since == since


def test_what_broke_beside_a_crash_counts_as_broken() -> None:
    (found,) = columns([
        measured("uv@1", {"links/a[x]": "errs", "links/a[y]": "breaks"}), measured("uv@2", {"links/a[x]": "holds"})
    ])  # fmt: skip
    assert answer(family(), found).since == "2"
