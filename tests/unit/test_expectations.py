"""Expectation files: every mistake told with its place, and what stays stays as its author wrote it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_expect import entry

from harness.checks import KNOWN
from harness.errors import HarnessError
from harness.expect import EXPECTABLE, Expectation
from harness.reading.expectations import ExpectationFile, Ids, read_expectations, rewritten
from harness.reading.renamed import read_renamed
from harness.result import Outcome

IDS = Ids(
    cases=["links/a", "links/a[one]", "links/b", "links/*"],
    tools=["uv", "venv"],
    renamed={"links/old": "links/a"},
)
ONE = "- case: links/a\n  outcome: breaks\n  because: It is so\n"


def read(text: str) -> tuple[Expectation, ...]:
    return read_expectations(text.encode(), "uv.yaml", IDS).entries


def refusal(text: str | bytes) -> list[str]:
    """What is told of a file, line by line."""
    with pytest.raises(HarnessError) as caught:
        read_expectations(text if isinstance(text, bytes) else text.encode(), "uv.yaml", IDS)
    return str(caught.value).splitlines()


# -- reading -----------------------------------------------------------------------------------------------------------


def test_an_entry_says_what_it_is_about_and_under_which_conditions() -> None:
    (found,) = read("""\
- case: links/a[one]
  tool: uv
  versions: ">=0.8,<0.9"
  when: {filesystem: ext4, python: "3.12"}
  check: [usable, links-survive]
  outcome: breaks
  until: "2026-12-31"
  because: https://github.com/astral-sh/uv/issues/14670
