"""What can become of a case, in pytest's words and in ours, however the cases are spread over processes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Ran

    Play = Callable[..., Ran]
    Whole = Callable[[tuple[str, ...]], Ran]
    Way = tuple[str, ...]

LIAR = "replaces-the-link"
WORDS = {
    "words/breaks[absolute] replaces-the-link": ("breaks", "FAILED"),
    "words/breaks[absolute] uv": ("holds", "PASSED"),
    "words/breaks[relative] replaces-the-link": ("breaks", "FAILED"),
    "words/breaks[relative] uv": ("holds", "PASSED"),
    "words/declines replaces-the-link": ("declines", "DECLINES"),
    "words/declines uv": ("declines", "DECLINES"),
    "words/errs replaces-the-link": ("errs", "ERROR"),
    "words/errs uv": ("errs", "ERROR"),
    "words/holds replaces-the-link": ("holds", "PASSED"),
    "words/holds uv": ("holds", "PASSED"),
    "words/skipped replaces-the-link": ("skipped", "SKIPPED"),
    "words/skipped uv": ("skipped", "SKIPPED"),
    "words/unsupported replaces-the-link": ("unsupported", "SKIPPED"),
    "words/unsupported uv": ("unsupported", "SKIPPED"),
    "words/weak replaces-the-link": ("weak", "WEAK"),
    "words/weak uv": ("weak", "WEAK"),
}
"""Every case of the suite with its outcome, and how pytest shows it."""

BROKEN = f"""\
A link where the environment is to be outlives its creation
because https://github.com/astral-sh/uv/issues/14670
because What is broken is broken

must links-survive: broken in step 1
  Every link that the scenario planted is still that link, holding that text.
  project/.venv: link ../store/env -> directory

step 1: {LIAR} create --python $python .venv   (exited 0, N s)
  | .venv: made an environment
  ~ project/.venv: link ../store/env -> directory
  + project/.venv/bin: directory
  + project/.venv/bin/activate: file
  + project/.venv/bin/hello: file
  + project/.venv/bin/python: link $python
  + project/.venv/lib: directory
  + project/.venv/lib/pythonN: directory
  + project/.venv/lib/pythonN/site-packages: directory
  + project/.venv/pyvenv.cfg: file
