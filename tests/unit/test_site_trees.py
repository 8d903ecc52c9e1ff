"""A tree through all looks at it: what came, what went, what is another, and nothing drawn that is not there."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import made
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from measured import ENV, became, came, did, went

from harness.changes import diff, was_and_is
from harness.folding import fold
from harness.report.site.trees import ROWS, Looks, looks, planted
from harness.snapshot import Snapshot, describe, kind
from harness.tree import Directory, Fifo, File, Hardlink, Link, Mount, Socket, parents

if TYPE_CHECKING:
    from harness.result import Record
    from harness.snapshot import Seen

Drawn = dict[str, list[tuple[str, str, int]]]


def drawn(found: Looks) -> Drawn:
    """For each path how it was: mark, words, for how many looks."""
    return {entry.path: [(stay.spot.mark, stay.spot.words, stay.looks) for stay in entry.stays]
            for entry in found.entries}  # fmt: skip


def after(tree: dict[str, str], *steps: tuple[Record, ...]) -> Drawn:
    """A tree through steps, each told by its changes."""
    return drawn(looks(tree, [did("create", *changes, step=number) for number, changes in enumerate(steps, start=1)]))


# -- what is planted ---------------------------------------------------------------------------------------------------


def test_what_is_planted_is_told_in_the_words_of_evidence() -> None:
    tree = {
        "a": Directory(), "b": Directory(0o700), "c": File(b"text"), "d": File(mode=0o600), "e": Hardlink("c"),
        "f": Fifo(), "g": Socket(), "h": Link("../x"), "i": Link("/top/root/store"), "j\udce9": Link("\udce9"),
        "k": Mount(kind="tmpfs", size=16384), "l": Mount(kind="bind"), "m": Mount(kind="bind", of="a"),
        "n": Mount(kind="tmpfs", size=4 << 20, read_only=True, noexec=True),
    }  # fmt: skip
    assert planted(tree, "/top/root") == {
        "a": "directory", "b": "directory 0700", "c": "file", "d": "file 0600", "e": "file, the same as c",
        "f": "fifo", "g": "socket", "h": "link ../x", "i": "link $root/store", r"j\xe9": r"link \xe9",
        "k": "directory, a mount of 16 KiB", "l": "directory, a mount", "m": "directory, a mount of a",
        "n": "directory, a mount of 4 MiB, read-only, noexec",
    }  # fmt: skip


# -- marks -------------------------------------------------------------------------------------------------------------


def test_what_came_went_and_became_another_is_marked_where_it_did() -> None:
    tree = {"gone": "file", "kept": "link x", "other": "link x"}
    assert after(tree, (came("new"), went("gone"), became("other", "link x", "link y")), ()) == {
        "gone": [("", "file", 1), ("-", "", 2)],
        "kept": [("", "link x", 3)],
        "new": [("", "", 1), ("+", "file", 2)],
        "other": [("", "link x", 1), ("~", "link y", 2)],
    }


def test_what_comes_again_after_it_went_is_new() -> None:
    assert after({"a": "file"}, (went("a"),), (came("a", "link x"),)) == {
        "a": [("", "file", 1), ("-", "", 1), ("+", "link x", 1)]
    }


def test_what_changes_again_to_the_same_words_is_marked_again() -> None:
    change = became("a", 'file "1"', "file with other content")
    assert after({"a": "file"}, (change,), (change,)) == {
        "a": [("", "file", 1), ("~", "file with other content", 1), ("~", "file with other content", 1)]
    }


def test_everything_below_a_directory_that_went_is_gone() -> None:
    tree = {"d": "directory", "d/a": "file", "d/b": "directory", "d/b/c": "link x", "da": "file"}
    gone = [("", "file", 1), ("-", "", 1)]
    assert after(tree, (went("d", "directory", entries=3),)) == {
        "d": [("", "directory", 1), ("-", "", 1)],
        "d/a": gone,
        "d/b": [("", "directory", 1), ("-", "", 1)],
        "d/b/c": [("", "link x", 1), ("-", "", 1)],
        "da": [("", "file", 2)],
    }


@pytest.mark.parametrize("now", ["file", "link ../store"])
def test_everything_below_a_directory_that_became_something_else_is_gone(now: str) -> None:
    change = became("d", "directory", now, entries=9, environment=True)
    assert after({"d": "directory", "d/a": "file"}, (change,)) == {
        "d": [("", "directory", 1), ("~", now, 1)],
        "d/a": [("", "file", 1), ("-", "", 1)],
    }


def test_what_lies_in_a_directory_with_another_mode_or_in_the_place_of_another_stays() -> None:
    tree = {"d": "directory", "d/a": "file", "e": "directory", "e/a": "file"}
    other = "another directory of that name"
    assert after(tree, (became("d", "directory", other), became("e", "directory 0755", "directory 0700"))) == {
        "d": [("", "directory", 1), ("~", other, 1)],
        "d/a": [("", "file", 2)],
        "e": [("", "directory", 1), ("~", "directory 0700", 1)],
        "e/a": [("", "file", 2)],
    }


def test_a_directory_that_is_moved_goes_and_comes_with_all_in_it() -> None:
    moved = (went("a", "directory", entries=9), came("b", "directory", entries=9))
    assert after({"a": "directory", "a/x": "file"}, moved) == {
        "a": [("", "directory", 1), ("-", "", 1)],
        "a/x": [("", "file", 1), ("-", "", 1)],
        "b": [("", "", 1), ("+", "directory, 9 entries", 1)],
    }


def test_a_link_that_becomes_an_environment_leaves_its_target_as_it_is() -> None:
    tree = {"project": "directory", ENV: "link ../store/env", "store": "directory", "store/env": "directory"}
    first = came("store/env", "directory", entries=22, environment=True)
    second = became(ENV, "link ../store/env", "directory", entries=22, environment=True)
    assert after(tree, (first,), (second,)) == {
        "project": [("", "directory", 3)],
        ENV: [("", "link ../store/env", 2), ("~", "an environment, 22 entries", 1)],
        "store": [("", "directory", 3)],
        "store/env": [("", "directory", 1), ("+", "an environment, 22 entries", 2)],
    }


def test_what_was_told_by_its_number_alone_is_drawn_as_soon_as_something_happens_to_it() -> None:
    first = came("d", "directory", entries=22)
    assert after({}, (first,), (went("d/a"), became("d/b", "link x", "link y"))) == {
        "d": [("", "", 1), ("+", "directory, 22 entries", 2)],
        "d/a": [("", "", 2), ("-", "", 1)],
        "d/b": [("", "", 2), ("~", "link y", 1)],
    }


# -- columns and rows --------------------------------------------------------------------------------------------------


def test_commands_that_ran_together_are_one_look() -> None:
    steps = [did("create", step=1), did("create", came("a"), step=1), did("create", came("b"), step=3)]
    found = looks({}, steps)
    assert found.heads == ("before", "after step 1", "after step 3")
    assert drawn(found) == {"a": [("", "", 1), ("+", "file", 2)], "b": [("", "", 2), ("+", "file", 1)]}


def test_a_case_without_steps_is_the_tree_before() -> None:
    found = looks({"a": "file"}, [])
    assert (found.heads, drawn(found)) == (("before",), {"a": [("", "file", 1)]})


def test_an_entry_hangs_on_the_one_that_it_lies_in() -> None:
    found = looks(dict.fromkeys(("a/b", "a", "a-b", "a/b/c/d", "x/y"), "directory"), [])
    assert [(entry.path, entry.name, entry.depth, entry.touched) for entry in found.entries] == [
        ("a", "a", 0, False),
        ("a/b", "b", 1, False),
        ("a/b/c/d", "c/d", 2, False),
        ("a-b", "a-b", 0, False),
        ("x/y", "x/y", 0, False),
    ]


def test_of_a_large_tree_all_that_something_happened_to_is_drawn_and_the_rest_is_counted() -> None:
    tree = {f"deep/{number:03}": "file" for number in range(ROWS)} | {"top": "file"}
    found = looks(tree, [did("create", went("deep/069"), came("deep/new"))])
    touched = [entry.path for entry in found.entries if entry.touched]
    assert (touched, len(found.entries), found.left_out) == (["deep/069", "deep/new"], ROWS, 2)
    assert "top" in drawn(found)


def test_of_a_tree_that_changed_all_over_the_first_entries_are_drawn() -> None:
    found = looks({}, [did("create", *(came(f"{number:03}") for number in range(ROWS * 3)))])
    assert (len(found.entries), found.left_out) == (2 * ROWS, ROWS)


# -- any trees at all --------------------------------------------------------------------------------------------------

names = st.sampled_from(["a", "b", "pyvenv.cfg"])
paths = st.lists(names, min_size=1, max_size=3).map("/".join)
identities = st.integers(0, 2)
things: st.SearchStrategy[Seen] = st.one_of(
    st.builds(made.directory, st.sampled_from([0o755, 0o700]), identity=identities),
    st.builds(made.file, st.sampled_from(["", "1", "1\n2"]), st.sampled_from([0o644, 0o600]), identity=identities),
    st.builds(made.link, st.sampled_from(["x", "../y"]), identity=identities),
    st.builds(made.fifo),
)


def whole(found: dict[str, Seen]) -> Snapshot:
    """The entries that can stand together, with every directory that holds them."""
    entries: dict[str, Seen] = {}
    for path, seen in sorted(found.items(), key=lambda item: item[0].count("/")):
        above = [entries.get(parent) for parent in parents(path)]
        if all(one is None or kind(one) == "directory" for one in above):
            entries |= {parent: made.directory() for parent in parents(path) if parent not in entries}
            entries[path] = seen
    return Snapshot(entries)


trees = st.dictionaries(paths, things, max_size=16).map(whole)


def told(before: Snapshot, now: Snapshot) -> list[Record]:
    return [became(change.path, *was_and_is(change)) for change in diff(before, now)]


def kind_of(words: str) -> str:
    """What kind of entry the words of a look are about; empty where nothing stands."""
    if words.startswith("an environment"):
        return "directory"
    return re.split(r"[ ,]", words.removeprefix("another "))[0]


def counted(found: dict[str, list[str]], path: str, look: int) -> bool:
    """Whether a directory above was told by the number of its entries, at this look or at one before."""
    above = (found[parent][: look + 1] for parent in parents(path) if parent in found)
    return any(words.endswith(" entries") for looks_at in above for words in looks_at)


def spread(found: Looks) -> dict[str, list[str]]:
    """For each path its words at every look."""
    return {entry.path: [stay.spot.words for stay in entry.stays for _ in range(stay.looks)]
            for entry in found.entries}  # fmt: skip


@settings(database=None, deadline=None, max_examples=150)
@given(trees, trees)
def test_the_last_look_is_the_tree_that_is_there(before: Snapshot, now: Snapshot) -> None:
    words = {path: describe(before[path]) for path in before}
    found = spread(looks(words, [did("create", *fold(told(before, now)))]))
    there = {path: kind(now[path]) if path in now else "" for path in found}
    assert {path: kind_of(words[-1]) for path, words in found.items()} == there
    assert [path for path in now if path not in found and not counted(found, path, 1)] == []


@settings(database=None, deadline=None, max_examples=150)
@given(st.lists(trees, min_size=2, max_size=4))
def test_no_look_draws_what_is_not_there_and_what_is_there_is_drawn_or_counted(seen: list[Snapshot]) -> None:
    first, *others = seen
    changes = [told(before, now) for before, now in zip(seen, others, strict=False)]
    steps = [did("create", *fold(one), step=number) for number, one in enumerate(changes, start=1)]
    found = spread(looks({path: describe(first[path]) for path in first}, steps))
    for look, tree in enumerate(seen):
        shown = {path: kind_of(words[look]) for path, words in found.items() if words[look]}
        assert shown.items() <= {path: kind(tree[path]) for path in tree}.items()
        assert [path for path in tree if path not in shown and not counted(found, path, look)] == []