""")
    assert found == Expectation(
        case="links/a[one]", tool="uv", versions=">=0.8,<0.9", when={"filesystem": "ext4", "python": "3.12"},
        checks=("usable", "links-survive"), outcome=Outcome.BREAKS, until="2026-12-31",
        because="https://github.com/astral-sh/uv/issues/14670",
    )  # fmt: skip
    assert str(found.place) == "uv.yaml:1:3"


@pytest.mark.parametrize(
    ("written", "case"),
    [("links/a", "links/a"), ("links/*", "links/*"), ("links/old", "links/a"), ("links/old[one]", "links/a[one]")],
)
def test_an_entry_is_about_a_case_a_scenario_or_a_family_also_by_an_old_name(written: str, case: str) -> None:
    assert [found.case for found in read(ONE.replace("links/a", written))] == [case]


@pytest.mark.parametrize("text", ["", "# nothing is known\n", "\n  # nothing\n\n"])
def test_a_file_may_list_nothing(text: str) -> None:
    assert read(text) == ()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            ONE.replace("links/a", "link/a"),
            ["uv.yaml:1:9: there is no case `link/a`", "  hint: did you mean `links/a`?"],
        ),
        (
            ONE.replace("links/a", "links/a[two]"),
            ["uv.yaml:1:9: there is no case `links/a[two]`", "  hint: did you mean `links/a[one]`?"],
        ),
        (
            ONE.replace("links/a", "link/*"),
            ["uv.yaml:1:9: there is no case `link/*`", "  hint: did you mean `links/*`?"],
        ),
        (
            f"{ONE}  tool: pip\n",
            ["uv.yaml:4:9: there is no tool `pip`", "  hint: known: `uv`, `venv`"],
        ),
        (
            f"{ONE}  check: link-survive\n",
            ["uv.yaml:4:10: unknown check `link-survive`", "  hint: did you mean `links-survive`?"],
        ),
        (
            f"{ONE}  check: [usable, usabel]\n",
            ["uv.yaml:4:19: unknown check `usabel`", "  hint: did you mean `usable`?"],
        ),
        (
            f"{ONE}  check: []\n",
            ["uv.yaml:4:10: `check` is an empty list", "  hint: name something; a key with nothing to say is left out"],
        ),
        (
            ONE.replace("breaks", "holds"),
            [
                "uv.yaml:2:12: there is no outcome `holds`",
                "  hint: known: `breaks`, `declines`, `errs`, `weak`",
            ],
        ),
        (
            f"{ONE}  versions: 0.x\n",
            [
                "uv.yaml:4:13: `versions` cannot be `0.x`",
                '  hint: as in `">=0.8,<0.9"`, or a series as in `"0.8"`',
            ],
        ),
        (
            f"{ONE}  versions: 0.9\n",
            ["uv.yaml:4:13: `versions` must be a text, not a fraction", '  hint: put it in quotes: `"0.9"`'],
        ),
        (
            f"{ONE}  until: 2026-02-30\n",
            ["uv.yaml:4:10: `until` cannot be `2026-02-30`", "  hint: a day as in `2026-12-31`"],
        ),
        (
            f"{ONE}  until: 20261231a\n",
            ["uv.yaml:4:10: `until` cannot be `20261231a`", "  hint: a day as in `2026-12-31`"],
        ),
        (
            f"{ONE}  when: {{filesytem: ext4}}\n",
            ["uv.yaml:4:10: there is no fact `filesytem`", "  hint: did you mean `filesystem`?"],
        ),
        (
            f'{ONE}  when: {{python: "3.x"}}\n',
            ["uv.yaml:4:18: `python` cannot be `3.x`", '  hint: as in `"3.12"` or `">=3.11,<3.13"`'],
        ),
        (
            f"{ONE}  wehn: {{system: Linux}}\n",
            ["uv.yaml:4:3: unknown key `wehn` in an expectation", "  hint: did you mean `when`?"],
        ),
        (
            "- case: links/a\n  outcome: breaks\n",
            ["uv.yaml:1:3: an expectation needs `because`", "  hint: the upstream issue, or what was seen"],
        ),
        (
            ONE.replace("It is so", '" "'),
            ["uv.yaml:3:12: `because` is empty"],
        ),
        (
            f"{ONE}  check: usable\n".replace("breaks", "errs"),
            [
                "uv.yaml:4:10: a case that errs is not judged by any check",
                "  hint: leave out `check`",
            ],
        ),
        (
            "links/a: breaks\n",
            [
                "uv.yaml:1:1: a list of expectations must be a list, not a mapping",
                "  hint: write a `-` before each item",
            ],
        ),
        (
            "  - links/a\n",
            ["uv.yaml:1:5: an expectation must be a mapping, not a text", "  hint: write `key: value`"],
        ),
        (
            "[{case: links/a, outcome: breaks, because: It is so}]\n",
            [
                "uv.yaml:1:2: an expectation begins its line with `- `",
                "  hint: so that it can be brought up to date",
            ],
        ),
        (
            "".join(f"  {row}\n" for row in ONE.splitlines()),
            [
                "uv.yaml:1:5: an expectation begins its line with `- `",
                "  hint: so that it can be brought up to date",
            ],
        ),
    ],
)
def test_what_is_wrong_is_told_with_its_place_and_a_hint(text: str | bytes, told: list[str]) -> None:
    assert refusal(text) == told


@pytest.mark.parametrize("text", [b"# caf\xe9\n", b"- case: c\xe9\n"])
def test_what_is_no_utf_8_is_told(text: bytes) -> None:
    assert [line for line in refusal(text) if line.endswith("byte 0xe9 is not UTF-8")] != []


def test_all_that_is_wrong_is_told_in_one_go() -> None:
    text = ONE.replace("links/a", "links/c") + ONE.replace("breaks", "break") + f"{ONE}  check: usabel\n"
    assert [told.partition(": ")[0] for told in refusal(text) if "hint" not in told] == [
        "uv.yaml:1:9", "uv.yaml:5:12", "uv.yaml:10:10"
    ]  # fmt: skip


def test_without_ids_an_entry_may_be_about_anything() -> None:
    (found,) = read_expectations(b"- {case: x/y, tool: z, outcome: weak, because: w}\n", "uv.yaml").entries
    assert (found.case, found.tool) == ("x/y", "z")


# -- scenarios that were renamed ---------------------------------------------------------------------------------------


def test_a_renamed_scenario_is_listed_with_its_new_name() -> None:
    text = b"# moved in 1.1\nlinks/old: links/a\nlinks/older: links/a\n"
    assert read_renamed(text, "renamed.yaml", ["links/a"]) == {"links/old": "links/a", "links/older": "links/a"}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "links/old: links/aa\n",
            ["renamed.yaml:1:12: unknown scenario `links/aa`", "  hint: did you mean `links/a`?"],
        ),
        (
            "links/a: links/b\n",
            ["renamed.yaml:1:1: there still is a scenario `links/a`", "  hint: write `old-id: new-id`"],
        ),
        (
            "- links/a\n",
            ["renamed.yaml:1:1: what was renamed must be a mapping, not a list", "  hint: write `key: value`"],
        ),
        (
            "links/old: [links/a]\n",
            ["renamed.yaml:1:12: a scenario must be a text, not a list"],
        ),
    ],
)
def test_what_is_wrong_with_the_renamed_ones_is_told(text: str, told: list[str]) -> None:
    with pytest.raises(HarnessError) as caught:
        read_renamed(text.encode(), "renamed.yaml", ["links/a", "links/b"])
    assert str(caught.value).splitlines() == told


# -- writing -----------------------------------------------------------------------------------------------------------

ODD = """\
# What is known of uv.

# This one is old.
- case:   "links/b"   # quoted
  because: 'It is so'
  outcome: weak

# First a comment,
# of two lines.
- because: |-
    A long
    reason
  case: links/a
  outcome: breaks
  check: [usable,
          links-survive]