"""

TWO_NAMES = "the filesystem takes `a` and `A` for two names"


def measured(text: str) -> str:
    """A text without what was measured, and depends on where it was."""
    return re.sub(r"(python|, |^)[\d.]+(?= s|[:/])", r"\1N", text)


def test_every_case_comes_to_its_word(whole: Whole, way: Way) -> None:
    assert dict(sorted(whole(way).outcomes.items())) == {case: outcome for case, (outcome, _) in WORDS.items()}


def test_every_case_is_shown_as_what_it_is(whole: Whole, way: Way) -> None:
    case = r"scenarios/(?P<file>.*)\.yaml::(?P<subject>[\w-]+)(?P<variant>\S*)"
    line = re.compile(rf"{case} (?P<word>[A-Z]+) .*" if not way else rf".*\] (?P<word>[A-Z]+) {case} ")
    matches = filter(None, map(line.fullmatch, whole(way).out))
    found = {f"{match['file']}{match['variant']} {match['subject']}": match["word"] for match in matches}
    assert found == {case: shown for case, (_, shown) in WORDS.items()}


def test_the_closing_line_counts_them_in_the_words_of_pytest(whole: Whole, way: Way) -> None:
    assert whole(way).closing == "2 failed, 8 passed, 4 skipped, 2 warnings, 2 errors"
    assert (whole(way).status, whole(way).err) == (1, ())


def test_what_was_skipped_is_told_with_the_reason(whole: Whole, way: Way) -> None:
    told = sorted(re.sub(r"uv [\d.]+", "uv N", line) for line in whole(way).after("short test summary info")[1:-1])
    assert told == [
        f"SKIPPED [1] scenarios/words/unsupported.yaml: {LIAR} 1.0 has no `preview`",
        "SKIPPED [1] scenarios/words/unsupported.yaml: the `preview` of uv knows environments at `.venv` alone",
        f"SKIPPED [2] scenarios/words/skipped.yaml: needs case-insensitive: {TWO_NAMES}",
    ]


def test_what_is_weak_is_warned_of_even_where_warnings_are_errors(whole: Whole, way: Way) -> None:
    lines = whole(way).after("warnings summary")[1:4]
    assert sorted(lines[:2]) == [f"scenarios/words/weak.yaml::{LIAR}", "scenarios/words/weak.yaml::uv"]
    assert lines[2].endswith("words/weak.yaml:0: WeakWarning: weak: says")


def test_a_failure_tells_what_happened_to_the_tree(whole: Whole, way: Way) -> None:
    lines = whole(way).after(f"__ words/breaks {LIAR}[relative] __")[1:]
    end = next(number for number, line in enumerate(lines) if line.startswith(("___", "===")))
    told = [line for line in lines[:end] if not line.startswith("[gw")]
    assert measured("\n".join(told)).splitlines() == BROKEN.splitlines()


def test_an_error_tells_why_there_is_no_result(whole: Whole, way: Way) -> None:
    lines = [line for line in whole(way).after("ERROR at setup of words/errs uv __")[1:] if not line.startswith("[gw")]
    assert lines[:4] == [
        "What ends by a signal is no result",
        "because Nobody sent that signal",
        "",
        "errs: step 2 was killed by SIGKILL",
    ]


def test_no_line_of_our_own_code_is_shown(whole: Whole, way: Way) -> None:
    assert [line for line in whole(way).out if "Traceback" in line or re.search(r"\.py:\d", line)] == []


def test_below_the_table_stands_what_broke_with_the_name_to_run_it_again(whole: Whole, way: Way) -> None:
    lines = whole(way).after("== comparison ==")
    assert [re.split(" {2,}", line.strip()) for line in lines[3:6]] == [
        ["words: What can become of a case?"],
        ["breaks (2 variants)", "x breaks", "+ holds"],
        ["all agree on 6 more: 1 declines, 1 errs, 1 holds, 1 skipped, 1 unsupported, 1 weak"],
    ]
    cell = lines.index(f"x scenarios/words/breaks.yaml::{LIAR}[absolute]")
    assert lines[cell + 1] == "    links-survive, step 1: project/.venv: link $root/store/env -> directory"
    assert {line for line in lines if "yaml::" in line and line[0] in "+o.-"} == set()


def test_the_results_are_the_same_however_cases_are_spread(whole: Whole) -> None:
    one, two = (sorted((plain(line) for line in whole(way).lines), key=str) for way in ((), ("-n", "2")))
    assert one == two


def plain(value: Any) -> Any:
    """A line of a result file without times."""
    match value:
        case dict():
            return {key: plain(one) for key, one in value.items() if key not in {"seconds", "started", "finished"}}
        case list():
            return [plain(one) for one in value]
        case _:
            return value


def test_a_result_file_has_a_header_every_case_and_a_footer(whole: Whole, way: Way) -> None:
    header, *cases, footer = whole(way).lines
    assert (header["kind"], header["format"], header["planned"]) == ("header", 1, len(WORDS))
    assert [(s["spec"], s["tool"]) for s in header["subjects"]] == [("uv", "uv"), (LIAR, LIAR)]
    assert [case["kind"] for case in cases] == ["case"] * len(WORDS)
    assert {"kind": footer["kind"], "cases": footer["cases"]} == {"kind": "footer", "cases": len(WORDS)}


def test_strictness_lets_weak_and_declining_cases_fail(play: Play, way: Way) -> None:
    ran = play("--strict", "--tool=uv", "-k", "weak or declines or holds", *way)
    assert (ran.status, ran.outcomes) == (
        1,
        {"words/declines uv": "declines", "words/holds uv": "holds", "words/weak uv": "weak"},
    )
    assert "2 failed, 1 passed" in ran.closing
    assert len(ran.left) == 2


def test_a_failure_is_in_colour_wherever_the_case_was_played(play: Play, way: Way) -> None:
    ran = play("--color=yes", f"--tool={LIAR}", f"scenarios/words/breaks.yaml::{LIAR}[relative]", *way)
    change = "  ~ project/.venv: link ../store/env -> directory"
    assert f"\x1b[33m{change}\x1b[0m" in ran.out
    assert "\x1b[32m  + project/.venv/bin: directory\x1b[0m" in ran.out
    assert "\x1b[31mmust links-survive: broken in step 1\x1b[0m" in ran.out


def test_a_fault_of_ours_is_a_traceback_and_no_result(play: Play, pytester: pytest.Pytester) -> None:
    pytester.makeconftest("def pytest_runtest_call(): raise RuntimeError('it was us')")
    ran = play("--tool=uv", "-k", "holds or errs", "scenarios")
    assert "E   RuntimeError: it was us" in ran.out
    assert (ran.status, ran.closing) == (1, "1 failed, 6 deselected, 1 error")
    assert (ran.outcomes, [line["kind"] for line in ran.lines]) == ({"words/errs uv": "errs"}, ["header", "case"])


@pytest.mark.parametrize("mode", ["full", "none"])
def test_the_table_is_as_long_as_asked_for(play: Play, mode: str) -> None:
    ran = play(f"--table={mode}", "--tool=uv", "-k", "holds or breaks")
    rows = [line.split("  ")[1] for line in ran.out if line.endswith("+ holds")]
    assert rows == {"full": ["breaks[absolute]", "breaks[relative]", "holds"], "none": []}[mode]
    assert ("results: results.jsonl" in ran.out, ran.status) == (True, 0)
