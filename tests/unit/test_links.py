"""Where a link leads is told from the texts that were seen."""

from __future__ import annotations

import stat
from posixpath import normpath
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest

from harness.sandbox.links import arrives, below
from harness.sandbox.opened import is_directory, is_link

if TYPE_CHECKING:
    import os

ROOT = "/nowhere/at/all/root"


def outside(path: str) -> str | None:
    """A world in which no link stands outside the root."""
    return below(normpath(path), ROOT)


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("store/env", "project/store/env"),
        ("../store/env", "store/env"),
        ("..//store/./env/", "store/env"),
        ("..", "."),
        (".", "project"),
        ("../store/../home", "home"),
        (f"{ROOT}/store", "store"),
        (f"{ROOT}/store/../home", "home"),
        (f"{ROOT}//store", "store"),
        (ROOT, "."),
        (f"{ROOT}ed/store", None),
        ("/nowhere/else", None),
        ("/nowhere/at/all/../all/root/store", "store"),
        ("../../root/store", "store"),
        ("../../other", None),
        ("../" * 9 + "nowhere/at/all/root/store", "store"),
        ("../chain/deeper", "store/env/deeper"),
        ("../chain/../deeper", "store/deeper"),
        ("../absolute/deeper", "store/deeper"),
        ("../nothing/../home", "home"),
        ("../self", None),
        ("../self/deeper", None),
        ("../ping", None),
    ],
)
def test_a_link_arrives_where_every_link_on_its_way_leads(text: str, target: str | None) -> None:
    links = {
        "project/link": text,
        "chain": "links/to-env",
        "links/to-env": "../store/env",
        "absolute": f"{ROOT}/store",
        "self": "self",
        "ping": "pong",
        "pong": "./ping",
    }
    assert arrives("project/link", ROOT, links, outside) == target


@pytest.mark.parametrize(
    ("path", "within"), [(ROOT, "."), (f"{ROOT}/a/b", "a/b"), (f"{ROOT}x", None), ("/", None), ("/nowhere", None)]
)
def test_a_path_is_below_the_root_or_it_is_not(path: str, within: str | None) -> None:
    assert below(path, ROOT) == within


@pytest.mark.parametrize(
    ("mode", "tag", "answers"),
    [
        (stat.S_IFDIR, 0, (False, True)),
        (stat.S_IFLNK, 0xA000000C, (True, False)),
        (stat.S_IFDIR, 0xA0000003, (True, False)),
        (stat.S_IFREG, 0, (False, False)),
    ],
)
def test_a_junction_is_a_link_though_windows_shows_it_as_a_directory(
    mode: int, tag: int, answers: tuple[bool, bool]
) -> None:
    status = cast("os.stat_result", SimpleNamespace(st_mode=mode | 0o777, st_reparse_tag=tag))
    assert (is_link(status), is_directory(status)) == answers
