"""Checks of what stands where, and which paths a pattern means."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made import ENV, an_environment, by_another_tool, create, delete, directory, fifo, file, link, plant, run, tree

from harness.changes import Added, Remoded, Removed, Replaced, Retyped
from harness.checks.paths import evidence, lookup, matches
from harness.checks.trees import absent, present, same_directory, unchanged
from harness.checks.trees import link as link_check
from harness.verdict import Broken, Differs, Held, Moot

if TYPE_CHECKING:
    from harness.snapshot import Seen

# -- which paths a pattern means ---------------------------------------------------------------------------------------

names = st.text(
    st.characters(exclude_characters="/*?", exclude_categories=["Cs"]) | st.sampled_from(".[]()+^$|\\\n"), min_size=1
)
paths = st.lists(names, min_size=1, max_size=4).map("/".join)


@given(paths, paths)
def test_a_path_without_wildcards_means_itself_and_what_is_below_it(path: str, below: str) -> None:
    assert matches(path, [path])
    assert matches(f"{path}/{below}", [path])


@given(paths, paths)
def test_a_path_without_wildcards_means_nothing_else(path: str, other: str) -> None:
    assert matches(other, [path]) == (other == path or other.startswith(f"{path}/"))


@given(paths)
def test_two_stars_mean_every_path(path: str) -> None:
    assert matches(path, ["**"])
    assert matches(path, [f"**/{path.rpartition('/')[2]}"])


@given(paths, names)
def test_a_star_stays_within_a_name(path: str, name: str) -> None:
    assert matches(f"{path}/{name}", [f"{path}/*"])
    assert not matches(path, [f"{path}/*"])


@pytest.mark.parametrize(
    ("pattern", "meant", "not_meant"),
    [
        ("store/*.txt", ["store/a.txt", "store/.txt", "store/a.txt/below"], ["store/a/b.txt", "store", "store/a.txt2"]),
        ("store/?", ["store/a", "store/a/b"], ["store/ab", "store/"]),
        ("**/*.pyc", ["a.pyc", "a/b/c.pyc"], ["apyc", "a.py"]),
        ("**/__pycache__/**", ["__pycache__/a", "a/__pycache__/b/c"], ["__pycache__", "a/my__pycache__/b"]),
        ("a/**/z", ["a/z", "a/b/z", "a/b/c/z/below"], ["a/bz", "az"]),
        ("a/**", ["a/b", "a/b/c"], ["a", "ab"]),
        ("[ab].txt", ["[ab].txt"], ["a.txt"]),
    ],
)
def test_wildcards(pattern: str, meant: list[str], not_meant: list[str]) -> None:
    assert [path for path in meant + not_meant if matches(path, [pattern])] == meant


def test_no_pattern_means_no_path() -> None:
    assert not matches("a", [])


# -- what stands at a path ---------------------------------------------------------------------------------------------


def test_links_above_a_path_are_followed_and_the_path_itself_is_not() -> None:
    seen = tree({"work": link("project"), "project/.venv": link("../store/env"), "store/env/a": file("a")})
    assert lookup(seen, "work/.venv") == seen["project/.venv"]
    assert lookup(seen, "work/.venv/a") == file("a")
    assert lookup(seen, "work") == seen["work"]
    assert lookup(seen, "work/nothing") is None


@pytest.mark.parametrize("text", ["/outside", "work", "nothing"])
def test_nothing_stands_behind_a_link_that_leads_nowhere_in_the_root(text: str) -> None:
    assert lookup(tree({"work": link(text)}), "work/.venv") is None


# -- evidence ----------------------------------------------------------------------------------------------------------


def test_evidence_leaves_out_what_lies_below_a_directory_that_came_went_or_became_another() -> None:
    (moment,) = run({}, create()).moments
    old, new = directory(identity=1), directory(identity=2)
    changes = (
        Added("a", directory()),
        Added("a/b", file()),
        Added("ab", file()),
        Removed("c", directory()),
        Removed("c/d/e", file()),
        Replaced("f", old, new),
        Remoded("f/g", file(), file(mode=0o600)),
        Retyped("h", link("x"), directory()),
        Added("h/i", file()),
        Remoded("j", file(), file(mode=0o600)),
        Added("j2", file()),
        Remoded("k", directory(), directory(0o700)),
        Added("k/l", file()),
    )
    assert [(told.path, told.was) for told in evidence(moment, changes)] == [
        ("a", "absent"),
        ("ab", "absent"),
        ("c", "directory"),
        ("f", "directory"),
        ("h", "link x"),
        ("j", "file 0644"),
        ("j2", "absent"),
        ("k", "directory 0755"),
        ("k/l", "absent"),
    ]


# -- unchanged ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("was", "now", "shown"),
    [
        (file("a"), None, ("file", "absent")),
        (file("a"), file("b"), ('file "a"', 'file "b"')),
        (file("a"), file("a", 0o600), ("file 0644", "file 0600")),
        (file("a", identity=1), file("a", identity=2), ("file", "another file of that name")),
        (directory(), directory(0o700), ("directory 0755", "directory 0700")),
        (directory(identity=1), directory(identity=2), ("directory", "another directory of that name")),
        (directory(), directory(owner=(1, 2)), ("directory of 0:0", "directory of 1:2")),
        (link("a"), link("b"), ("link a", "link b")),
        (link("a"), directory(), ("link a", "directory")),
        (fifo(), file(), ("fifo", "file")),
    ],
)
def test_any_change_of_an_entry_breaks_unchanged(was: Seen, now: Seen | None, shown: tuple[str, str]) -> None:
    made = run({"store/thing": was}, create({"store/thing": now}))
    assert unchanged(made, ("store/thing",)) == Broken((Differs(1, "store/thing", *shown),))


def test_whatever_comes_goes_or_changes_below_a_path_breaks_unchanged() -> None:
    made = run(
        {"store/a/b": file(), "store/c": file("1")}, create({"store/a": None, "store/c": file("2"), "store/d": file()})
    )
    assert unchanged(made, ("store",)) == Broken(
        (
            Differs(1, "store/a", "directory", "absent"),
            Differs(1, "store/c", 'file "1"', 'file "2"'),
            Differs(1, "store/d", "absent", "file"),
        )
    )


def test_every_step_that_changed_something_is_shown() -> None:
    made = run({"a": file("1")}, create({"a": file("2")}), create(), create({"a": file("1")}))
    assert unchanged(made, ("a",)) == Broken(
        (
            Differs(1, "a", 'file "1"', 'file "2"'),
            Differs(3, "a", 'file "2"', 'file "1"'),
        )
    )


def test_a_file_that_only_lost_another_name_is_unchanged() -> None:
    names = ("project/.venv/notes", "store/notes")
    made = run(dict.fromkeys(names, file(names=names)), create({"project/.venv/notes": None, "store/notes": file()}))
    assert unchanged(made, ("store",)) == Held()


def test_a_link_is_unchanged_whatever_becomes_of_what_it_leads_to() -> None:
    made = run({"a": link("b"), "b": directory()}, create({"b": None}))
    assert unchanged(made, ("a",)) == Held()


def test_what_the_scenario_itself_changes_is_unchanged_by_the_tool() -> None:
    made = run({"a": file("1")}, create(), plant({"a": file("2")}), create(), delete("a"), create())
    assert unchanged(made, ("a",)) == Held()


def test_what_another_tool_changes_is_changed() -> None:
    made = run({"a": file()}, by_another_tool({"a": None}))
    assert unchanged(made, ("a",)) == Broken((Differs(1, "a", "file", "absent"),))


def test_unchanged_takes_patterns() -> None:
    made = run({"a/x.txt": file(), "a/y": file(), "b/x.txt": file()}, create({"a/x.txt": None, "a/y": None}))
    assert unchanged(made, ("**/*.txt",)) == Broken((Differs(1, "a/x.txt", "file", "absent"),))


def test_where_nothing_ever_stood_unchanged_has_nothing_to_judge() -> None:
    assert unchanged(run({}, create({"a": file()})), ("a", "b/*")) == Moot("nothing stood at these paths")


# -- same-directory ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "shown"),
    [
        (directory(identity=2), ("directory", "another directory of that name")),
        (directory(0o700, identity=1), ("directory 0755", "directory 0700")),
        (directory(identity=1, owner=(0, 7)), ("directory of 0:0", "directory of 0:7")),
        (None, ("directory", "absent")),
        (link("elsewhere"), ("directory", "link elsewhere")),
    ],
)
def test_another_directory_of_the_old_name_breaks_same_directory(now: Seen | None, shown: tuple[str, str]) -> None:
    made = run({"store/env": directory(identity=1)}, create({"store/env": now}))
    assert same_directory(made, ("store/env",)) == Broken((Differs(1, "store/env", *shown),))


def test_a_directory_may_be_emptied_and_filled() -> None:
    made = run(
        {"store/env": directory(identity=1), "store/env/a": file()},
        create({"store/env/a": None, "store/env/b": file()}),
    )
    assert same_directory(made, ("store/env",)) == Held()


def test_a_directory_is_looked_for_through_the_links_above_it() -> None:
    made = run(
        {"work": link("store"), "store/env": directory(identity=1)}, create({"store/env": directory(identity=2)})
    )
    assert same_directory(made, ("work/env",)) == Broken(
        (Differs(1, "work/env", "directory", "another directory of that name"),)
    )


def test_a_link_to_a_directory_is_no_directory() -> None:
    made = run({ENV: link("../store"), "store": directory()}, create())
    assert same_directory(made, (ENV, "nothing")) == Moot("no directory stood at these paths")


def test_a_directory_that_the_scenario_itself_replaced_is_the_same() -> None:
    made = run({"a": directory(identity=1)}, create(), delete("a"), plant({"a": directory(identity=2)}), create())
    assert same_directory(made, ("a",)) == Held()


def test_same_directory_takes_patterns_and_means_no_more_than_they_say() -> None:
    things = {"store/a": directory(identity=1), "store/a/deep": directory(identity=2), "store/b": directory(identity=3)}
    made = run(things, create({path: directory(identity=9) for path in things}))
    assert same_directory(made, ("store/*",)) == Broken(
        (
            Differs(1, "store/a", "directory", "another directory of that name"),
            Differs(1, "store/b", "directory", "another directory of that name"),
        )
    )


# -- present, absent, link ---------------------------------------------------------------------------------------------

THINGS = {"d": directory(), "f": file("abc"), "l": link("f"), "p": fifo(), "work": link("d"), "d/f": file()}
KINDS = {"d": "directory", "f": "file", "l": "link", "p": "fifo", "work/f": "file"}


def test_things_of_the_kinds_wanted_are_present() -> None:
    assert present(run(THINGS, create()), KINDS | {"d/f": "anything", "l": "anything"}) == Held()
    assert present(run(THINGS, create()), KINDS) == Held()


def test_what_is_not_there_or_of_another_kind_is_shown() -> None:
    wanted = {"d": "file", "f": "directory", "l": "file", "none": "anything", "work/none": "file", "work/f": "link"}
    assert present(run(THINGS, create(), create()), wanted) == Broken(
        (
            Differs(2, "d", "file", "directory"),
            Differs(2, "f", "directory", "file"),
            Differs(2, "l", "file", "link f"),
            Differs(2, "none", "anything", "absent"),
            Differs(2, "work/none", "file", "absent"),
            Differs(2, "work/f", "link", "file"),
        )
    )


def test_only_what_is_present_at_the_end_counts() -> None:
    made = run({}, create({"a": file()}), create({"a": None}))
    assert present(made.reduced_to(1), {"a": "file"}) == Held()
    assert present(made, {"a": "file"}) == Broken((Differs(2, "a", "file", "absent"),))


def test_what_must_be_absent_and_stands_is_shown_once_whatever_is_in_it() -> None:
    made = run({}, create(an_environment()))
    assert absent(made, (ENV,)) == Broken((Differs(1, ENV, "absent", "directory"),))


def test_a_dangling_link_is_not_absent() -> None:
    assert absent(run({"a": link("nothing")}, create()), ("a",)) == Broken((Differs(1, "a", "absent", "link nothing"),))


def test_what_stands_behind_a_link_is_not_absent() -> None:
    assert absent(run(THINGS, create()), ("work/f",)) == Broken((Differs(1, "work/f", "absent", "file"),))


def test_absent_takes_patterns() -> None:
    made = run({"a/x.tmp": file(), "a/y.txt": file(), "x.tmp": file()}, create())
    assert absent(made, ("**/*.tmp",)) == Broken(
        (Differs(1, "a/x.tmp", "absent", "file"), Differs(1, "x.tmp", "absent", "file"))
    )
    assert absent(made, ("x.???", "a/y.txt", "a/?.tmp")) == Broken(
        tuple(Differs(1, path, "absent", "file") for path in ("x.tmp", "a/y.txt", "a/x.tmp"))
    )
    assert absent(made, ("*.txt", "b/**", "none")) == Held()


def test_a_link_holding_exactly_that_text_holds() -> None:
    assert link_check(run(THINGS | {"d/l": link("/x")}, create()), {"l": "f", "work/l": "/x"}) == Held()


def test_another_text_another_kind_and_nothing_at_all_break_link() -> None:
    made = run(THINGS, create())
    assert link_check(made, {"l": "./f", "f": "f", "none": "f"}) == Broken(
        (
            Differs(1, "l", "link ./f", "link f"),
            Differs(1, "f", "link f", "file"),
            Differs(1, "none", "link f", "absent"),
        )
    )


def test_volatile_files_may_change_but_not_those_of_the_users() -> None:
    cached = {"project/a.pyc": file("new")}
    assert unchanged(run({"project": directory()}, create(cached), volatile=("**/*.pyc",)), ("project",)) == Held()
    made = run({"project": directory(), "project/a.pyc": file("old")}, create(cached), volatile=("**/*.pyc",))
    assert isinstance(unchanged(made, ("project",)), Broken)
