"""A tree is spelled out so that it can be planted entry by entry."""

from __future__ import annotations

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from harness.tree import (
    Copy,
    Directory,
    Entry,
    Fifo,
    File,
    Hardlink,
    Link,
    Mount,
    Project,
    Socket,
    Tree,
    mounts,
    parents,
    plain,
)

names = st.sampled_from(["a", "b", "c.d", "e-f", "a b", "caf\udce9"])
paths = st.lists(names, min_size=1, max_size=4).map("/".join)
leaves: st.SearchStrategy[Entry] = st.one_of(
    st.builds(File, st.one_of(st.none(), st.binary(max_size=9)), st.one_of(st.none(), st.just(0o600))),
    st.builds(Link, st.text(min_size=1, max_size=9)),
    st.just(Directory()),
    st.just(Fifo()),
    st.just(Socket()),
    st.builds(Hardlink, paths),
)
trees = st.dictionaries(paths, leaves, max_size=8)


def test_the_parents_of_a_path_are_named_from_the_outermost() -> None:
    assert parents("a/b/c") == ("a", "a/b")
    assert parents("a") == ()


def test_missing_parents_are_added_and_come_first() -> None:
    assert list(plain({"b/c/d": File(b""), "a": File(b"")}).items()) == [
        ("a", File(b"")),
        ("b", Directory()),
        ("b/c", Directory()),
        ("b/c/d", File(b"")),
    ]


def test_a_parent_that_is_described_keeps_its_mode() -> None:
    assert plain({"a/b": File(b""), "a": Directory(0o700)}) == {"a": Directory(0o700), "a/b": File(b"")}


def test_a_tree_that_stands_alone_gets_no_parents() -> None:
    assert plain({"a/b": File(b"")}, alone=True) == {"a/b": File(b"")}


def test_second_names_come_after_all_files() -> None:
    assert list(plain({"a": Hardlink("z"), "z": File(b"")})) == ["z", "a"]


def test_a_mount_comes_before_what_is_planted_into_it_and_after_the_directory_that_it_shows() -> None:
    tree: Tree = {
        "a": Mount(kind="bind", of="store/env"),
        "a/b": File(b""),
        "c": Mount(kind="tmpfs", size=4096),
        "c/d": File(b""),
        "store/env/e": File(b""),
        "f": Hardlink("c/d"),
    }
    assert list(plain(tree)) == ["c", "c/d", "store", "store/env", "store/env/e", "a", "a/b", "f"]
    assert mounts(tree) == {"a": tree["a"], "c": tree["c"]}


def test_no_two_files_without_a_content_are_alike() -> None:
    assert plain({"a": File(), "b": File(mode=0o600)}) == {
        "a": File(b"planted as a\n"),
        "b": File(b"planted as b\n", 0o600),
    }


def test_a_copy_holds_what_the_original_holds_links_as_links() -> None:
    tree: Tree = {
        "store/file": File(),
        "store/link": Link("file"),
        "store/deep/pipe": Fifo(),
        "stored": File(b"not below"),
        "copy": Copy("store"),
        "store": Directory(0o700),
    }
    assert {path: entry for path, entry in plain(tree).items() if path.startswith("copy")} == {
        "copy": Directory(0o700),
        "copy/deep": Directory(),
        "copy/deep/pipe": Fifo(),
        "copy/file": File(b"planted as store/file\n"),
        "copy/link": Link("file"),
    }


def test_a_copy_of_a_project_is_one() -> None:
    spelled = plain({"demo": Project("demo"), "other": Copy("demo")})
    assert (spelled["other"], spelled["other/pyproject.toml"]) == (spelled["demo"], spelled["demo/pyproject.toml"])


def test_a_project_is_a_directory_with_a_pyproject() -> None:
    assert list(plain({"project": Project("demo", ("tiny>=1",))})) == ["project", "project/pyproject.toml"]


def test_a_name_that_is_no_text_is_content_as_well() -> None:
    assert plain({"caf\udce9": File()}) == {"caf\udce9": File(b"planted as caf\xe9\n")}


@settings(database=None)
@given(trees)
def test_every_entry_is_preceded_by_its_parents_and_nothing_else_is_added(tree: dict[str, Entry]) -> None:
    assume(not any(isinstance(tree.get(parent), Hardlink) for path in tree for parent in parents(path)))
    spelled = plain(tree)
    before: set[str] = set()
    for path in spelled:
        assert set(parents(path)) <= before
        before.add(path)
    assert before == tree.keys() | {parent for path in tree for parent in parents(path)}


@settings(database=None)
@given(trees)
def test_spelling_out_again_changes_nothing(tree: dict[str, Entry]) -> None:
    spelled = plain(tree)
    assert list(plain(spelled).items()) == list(spelled.items())
