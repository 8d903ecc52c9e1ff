"""The bug that all of this grew from, and its neighbours, on the real releases: https://github.com/astral-sh/uv/issues/14670."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Mapping

CHECKOUT = Path(__file__).resolve().parents[2]
COLUMNS = {
    "uv 0.7.13": "uv@0.7.13",
    "uv 0.9.8": "uv@0.9.8",
    "newest uv": f"uv@{sysconfig.get_path('scripts')}/uv",
    "venv 3.11": "venv@3.11",
    "newest virtualenv": "virtualenv",
}
"""The subjects. `make` installs the newest uv and virtualenv beside us."""

ROWS = ("dangling-target", "existing-target", "existing-target-twice")
LINKS = {"relative": "../store/env", "sibling": "foo", "absolute": "$root/store/env"}
"""What the link holds in each variant of these scenarios."""


@dataclass(frozen=True, slots=True)
class Cell:
    """What becomes of a case: its outcome, and what the tool says where it declines."""

    outcome: str
    says: str = ""


REFUSED = Cell("declines", "File exists (os error 17)")
SEED = {
    ("dangling-target", "uv 0.7.13"): {REFUSED},
    ("dangling-target", "uv 0.9.8"): {REFUSED},
    ("dangling-target", "newest uv"): {REFUSED},
    ("dangling-target", "venv 3.11"): {Cell("declines", "[Errno 17] File exists")},
    ("dangling-target", "newest virtualenv"): {Cell("holds")},
    ("existing-target", "uv 0.7.13"): {Cell("holds")},
    ("existing-target", "uv 0.9.8"): {Cell("holds")},
    ("existing-target", "newest uv"): {Cell("holds")},
    # Patch releases differ: newer ones refuse every link.
    ("existing-target", "venv 3.11"): {Cell("holds"), Cell("declines", "Unable to create directory")},
    ("existing-target", "newest virtualenv"): {Cell("holds")},
    ("existing-target-twice", "uv 0.7.13"): {Cell("breaks")},
    ("existing-target-twice", "uv 0.9.8"): {Cell("holds")},
    ("existing-target-twice", "newest uv"): {Cell("declines", "--clear")},
    ("existing-target-twice", "venv 3.11"): {Cell("holds"), Cell("declines", "Unable to create directory")},
    ("existing-target-twice", "newest virtualenv"): {Cell("holds")},
}
"""The table of the seed; where releases that it does not tell apart differ, a cell has two ways."""


@dataclass(frozen=True, slots=True)
class Played:
    """The lines of a result file by scenario, column and variant, and why columns are empty."""

    lines: Mapping[tuple[str, str, str], Mapping[str, Any]]
    missing: Mapping[str, str]

    def line(self, row: str, column: str, variant: str) -> Mapping[str, Any]:
        """The line of a case; skips the test where there is none for a good reason."""
        if column in self.missing:
            pytest.skip(f"{column} is not measured: {self.missing[column]}")
        return self.lines[row, column, variant]


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    """Every case of the table, played once."""
    folder = tmp_path_factory.mktemp("seed")
    tools = [f"--tool={spec}" for spec in COLUMNS.values()]
    scenarios = [f"scenarios/links/{row}.yaml" for row in ROWS]
    subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "xdist", "-n", "2", "--keep=none", "--table=none",
         f"--work-dir={folder}", f"--results={folder / 'results.jsonl'}", *tools, *scenarios],
        cwd=CHECKOUT, env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}, check=False, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    header, *cases, _ = map(json.loads, (folder / "results.jsonl").read_text().splitlines())
    subjects = dict(zip(COLUMNS, header["subjects"], strict=True))
    named = {subject["name"]: column for column, subject in subjects.items() if "name" in subject}
    return Played(
        lines={(case["scenario"].partition("/")[2], named[case["subject"]], case["variant"]): case for case in cases},
        missing={column: subject["not_measured"] for column, subject in subjects.items() if "not_measured" in subject},
    )


def broken(line: Mapping[str, Any]) -> dict[str, tuple[int, list[str]]]:
    """Every `must` that is broken, with the step and the evidence as people read it."""
    return {
        finding["check"]: (finding["step"], [f"{e['path']}: {e['was']} -> {e['is']}" for e in finding["evidence"]])
        for finding in line["findings"]
        if finding["verdict"] == "broken" and finding["level"] == "must"
    }


@pytest.mark.parametrize("variant", LINKS)
@pytest.mark.parametrize(("row", "column"), SEED)
def test_a_cell_is_as_the_seed_has_it(played: Played, row: str, column: str, variant: str) -> None:
    line = played.line(row, column, variant)
    assert [cell for cell in SEED[row, column] if cell.outcome == line["outcome"] and cell.says in line["reason"]] != []


@pytest.mark.parametrize(("variant", "text"), LINKS.items())
def test_the_link_is_replaced_by_a_directory_in_the_second_step(played: Played, variant: str, text: str) -> None:
    found = broken(played.line("existing-target-twice", "uv 0.7.13", variant))
    assert found["links-survive"] == (2, [f"project/.venv: link {text} -> directory"])


@pytest.mark.parametrize("variant", LINKS)
@pytest.mark.parametrize(("row", "column"), [cell for cell in SEED if cell != ("existing-target-twice", "uv 0.7.13")])
def test_everywhere_else_the_link_is_kept(played: Played, row: str, column: str, variant: str) -> None:
    line = played.line(row, column, variant)
    (verdict,) = {finding["verdict"] for finding in line["findings"] if finding["check"] == "links-survive"}
    assert (verdict, broken(line)) == ("held", {})


@pytest.mark.parametrize("variant", LINKS)
@pytest.mark.parametrize("column", [column for column in COLUMNS if column != "newest virtualenv"])
def test_who_refuses_a_dangling_link_leaves_the_tree_as_it_was(played: Played, column: str, variant: str) -> None:
    assert [step["changes"] for step in played.line("dangling-target", column, variant)["steps"]] == [[]]


@pytest.mark.parametrize(("variant", "made"), {"relative": "store/env", "sibling": "project/foo"}.items())
def test_virtualenv_makes_the_directory_that_a_dangling_link_leads_to(played: Played, variant: str, made: str) -> None:
    (step,) = played.line("dangling-target", "newest virtualenv", variant)["steps"]
    changed = {change["path"]: (change["was"], change["is"]) for change in step["changes"]}
    assert changed[made] == ("absent", "directory")


@pytest.mark.parametrize("variant", LINKS)
def test_the_second_creation_by_the_newest_uv_is_refused(played: Played, variant: str) -> None:
    first, second = played.line("existing-target-twice", "newest uv", variant)["steps"]
    assert (first["ending"], second["ending"], second["changes"]) == ({"exited": 0}, {"exited": 2}, [])
