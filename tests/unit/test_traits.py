"""What a layout comes to: a sentence for whatever is the matter, and the scenarios that describe it."""

from __future__ import annotations

import pytest

from harness.layout import Arrival, Hop, Inside, Kind, Layout, Lock
from harness.traits import SCENARIOS, traits

PROJECT = "/home/me/project"
VENV = f"{PROJECT}/.venv"
WHOLE = Inside(
    empty=False, settings=Kind.FILE, home="/usr/bin", home_is=Kind.DIRECTORY,
    python=Arrival(kind=Kind.FILE, path="/usr/bin/python3"),
)  # fmt: skip
EMPTY = Inside(empty=True, settings=Kind.NOTHING)
THINGS = Inside(empty=False, settings=Kind.NOTHING)


def names(layout: Layout) -> list[str]:
    return [trait.name for trait in traits(layout)]


def plain(kind: Kind = Kind.DIRECTORY, inside: Inside | None = None, **more: object) -> Layout:
    return Layout(project=PROJECT, linked=False, venv=Arrival(kind=kind, path=VENV), inside=inside, **more)  # type: ignore[arg-type]


def linked(
    *texts: str,
    kind: Kind = Kind.DIRECTORY,
    path: str = "/store/env",
    inside: Inside | None = None,
    short: bool = False,
) -> Layout:
    hops = tuple(Hop(f"/{number}", text) for number, text in enumerate(texts))
    venv = Arrival(kind=kind, path=path, hops=hops, short=short)
    return Layout(project=PROJECT, linked=False, venv=venv, inside=inside)


def redirected(to: Arrival | None, inside: Inside | None = None) -> Layout:
    venv = Arrival(kind=Kind.FILE, path=VENV)
    return Layout(project=PROJECT, linked=False, venv=venv, redirect=to, inside=inside)


STORE = Arrival(kind=Kind.DIRECTORY, path="/store/env")


@pytest.mark.parametrize(
    ("layout", "found"),
    [
        (plain(Kind.NOTHING), ["nothing"]),
        (plain(inside=WHOLE), ["environment"]),
        (plain(inside=EMPTY), ["empty-directory"]),
        (plain(inside=THINGS), ["users-directory"]),
        (plain(inside=None), ["closed"]),
        (plain(Kind.PIPE), ["pipe-or-socket"]),
        (plain(Kind.SOCKET), ["pipe-or-socket"]),
        (plain(Kind.DEVICE), ["closed"]),
        (plain(Kind.CLOSED), ["closed"]),
        (linked("../env", inside=WHOLE), ["link"]),
        (linked("../env", inside=None), ["link"]),
        (linked("../env", inside=EMPTY), ["link-to-empty-directory"]),
        (linked("../env", inside=THINGS), ["link-to-users-directory"]),
        (linked(".", path=PROJECT, inside=THINGS), ["link-to-project"]),
        (linked("..", path="/home/me", inside=THINGS), ["link-to-parent"]),
        (linked("/", path="/", inside=THINGS), ["link-to-parent"]),
        (linked("../project2", path="/home/me/project2", inside=EMPTY), ["link-to-empty-directory"]),
        (linked("a", "b", inside=WHOLE), ["link", "chain"]),
        (linked("a", kind=Kind.NOTHING), ["dangling"]),
        (linked("a/b", kind=Kind.NOTHING, short=True), ["dangling-deep"]),
        (linked("a", "b", kind=Kind.NOTHING), ["dangling", "dangling-chain"]),
        (linked("a", "b", kind=Kind.LOOP), ["loop"]),
        (linked("a", kind=Kind.FILE), ["link-to-file"]),
        (linked("/dev/null", kind=Kind.DEVICE), ["link-to-device"]),
        (linked("a", kind=Kind.PIPE), ["pipe-or-socket"]),
        (linked("a", kind=Kind.CLOSED), ["closed"]),
        (redirected(None), ["file"]),
        (redirected(STORE, WHOLE), ["redirect"]),
        (redirected(STORE, THINGS), ["redirect-to-users-directory"]),
        (redirected(Arrival(kind=Kind.NOTHING, path="/gone")), ["redirect-to-nothing"]),
        (redirected(Arrival(kind=Kind.FILE, path="/file")), ["redirect-to-nothing"]),
        (redirected(Arrival(kind=Kind.DIRECTORY, path="/a", hops=(Hop("/b", "a"),)), WHOLE), ["redirect-to-link"]),
    ],
)
def test_what_stands_at_venv_has_a_name(layout: Layout, found: list[str]) -> None:
    assert names(layout) == found


