"""A small suite, and runs of it: in this process for one test, or in processes of their own for many."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from harness.tools.cache import cache_dir

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

collect_ignore_glob = ["suite/*"]

SUITE = Path(__file__).with_name("suite")
ZOO = Path(__file__).parents[1] / "zoo"
LIAR = "replaces-the-link"
WORDS = ("-p", "harness.plugin", "-p", "xdist", "-p", "no:cacheprovider", "-W", "error", "--color=no", "--offline")
"""How pytest is called: as if somebody had made errors of all warnings."""


@dataclass(frozen=True, slots=True)
class Ran:
    """How a run ended, what it said, the lines of its result file, and the entries of its work directory."""

    status: int
    out: tuple[str, ...]
    err: tuple[str, ...]
    lines: tuple[Mapping[str, Any], ...]
    left: tuple[str, ...]

    @property
    def outcomes(self) -> dict[str, str]:
        """The word of every case: `words/breaks[relative] uv`."""
        return {name(line): line["outcome"] for line in self.lines if line["kind"] == "case"}

    @property
    def closing(self) -> str:
        """The last line without its signs and its time."""
        return self.out[-1].strip("= ").rpartition(" in ")[0]

    def after(self, title: str) -> tuple[str, ...]:
        """The lines from one that holds the title on."""
        return self.out[next(number for number, line in enumerate(self.out) if title in line) :]


def name(line: Mapping[str, Any]) -> str:
    """What a line of a result file is about."""
    variant = f"[{line['variant']}]" if line["variant"] else ""
    return f"{line['scenario']}{variant} {line['subject'].partition('@')[0]}"


def told(folder: Path, status: int, out: str, err: str) -> Ran:
    """What came of a run in a folder."""
    results, work = folder / "results.jsonl", folder / "work"
    lines = results.read_text().splitlines() if results.exists() else []
    return Ran(
        status=status,
        out=tuple(out.splitlines()),
        err=tuple(err.splitlines()),
        lines=tuple(map(json.loads, lines)),
        left=tuple(sorted(path.relative_to(work).as_posix() for path in work.glob("*/*/root"))),
    )


def prepared(folder: Path) -> list[str]:
    """The words that let a run in this folder play the suite against the liar, too."""
    shutil.copytree(SUITE, folder / "scenarios")
    (folder / "work").mkdir()
    return [*WORDS, "--work-dir=work", "--results=results.jsonl", f"--tool-file={describe(LIAR, folder)}"]


def describe(tool: str, folder: Path) -> str:
    """The file of a tool of the zoo's."""
    path = folder / f"{tool}.yaml"
    text = (ZOO / "tool.yaml").read_text().replace("honest", tool)
    path.write_text(text.replace(f"./{tool}.py", (ZOO / f"{tool}.py").as_posix()))
    return path.name


@pytest.fixture(scope="module", autouse=True)
def _one_cache() -> Iterator[None]:
    """Interpreters are copied once, also where a test has a home of its own; no plugin but those named is loaded."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VENVPROOF_CACHE", str(cache_dir()))
        patch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
        yield


@pytest.fixture
def play(pytester: pytest.Pytester) -> Callable[..., Ran]:
    """Runs pytest on a copy of the suite, in this process."""
    words = prepared(pytester.path)

    def run(*more: str) -> Ran:
        ran = pytester.runpytest_inprocess(*words, *more)
        return told(pytester.path, int(ran.ret), ran.stdout.str(), ran.stderr.str())

    return run


@pytest.fixture(scope="session", params=[(), ("-n", "2")], ids=["alone", "workers"])
def way(request: pytest.FixtureRequest) -> tuple[str, ...]:
    """The two ways in which cases are played."""
    words: tuple[str, ...] = request.param
    return words


@pytest.fixture(scope="session")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Callable[[tuple[str, ...]], Ran]:
    """The whole suite against uv and the liar, each way once."""
    done: dict[tuple[str, ...], Ran] = {}

    def run(way: tuple[str, ...]) -> Ran:
        if way not in done:
            folder = tmp_path_factory.mktemp("whole")
            words = [*prepared(folder), "-v", "-rs", "--keep=none", "--tool=uv", f"--tool={LIAR}", "scenarios"]
            ran = subprocess.run(
                [sys.executable, "-m", "pytest", *words, *way],
                cwd=folder, env=os.environ, capture_output=True, text=True, check=False,
            )  # fmt: skip
            done[way] = told(folder, ran.returncode, ran.stdout, ran.stderr)
        return done[way]

    return run
