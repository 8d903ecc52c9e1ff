"""The site is written where it may be, kept in step, and held against what is there; nothing else is touched."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from harness.errors import HarnessError
from harness.report.site.files import MARKER, differences, write

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Disk

SITE = {"index.html": "<p>é</p>\r\n", "tools/uv.html": "uv\n", "data.js": ""}


@pytest.fixture
def place(disk: Disk) -> Path:
    """An empty folder on each of the disks."""
    _, root = disk.build({})
    return root / "project"


def held(folder: Path) -> dict[str, str]:
    """The files of a folder but for the marker, with their contents."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != MARKER)
    return {path.relative_to(folder).as_posix(): path.read_bytes().decode() for path in files}


def refused(folder: Path) -> str:
    with pytest.raises(HarnessError) as caught:
        write(folder, SITE)
    (problem,) = caught.value.problems
    return problem.what.replace(str(folder), "FOLDER")


@pytest.mark.parametrize("name", ["site", "deep/er/site", "."])
def test_a_site_is_written_into_a_folder_that_is_new_or_empty(place: Path, name: str) -> None:
    folder = place / name
    assert write(folder, SITE) == len(SITE)
    assert held(folder) == SITE
    assert differences(folder, SITE) == []


def test_what_is_as_it_should_be_is_not_written_again(place: Path) -> None:
    write(place, SITE)
    before = (place / "index.html").stat()
    assert write(place, SITE) == 0
    assert write(place, {**SITE, "data.js": "x"}) == 1
    now = (place / "index.html").stat()
    assert (now.st_ino, now.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert held(place) == {**SITE, "data.js": "x"}


def test_a_file_that_somebody_changed_or_removed_is_put_right(place: Path) -> None:
    write(place, SITE)
    (place / "index.html").write_text("mine")
    (place / "tools" / "uv.html").unlink()
    assert differences(place, SITE) == ["index.html", "tools/uv.html"]
    assert (write(place, SITE), held(place)) == (2, SITE)


def test_pages_that_are_no_more_are_removed_and_what_is_not_ours_stays(place: Path) -> None:
    write(place, SITE)
    (place / "CNAME").write_text("mine")
    rest = {"index.html": SITE["index.html"]}
    assert differences(place, rest) == [MARKER, "CNAME", "data.js", "tools/uv.html"]
    write(place, rest)
    assert held(place) == {**rest, "CNAME": "mine"}
    assert differences(place, rest) == ["CNAME"]


def test_a_page_that_is_gone_already_is_no_trouble(place: Path) -> None:
    write(place, SITE)
    (place / "data.js").unlink()
    write(place, {"index.html": ""})
    assert held(place) == {"index.html": ""}


def test_a_folder_of_the_users_is_refused_and_untouched(place: Path) -> None:
    (place / "notes.txt").write_text("mine")
    assert refused(place) == "`FOLDER` is not empty, and no site of ours"
    assert (held(place), (place / MARKER).exists()) == ({"notes.txt": "mine"}, False)


def test_a_file_in_the_place_of_the_folder_is_refused_and_untouched(place: Path) -> None:
    (place / "site").write_text("mine")
    assert refused(place / "site") == "`FOLDER` is not empty, and no site of ours"
    assert held(place) == {"site": "mine"}


@pytest.mark.parametrize("name", ["../notes.txt", "tools/../../notes.txt", "ROOT/notes.txt"])
def test_a_marker_that_names_what_lies_elsewhere_removes_nothing(place: Path, name: str) -> None:
    folder = place / "site"
    write(folder, SITE)
    (place / "notes.txt").write_text("mine")
    (folder / MARKER).write_text(f"{name.replace('ROOT', place.as_posix())}\nindex.html\n\n")
    write(folder, {"data.js": ""})
    assert held(place) == {"notes.txt": "mine", "site/data.js": "", "site/tools/uv.html": "uv\n"}


def test_a_page_behind_a_link_is_not_removed(place: Path) -> None:
    folder = place / "site"
    write(folder, SITE)
    (folder / "tools").rename(place / "elsewhere")
    (folder / "tools").symlink_to(place / "elsewhere")
    write(folder, {"data.js": ""})
    assert held(place) == {"elsewhere/uv.html": "uv\n", "site/data.js": ""}


def test_a_directory_in_the_place_of_a_page_is_told_and_stays(place: Path) -> None:
    write(place, SITE)
    (place / "index.html").unlink()
    (place / "index.html" / "notes").mkdir(parents=True)
    assert differences(place, SITE) == ["index.html"]
    with pytest.raises(HarnessError, match="cannot be written"):
        write(place, SITE)
    assert (place / "index.html" / "notes").is_dir()


def test_a_folder_that_is_not_there_lacks_everything(place: Path) -> None:
    assert differences(place / "none", SITE) == [MARKER, *sorted(SITE)]
