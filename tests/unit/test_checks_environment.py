"""Checks of the environment that was made."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from made import (
    ENV,
    ROOT,
    an_environment,
    by_another_tool,
    create,
    delete,
    did,
    directory,
    file,
    link,
    move,
    must,
    plant,
    recreate,
    reuse,
    run,
    tree,
)

from harness.checks.environment import no_dangling_links, repeat_changes_nothing, same_as_plain, usable
from harness.run import Probe, Signalled
from harness.snapshot import Meta, SeenFile
from harness.verdict import Broken, Differs, Held, Moot, Said

if TYPE_CHECKING:
    from collections.abc import Callable

    from made import Went

    from harness.snapshot import Seen

DECLINED = Moot("the tool said that it made none")

# -- usable ------------------------------------------------------------------------------------------------------------


def test_an_environment_whose_python_finds_no_fault_is_usable() -> None:
    assert usable(run({}, create(an_environment(), faults=()))) == Held()


def test_every_fault_is_shown() -> None:
    faults = ("its pyvenv.cfg names no home", "its python takes /usr for sys.prefix")
    assert usable(run({}, create(an_environment(), faults=faults))) == Broken(tuple(Said(1, fault) for fault in faults))


def test_the_last_steps_probe_is_the_one_that_counts() -> None:
    made = run({}, create(an_environment(), faults=("no home",)), create({f"{ENV}/new": file()}, faults=()))
    assert usable(made) == Held()


def test_a_tool_that_succeeds_and_makes_nothing_answers_for_the_lack_of_an_environment() -> None:
    made = run({}, create(faults=("there is no environment",)))
    assert usable(made) == Broken((Said(1, "there is no environment"),))


def test_a_refusal_makes_nothing_that_could_be_usable() -> None:
    assert usable(run({}, create(exits=1, faults=("there is no environment",)))) == DECLINED


def test_a_failure_where_no_environment_stood_has_promised_none() -> None:
    assert usable(run({}, create({ENV: directory()}, exits=1, faults=("it has no pyvenv.cfg",)))) == DECLINED
    user = {f"{ENV}/pyvenv.cfg": file()}
    assert usable(run(user, create({f"{ENV}/bin": directory()}, exits=1, faults=("no home",)))) == DECLINED


@pytest.mark.parametrize("by", [create, by_another_tool])
def test_a_failure_over_an_environment_answers_for_what_it_left(by: Callable[..., Went]) -> None:
    gone = create({f"{ENV}/pyvenv.cfg": None}, exits=1, faults=("it has no pyvenv.cfg",))
    made = run({}, by(an_environment()), gone)
    assert usable(made) == usable(made.reduced_to(2)) == Broken((Said(2, "it has no pyvenv.cfg"),))


def test_a_failure_over_what_the_scenario_has_made_of_an_environment_has_promised_none() -> None:
    gone = create({f"{ENV}/lib": None}, exits=1, faults=("no home",))
    assert usable(run({}, create(an_environment()), plant({f"{ENV}/bin/python": file()}), gone)) == DECLINED


def test_a_crash_answers_for_what_it_left() -> None:
    made = run({}, create(ends=Signalled("SIGSEGV"), faults=("there is no environment",)))
    assert usable(made) == Broken((Said(1, "there is no environment"),))


def test_a_refusal_after_a_create_leaves_the_tool_answering_for_what_it_made() -> None:
    made = run({}, create(an_environment()), create(exits=1, faults=("no home",)))
    assert usable(made) == Broken((Said(2, "no home"),))


def test_a_refusal_on_top_of_what_another_tool_made_answers_for_nothing() -> None:
    assert usable(run({}, by_another_tool(an_environment()), create(exits=1, faults=("no home",)))) == DECLINED


@pytest.mark.parametrize("edit", [plant({ENV: file()}), delete(ENV), move(ENV, "elsewhere")])
def test_once_the_scenario_changed_the_tree_a_refusal_answers_for_nothing(edit: Went) -> None:
    made = run({}, create(an_environment()), edit, create(exits=1, faults=("no home",)))
    assert usable(made) == DECLINED


def test_what_another_tool_does_in_between_is_no_refusal_and_ends_none() -> None:
    made = run({}, create(an_environment()), delete(ENV), by_another_tool(), create(exits=1, faults=("no home",)))
    assert usable(made) == DECLINED
    made = run({}, create(an_environment()), delete(ENV), create(exits=1), by_another_tool(faults=("no home",)))
    assert usable(made) == DECLINED
    made = run({}, create(an_environment()), delete(ENV), by_another_tool(faults=("no home",)))
    assert usable(made) == Broken((Said(3, "no home"),))


def test_a_command_that_did_something_after_the_scenarios_change_answers_for_it() -> None:
    made = run({}, delete(ENV), create(an_environment()), create(exits=1, faults=("no home",)))
    assert usable(made) == Broken((Said(3, "no home"),))


def test_a_change_of_the_scenarios_after_the_last_command_is_judged_as_the_scenario_asks() -> None:
    moved = move(ENV, "elsewhere")
    made = run({}, create(an_environment()), replace(moved, probes=(Probe("elsewhere", ("no home",)),)))
    assert usable(made) == Broken((Said(2, "no home"),))


def test_an_environment_that_no_python_was_asked_about_is_not_judged() -> None:
    assert usable(run({}, create(an_environment()))) == Moot("the last step was not reached")


def test_another_tools_environment_is_not_judged() -> None:
    assert usable(run({}, by_another_tool(an_environment(), faults=()))) == Moot("no command of the tool ran")


# -- repeat-changes-nothing --------------------------------------------------------------------------------------------


def test_a_repeat_that_changes_something_breaks_repeat_changes_nothing() -> None:
    made = run({}, create(an_environment()), create({f"{ENV}/pyvenv.cfg": file("home = /bin\n"), "tmp/a": file()}))
    assert repeat_changes_nothing(made) == Broken(
        (
            Differs(2, f"{ENV}/pyvenv.cfg", 'file "home = /usr/bin"', 'file "home = /bin"'),
            Differs(2, "tmp/a", "absent", "file"),
        )
    )


def test_every_repeat_is_judged() -> None:
    made = run({}, create(), create(), create({"tmp/a": file()}), reuse({"tmp/b": file()}))
    assert repeat_changes_nothing(made) == Broken((Differs(3, "tmp/a", "absent", "file"),))


def test_a_repeat_that_declines_changes_nothing() -> None:
    assert repeat_changes_nothing(run({}, create(an_environment()), create(exits=1))) == Held()


def test_a_repeat_of_a_failure_that_left_something_is_judged() -> None:
    made = run({}, create({"tmp/a": file()}, exits=1), create({"tmp/b": file()}, exits=1))
    assert repeat_changes_nothing(made) == Broken((Differs(2, "tmp/b", "absent", "file"),))


def test_a_repeat_may_change_own_places_and_volatile_files() -> None:
    changes = {"home/.tool": file(), f"{ENV}/a.pyc": file()}
    made = run({ENV: directory()}, create(), create(changes), own_places=("home/.tool",), volatile=("**/*.pyc",))
    assert repeat_changes_nothing(made) == Held()


def test_a_repeat_may_make_anew_what_is_then_just_like_the_old() -> None:
    made = run({ENV: directory(identity=1)}, recreate(), recreate({ENV: directory(identity=2)}))
    assert repeat_changes_nothing(made) == Held()


@pytest.mark.parametrize(
    "second",
    [
        recreate({"tmp/a": file()}),
        create({"tmp/a": file()}, at="project/env"),
        create({"tmp/a": file()}, cwd="home"),
        by_another_tool({"tmp/a": file()}),
    ],
)
def test_another_command_is_no_repeat(second: Went) -> None:
    made = run({}, create(), second)
    assert repeat_changes_nothing(made) == Moot("no command that did something was repeated")


def test_the_same_command_after_a_change_of_the_scenarios_is_no_repeat() -> None:
    made = run({}, create(), plant({"a": file()}), create({"tmp/a": file()}))
    assert repeat_changes_nothing(made) == Moot("no command that did something was repeated")


def test_the_same_edit_twice_is_no_repeat() -> None:
    made = run({}, plant({"a": file()}), plant({"a": file()}))
    assert repeat_changes_nothing(made) == Moot("no command that did something was repeated")


def test_a_refusal_is_nothing_that_could_be_repeated() -> None:
    made = run({}, create(exits=1), create({"tmp/a": file()}))
    assert repeat_changes_nothing(made) == Moot("no command that did something was repeated")


# -- no-dangling-links -------------------------------------------------------------------------------------------------


def test_links_in_an_environment_that_lead_to_something_hold() -> None:
    inside = {f"{ENV}/lib64": link("lib"), f"{ENV}/lib": directory(), f"{ENV}/notes": link("../notes")}
    assert no_dangling_links(run({"project/notes": file()}, create(an_environment() | inside))) == Held()


def test_links_in_an_environment_that_lead_nowhere_are_shown() -> None:
    inside = {f"{ENV}/lib64": link("lib"), f"{ENV}/loop": link("loop")}
    assert no_dangling_links(run({}, create(an_environment() | inside))) == Broken(
        (
            Differs(1, f"{ENV}/lib64", "link to something", "link lib, dangling"),
            Differs(1, f"{ENV}/loop", "link to something", "link loop, loop"),
        )
    )


def test_links_are_looked_for_where_the_environment_really_is() -> None:
    things = {ENV: link("../store/env"), "store/env": directory(), "store/dangling": link("nothing")}
    made = run(things, create(an_environment("store/env") | {"store/env/lib64": link("lib")}))
    assert no_dangling_links(made) == Broken(
        (Differs(1, "store/env/lib64", "link to something", "link lib, dangling"),)
    )


def test_an_environment_that_is_the_whole_root_is_looked_at_wholly() -> None:
    made = run({ENV: link("..")}, create(an_environment(".") | {"lib64": link("lib")}))
    assert no_dangling_links(made) == Broken((Differs(1, "lib64", "link to something", "link lib, dangling"),))


def test_only_how_it_ends_counts() -> None:
    broken, mended = {f"{ENV}/lib64": link("lib")}, {f"{ENV}/lib": directory()}
    assert no_dangling_links(run({}, create(an_environment() | broken), create(mended))) == Held()


@pytest.mark.parametrize("things", [{}, {ENV: directory()}, {ENV: link(".venv")}, {ENV: link("nothing")}])
def test_without_an_environment_there_are_no_links_of_it(things: dict[str, Seen]) -> None:
    assert no_dangling_links(run(things, create(exits=1))) == Moot("there is no environment")


# -- same-as-plain -----------------------------------------------------------------------------------------------------


def test_an_environment_like_the_plain_one_is_the_same_as_plain() -> None:
    assert same_as_plain(run({}, create(an_environment()), plain=an_environment())) == Held()


def test_what_is_more_what_is_less_and_what_is_different_is_shown() -> None:
    plain = an_environment() | {f"{ENV}/less": file()}
    made = run(
        {}, create(an_environment() | {f"{ENV}/more": file(), f"{ENV}/bin/python": link("elsewhere")}), plain=plain
    )
    assert same_as_plain(made) == Broken(
        (
            Differs(1, "bin/python", "link /usr/bin/python3", "link elsewhere"),
            Differs(1, "less", "file", "absent"),
            Differs(1, "more", "absent", "file"),
        )
    )


def test_an_environment_behind_a_link_is_compared_where_it_really_is() -> None:
    things = {ENV: link("../store/env"), "store/env": directory()}
    assert same_as_plain(run(things, create(an_environment("store/env")), plain=an_environment())) == Held()


def test_files_that_name_the_environments_own_path_are_the_same() -> None:
    def activate(path: str) -> Seen:
        return file(f'VIRTUAL_ENV="{ROOT}/{path}"\nalias = "{ROOT}/{path}/bin:{ROOT}/{path}2"\n')

    things = {ENV: link("../store/env"), "store/env": directory()}
    env = "store/env"
    made = run(
        things,
        create(an_environment(env) | {f"{env}/spelled": activate(ENV), f"{env}/real": activate(env)}),
        plain=an_environment() | {f"{ENV}/spelled": activate(ENV), f"{ENV}/real": activate(ENV)},
    )
    assert same_as_plain(made) == Held()


@pytest.mark.parametrize("real", [f"{ENV}-1", ENV[:-1]])
def test_the_environments_two_paths_may_begin_alike(real: str) -> None:
    made = run(
        {ENV: link(real.rpartition("/")[2]), real: directory()},
        create(an_environment(real) | {f"{real}/activate": file(f"{ROOT}/{ENV}:{ROOT}/{real}")}),
        plain=an_environment() | {f"{ENV}/activate": file(f"{ROOT}/{ENV}:{ROOT}/{ENV}")},
    )
    assert same_as_plain(made) == Held()


def test_links_that_name_the_environments_own_path_are_the_same() -> None:
    things = {ENV: link("../store/env"), "store/env": directory()}
    made = run(
        things,
        create(an_environment("store/env") | {"store/env/lib64": link(f"{ROOT}/store/env/lib")}),
        plain=an_environment() | {f"{ENV}/lib64": link(f"{ROOT}/{ENV}/lib")},
    )
    assert same_as_plain(made) == Held()


def test_files_that_name_another_path_differ() -> None:
    made = run(
        {},
        create(an_environment() | {f"{ENV}/activate": file(f"{ROOT}/elsewhere")}),
        plain=an_environment() | {f"{ENV}/activate": file(f"{ROOT}/{ENV}")},
    )
    assert same_as_plain(made) == Broken((Differs(1, "activate", 'file "$env"', 'file "/made/1/root/elsewhere"'),))


def test_how_the_environment_was_asked_for_is_no_matter() -> None:
    def settings(command: str) -> Seen:
        return file(f"home = /usr/bin\ncommand = {command}\nversion = 3.12\n")

    made = run(
        {},
        create({f"{ENV}/pyvenv.cfg": settings("python -m venv --clear .venv")}),
        plain={f"{ENV}/pyvenv.cfg": settings("python -m venv .venv")},
    )
    assert same_as_plain(made) == Held()
    bare = {f"{ENV}/pyvenv.cfg": file("home = /usr/bin\nversion = 3.12\n")}
    assert same_as_plain(replace(made, plain=tree(bare))) == Held()


def test_content_that_is_no_text_is_compared_as_it_is() -> None:
    one, other = ({f"{ENV}/program": SeenFile(Meta(0o755), 2, "", b"\xff" + end)} for end in (b"1", b"2"))
    assert same_as_plain(run({}, create(an_environment() | one), plain=an_environment() | one)) == Held()
    assert same_as_plain(run({}, create(an_environment() | other), plain=an_environment() | one)) == Broken(
        (Differs(1, "program", r'file "\xff1"', r'file "\xff2"'),)
    )


def test_a_file_too_long_to_be_kept_is_compared_as_it_is() -> None:
    long, longer = ({f"{ENV}/long": file(f"{ROOT}/{ENV}", more=more)} for more in (100_000, 100_001))
    assert same_as_plain(run({}, create(an_environment() | long), plain=an_environment() | long)) == Held()
    assert same_as_plain(run({}, create(an_environment() | longer), plain=an_environment() | long)) == Broken(
        (Differs(1, "long", "file", "file with other content"),)
    )


PLAIN = (directory(), file(), file(more=1), link("a"))


def test_owners_identities_and_second_names_are_no_matter_and_modes_are() -> None:
    ours = {
        f"{ENV}/a": directory(identity=1, owner=(1, 1)),
        f"{ENV}/b": file(names=("x", "y"), identity=2, owner=(1, 1)),
        f"{ENV}/c": file(names=("x", "y"), identity=3, owner=(1, 1), more=1),
        f"{ENV}/d": replace(link("a"), meta=Meta(0o777, (1, 1))),
    }
    theirs = {f"{ENV}/{name}": seen for name, seen in zip("abcd", PLAIN, strict=True)}
    others = {f"{ENV}/{name}": replace(seen, meta=Meta(0o700)) for name, seen in zip("abcd", PLAIN, strict=True)}
    plain = an_environment() | theirs
    assert same_as_plain(run({}, create(an_environment() | ours), plain=plain)) == Held()
    assert same_as_plain(run({}, create(an_environment() | others), plain=plain)) == Broken(
        (
            Differs(1, "a", "directory 0755", "directory 0700"),
            Differs(1, "b", "file 0644", "file 0700"),
            Differs(1, "c", "file 0644", "file 0700"),
        )
    )


def test_what_the_scenario_planted_in_it_is_left_out() -> None:
    made = run({}, create(an_environment()), plant({f"{ENV}/notes": file()}), reuse(), plain=an_environment())
    assert same_as_plain(made) == Held()


def test_what_the_scenario_planted_in_it_behind_a_link_is_left_out() -> None:
    things = {ENV: link("../store/env"), "store/env/notes": file()}
    assert same_as_plain(run(things, create(an_environment("store/env")), plain=an_environment())) == Held()


def test_volatile_files_are_left_out() -> None:
    made = run(
        {},
        create(an_environment() | {f"{ENV}/lib/__pycache__/a.pyc": file("1")}),
        plain=an_environment() | {f"{ENV}/lib/__pycache__/a.pyc": file("2")},
        volatile=("**/__pycache__/**",),
    )
    assert same_as_plain(made) == Held()


def test_without_an_environment_nothing_is_compared() -> None:
    assert same_as_plain(run({}, create(exits=1), plain=an_environment())) == Moot("there is no environment")


@pytest.mark.parametrize("plain", [None, {"project/notes": file()}])
def test_without_a_plain_environment_nothing_is_compared(plain: dict[str, Seen] | None) -> None:
    made = run({}, create(an_environment()), plain=plain)
    assert same_as_plain(made) == Moot("the tool makes no environment in an empty place")


def test_a_step_that_was_not_reached_has_no_environment() -> None:
    made = run({}, create(an_environment()), plain=an_environment()).reduced_to(2)
    assert (same_as_plain(made), no_dangling_links(made)) == (
        Moot("there is no environment"),
        Moot("there is no environment"),
    )


def test_a_check_of_one_step_sees_the_environment_as_that_step_left_it() -> None:
    made = run(
        {},
        create(an_environment() | {f"{ENV}/lib64": link("lib")}, checks=(must("no-dangling-links"),)),
        did("recreate", {f"{ENV}/lib64": None}),
    )
    assert no_dangling_links(made.reduced_to(1)) == Broken(
        (Differs(1, f"{ENV}/lib64", "link to something", "link lib, dangling"),)
    )
    assert no_dangling_links(made.reduced_to(2)) == Held()
