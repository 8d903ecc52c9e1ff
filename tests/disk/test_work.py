"""A session leaves nothing behind but what it was told to keep."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from harness.case import Place
from harness.errors import HarnessError
from harness.sandbox import Sandbox, WorkDirectory
from harness.sandbox.removal import MARKER

if TYPE_CHECKING:
    from conftest import Disk


@pytest.fixture
def work(disk: Disk) -> WorkDirectory:
    return disk.work


def built(work: WorkDirectory) -> Place:
    place = work.place()
    Sandbox.build(place, {}, None).close()
    return place


def names(directory: Path) -> set[str]:
    return {path.name for path in directory.iterdir()}


def test_places_are_numbered_and_short(work: WorkDirectory) -> None:
    first, second = work.place(), work.place()
    assert first == Place(str(work.path / "1" / "root"), str(work.path / "1" / "cache"), work.path.name)
    assert second == Place(str(work.path / "2" / "root"), str(work.path / "2" / "cache"), work.path.name)


def test_the_places_of_workers_do_not_meet(work: WorkDirectory) -> None:
    workers = [WorkDirectory.join(str(work.path), name) for name in ("gw0", "gw1")]
    places = [place.root for worker in workers for place in (worker.place(), worker.place())]
    assert places == [str(work.path / name / "root") for name in ("gw0-1", "gw0-2", "gw1-1", "gw1-2")]


def test_a_case_that_is_kept_outlives_the_session(work: WorkDirectory) -> None:
    kept, other = built(work), built(work)
    work.keep(kept)
    assert work.close() == (Path(kept.root).parent,)
    assert Path(kept.root).is_dir()
    assert not Path(other.root).parent.exists()
    (Path(kept.root).parent / ".kept").unlink()


def test_a_link_beside_the_cases_is_neither_kept_nor_followed(disk: Disk) -> None:
    theirs = disk.work.path.parent / "theirs"
    theirs.mkdir()
    (theirs / ".kept").touch()
    work = WorkDirectory.make(disk.work.path.parent)
    (work.path / "9").symlink_to(theirs)
    assert (work.close(), work.path.exists(), names(theirs)) == ((), False, {".kept"})
    (theirs / ".kept").unlink()
    theirs.rmdir()


def test_a_worker_keeps_a_case_and_removes_nothing(work: WorkDirectory) -> None:
    worker = WorkDirectory.join(str(work.path), "gw0")
    place = built(worker)
    worker.keep(place)
    assert (worker.close(), Path(place.root).is_dir()) == ((), True)
    assert work.close() == (Path(place.root).parent,)
    (Path(place.root).parent / ".kept").unlink()


def test_a_directory_that_is_no_work_directory_is_not_joined(work: WorkDirectory) -> None:
    (work.path / "1").mkdir()
    with pytest.raises(HarnessError) as refused:
        WorkDirectory.join(str(work.path / "1"), "gw0")
    assert str(refused.value) == f"`{work.path / '1'}` is no work directory: it does not hold our `{MARKER}`"


def test_a_link_to_a_work_directory_is_not_joined(work: WorkDirectory) -> None:
    (work.path / "link").symlink_to(work.path)
    with pytest.raises(HarnessError):
        WorkDirectory.join(str(work.path / "link"), "gw0")


def test_a_base_that_is_not_there_is_the_users_mistake(work: WorkDirectory) -> None:
    with pytest.raises(HarnessError) as refused:
        WorkDirectory.make(work.path / "nowhere")
    said = str(refused.value)
    assert said == f"no work directory can be made in `{work.path / 'nowhere'}`: No such file or directory"


def test_no_link_leads_to_a_work_directory(work: WorkDirectory) -> None:
    (work.path / "real").mkdir()
    (work.path / "link").symlink_to("real")
    made = WorkDirectory.make(work.path / "link")
    assert made.path.parent == work.path / "real"
    assert os.path.realpath(made.path) == str(made.path)


def test_settings_that_no_tool_can_take_lie_above_every_root(work: WorkDirectory) -> None:
    assert names(work.path) == {MARKER, "pyproject.toml", "uv.toml", "pip.conf"}
    settings = tomllib.loads((work.path / "pyproject.toml").read_text("utf-8"))
    assert settings["tool"]["uv"] == {"required-version": "==0.0.1"}
    assert "project" not in settings
    with pytest.raises(tomllib.TOMLDecodeError):
        tomllib.loads((work.path / "uv.toml").read_text("utf-8"))
