"""What a run leaves on the disk and among the processes, and what it says of that."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

import pytest

from harness.results import read_results

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Ran

    Play = Callable[..., Ran]
    Way = tuple[str, ...]

LIAR, MISTAKE = "replaces-the-link", 4
CASES = ("-k", "holds or relative", f"--tool={LIAR}", "scenarios")
"""One case that holds, and one that breaks."""


def work(pytester: pytest.Pytester) -> list[Path]:
    return sorted((pytester.path / "work").iterdir())


def printed(ran: Ran) -> list[str]:
    """The kept roots that are printed below the table."""
    return [line.partition("kept: ")[2] for line in ran.out if "  kept: " in line]


def test_the_trees_of_failed_cases_are_kept_and_told_of(play: Play, pytester: pytest.Pytester, way: Way) -> None:
    ran = play(*CASES, *way)
    (root,) = map(Path, printed(ran))
    (directory,) = work(pytester)
    assert (ran.outcomes[f"words/breaks[relative] {LIAR}"], ran.status) == ("breaks", 1)
    assert (root.parent.parent, (root / "project" / ".venv").is_symlink()) == (directory, False)
    assert ran.left == (root.relative_to(directory.parent).as_posix(),)
    assert f"the tree is kept in {root}" in ran.out


def test_all_trees_are_kept_where_that_is_asked_for(play: Play) -> None:
    ran = play(*CASES, "--keep=all")
    assert (len(ran.left), len(printed(ran))) == (2, 2)
    assert f"+ scenarios/words/holds.yaml::{LIAR}" in ran.out


def test_where_there_is_no_table_it_is_told_where_trees_are_kept(play: Play, pytester: pytest.Pytester) -> None:
    ran = play(*CASES, "--keep=all", "--table=none")
    assert f"trees are kept in {work(pytester)[0]}" in ran.out


@pytest.mark.parametrize(
    ("more", "status"),
    [
        (("--keep=none",), 1),
        (("--keep=none", "-x"), 1),
        (("--keep=none", "-x", "-n", "2"), 1),
        (("--keep=failed", "-k", "holds"), 0),
    ],
)
def test_nothing_else_is_left(play: Play, pytester: pytest.Pytester, more: tuple[str, ...], status: int) -> None:
    ran = play(*CASES, *more)
    assert (printed(ran), work(pytester), ran.status) == ([], [], status)


def test_a_run_that_stops_early_has_no_footer(play: Play) -> None:
    ran = play(*CASES, "-x")
    assert [line["kind"] for line in ran.lines] == ["header", "case"]


# -- interrupts -------------------------------------------------------------------------------------------------------

TWICE = """\
summary: A second creation comes to an end
because: Who waits for ever must be stopped by somebody
tree:
  project/notes.txt: file
steps:
  - create
  - create
must:
  - usable
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux shows which session a process is of")
@pytest.mark.parametrize("sign", ["SIGINT", "SIGTERM"])
def test_an_interrupt_leaves_the_finished_results_and_nothing_else(tmp_path: Path, way: Way, sign: str) -> None:
    with_one_that_hangs(tmp_path)
    run = start(tmp_path, *way)
    results = tmp_path / "results.jsonl"
    until(lambda: results.exists() and '"kind":"case"' in results.read_text() and bool(tools(tmp_path)), run)
    # A terminal interrupts all of its processes, a service only the one that it started.
    (os.killpg if sign == "SIGINT" else os.kill)(run.pid, getattr(signal, sign))
    out, _ = run.communicate(timeout=30)
    assert (run.returncode, "1 passed" in out.splitlines()[-1]) == (2, True)
    assert [json.loads(line)["kind"] for line in results.read_text().splitlines()] == ["header", "case"]
    assert (list((tmp_path / "work").iterdir()), tools(tmp_path)) == ([], [])


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux shows which session a process is of")
def test_an_interrupt_while_tools_are_made_ready_leaves_nothing(tmp_path: Path, way: Way) -> None:
    with_one_that_hangs(tmp_path)
    tool = tmp_path / "hangs.yaml"
    tool.write_text(
        tool.read_text().replace(
            "[$tool, create, --python, $python, $env]", "[$python, -c, 'import time; time.sleep(99)', $env]"
        )
    )
    run = start(tmp_path, *way)
    until(lambda: bool(tools(tmp_path)), run)
    os.killpg(run.pid, signal.SIGINT)
    run.communicate(timeout=30)
    assert (run.returncode, list((tmp_path / "work").iterdir()), tools(tmp_path)) == (2, [], [])


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux shows which session a process is of")
def test_a_run_that_is_killed_leaves_the_finished_results_and_no_process(tmp_path: Path, way: Way) -> None:
    with_one_that_hangs(tmp_path)
    at_once = TWICE.replace("notes.txt: file", ".venv: directory").replace("  - create\n", "", 1)
    (tmp_path / "family" / "twice.yaml").write_text(at_once)
    run = start(tmp_path, *way)
    results = tmp_path / "results.jsonl"
    until(lambda: results.exists() and '"kind":"case"' in results.read_text() and bool(tools(tmp_path)), run)
    run.kill()
    run.communicate(timeout=30)
    until(lambda: tools(tmp_path) == [])
    left = read_results(results)
    assert (run.returncode, len(left.cases), left.complete, left.parts[0].missing) == (-signal.SIGKILL, 1, False, 1)
    (tmp_path / "family" / "twice.yaml").unlink()
    again = start(tmp_path, *way)
    again.communicate(timeout=60)
    assert (again.returncode, read_results(results).complete) == (0, True)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has namespaces of mounts")