GONE = Arrival(kind=Kind.NOTHING, path="/gone/python3", hops=(Hop(f"{VENV}/bin/python", "/gone/python3"),))


def part(**changed: object) -> Inside:
    told = {
        "empty": False,
        "settings": Kind.FILE,
        "home": "/usr/bin",
        "home_is": Kind.DIRECTORY,
        "python": WHOLE.python,
    }
    return Inside(**{**told, **changed})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("inside", "found"),
    [
        (part(settings=Kind.NOTHING), ["settings-missing"]),
        (part(settings=Kind.DIRECTORY), ["settings-a-directory"]),
        (part(settings=Kind.PIPE), ["settings-a-pipe"]),
        (part(home=""), ["environment", "settings-say-nothing"]),
        (part(home_is=Kind.NOTHING), ["environment", "home-gone"]),
        (part(python=None), ["environment", "interpreter-missing"]),
        (part(python=GONE), ["environment", "interpreter-gone"]),
        (part(led_out=(Hop(f"{VENV}/lib", "/elsewhere"),)), ["environment", "directories-led-out"]),
        (part(others=("notes.txt",)), ["environment", "users-files-inside"]),
    ],
)
def test_what_is_the_matter_with_an_environment_is_told(inside: Inside, found: list[str]) -> None:
    assert names(plain(inside=inside)) == found


def test_an_interpreter_that_is_gone_behind_a_link_is_a_case_of_its_own() -> None:
    assert names(linked("../env", inside=part(python=GONE))) == ["link", "interpreter-gone-behind-link"]


def test_the_place_and_who_else_is_at_work_there_is_told() -> None:
    layout = Layout(
        project=PROJECT, linked=True, venv=Arrival(kind=Kind.DIRECTORY, path=VENV), mount=True, elsewhere=True,
        inside=EMPTY, synchronised=(("Dropbox", "/home/me/Dropbox"),),
        locks=(
            Lock(path="/a", days=40.2, held=False), Lock(path="/b", days=0.1, held=None),
            Lock(path="/c", days=2, held=True), Lock(path="/d", days=3, held=None), Lock(path="/e", days=0, held=False),
        ),
    )  # fmt: skip
    assert [(trait.name, trait.says) for trait in traits(layout)] == [
        ("empty-directory", "`.venv` is an empty directory"),
        ("project-through-link", "the project was named by a link that leads to it"),
        ("mount", "`.venv` is a mount point: it can be emptied, but neither removed nor replaced"),
        ("synchronised", "Dropbox seems to synchronise this place, by `/home/me/Dropbox`: it may write here, too"),
        ("stale-lock", "`/a` is 40 days old; no process is known to hold it"),
        ("lock", "`/b` is less than a day old; whether a process holds it cannot be told here"),
        ("lock-held", "`/c` is held by a process at this moment"),
        ("stale-lock", "`/d` is 3 days old; whether a process holds it cannot be told here"),
        ("lock", "`/e` is less than a day old; no process is known to hold it"),
    ]


def test_another_filesystem_is_told_where_it_is_no_mount() -> None:
    assert names(plain(inside=WHOLE, elsewhere=True)) == ["environment", "other-filesystem"]


def test_links_and_what_is_wrong_are_told_by_name() -> None:
    layout = linked("../b", "real", inside=part(home_is=Kind.NOTHING, home="/gone", python=GONE, others=("a", "b")))
    assert [trait.says for trait in traits(layout)] == [
        "`.venv` is a link to `../b` -> `real`, an environment",
        "2 links in a row lead there",
        "`pyvenv.cfg` names a `home` that is gone: `/gone`",
        f"the interpreter is gone: `{VENV}/bin/python` leads to `/gone/python3`",
        "the environment holds what no tool makes: `a`, `b`",
    ]


def test_every_scenario_comes_with_the_trait_that_it_describes() -> None:
    (trait,) = traits(linked("../env", inside=WHOLE))
    assert trait.scenarios == SCENARIOS["link"]
    assert trait.scenarios[0] == "links/existing-target-twice"
