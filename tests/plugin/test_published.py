"""What `make reports` plays for real: of an earlier result it keeps what is still one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from shutil import copy

HERE = Path(__file__).resolve().parents[2]


def played(folder: Path) -> str:
    """Play the scenarios of a folder with the running Python's venv; the plan, and what came of it."""
    (folder / "subjects.yaml").write_text("- tool: venv\n")
    words = ("--subjects", "subjects.yaml", "--scenarios", "links", "--reports", "reports", "--offline", "-n", "0")
    ran = subprocess.run(
        [sys.executable, HERE / "reports" / "play.py", *words],
        cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    return ran.stdout + ran.stderr


def rows(folder: Path) -> dict[str, list[str]]:
    """The lines of the result by the scenario that they are of, but for header and footer."""
    _, *cases, _ = (folder / "reports" / "runs" / "venv.jsonl").read_text().splitlines()
    found: dict[str, list[str]] = {}
    for row in cases:
        found.setdefault(row.split('"scenario":"')[1].split('"')[0], []).append(row)
    return found


def test_a_scenario_more_is_played_alone_and_one_that_changed_is_played_again(tmp_path: Path) -> None:
    (tmp_path / "links").mkdir()
    loop, null = (HERE / "scenarios" / "links" / name for name in ("loop.yaml", "to-null-device.yaml"))
    copy(loop, tmp_path / "links")
    played(tmp_path)
    first = rows(tmp_path)
    copy(null, tmp_path / "links")
    said = played(tmp_path)
    both = rows(tmp_path)
    assert f"of 1 scenario; kept are {len(first['links/loop'])}" in said
    assert both["links/loop"] == first["links/loop"]
    assert sorted(both) == ["links/loop", "links/to-null-device"]
    changed = tmp_path / "links" / "loop.yaml"
    changed.write_text(changed.read_text() + "observe:\n  - succeeds\n")
    assert f"of 1 scenario; kept are {len(both['links/to-null-device'])}" in played(tmp_path)
    last = rows(tmp_path)
    assert last["links/to-null-device"] == both["links/to-null-device"]
    assert [len(last["links/loop"]), set(last["links/loop"]) & set(both["links/loop"])] == [
        len(both["links/loop"]),
        set(),
    ]