- {case: "links/*", outcome: errs, because: It is so}
# the end
"""


def file_of(text: str) -> ExpectationFile:
    return read_expectations(text.encode(), "uv.yaml", IDS)


def test_what_did_not_change_stays_as_its_author_wrote_it() -> None:
    assert rewritten(file_of(ODD), file_of(ODD).entries) == ODD


def test_what_is_gone_takes_its_comments_along() -> None:
    first, _, last = file_of(ODD).entries
    start, end = ODD.index("# First a comment"), ODD.index('- {case: "links/*"')
    assert rewritten(file_of(ODD), [first, last]) == ODD[:start] + ODD[end:]


def test_what_stands_above_the_first_entry_stays_in_any_case() -> None:
    head = ODD[: ODD.index("- case:")]
    assert rewritten(file_of(ODD), []) == head
    assert rewritten(file_of(head), [entry("links/a")]) == f"{head}{ONE}".replace("It is so", "https://example.org/1")


def test_what_is_new_comes_before_what_follows_it_in_order() -> None:
    text = "".join(ONE.replace("links/a", name) for name in ("links/*", "links/b"))
    found = rewritten(file_of(text), [*file_of(text).entries, entry("links/a", because="It is so")])
    assert found == "".join(ONE.replace("links/a", name) for name in ("links/*", "links/a", "links/b"))


def test_a_new_file_says_what_it_is() -> None:
    found = rewritten(ExpectationFile("", ()), [entry("links/a", because="It is so")])
    comment, mark, rest = found.partition("- case")
    assert all(row.startswith("# ") for row in comment.splitlines())
    assert mark + rest == ONE


def test_an_entry_is_written_in_the_order_of_its_keys() -> None:
    when = {"python": "3.12", "system": "Linux"}
    made = entry(
        "links/a[one]", "breaks", "usable", "says", tool="uv", versions="<1", when=when, until="2026-12-31"
    )  # fmt: skip
    assert rewritten(ExpectationFile("# known\n", ()), [made]).splitlines() == [
        "# known",
        '- case: "links/a[one]"',
        "  tool: uv",
        '  versions: "<1"',
        '  when: {python: "3.12", system: Linux}',
        "  check: [usable, says]",
        "  outcome: breaks",
        '  until: "2026-12-31"',
        "  because: https://example.org/1",
    ]


@pytest.mark.parametrize("text", [ONE.rstrip("\n"), "# nothing"])
def test_a_file_without_a_last_line_end_gets_one(text: str) -> None:
    found = rewritten(file_of(text), [*file_of(text).entries, entry("links/b", because="It is so")])
    assert found == f"{text}\n{ONE.replace('links/a', 'links/b')}"


def test_a_file_keeps_its_kind_of_line_ends() -> None:
    text = ONE.replace("\n", "\r\n")
    found = rewritten(file_of(text), [*file_of(text).entries, entry("links/b", because="It is so")])
    assert found == text + text.replace("links/a", "links/b")


TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1).filter(str.strip)
WORDS = st.one_of(
    TEXTS,
    st.text("ab:#?'\"[]{},&*!|>%@`- $~\\/", min_size=1).filter(str.strip),
    st.sampled_from(
        ["null", "True", "https://a.b/c?d=[e]#f", "https://a.b/c", "1.0", "-", "TODO", "a: b", "a #b", "a:"]
    ),
)
MADE = st.builds(
    Expectation,
    case=WORDS,
    outcome=st.sampled_from([outcome for outcome in EXPECTABLE if outcome is not Outcome.ERRS]),
    because=WORDS,
    tool=st.one_of(st.just(""), WORDS),
    versions=st.sampled_from(["", "<1", ">=1,<2", "1.2"]),
    when=st.dictionaries(st.sampled_from(["system", "filesystem", "kernel"]), WORDS),
    checks=st.lists(st.sampled_from(sorted(KNOWN)), unique=True).map(tuple),
    until=st.sampled_from(["", "2026-12-31"]),
)


def again(entries: list[Expectation], before: ExpectationFile) -> ExpectationFile:
    return read_expectations(rewritten(before, entries).encode(), "uv.yaml")


@given(st.lists(MADE, max_size=4), st.lists(MADE, max_size=3), st.data())
def test_what_was_written_is_read_back_as_the_same_entries(
    first: list[Expectation], more: list[Expectation], data: st.DataObject
) -> None:
    file = again(first, ExpectationFile("", ()))
    assert sorted(file.entries, key=repr_of) == sorted(first, key=repr_of)
    kept = [one for one in file.entries if data.draw(st.booleans())]
    found = again([*kept, *more], file)
    assert sorted(found.entries, key=repr_of) == sorted([*kept, *more], key=repr_of)


def repr_of(one: Expectation) -> str:
    return repr((one.case, one.outcome, one.because, one.tool, one.versions, one.when, one.checks, one.until))
