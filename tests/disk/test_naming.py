"""A named case is found in a suite, or else it is told what there is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from harness.errors import HarnessError
from harness.naming import found, parse_case

if TYPE_CHECKING:
    from pathlib import Path

SCENARIO = """\
summary: A tool creates
because: It is so
axes: {place: {here: "a", there: "b"}}
tree: {project/$place: file}
steps: [create]
must: [succeeds]
"""


@pytest.fixture
def suite(tmp_path: Path) -> Path:
    folder = tmp_path / "suite"
    for name, text in {
        "links/loop.yaml": SCENARIO,
        "links/to-file.yaml": SCENARIO.replace('axes: {place: {here: "a", there: "b"}}\n', "").replace("$place", "a"),
        "repeat/own.yaml": f"{SCENARIO}tools: [venv]\n",
        "links/family.yaml": "question: Is it?\n",
        "renamed.yaml": "links/circle: links/loop\n",
    }.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


@pytest.mark.parametrize(
    ("text", "means"),
    [
        ("links/loop", ("links/loop", "here")),
        ("links/loop[there]", ("links/loop", "there")),
        ("links/loop.yaml::uv", ("links/loop", "here")),
        ("suite/links/loop.yaml::uv", ("links/loop", "here")),
        ("links/circle::uv[there]", ("links/loop", "there")),
        ("links/to-file::uv@0.7.13", ("links/to-file", "")),
        ("repeat/own::venv", ("repeat/own", "here")),
    ],
)
def test_a_case_is_found_by_its_name(suite: Path, text: str, means: tuple[str, str]) -> None:
    scenario, variant = found(parse_case(text), suite)
    assert (scenario.id, variant.id) == means


def test_a_file_outside_of_the_suite_is_found_by_its_path(
    suite: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "loop.yaml").write_text(SCENARIO)
    monkeypatch.chdir(tmp_path)
    ids = [found(parse_case(text), suite)[0].id for text in ("mine/loop.yaml", f"{tmp_path}/mine/loop.yaml::uv")]
    assert ids == ["mine/loop", "mine/loop"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("links/lop", "there is no scenario `links/lop`\n  hint: did you mean `links/loop`?"),
        ("loop", "there is no scenario `loop`\n  hint: did you mean `links/loop`?"),
        ("links", "`links` is a family, and a case has one scenario\n  hint: known: `links/loop`, `links/to-file`"),
        ("links/loop[thee]", "`links/loop` has no variant `thee`\n  hint: did you mean `there`?"),
        ("links/loop[x]", "`links/loop` has no variant `x`\n  hint: known: `here`, `there`"),
        ("links/to-file[x]", "`links/to-file` has no variants\n  hint: leave the brackets out"),
        ("links/loop::uvv", "unknown tool `uvv`\n  hint: did you mean `uv`?"),
        ("repeat/own::uv", "`repeat/own` is not for `uv`\n  hint: it is for `venv` alone"),
    ],
)
def test_what_is_not_there_is_told_with_what_is(suite: Path, text: str, message: str) -> None:
    with pytest.raises(HarnessError) as refused:
        found(parse_case(text), suite)
    assert str(refused.value) == message
