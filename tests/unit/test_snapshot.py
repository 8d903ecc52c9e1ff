"""A snapshot finds what stands at a path, and where a path leads, as the kernel would."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.snapshot import (
    Leads,
    Meta,
    SeenDirectory,
    SeenFile,
    SeenLink,
    SeenSpecial,
    Snapshot,
    describe,
    kind,
)

META = Meta(0o644)
DIRECTORY = SeenDirectory(Meta(0o755, identity=1))
FILE = SeenFile(Meta(0o644, identity=2), 5, "0123456789", b"hello")
LINK = SeenLink(Meta(0o777, identity=3), "../store/env", Leads.INSIDE, "store/env")
FIFO = SeenSpecial(META, "fifo")


def test_an_entry_can_be_said_in_words() -> None:
    seen = (None, DIRECTORY, FILE, LINK, FIFO)
    assert [describe(one) for one in seen] == ["absent", "directory", "file", "link ../store/env", "fifo"]
    assert [kind(one) for one in seen if one is not None] == ["directory", "file", "link", "fifo"]


# -- looking things up


def link(target: str | None, leads: Leads = Leads.INSIDE) -> SeenLink:
    return SeenLink(META, "text", leads, target)


TREE = Snapshot(
    {
        "home": DIRECTORY,
        "project": DIRECTORY,
        "project/.venv": link("store/env"),
        "project/file": FILE,
        "store": DIRECTORY,
        "store/env": DIRECTORY,
        "store/env/lib": DIRECTORY,
        "store/env/lib64": link("store/env/lib"),
        "chain": link("store/env"),
        "dangling": link("store/nothing", Leads.DANGLING),
        "loop": link(None, Leads.LOOP),
        "outside": link(None, Leads.OUTSIDE),
        "root": link("."),
    }
)


@pytest.mark.parametrize(
    ("path", "arrived"),
    [
        ("project", "project"),
        ("project/file", "project/file"),
        ("project/.venv", "store/env"),
        ("project/.venv/", "store/env"),
        ("./project//.venv/.", "store/env"),
        ("project/.venv/lib64/python", "store/env/lib/python"),
        ("chain/lib64", "store/env/lib"),
        ("project/.venv/..", "store"),
        ("project/.venv/../env/lib64", "store/env/lib"),
        ("project/..", "."),
        ("project/../home", "home"),
        (".", "."),
        ("root", "."),
        ("root/root/project/.venv", "store/env"),
        ("dangling", "store/nothing"),
        ("dangling/below", "store/nothing/below"),
        ("nothing/yet", "nothing/yet"),
        ("nothing/../project/.venv", "store/env"),
        ("loop", None),
        ("loop/below", None),
        ("outside", None),
        ("outside/../home", None),
        ("..", None),
        ("project/../../root", None),
    ],
)
def test_a_path_resolves_as_the_kernel_would_take_it(path: str, arrived: str | None) -> None:
    assert TREE.resolve(path) == arrived


def test_what_lies_below_a_path_is_named_relative_to_it() -> None:
    assert TREE.below("store/env") == {"lib": DIRECTORY, "lib64": link("store/env/lib")}
    assert TREE.below(".") == TREE.entries
    assert TREE.below("sto") == {}
    assert TREE.below("project/file") == {}


def test_a_snapshot_answers_like_a_mapping() -> None:
    assert TREE["project"] == DIRECTORY
    assert "store/env" in TREE
    assert "nothing" not in TREE
    assert TREE.get("nothing") is None
    assert list(Snapshot({"b": FILE, "a": FILE})) == ["b", "a"]


paths = st.lists(st.sampled_from(["a", "b", "a-b", ".c"]), min_size=1, max_size=3).map("/".join)
without_links = st.dictionaries(paths, st.sampled_from([DIRECTORY, FILE, FIFO])).map(Snapshot)


@settings(database=None)
@given(without_links, paths)
def test_a_path_without_links_on_it_resolves_to_itself(tree: Snapshot, path: str) -> None:
    assert tree.resolve(path) == path
