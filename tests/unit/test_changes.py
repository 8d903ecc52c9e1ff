"""What differs between two snapshots is found, all of it and nothing else."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.changes import (
    Added,
    Change,
    Relinked,
    Remoded,
    Removed,
    Reowned,
    Replaced,
    Retargeted,
    Retyped,
    Rewritten,
    diff,
    was_and_is,
)
from harness.snapshot import Leads, Meta, Seen, SeenDirectory, SeenFile, SeenLink, SeenSpecial, Snapshot

if TYPE_CHECKING:
    from collections.abc import Callable

META = Meta(0o644)
DIRECTORY = SeenDirectory(Meta(0o755, identity=1))
FILE = SeenFile(Meta(0o644, identity=2), 5, "0123456789", b"hello")
LINK = SeenLink(Meta(0o777, identity=3), "../store/env", Leads.INSIDE, "store/env")
FIFO = SeenSpecial(META, "fifo")


def changes(was: Seen | None, now: Seen | None) -> tuple[Change, ...]:
    """The differences between two trees that have one entry each, or none."""
    before, after = ({"a": seen} if seen is not None else {} for seen in (was, now))
    return diff(Snapshot(before), Snapshot(after))


# -- each kind of change


@pytest.mark.parametrize("seen", [DIRECTORY, FILE, LINK, FIFO])
def test_what_appears_is_added_and_what_disappears_is_removed(seen: Seen) -> None:
    assert changes(None, seen) == (Added("a", seen),)
    assert changes(seen, None) == (Removed("a", seen),)
    assert changes(seen, seen) == ()


@pytest.mark.parametrize("was", [DIRECTORY, FILE, LINK, FIFO, SeenSpecial(META, "socket")])
@pytest.mark.parametrize("now", [DIRECTORY, FILE, LINK, FIFO, SeenSpecial(META, "socket")])
def test_another_kind_of_entry_is_retyped_and_nothing_more_is_said_of_it(was: Seen, now: Seen) -> None:
    assert changes(was, now) == (() if was == now else (Retyped("a", was, now),))


def test_a_link_replaced_by_a_directory_is_a_retyped_change() -> None:
    assert changes(LINK, DIRECTORY) == (Retyped("a", LINK, DIRECTORY),)


def test_a_link_with_another_text_is_retargeted() -> None:
    now = replace(LINK, text="store/env")
    assert changes(LINK, now) == (Retargeted("a", LINK, now),)


@pytest.mark.parametrize(
    "now",
    [
        replace(LINK, leads=Leads.DANGLING),
        replace(LINK, target="elsewhere"),
        replace(LINK, meta=Meta(0o755, identity=3)),
    ],
)
def test_a_link_whose_text_stays_is_unchanged_wherever_it_leads_by_now(now: SeenLink) -> None:
    assert changes(LINK, now) == ()


@pytest.mark.parametrize("now", [replace(FILE, digest="other"), replace(FILE, size=6)])
def test_a_file_with_other_content_is_rewritten(now: SeenFile) -> None:
    assert changes(FILE, now) == (Rewritten("a", FILE, now),)


def test_the_head_of_a_file_is_shown_and_not_compared() -> None:
    assert changes(FILE, replace(FILE, head=b"")) == ()


def test_a_file_with_other_names_is_relinked() -> None:
    now = replace(FILE, names=("a", "b"))
    assert changes(FILE, now) == (Relinked("a", FILE, now),)


@pytest.mark.parametrize("was", [DIRECTORY, FILE, FIFO])
def test_other_permission_bits_are_remoded(was: Seen) -> None:
    now = replace(was, meta=replace(was.meta, mode=0o700))
    assert changes(was, now) == (Remoded("a", was, now),)


@pytest.mark.parametrize("was", [DIRECTORY, FILE, LINK, FIFO])
@pytest.mark.parametrize("owner", [(1, 0), (0, 1)])
def test_another_owner_or_group_is_reowned(was: Seen, owner: tuple[int, int]) -> None:
    now = replace(was, meta=replace(was.meta, owner=owner))
    assert changes(was, now) == (Reowned("a", was, now),)


@pytest.mark.parametrize("was", [DIRECTORY, FILE, LINK])
def test_another_entry_of_the_same_kind_is_replaced(was: Seen) -> None:
    now = replace(was, meta=replace(was.meta, identity=9))
    assert changes(was, now) == (Replaced("a", was, now),)


@pytest.mark.parametrize(("was", "now"), [(1, None), (None, 1), (None, None)])
def test_an_entry_that_is_not_kept_track_of_is_never_replaced(was: int | None, now: int | None) -> None:
    first, second = (SeenDirectory(Meta(0o755, identity=identity)) for identity in (was, now))
    assert changes(first, second) == ()


def test_everything_that_became_of_one_entry_is_said() -> None:
    now = SeenFile(Meta(0o600, (5, 5), 7), 1, "other", names=("a", "z"))
    assert changes(FILE, now) == (
        Rewritten("a", FILE, now),
        Relinked("a", FILE, now),
        Remoded("a", FILE, now),
        Reowned("a", FILE, now),
        Replaced("a", FILE, now),
    )


def test_changes_are_sorted_as_a_tree_is_listed() -> None:
    after = Snapshot(dict.fromkeys(("a.b", "a/b", "b", "a", "a-b", "a/b/c"), FILE))
    assert [change.path for change in diff(Snapshot({}), after)] == ["a", "a/b", "a/b/c", "a-b", "a.b", "b"]


def wrote(content: bytes) -> SeenFile:
    return SeenFile(Meta(0o644), len(content), content.hex(), content)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (Added("a", DIRECTORY), ("absent", "directory")),
        (Removed("a", FIFO), ("fifo", "absent")),
        (Retyped("a", LINK, DIRECTORY), ("link ../store/env", "directory")),
        (Retargeted("a", LINK, replace(LINK, text="x")), ("link ../store/env", "link x")),
        (Rewritten("a", wrote(b"1\n2\n3\n"), wrote(b"1\nII\nIII\n")), ('file "2"', 'file "II"')),
        (Rewritten("a", wrote(b"1\n2\n"), wrote(b"1\n")), ('file "2"', "file without that line")),
        (Rewritten("a", wrote(b"1\n"), wrote(b"1\n\xff")), ("file without that line", 'file "\\xff"')),
        (Rewritten("a", wrote(b"#!/bin/sh\n"), wrote(b"\x7fELF\0\n")), ('file "#!/bin/sh"', "file that is no text")),
        (Rewritten("a", wrote(b"1\n"), wrote(b"1\r\n")), ("file", "file with other content")),
        (
            Relinked("a", FILE, replace(FILE, names=("a", "b", "c"))),
            ("file of its own", "file, the same as b, c"),
        ),
        (Relinked("a", replace(FILE, names=("a", "b")), FILE), ("file, the same as b", "file of its own")),
        (Remoded("a", FILE, replace(FILE, meta=Meta(0o4755))), ("file 0644", "file 4755")),
        (Reowned("a", FILE, replace(FILE, meta=Meta(0o644, (1, 2)))), ("file of 0:0", "file of 1:2")),
        (Replaced("a", DIRECTORY, DIRECTORY), ("directory", "another directory of that name")),
    ],
)
def test_a_change_can_be_said_in_words(change: Change, words: tuple[str, str]) -> None:
    assert was_and_is(change) == words


# -- any trees at all

names = st.sampled_from(["a", "b", "a-b", ".c"])
paths = st.lists(names, min_size=1, max_size=3).map("/".join)
metas = st.builds(
    Meta,
    st.sampled_from([0o644, 0o755, 0o2750]),
    st.sampled_from([(0, 0), (5, 6)]),
    st.one_of(st.none(), st.integers(0, 9)),
)
entries: st.SearchStrategy[Seen] = st.one_of(
    st.builds(SeenDirectory, metas),
    st.builds(SeenFile, metas, st.integers(0, 3), st.sampled_from(["d0", "d1"]), st.just(b"")),
    st.builds(SeenLink, metas, st.sampled_from(["x", "../y"]), st.just(Leads.INSIDE), st.just("x")),
    st.builds(SeenSpecial, metas, st.sampled_from(["fifo", "socket"])),
)
snapshots = st.dictionaries(paths, entries, max_size=8).map(Snapshot)

Edit: TypeAlias = "Callable[[str, Seen], tuple[Seen | None, Change]]"


def _remove(path: str, was: Seen) -> tuple[None, Change]:
    return None, Removed(path, was)


def _retype(path: str, was: Seen) -> tuple[Seen, Change]:
    now: Seen = SeenSpecial(was.meta, "fifo") if isinstance(was, SeenDirectory) else SeenDirectory(was.meta)
    return now, Retyped(path, was, now)


def _reown(path: str, was: Seen) -> tuple[Seen, Change]:
    now = replace(was, meta=replace(was.meta, owner=(7, 7)))
    return now, Reowned(path, was, now)


def _remode(path: str, was: Seen) -> tuple[Seen, Change]:
    if isinstance(was, SeenLink):
        return _reown(path, was)
    now = replace(was, meta=replace(was.meta, mode=0o1777))
    return now, Remoded(path, was, now)


def _replace(path: str, was: Seen) -> tuple[Seen, Change]:
    if was.meta.identity is None:
        return _reown(path, was)
    now = replace(was, meta=replace(was.meta, identity=was.meta.identity + 10))
    return now, Replaced(path, was, now)


def _rewrite(path: str, was: Seen) -> tuple[Seen, Change]:
    if not isinstance(was, SeenFile):
        return _retype(path, was)
    now = replace(was, digest="other")
    return now, Rewritten(path, was, now)


def _relink(path: str, was: Seen) -> tuple[Seen, Change]:
    if not isinstance(was, SeenFile):
        return _retype(path, was)
    now = replace(was, names=(path, "elsewhere"))
    return now, Relinked(path, was, now)


def _retarget(path: str, was: Seen) -> tuple[Seen, Change]:
    if not isinstance(was, SeenLink):
        return _retype(path, was)
    now = replace(was, text="elsewhere")
    return now, Retargeted(path, was, now)


edits: st.SearchStrategy[Edit] = st.sampled_from(
    [_remove, _retype, _reown, _remode, _replace, _rewrite, _relink, _retarget]
)


@settings(database=None)
@given(snapshots)
def test_a_tree_does_not_differ_from_itself(tree: Snapshot) -> None:
    assert diff(tree, tree) == ()
    assert diff(tree, Snapshot({path: tree[path] for path in reversed(list(tree))})) == ()


@settings(database=None)
@given(snapshots, st.data())
def test_the_difference_is_just_what_was_done_to_the_tree(tree: Snapshot, data: st.DataObject) -> None:
    after, expected = dict(tree.entries), []
    for path in data.draw(st.sets(st.sampled_from(sorted(after)), max_size=3) if after else st.just(set())):
        now, change = data.draw(edits)(path, tree[path])
        expected.append(change)
        del after[path]
        if now is not None:
            after[path] = now
    for path, seen in data.draw(st.dictionaries(paths, entries, max_size=2)).items():
        if path not in tree:
            after[path] = seen
            expected.append(Added(path, seen))
    expected.sort(key=lambda change: change.path.split("/"))
    assert diff(tree, Snapshot(after)) == tuple(expected)


@settings(database=None)
@given(snapshots, snapshots)
def test_what_is_added_one_way_is_removed_the_other_way(one: Snapshot, other: Snapshot) -> None:
    there, back = diff(one, other), diff(other, one)
    assert [change.path for change in there] == [change.path for change in back]
    assert [change.path for change in there if isinstance(change, Added)] == [
        change.path for change in back if isinstance(change, Removed)
    ]
