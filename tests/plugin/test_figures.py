"""`venvproof badge` and `venvproof plot`: what they write and print, and what they say to mistakes."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest

from harness.published import DIGITS, Measurement, dumped
from harness.reading.scenario import load_scenario

if TYPE_CHECKING:
    from collections.abc import Mapping

SUITE = Path(__file__).with_name("suite")
CALL = (sys.executable, "-c", "from harness.cli import main; raise SystemExit(main())")
SVG = "{http://www.w3.org/2000/svg}"


@dataclass(frozen=True, slots=True)
class Said:
    """How the command ended, and what it said."""

    status: int
    out: str
    err: str


def venvproof(*words: str, cwd: Path) -> Said:
    ran = subprocess.run([*CALL, *words], cwd=cwd, capture_output=True, text=True, check=False)
    return Said(ran.returncode, ran.stdout, ran.stderr)


def measured(tool: str, version: str, cases: Mapping[str, str], **more: Any) -> Measurement:
    """A build with the word of each of its scenarios, which mean what they mean today."""
    digests = {name: load_scenario(SUITE / f"{name}.yaml").digest()[:DIGITS] for name in cases}
    nothing: dict[str, Any] = {"findings": [], "held": [], "moot": [], "steps": []}
    told = {name: {"outcome": word, **nothing} for name, word in cases.items()}
    facts = {
        "machine": {"system": "Linux", "architecture": "x86_64", "filesystem": "ext4"},
        "python": "3.12.4", "measured": "2026-11-20", "venvproof": "1.0.0", "digest": "", **more,
    }  # fmt: skip
    return Measurement(tool=tool, version=version, scenarios=digests, cases=told, **facts)


@pytest.fixture
def published(tmp_path: Path) -> Path:
    """A folder in which results are published: two versions of one tool, one of another."""
    for one in (
        measured("uv", "1.0", {"words/holds": "declines", "words/weak": "holds"}),
        measured("uv", "1.1", {"words/holds": "holds", "words/weak": "holds"}),
        measured("venv", "3.12.4", {"words/holds": "declines"}),
    ):
        publish(one, tmp_path)
    return tmp_path


def publish(one: Measurement, folder: Path) -> None:
    file = folder / "reports" / "data" / one.file
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(dumped(one))


def draw(*words: str, cwd: Path) -> Said:
    return venvproof(*words, f"--suite={SUITE}", cwd=cwd)


def title(picture: str) -> str | None:
    return ET.fromstring(picture).findtext(f"{SVG}title")


def files(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


# -- badges ------------------------------------------------------------------------------------------------------------


def test_badges_are_written_for_each_tool_and_family_and_named(published: Path) -> None:
    said = draw("badge", "-o", "out", cwd=published)
    names = [f"{tool}/words.{ending}" for tool in ("uv", "venv") for ending in ("svg", "json")]
    assert said == Said(0, "".join(f"out/{name}\n" for name in names), "")
    assert files(published / "out") == sorted(names)
    assert title((published / "out" / "uv" / "words.svg").read_text()) == "uv 1.1, words: 2 of 2 (2 hold)"


def test_badges_are_narrowed_by_tool_family_and_format(published: Path) -> None:
    said = draw("badge", "reports/data", "--tool=venv", "--format=json", cwd=published)
    assert (said, files(published / "badges")) == (Said(0, "badges/venv/words.json\n", ""), ["venv/words.json"])


def test_one_badge_is_printed(published: Path) -> None:
    said = draw("badge", "--tool=venv", "--family=words", cwd=published)
    assert (said.status, title(said.out), said.err) == (0, "venv 3.12.4, words: 0 of 1, 1 refuses (1 refused)", "")
    said = draw("badge", "--tool=venv", "--family=words", "--format=json", cwd=published)
    assert (said.status, json.loads(said.out)["message"], said.err) == (0, "0 of 1, 1 refuses", "")
    assert files(published) == [path for path in files(published) if path.startswith("reports/data/")]


def test_a_tool_of_several_machines_is_named_in_full(published: Path) -> None:
    other = {"system": "Darwin", "architecture": "arm64", "filesystem": "apfs"}
    publish(measured("uv", "1.1", {"words/holds": "breaks"}, machine=other), published)
    said = draw("badge", "--tool=uv", "--family=words", cwd=published)
    assert said == Said(
        4,
        "",
        "`uv` was measured on several machines\n"
        "  hint: name one of `uv-on-linux-x86_64-ext4-py3.12`, `uv-on-darwin-arm64-apfs-py3.12`\n",
    )
    said = draw("plot", "uv-on-darwin-arm64-apfs-py3.12", cwd=published)
    assert (said.status, title(said.out), said.err) == (0, "uv on darwin-arm64-apfs-py3.12 1.1", "")


# -- pictures ----------------------------------------------------------------------------------------------------------


def test_a_tool_is_drawn_over_its_versions(published: Path) -> None:
    said = draw("plot", "uv", "-o", "pictures/uv.svg", cwd=published)
    assert said == Said(0, "", "")
    assert title((published / "pictures" / "uv.svg").read_text()) == "uv 1.0 to 1.1: what changed"


def test_without_a_tool_all_of_them_are_drawn(published: Path) -> None:
    said = draw("plot", "--from", "reports/data/uv", "reports/data/venv", "--family", "words", cwd=published)
    words = ["".join(one.itertext()) for one in ET.fromstring(said.out).iter(f"{SVG}text")]
    assert [word for word in words if word in {"uv", "venv"}] == ["uv", "venv"]
    assert (said.status, said.err) == (0, "")


# -- mistakes ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["plot", "vnev"], "there are no results of `vnev`\n  hint: did you mean `venv`?\n"),
        (["badge", "--tool=u"], "there are no results of `u`\n  hint: did you mean `uv`?\n"),
        (["badge", "--family=word"], "there is no family `word`\n  hint: did you mean `words`?\n"),
        (["plot", "--from=missing.jsonl"], "`missing.jsonl` cannot be read: No such file or directory\n"),
    ],
)
def test_a_mistake_is_told_with_a_hint_and_nothing_is_written(published: Path, words: list[str], message: str) -> None:
    before = files(published)
    said = draw(*words, cwd=published)
    assert (said.status, said.out, said.err.startswith(message)) == (4, "", True), said.err
    assert files(published) == before


@pytest.mark.parametrize("verb", ["badge", "plot"])
def test_where_nothing_is_published_results_must_be_named(tmp_path: Path, verb: str) -> None:
    assert draw(verb, cwd=tmp_path) == Said(
        4, "", f"there is no folder `reports/data` here\n  hint: name results, as in `venvproof {verb} --help`\n"
    )


@pytest.mark.parametrize("verb", ["badge", "plot"])
def test_the_help_teaches_by_examples(tmp_path: Path, verb: str) -> None:
    said = venvproof(verb, "--help", cwd=tmp_path)
    assert (said.status, said.err, f"examples:\n  venvproof {verb} " in said.out) == (0, "", True)