@pytest.mark.parametrize("kind", ["tmpfs", "xfs", "no-hardlinks"])
def test_a_run_that_is_killed_leaves_no_mount_no_image_and_no_directory(tmp_path: Path, way: Way, kind: str) -> None:
    with_one_that_hangs(tmp_path)
    run = start(tmp_path, f"--filesystem={kind}", *way)
    until(lambda: bool(tools(tmp_path)) or run.poll() is not None)
    if run.returncode == MISTAKE:
        pytest.skip(f"this machine offers no {kind}: {run.communicate()[0].strip()}")
    work = tmp_path / "work"
    assert [path.name.startswith(f"venvproof-{kind}-") for path in work.iterdir()] == [True]
    run.kill()
    run.communicate(timeout=30)
    until(lambda: (tools(tmp_path), list(work.iterdir()), inside(work)) == ([], [], []))


def inside(work: Path) -> list[str]:
    """The processes that still see something mounted below this directory."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            mounts = (process / "mountinfo").read_text()
        except OSError:
            continue
        found += [process.name] if f" {work}/" in mounts else []
    return found


def start(folder: Path, *words: str) -> subprocess.Popen[str]:
    """The command, playing both scenarios."""
    return subprocess.Popen(
        [sys.executable, "-c", "from harness.cli import main; raise SystemExit(main())", "run", "family",
         "--tool=hangs", "--tool-file=hangs.yaml", "--work-dir=work", "--results=results.jsonl", *words],
        cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True,
    )  # fmt: skip


def with_one_that_hangs(folder: Path) -> None:
    """Two scenarios, in one of which the tool waits for ever."""
    here = Path(__file__).parent
    tool = (here.parent / "zoo" / "tool.yaml").read_text().replace("honest", "hangs")
    (folder / "hangs.yaml").write_text(tool.replace("./hangs.py", str(here.parent / "zoo" / "hangs.py")))
    for name in ("family", "work"):
        (folder / name).mkdir()
    shutil.copy(here / "suite" / "words" / "holds.yaml", folder / "family" / "once.yaml")
    (folder / "family" / "twice.yaml").write_text(TWICE)


def tools(folder: Path) -> list[str]:
    """The processes that know of a root in this folder, which are the tools that run there."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if f"HOME={folder}/work/".encode() in (process / "environ").read_bytes():
                found.append(process.name)
    return found


def until(happens: Callable[[], bool], run: subprocess.Popen[str] | None = None) -> None:
    """Wait for what nobody tells of, as long as the run goes on."""
    deadline = monotonic() + 30
    while not happens():
        assert run is None or run.poll() is None, "it has ended before"
        assert monotonic() < deadline, "it did not happen"


# -- interpreters -----------------------------------------------------------------------------------------------------

SPOILS = """\
from pathlib import Path

def pytest_runtest_teardown():
    (library,) = Path("cache").glob("pythons/*/lib/python*/this.py")
    library.write_bytes(library.read_bytes() + b"#")
"""


@pytest.mark.skipif(sys.platform == "win32", reason="a copy keeps its library elsewhere there")
def test_a_tool_that_changes_the_interpreter_it_is_handed_does_not_go_unnoticed(
    play: Play, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VENVPROOF_CACHE", str(pytester.path / "cache"))
    pytester.makeconftest(SPOILS)
    ran = play("-q", "-k", "holds", "--tool=uv", "scenarios")
    assert f"the copy of Python {ran.lines[1]['python']} was changed by a tool" in ran.out
    assert (ran.closing, ran.status) == ("1 passed, 7 deselected", 1)
    assert list((pytester.path / "cache" / "pythons").glob("*.json")) == []
