"""The command `venvproof`: the same run without a checkout, and help that teaches."""

from __future__ import annotations

import getpass
import json
import os
import shutil
import socket
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

from harness import __version__
from harness.tools.cache import cache_dir

CHECKOUT = Path(__file__).resolve().parents[2]
CALL = (sys.executable, "-c", "from harness.cli import main; raise SystemExit(main())")
TOOLS = CHECKOUT / "harness" / "tools"
FAMILY = Path(__file__).with_name("suite") / "words"


@dataclass(frozen=True, slots=True)
class Said:
    """How the command ended, and what it said."""

    status: int
    out: str
    err: str


def venvproof(*words: str, cwd: Path, **variables: str) -> Said:
    """Run the command, as from nowhere near the checkout."""
    ran = subprocess.run(
        [*CALL, *words], cwd=cwd, env={**os.environ, **variables}, capture_output=True, text=True, check=False
    )
    return Said(ran.returncode, ran.stdout, ran.stderr)


def names(said: Said) -> list[str]:
    """What `--collect-only -q` lists."""
    return [line for line in said.out.splitlines() if "::" in line]


# -- help -------------------------------------------------------------------------------------------------------------


def test_the_help_teaches_by_examples(tmp_path: Path) -> None:
    said = venvproof("--help", cwd=tmp_path)
    assert (said.status, said.err) == (0, "")
    assert "venvproof run --tool uv@0.7.13 --tool uv links" in said.out


def test_the_help_of_a_run_tells_of_every_flag(tmp_path: Path) -> None:
    said = venvproof("run", "--help", cwd=tmp_path)
    flags = (
        *("--tool SPEC", "--tool-file FILE", "--python PYTHON", "--strict", "--keep", "--table", "--results FILE"),
        *("--work-dir DIRECTORY", "--offline", "-n N", "-k EXPRESSION", "-m EXPRESSION", "--collect-only"),
    )
    assert [flag for flag in flags if flag not in said.out] == []
    assert (said.status, said.err, "examples:" in said.out) == (0, "", True)


def test_the_version_is_told(tmp_path: Path) -> None:
    assert venvproof("--version", cwd=tmp_path) == Said(0, f"venvproof {__version__}\n", "")


def test_without_a_verb_the_help_is_shown_to_whom_it_concerns(tmp_path: Path) -> None:
    said = venvproof(cwd=tmp_path)
    assert (said.status, said.out, said.err) == (4, "", venvproof("--help", cwd=tmp_path).out)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["walk"], "venvproof: argument VERB: invalid choice: 'walk'"),
        (["run", "--tabel=full"], "venvproof: unrecognized arguments: --tabel=full"),
        (["run", "--table=most"], "venvproof run: argument --table: invalid choice: 'most'"),
        (["run", "--tool=vnev"], "ERROR: unknown tool `vnev`\n  hint: did you mean `venv`?"),
        (["run", "link"], "there is no scenario `link`\n  hint: did you mean `links`?"),
        (
            ["run", "links/existing-target-twise::uv[relative]"],
            "there is no scenario `links/existing-target-twise`\n  hint: did you mean `links/existing-target-twice`?",
        ),
    ],
)
def test_a_mistake_is_told_with_a_hint(tmp_path: Path, words: list[str], message: str) -> None:
    said = venvproof(*words, cwd=tmp_path)
    assert (said.status, said.out, said.err.startswith(message)) == (4, "", True), said.err


def test_the_tools_are_listed_with_what_is_cached(tmp_path: Path) -> None:
    said = venvproof("tools", cwd=tmp_path, VENVPROOF_CACHE=str(tmp_path / "cache"))
    assert (said.status, said.err) == (0, "")
    assert [line.partition(":")[0] for line in said.out.splitlines() if line[0] != " "] == [
        *sorted(path.stem for path in TOOLS.glob("*.yaml")), "copies of Python", "cache"
    ]  # fmt: skip
    assert list(tmp_path.iterdir()) == []


# -- runs -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "word",
    [
        "links/existing-target-twice::uv@0.7.13[relative]",
        "links/existing-target-twice.yaml::uv@0.7.13[relative]",
        "scenarios/links/existing-target-twice.yaml::uv@0.7.13[relative]",
    ],
)
def test_a_case_is_found_by_each_of_its_names(tmp_path: Path, word: str) -> None:
    said = venvproof("run", "--collect-only", "-q", "--tool=uv@0.7.13", "--tool=uv", word, cwd=tmp_path)
    assert (said.status, said.err) == (0, "")
    assert [name.partition("scenarios/")[2] for name in names(said)] == [
        "links/existing-target-twice.yaml::uv@0.7.13[relative]"
    ]


