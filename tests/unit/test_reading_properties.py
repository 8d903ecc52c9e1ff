from __future__ import annotations

from itertools import combinations, product
from pathlib import Path
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harness.errors import HarnessError
from harness.reading import nodes
from harness.reading.family import read_family
from harness.reading.nodes import FAST, PURE, parse
from harness.reading.pairs import pairwise
from harness.reading.scenario import read_scenario
from harness.reading.tool import read_tool

if TYPE_CHECKING:
    from collections.abc import Callable

FORMAT = Path(__file__).parent.parent / "format"
SCENARIOS = sorted(
    path.read_text(encoding="utf-8") for path in (FORMAT / "valid").glob("*.yaml") if path.name != "axes.yaml"
)
TOOLS = sorted(path.read_text(encoding="utf-8") for path in (FORMAT / "valid" / "tools").glob("*.yaml"))
PIECES = [
    *(
        ": ",
        "- ",
        "\n",
        "\n  ",
        "\n- ",
        "[",
        "]",
        "{",
        "}",
        ",",
        "#",
        "?",
        "|",
        ">",
        "&a ",
        "*a",
        "!",
        "%",
        "'",
        '"',
        "\\",
    ),
    *(
        "~",
        "$",
        "$root",
        "$$",
        "${",
        "..",
        "/",
        ".",
        "0",
        "1.5",
        "true",
        "null",
        "---\n",
        "\t",
        "\r",
        "é",
        "\x00",
        "\u2028",
    ),
    *(
        "create",
        "python",
        "link",
        "file",
        "copy",
        "hardlink",
        "must",
        "usable",
        "says",
        "(",
        "exits",
        "odd-names",
        "%ff",
        "interrupt",
        "fault",
        "interleave",
        "at",
        "each",
        "calls",
    ),
]

texts = st.one_of(
    st.text(),
    st.lists(st.sampled_from(PIECES)).map("".join),
    st.binary(),
)


@st.composite
def mutated(draw: st.DrawFn, originals: list[str]) -> str:
    """A valid file with a few of its stretches gone, doubled, or replaced by something else that files hold."""
    text = draw(st.sampled_from(originals))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(text)))
        end = draw(st.integers(start, min(start + 12, len(text))))
        piece = draw(st.sampled_from([*PIECES, "", text[start:end] * 2]))
        text = text[:start] + piece + text[end:]
    return text


def _outcome(read: Callable[[], object]) -> object:
    """What was read, or all that is wrong, of which everything has its place."""
    try:
        return read()
    except HarnessError as error:
        problems = error.problems
    assert problems
    assert all(problem.place and problem.place.line > 0 and problem.place.column > 0 for problem in problems)
    return problems


def _scenario(text: str | bytes) -> object:
    return _outcome(lambda: read_scenario(text, id="a/b", file="f"))


@given(texts)
@settings(deadline=None)
def test_no_text_whatever_makes_a_reader_raise_anything_but_the_users_mistakes(text: str | bytes) -> None:
    _scenario(text)
    _outcome(lambda: read_tool(text, "f"))
    _outcome(lambda: read_family(text, "f"))


@given(mutated(SCENARIOS))
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_no_scenario_however_mangled_raises_anything_but_the_users_mistakes(text: str) -> None:
    _scenario(text)


@given(mutated(TOOLS))
@settings(deadline=None)
def test_no_tool_however_mangled_raises_anything_but_the_users_mistakes(text: str) -> None:
    _outcome(lambda: read_tool(text, "f"))


@given(st.one_of(texts, mutated(SCENARIOS), mutated(TOOLS)))
@settings(deadline=None)
def test_both_parsers_read_the_same(text: str | bytes) -> None:
    assert _outcome(lambda: parse(text, "f", FAST)) == _outcome(lambda: parse(text, "f", PURE))


def test_a_valid_file_is_none_of_the_users_mistakes() -> None:
    assert [type(_scenario(text)).__name__ for text in SCENARIOS] == ["Scenario"] * len(SCENARIOS)
    assert len(SCENARIOS) > 3
    assert nodes.FAST is not nodes.PURE


@given(st.lists(st.integers(1, 4), min_size=2, max_size=5))
def test_pairwise_rows_hold_every_pair_and_nothing_out_of_range(sizes: list[int]) -> None:
    rows = pairwise(sizes)
    wanted = {
        ((first, a), (second, b))
        for first, second in combinations(range(len(sizes)), 2)
        for a, b in product(range(sizes[first]), range(sizes[second]))
    }
    assert {pair for row in rows for pair in combinations(enumerate(row), 2)} == wanted
    assert rows == sorted(set(rows))
