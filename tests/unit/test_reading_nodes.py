from __future__ import annotations

import pytest

from harness.errors import HarnessError, Place, Problem
from harness.reading.nodes import FAST, PURE, Kind, Mapping, Scalar, Sequence, parse


def _scalar(text: str) -> Scalar:
    return Scalar(text, plain=True, place=Place("f", 1, 1))


def test_a_document_is_keys_items_and_texts_each_with_its_place() -> None:
    document = parse("a: [one, 'two']\nb:\n  c:\n", "f.yaml")
    one = Scalar("one", plain=True, place=Place("f.yaml", 1, 5))
    two = Scalar("two", plain=False, place=Place("f.yaml", 1, 10))
    key_c = Scalar("c", plain=True, place=Place("f.yaml", 3, 3))
    assert document.problems == ()
    assert document.root == Mapping(
        (
            (Scalar("a", plain=True, place=Place("f.yaml", 1, 1)), Sequence((one, two), Place("f.yaml", 1, 4))),
            (
                Scalar("b", plain=True, place=Place("f.yaml", 2, 1)),
                Mapping(((key_c, Scalar("", plain=True, place=key_c.place)),), key_c.place),
            ),
        ),
        Place("f.yaml", 1, 1),
    )


@pytest.mark.parametrize(
    "text", ["yes", "on", "No", "0755", "1_000", "2026-01-01", "12:30", "0o8", "1.0.0", "~x", "e3", "+"]
)
def test_what_yaml_1_1_took_for_something_else_is_a_text(text: str) -> None:
    assert _scalar(text).kind is Kind.TEXT


@pytest.mark.parametrize(
    ("kind", "texts"),
    [
        (Kind.NOTHING, ["", "~", "null", "Null", "NULL"]),
        (Kind.TRUTH, ["true", "True", "TRUE", "false", "False", "FALSE"]),
        (Kind.WHOLE, ["0", "-0", "12", "+12", "-12", "0o17", "0xfF"]),
        (Kind.NUMBER, ["1.5", "-.5", "1.", "1e3", "1.5E-3", ".inf", "-.Inf", ".nan"]),
    ],
)
def test_other_scalars_are_those_of_the_core_schema(kind: Kind, texts: list[str]) -> None:
    assert {text: _scalar(text).kind for text in texts} == dict.fromkeys(texts, kind)


@pytest.mark.parametrize("text", ["true", "12", "", "~", "1.5"])
def test_a_scalar_in_quotes_is_always_a_text(text: str) -> None:
    assert Scalar(text, plain=False, place=Place("f", 1, 1)).kind is Kind.TEXT


def test_a_byte_order_mark_is_no_part_of_a_text() -> None:
    assert parse("\ufeffa: b", "f") == parse("a: b", "f") == parse("\ufeffa: b".encode(), "f")


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_lines_are_counted_however_they_end(newline: str) -> None:
    with pytest.raises(HarnessError) as caught:
        parse(newline.join(["a: é", "# ü", "b: \t"]).encode(), "f")
    assert caught.value.problems[0].place == Place("f", 3, 4)


def test_bytes_that_are_no_utf_8_are_shown_where_they_stand() -> None:
    with pytest.raises(HarnessError) as caught:
        parse("a: é\nb: café".encode()[:-1], "f")
    assert caught.value.problems[0].what == "byte 0xc3 is not UTF-8"
    assert caught.value.problems[0].place == Place("f", 2, 7)


def test_an_alias_leaves_the_rest_of_the_file_to_be_read() -> None:
    document = parse("a: &x 1\nb: *x\nc: 2\n", "f")
    assert [problem.what for problem in document.problems] == ["no anchors here: `&x`", "no aliases here: `*x`"]
    assert isinstance(document.root, Mapping)
    assert [key.text for key, _ in document.root.entries] == ["a", "b", "c"]


def test_of_two_equal_keys_the_first_is_kept() -> None:
    document = parse("a: 1\nb: 2\na: 3\n", "f")
    assert document.problems == (Problem("`a` stands here twice", Place("f", 3, 1), "the first is on line 1"),)
    assert isinstance(document.root, Mapping)
    assert [(key.text, value.text) for key, value in document.root.entries if isinstance(value, Scalar)] == [
        ("a", "1"),
        ("b", "2"),
    ]


def test_nesting_has_an_end_before_the_stack_has() -> None:
    with pytest.raises(HarnessError, match="levels deep"):
        parse("[" * 100_000, "f")


@pytest.mark.parametrize(
    "text",
    [
        "? ",  # a key that is nothing is placed differently
        "a: |#comment\n  b",  # libyaml takes it, the other does not
        "[a?b]",  # likewise
        "[a ? b]",
        "!",  # a tag alone is a text to one, nothing to the other
        "%FOO\n---\na",
        "%YAML 1.3\n---\na",
        "a: 'b",
        "a: *",
        "---\n# nothing\n",
        "{? : b}",
        '"\\ud800"',
    ],
)
def test_the_parsers_agree_where_they_are_known_to_differ(text: str) -> None:
    def read(parser: object) -> object:
        try:
            return parse(text, "f", parser)  # type: ignore[arg-type]
        except HarnessError as error:
            return error.problems

    assert read(FAST) == read(PURE)