def test_what_is_set_up_for_pytest_has_no_say(tmp_path: Path) -> None:
    (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = -k nothing --nonsense\n")
    (tmp_path / "pyproject.toml").write_text("[tool.pytest.ini_options]\naddopts = ['--nonsense']\n")
    (tmp_path / "conftest.py").write_text("raise SystemExit('what a conftest.py does')\n")
    mine = tmp_path / "mine"
    mine.mkdir()
    shutil.copy(FAMILY / "holds.yaml", mine)
    (mine / "conftest.py").write_text("raise SystemExit('what a conftest.py does')\n")
    said = venvproof(
        "run", "--offline", "--tool=uv", "mine/holds.yaml", cwd=tmp_path,
        PYTEST_ADDOPTS="--nonsense", PYTEST_PLUGINS="nonsense",
    )  # fmt: skip
    assert (said.status, said.err) == (0, "")
    assert "1 passed" in said.out.splitlines()[-1]


def test_where_nobody_listens_any_more_nothing_is_left_and_no_fuss_is_made(tmp_path: Path) -> None:
    shutil.copytree(FAMILY, tmp_path / "mine")
    (tmp_path / "work").mkdir()
    run = subprocess.Popen(
        [*CALL, "run", "--offline", "--tool=uv", "--work-dir=work", "mine"],
        cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert run.stdout is not None
    assert run.stderr is not None
    with run.stdout, run.stderr:
        assert "test session starts" in run.stdout.readline()
        run.stdout.close()
        assert (run.stderr.read(), run.wait() == 0) == ("", False)
    assert list((tmp_path / "work").iterdir()) == []


def test_nothing_of_the_machine_stands_in_a_result_file(tmp_path: Path) -> None:
    (tmp_path / "builds").mkdir()
    (tmp_path / "work").mkdir()
    missing = tmp_path / "builds" / "uv"
    said = venvproof(
        "run", "--offline", "--tool=uv", "--tool=venv", f"--tool=uv@{missing}", f"--tool=venv@{missing}", "-n", "2",
        "--work-dir=work", "--results=results.jsonl", "--keep=none", "boundary", cwd=tmp_path,
    )  # fmt: skip
    text = (tmp_path / "results.jsonl").read_text()
    header, *cases, footer = map(json.loads, text.splitlines())
    assert said.err == ""
    assert (len(cases), footer["cases"], {case["subject"].partition("@")[0] for case in cases}) == (
        header["planned"], header["planned"], {"uv", "venv"}
    )  # fmt: skip
    secrets = {str(tmp_path), str(cache_dir()), str(Path.home()), sys.prefix, sys.base_prefix, socket.gethostname()}
    user = getpass.getuser()
    if user != "root":  # which is a word of ours, too
        secrets.add(user)
    assert {secret for secret in secrets if secret in text} == set()
    assert [subject.get("not_measured") for subject in header["subjects"][2:]] == [
        "there is no such file",
        "`.../uv` is no Python that works: it was not started: no such file or directory: `.../uv`",
    ]


# -- distribution -----------------------------------------------------------------------------------------------------


def test_a_wheel_holds_all_that_a_run_needs(tmp_path: Path) -> None:
    pytest.importorskip("hatchling")
    pip = (sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation")
    subprocess.run([*pip, "-w", tmp_path, CHECKOUT], check=True)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        held = {name for name in archive.namelist() if name.startswith("harness/")}
        archive.extractall(tmp_path / "installed")
    assert held == shipped()
    said = venvproof(
        "run", "--collect-only", "-q", "--tool=uv", "boundary/home", cwd=tmp_path,
        PYTHONPATH=str(tmp_path / "installed"),
    )  # fmt: skip
    assert names(said) == ["scenarios/boundary/home.yaml::uv"]


def shipped() -> set[str]:
    """The names of what a wheel is to hold: all of the package, and inside of it the scenarios and the zoo."""
    package = {path.relative_to(CHECKOUT) for path in (CHECKOUT / "harness").rglob("*.*") if path.suffix != ".pyc"}
    scenarios = {"harness" / path.relative_to(CHECKOUT) for path in (CHECKOUT / "scenarios").rglob("*.*")}
    zoo = {"harness" / path.relative_to(CHECKOUT / "tests") for path in (CHECKOUT / "tests" / "zoo").rglob("*.*")}
    return {path.as_posix() for path in package | scenarios | zoo if "__pycache__" not in path.parts}
