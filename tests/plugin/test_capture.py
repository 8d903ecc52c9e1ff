"""`venvproof capture` and `venvproof record`: what they write, what they leave alone, and what they say to mistakes."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from harness.reading.scenario import load_scenario
from harness.results import read_results
from harness.tools.cache import cache_dir

if TYPE_CHECKING:
    from collections.abc import Sequence

ZOO = Path(__file__).parents[1] / "zoo"
CALL = (sys.executable, "-c", "from harness.cli import main; raise SystemExit(main())")


@dataclass(frozen=True, slots=True)
class Said:
    """How the command ended, and what it said."""

    status: int
    out: str
    err: str


def venvproof(*words: str, cwd: Path) -> Said:
    temporary = cwd.parent / "tmp"
    temporary.mkdir(exist_ok=True)
    variables = {**os.environ, "TMPDIR": str(temporary), "VENVPROOF_CACHE": str(cache_dir())}
    ran = subprocess.run([*CALL, *words], cwd=cwd, env=variables, capture_output=True, text=True, check=False)
    assert list(temporary.iterdir()) == []
    return Said(ran.returncode, ran.stdout, ran.stderr)


@pytest.fixture
def app(tmp_path: Path) -> Path:
    """A project whose environment is a link to a directory beside it."""
    (tmp_path / "store" / "env").mkdir(parents=True)
    app = tmp_path / "app"
    app.mkdir()
    (app / ".venv").symlink_to("../store/env")
    (app / "notes.txt").write_text("a secret\n")
    return app


def standing(folder: Path) -> list[tuple[str, int, int]]:
    """Every path with its inode and when it was last changed."""
    found = sorted(folder.rglob("*"))
    return [(path.as_posix(), path.lstat().st_ino, path.lstat().st_mtime_ns) for path in found]


def describe(tool: str, folder: Path) -> str:
    path = folder / f"{tool}.yaml"
    text = (ZOO / "tool.yaml").read_text().replace("honest", tool)
    path.write_text(text.replace(f"./{tool}.py", (ZOO / f"{tool}.py").as_posix()))
    return str(path)


def outcomes(scenario: Path, *words: str) -> list[str]:
    """What became of a scenario that is played as any other."""
    results = scenario.with_suffix(".jsonl")
    venvproof("run", scenario.name, "--offline", f"--results={results}", "--keep=none", *words, cwd=scenario.parent)
    return [case["outcome"] for case in read_results(results).cases]


def test_a_directory_is_captured_and_left_alone(app: Path) -> None:
    before = standing(app.parent)
    said = venvproof("capture", ".", "--steps", "create,create", cwd=app)
    assert (said.status, said.err) == (0, "")
    assert standing(app.parent)[: len(before)] == before
    assert "secret" not in said.out
    assert said.out.splitlines()[4:] == [
        "tree:",
        '  project/.venv: {link: "../store/env"}  # it leads out of the directory, to a directory',
        "  project/notes.txt: file  # 9 bytes",
        "  store/env: directory",
        "steps:",
        "  - create",
        "  - create",
        "must:",
        "  - usable",
        "  - repeat-changes-nothing",
    ]


def test_a_captured_scenario_is_a_scenario_and_is_never_written_over_a_file(app: Path) -> None:
    mine = app.parent / "mine.yaml"
    assert venvproof("capture", "app", "-o", "mine.yaml", cwd=app.parent) == Said(0, "", "wrote mine.yaml\n")
    assert load_scenario(mine).variants[0].environment == "project/.venv"
    again = venvproof("capture", "app", "-o", "mine.yaml", cwd=app.parent)
    assert again == Said(4, "", "`mine.yaml` stands already\n  hint: name another file, or remove that one\n")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["capture", "no"], "there is no directory `no`\n"),
        (["capture", ".", "--steps", "crate"], "unknown step `crate`\n  hint: did you mean `create`?\n"),
        (["capture", ".", "--max-entries", "0"],
         "`--max-entries 0` leaves nothing to capture\n  hint: a number from 1 on\n"),
        (["record"], "there is no command to record\n  hint: as in `venvproof record -- uv venv`\n"),
        (["record", "-o", "notes.txt", "--", "uv", "venv"],
         "`notes.txt` stands already\n  hint: name another file, or remove that one\n"),
        (["record", "--", "vu", "venv"], "`vu` is no tool that is known\n  hint: "),
        (["record", "--", "uv", "venv", "../env"],
         "`../env` lies outside of this directory\n  hint: stand in the directory that holds it\n"),
    ],
)  # fmt: skip
def test_mistakes_are_told_with_what_to_do(app: Path, words: Sequence[str], message: str) -> None:
    said = venvproof(*words, cwd=app)
    assert (said.status, said.out) == (4, "")
    assert said.err.startswith(message)


@pytest.mark.parametrize("verb", ["capture", "record"])
def test_the_help_shows_examples(app: Path, verb: str) -> None:
    said = venvproof(verb, "--help", cwd=app)
    assert (said.status, said.err) == (0, "")
    assert f"examples:\n  venvproof {verb} " in said.out


def test_what_an_honest_tool_did_it_does_again(app: Path) -> None:
    before, tool = standing(app), describe("honest", app.parent)
    command = ["honest", "create", "--python", sys.executable, ".venv"]
    said = venvproof("record", "--offline", f"--tool-file={tool}", "-o", "../mine.yaml", "--", *command, cwd=app)
    assert (said.status, said.out, standing(app)) == (0, "", before)
    assert said.err == f"`{' '.join(command)}` exited 0\n  .venv: made an environment\nwrote ../mine.yaml\n"
    mine = app.parent / "mine.yaml"
    assert mine.read_text().splitlines()[8:] == [
        "steps:",
        "  - create",
        "must:",
        "  - succeeds",
        "  - usable",
        "  - present:",
        "      store/env/bin: directory",
        "      store/env/lib: directory",
        "      store/env/pyvenv.cfg: file",
        "  - unchanged:",
        "      - project/.venv",
        "      - project/notes.txt",
        "should:",
        '  - says: "\\\\.venv: made an environment"',
    ]
    assert outcomes(mine, "--tool=honest", f"--tool-file={tool}") == ["holds"]


def test_what_a_lying_tool_breaks_is_told_and_asked_for_by_no_check(app: Path) -> None:
    tool = describe("replaces-the-link", app.parent)
    command = ["replaces-the-link", "create", "--python", sys.executable, ".venv"]
    said = venvproof("record", "--offline", f"--tool-file={tool}", "--", *command, cwd=app)
    broken = "breaks links-survive: project/.venv was link ../store/env, is directory"
    assert said.status == 0
    assert f"it {broken}\n" in said.err
    assert f"# It {broken}\n" in said.out
    assert "present" not in said.out


@pytest.mark.parametrize("command", [("venv",), ("venv", "--no-such"), ("venv", "--clear", "a b")])
def test_what_uv_did_it_does_again(app: Path, command: Sequence[str]) -> None:
    before = standing(app)
    said = venvproof("record", "--offline", "-o", "../mine.yaml", "--", "uv", *command, cwd=app)
    assert (said.status, said.out, standing(app)) == (0, "", before)
    assert outcomes(app.parent / "mine.yaml", "--tool=uv") == ["holds"]


def test_what_stood_as_an_environment_is_made_before_the_command(app: Path) -> None:
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", "env"], cwd=app, check=True)
    said = venvproof("record", "--offline", "--", "python3", "-m", "venv", "--without-pip", "--clear", "env", cwd=app)
    assert said.status == 0
    told = said.out.splitlines()
    assert told[told.index("environment: project/env") :][:6] == [
        "environment: project/env",
        "steps:",
        "  - create  # an environment stood there",
        "  - recreate:",
        "    must:",
        "      - succeeds",
    ]
