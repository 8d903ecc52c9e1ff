"""Cases that mount something: played among their mounts, judged as any other, and nothing is left of them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

import pytest

from harness.mounting import missing

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Ran

    Play = Callable[..., Ran]
    Way = tuple[str, ...]

VOLUME = """\
summary: An environment on a volume is made again in place
because: Nobody can remove a mount point
tree:
  project/.venv: {mount: tmpfs, size: 4MiB}
  project/.venv/notes.txt: file
  project/notes.txt: file
steps:
  - create
  - create
must:
  - usable
"""
TOO_SMALL = VOLUME.replace("4MiB", "8KiB")


@pytest.fixture(autouse=True)
def _mounts(tmp_path: Path) -> None:
    why = missing(str(tmp_path))
    if why:
        pytest.skip(why)


def write(folder: Path, **scenarios: str) -> None:
    (folder / "volumes").mkdir()
    (folder / "volumes" / "family.yaml").write_text("question: May .venv be a volume?\n")
    for name, text in scenarios.items():
        (folder / "volumes" / f"{name}.yaml").write_text(text)


def mounted(folder: Path) -> list[str]:
    """The processes that see something mounted in a folder."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if f" {folder}/" in (process / "mountinfo").read_text():
                found.append(process.name)
    return found


def test_a_case_is_played_among_its_mounts(play: Play, pytester: pytest.Pytester, way: Way) -> None:
    write(pytester.path, again=VOLUME, small=TOO_SMALL)
    ran = play("volumes", "--tool=uv", "--keep=all", *way)
    assert ran.outcomes == {"volumes/again uv": "declines", "volumes/small uv": "declines"}
    for root in (pytester.path / "work" / left for left in ran.left):
        before = (root.parent / "before.txt").read_text()
        assert [line for line in before.splitlines() if line.endswith(" mounted")] != []
        assert (root.parent / "mounts.txt").read_text().startswith("What was mounted in this root is gone.")
        assert list((root / "project" / ".venv").iterdir()) == []
    assert len(ran.left) == len(ran.outcomes)
    assert mounted(pytester.path) == []


def test_a_volume_that_is_too_small_fails_the_command(play: Play, pytester: pytest.Pytester) -> None:
    empty = TOO_SMALL.replace("  project/.venv/notes.txt: file\n", "").replace("  - create\n", "", 1)
    write(pytester.path, small=empty)
    ran = play("volumes", "--tool=uv")
    assert ran.outcomes == {"volumes/small uv": "weak"}
    (line,) = (line for line in ran.lines if line["kind"] == "case")
    assert "No space left on device" in json.dumps(line["steps"][0])


def test_what_is_mounted_is_so_in_every_variation(play: Play, pytester: pytest.Pytester) -> None:
    write(pytester.path, again=VOLUME)
    ran = play("volumes", "--tool=uv", "--vary")
    (line,) = (line for line in ran.lines if line["kind"] == "case")
    assert (line["outcome"], line["varied"]) == ("declines", [])


def test_a_shell_is_not_opened_among_mounts(pytester: pytest.Pytester) -> None:
    write(pytester.path, again=VOLUME)
    ran = pytester.run(
        sys.executable, "-c", "from harness.cli import main; raise SystemExit(main())", "shell", "volumes/again::uv",
        "--suite=.", "--offline", "--command=true",
    )  # fmt: skip
    assert "`volumes/again` mounts something, which nobody outside of its processes sees" in ran.stderr.str()
    assert ran.ret == 4


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_run_that_is_ended_leaves_no_mount_and_no_process(tmp_path: Path, way: Way, sign: signal.Signals) -> None:
    write(tmp_path, again=VOLUME.replace("  project/.venv/notes.txt: file\n", ""))
    zoo = Path(__file__).parents[1] / "zoo"
    tool = (zoo / "tool.yaml").read_text().replace("honest", "hangs")
    (tmp_path / "hangs.yaml").write_text(tool.replace("./hangs.py", str(zoo / "hangs.py")))
    (tmp_path / "work").mkdir()
    run = subprocess.Popen(
        [sys.executable, "-c", "from harness.cli import main; raise SystemExit(main())", "run", "volumes",
         "--tool-file=hangs.yaml", "--tool=hangs", "--work-dir=work", "--results=results.jsonl", *way],
        cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True,
    )  # fmt: skip
    until(lambda: len(mounted(tmp_path)) > 1)  # what plays the case, and the tool
    (os.killpg if sign is signal.SIGINT else os.kill)(run.pid, sign)
    run.communicate(timeout=30)
    until(lambda: mounted(tmp_path) == [])
    left = [] if sign is not signal.SIGKILL else list((tmp_path / "work").iterdir())
    assert list((tmp_path / "work").iterdir()) == left


def until(happens: Callable[[], bool]) -> None:
    """Wait for what nobody tells of."""
    deadline = monotonic() + 30
    while not happens():
        assert monotonic() < deadline, "it did not happen"
