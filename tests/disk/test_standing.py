"""Looking at a project that is the user's: true to what stands there, by no link followed, and nothing changed."""

from __future__ import annotations

import fcntl
import os
import socket
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from pyfakefs.fake_filesystem import OSType

from harness.errors import HarnessError
from harness.layout import Arrival, Hop, Inside, Kind, Layout
from harness.sandbox import standing as module
from harness.sandbox.standing import follow, standing
from harness.traits import SCENARIOS, traits

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pyfakefs.fake_filesystem import FakeFilesystem

SETTINGS = "home = /usr/bin\ninclude-system-site-packages = false\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """An empty project beside an empty store."""
    (tmp_path / "store").mkdir()
    (tmp_path / "project").mkdir()
    return tmp_path / "project"


def environment(path: Path, *, home: Path | None = None) -> Path:
    """The parts that make an environment, its python a link to a file that is there."""
    (path / "bin").mkdir(parents=True)
    (path / "pyvenv.cfg").write_text(SETTINGS.replace("/usr/bin", str(home or path.parent)))
    (path.parent / "python3.12").touch()
    (path / "bin" / "python").symlink_to(path.parent / "python3.12")
    return path


def names(project: Path) -> list[str]:
    return [trait.name for trait in traits(standing(str(project)))]


# -- links -------------------------------------------------------------------------------------------------------------


def test_a_link_to_an_environment_is_read_to_its_end(project: Path, tmp_path: Path) -> None:
    env = environment(tmp_path / "store" / "env")
    (project / ".venv").symlink_to("../store/env/")
    python = Arrival(
        kind=Kind.FILE, path=f"{tmp_path}/store/python3.12",
        hops=(Hop(f"{env}/bin/python", f"{tmp_path}/store/python3.12"),),
    )  # fmt: skip
    assert standing(str(project)) == Layout(
        project=str(project),
        linked=False,
        venv=Arrival(kind=Kind.DIRECTORY, path=str(env), hops=(Hop(f"{project}/.venv", "../store/env/"),)),
        inside=Inside(
            empty=False, settings=Kind.FILE, home=f"{tmp_path}/store", home_is=Kind.DIRECTORY, python=python
        ),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "kind", "short"),
    [
        ("../store", Kind.DIRECTORY, False),
        ("../store/file", Kind.FILE, False),
        ("../store/fifo", Kind.PIPE, False),
        ("../store/gone", Kind.NOTHING, False),
        ("../store/gone/", Kind.NOTHING, False),
        ("../gone/env", Kind.NOTHING, True),
        ("../store/file/env", Kind.NOTHING, False),
        (".venv", Kind.LOOP, False),
        ("/dev/null", Kind.DEVICE, False),
        ("x" * 300, Kind.NOTHING, False),
        ("../store/through/../file", Kind.FILE, False),
    ],
)
def test_a_link_leads_where_its_text_says(project: Path, text: str, kind: Kind, short: bool) -> None:  # noqa: FBT001
    store = project.parent / "store"
    (store / "file").touch()
    (store / "deep").mkdir()
    (store / "through").symlink_to("deep")
    os.mkfifo(store / "fifo")
    (project / ".venv").symlink_to(text)
    venv = standing(str(project)).venv
    assert (venv.kind, venv.short, [hop.text for hop in venv.hops]) == (kind, short, [text])


def test_links_on_the_way_are_no_links_in_a_row(project: Path) -> None:
    store = project.parent / "store"
    (store / "env").mkdir()
    (project.parent / "other").symlink_to("store")
    (store / "second").symlink_to("env")
    (project / ".venv").symlink_to("../other/second")
    venv = standing(str(project)).venv
    assert [hop.text for hop in venv.hops] == ["../other/second", "env"]
    assert venv.path == str(store / "env")


def test_a_circle_of_links_ends(project: Path) -> None:
    (project / ".venv").symlink_to("a")
    (project / "a").symlink_to(".venv")
    venv = standing(str(project)).venv
    assert (venv.kind, [hop.text for hop in venv.hops]) == (Kind.LOOP, ["a", ".venv"])


@pytest.mark.parametrize("path", ["", "project", "project/..", "other/env", "other/../store", "other/gone", "loop/a"])
def test_what_is_followed_by_hand_arrives_where_the_system_does(project: Path, path: str) -> None:
    root = project.parent
    (root / "store" / "env").mkdir()
    (root / "other").symlink_to(root / "store")
    (root / "loop").symlink_to("loop")
    found = follow(f"{root}/{path}")
    there = os.path.exists(f"{root}/{path}")  # noqa: PTH110 -- as the system has it
    assert (found.kind is Kind.DIRECTORY) == there
    assert not there or found.path == os.path.realpath(f"{root}/{path}")


def test_a_project_that_is_named_by_a_link_is_told(project: Path) -> None:
    (project.parent / "link").symlink_to("project")
    found = standing(str(project.parent / "link"))
    assert (found.linked, found.project) == (True, str(project))


# -- what stands there -------------------------------------------------------------------------------------------------


def test_what_is_no_link_is_told_by_its_kind(project: Path) -> None:
    venv = project / ".venv"
    found = {}
    for name, make in {"fifo": os.mkfifo, "directory": os.mkdir}.items():
        make(venv)
        found[name] = names(project)
        venv.unlink() if name == "fifo" else venv.rmdir()
    os.chdir(project)  # a socket's path is short
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(".venv")
        found["socket"] = names(project)
    assert found == {"fifo": ["pipe-or-socket"], "directory": ["empty-directory"], "socket": ["pipe-or-socket"]}


@pytest.fixture(autouse=True)
def _back() -> Iterator[None]:
    here = Path.cwd()
    yield
    os.chdir(here)


@pytest.mark.parametrize(
    ("content", "found"),
    [
        ("../store/env\n", ["redirect"]),
        ("../store/env", ["redirect"]),
        ("../store/link\n", ["redirect-to-link"]),
        ("../store/gone\n", ["redirect-to-nothing"]),
        ("../store\n", ["redirect-to-users-directory"]),
        ("", ["file"]),
        ("one\ntwo\n", ["file"]),
        ("nul\0\n", ["file"]),
    ],
)
def test_a_file_leads_where_it_says(project: Path, content: str, found: list[str]) -> None:
    environment(project.parent / "store" / "env")
    (project.parent / "store" / "link").symlink_to("env")
    (project / ".venv").write_text(content)
    assert names(project) == found


def test_what_is_the_matter_with_an_environment_is_found(project: Path) -> None:
    env = environment(project / ".venv", home=project / "gone")
    (env / "bin" / "python").unlink()
    (env / "bin" / "python").symlink_to("/nowhere/python3")
    (env / "lib").symlink_to("/elsewhere")
    (env / "notes.txt").touch()
    assert names(project) == [
        "environment", "home-gone", "interpreter-gone", "directories-led-out", "users-files-inside",
    ]  # fmt: skip
    (env / "bin" / "python").unlink()
    (env / "pyvenv.cfg").unlink()
    (env / "lib").unlink()
    assert names(project) == ["users-directory"]


@pytest.mark.parametrize("make", [Path.mkdir, os.mkfifo])
def test_settings_that_are_no_file_are_not_read(project: Path, make: Any) -> None:
    env = environment(project / ".venv")
    (env / "pyvenv.cfg").unlink()
    make(env / "pyvenv.cfg")
    assert names(project) == ["settings-a-directory" if make is Path.mkdir else "settings-a-pipe"]


def test_a_mount_is_told_as_the_system_tells_it(project: Path) -> None:
    paths = ["/proc", "/dev", "/", "/usr", str(project)]
    assert [module._mount(path) for path in paths] == [os.path.ismount(path) for path in paths]


@pytest.mark.skipif(not os.access("/dev/shm", os.W_OK), reason="there is no second filesystem")
def test_another_filesystem_is_told(project: Path) -> None:
    other = os.lstat("/dev/shm").st_dev != os.lstat(project).st_dev
    (project / ".venv").symlink_to("/dev/shm")
    assert standing(str(project)).elsewhere == other


@pytest.mark.parametrize(
    ("folder", "marker", "service"),
    [
        ("a", ".dropbox.cache", "Dropbox"),
        ("Dropbox (Personal)", "", "Dropbox"),
        ("OneDrive - Company", "", "OneDrive"),
        ("Mobile Documents", "", "iCloud Drive"),
        ("a", ".stfolder", "Syncthing"),
        ("a", ".sync_1a2b3c.db", "Nextcloud or ownCloud"),
        ("Nextcloud", "", "Nextcloud"),
        ("GoogleDrive-me", "", "Google Drive"),
        ("OneDriver", "sync_a.db", ""),
    ],
)
def test_a_synchronised_folder_is_known_by_its_marker(tmp_path: Path, folder: str, marker: str, service: str) -> None:
    project = tmp_path / folder / "project"
    project.mkdir(parents=True)
    if marker:
        (tmp_path / folder / marker).touch()
    told = str(tmp_path / folder / marker) if marker else str(tmp_path / folder)
    assert standing(str(project)).synchronised == (((service, told),) if service else ())


def test_a_link_into_a_synchronised_folder_is_one_into_it(project: Path) -> None:
    (project.parent / "store" / ".stfolder").mkdir()
    (project.parent / "store" / "env").mkdir()
    (project / ".venv").symlink_to("../store/env")
    assert [service for service, _ in standing(str(project)).synchronised] == ["Syncthing"]


@pytest.mark.skipif(sys.platform != "linux", reason="no other system lists locks")
def test_a_lock_is_told_with_its_age_and_whether_it_is_held(project: Path) -> None:
    lock = project / ".venv" / ".lock"
    lock.parent.mkdir()
    lock.touch()
    os.utime(lock, (0, 0))
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        os.utime(lock, (0, 0))
        (while_held,) = standing(str(project)).locks
    (after,) = standing(str(project)).locks
    assert [one.days > 1000 for one in (while_held, after)] == [True, True]
    assert (while_held.held, after.held) == (True, False)
    assert replace(after, days=0) == replace(while_held, days=0, held=False)


def test_where_no_locks_are_listed_nobody_can_tell(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_held", lambda: None)
    (project / ".venv.lock").touch()
    assert [one.held for one in standing(str(project)).locks] == [None]


def test_what_is_no_directory_is_refused(project: Path) -> None:
    (project / "file").touch()
    for name, what in {"file": "a file", "gone": "nothing"}.items():
        with pytest.raises(HarnessError, match=f"is no directory: there is {what}"):
            standing(str(project / name))


# -- nothing else ------------------------------------------------------------------------------------------------------


def test_nothing_is_changed_and_no_link_is_followed(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = project.parent / "store"
    environment(store / "env")
    (store / "env" / ".lock").touch()
    (store / "env" / "lib").symlink_to(store)
    (project / ".venv").symlink_to("../store/env")
    before = seen(project.parent)
    opened = []
    real_open = os.open
    for name in ("stat", "access", "mkdir", "unlink", "rename", "symlink", "utime", "chmod", "rmdir"):
        monkeypatch.setattr(os, name, _never)
    monkeypatch.setattr(os.path, "realpath", _never)

    def watched(path: Any, flags: int, *more: Any, **others: Any) -> int:
        opened.append((str(path), flags & os.O_ACCMODE, bool(flags & os.O_NOFOLLOW)))
        return real_open(path, flags, *more, **others)

    monkeypatch.setattr(os, "open", watched)
    standing(str(project))
    monkeypatch.undo()
    assert opened == [(f"{store}/env/pyvenv.cfg", os.O_RDONLY, True)]
    assert seen(project.parent) == before


def _never(*words: object, **more: object) -> None:
    raise AssertionError(words, more)


def seen(root: Path) -> dict[str, tuple[int, ...]]:
    """Every entry with all that `lstat` says but when it was read."""
    paths = [root, *root.rglob("*")]
    status = {str(path): path.lstat() for path in paths}
    return {p: (s.st_mode, s.st_ino, s.st_nlink, s.st_uid, s.st_size, s.st_mtime_ns, s.st_ctime_ns)
            for p, s in status.items()}  # fmt: skip


@pytest.mark.parametrize("system", [OSType.WINDOWS, OSType.MACOS])
def test_it_looks_alike_on_other_systems(fs: FakeFilesystem, system: OSType) -> None:
    fs.os = system
    root = "C:/work" if system is OSType.WINDOWS else "/work"
    fs.create_file(f"{root}/store/env/pyvenv.cfg", contents=f"home = {root}/gone\r\n")
    fs.create_file(f"{root}/store/env/Scripts/python.exe")
    fs.create_dir(f"{root}/project")
    Path(f"{root}/project/.venv").symlink_to(f"{root}/store/env")
    found = standing(f"{root}/project")
    assert (found.project, found.venv.path, found.venv.hops) == (
        f"{root}/project", f"{root}/store/env", (Hop(f"{root}/project/.venv", f"{root}/store/env"),),
    )  # fmt: skip
    assert [trait.name for trait in traits(found)] == ["link", "home-gone"]


def test_every_scenario_that_a_trait_names_is_in_the_suite() -> None:
    suite = Path(__file__).parents[2] / "scenarios"
    named = {name for scenarios in SCENARIOS.values() for name in scenarios}
    assert {name for name in named if not (suite / f"{name}.yaml").is_file()} == set()
