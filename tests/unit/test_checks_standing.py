"""The standing checks: what a scenario does not permit to change must not change."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from made import (
    ENV,
    an_environment,
    by_another_tool,
    create,
    delete,
    did,
    directory,
    fifo,
    file,
    link,
    move,
    plant,
    recreate,
    remove,
    reuse,
    run,
    together,
)

from harness.checks.standing import files_survive, links_survive, no_debris, nothing_outside
from harness.run import NotStarted, Signalled, TimedOut
from harness.verdict import Broken, Differs, Held, Moot

if TYPE_CHECKING:
    from harness.snapshot import Seen

LINK = {"project/.venv": link("../store/env")}
LINKED = LINK | an_environment("store/env")
CHAIN = {"project/.venv": link("middle"), "project/middle": link("../store/env"), **an_environment("store/env")}

# -- links-survive -----------------------------------------------------------------------------------------------------


def test_a_link_replaced_by_a_directory_breaks_links_survive() -> None:
    made = run({**LINK, "store/env": directory()}, create(), create({"project/.venv": directory(), **an_environment()}))
    assert links_survive(made) == Broken((Differs(2, "project/.venv", "link ../store/env", "directory"),))


def test_a_link_with_another_text_to_the_same_place_breaks_links_survive() -> None:
    made = run(LINKED, create({"project/.venv": link("../../root/store/env")}))
    broken = Differs(1, "project/.venv", "link ../store/env", "link ../../root/store/env")
    assert links_survive(made) == Broken((broken,))


def test_a_link_removed_breaks_links_survive() -> None:
    made = run(LINKED, create({"project/.venv": None}))
    assert links_survive(made) == Broken((Differs(1, "project/.venv", "link ../store/env", "absent"),))


def test_every_link_that_a_step_broke_is_shown() -> None:
    made = run(CHAIN, recreate({"project/.venv": directory(), "project/middle": None}))
    assert links_survive(made) == Broken(
        (
            Differs(1, "project/.venv", "link middle", "directory"),
            Differs(1, "project/middle", "link ../store/env", "absent"),
        )
    )


def test_the_first_step_that_broke_a_link_is_the_one_named() -> None:
    made = run(
        {"a": link("x"), "b": link("x"), "c": link("x")},
        create(),
        create({"b": None}),
        create({"a": None, "c": link("y")}),
    )
    assert links_survive(made) == Broken((Differs(2, "b", "link x", "absent"),))


def test_a_link_put_back_by_a_later_step_is_broken_by_the_earlier() -> None:
    made = run(LINKED, create({"project/.venv": None}), create(LINK))
    assert links_survive(made) == Broken((Differs(1, "project/.venv", "link ../store/env", "absent"),))


def test_a_link_made_anew_with_the_same_text_survives() -> None:
    before = {"project/.venv": link("../store/env", identity=1)}
    assert links_survive(run(before, create({"project/.venv": link("../store/env", identity=2)}))) == Held()


def test_a_link_that_leads_elsewhere_because_of_another_link_survives() -> None:
    made = run(LINK | {"store": link("one")}, create({"store": link("one"), "one/env": directory()}))
    assert links_survive(made) == Held()


def test_a_dangling_link_survives_being_followed() -> None:
    assert links_survive(run(LINK, create(an_environment("store/env")))) == Held()


def test_a_link_that_a_tool_made_is_not_the_users() -> None:
    made = run({}, create(an_environment()), create({"project/.venv/bin/python": link("elsewhere")}))
    assert links_survive(made) == Moot("the scenario plants no link")


def test_files_are_no_matter_of_links_survive() -> None:
    assert links_survive(run({"notes": file()}, create({"notes": None}))) == Moot("the scenario plants no link")


# -- files-survive -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("is_now", "shown"),
    [
        (None, ("file", "absent")),
        (directory(), ("file", "directory")),
        (link("notes"), ("file", "link notes")),
        (file("mine!"), ('file "them."', 'file "mine!"')),
        (file("theirs"), ('file "them."', 'file "theirs"')),
        (file("them.", 0o600), ("file 0644", "file 0600")),
    ],
)
def test_a_file_that_is_no_longer_the_same_breaks_files_survive(is_now: Seen | None, shown: tuple[str, str]) -> None:
    made = run({"project/notes": file("them.")}, create({"project/notes": is_now}))
    assert files_survive(made) == Broken((Differs(1, "project/notes", *shown),))


def test_a_file_written_anew_with_the_same_content_and_mode_survives() -> None:
    made = run({"notes": file("same", identity=1)}, create({"notes": file("same", identity=2)}))
    assert files_survive(made) == Held()


def test_a_file_that_has_another_owner_survives() -> None:
    assert files_survive(run({"notes": file()}, create({"notes": file(owner=(1, 1))}))) == Held()


def test_a_file_that_lost_its_second_name_to_a_rightful_clearing_survives() -> None:
    names = ("project/.venv/notes", "store/notes")
    things = an_environment() | dict.fromkeys(names, file("notes", names=names))
    made = run(things, recreate({"project/.venv/notes": None, "store/notes": file("notes")}))
    assert files_survive(made) == Held()


def test_a_pipe_counts_as_a_file() -> None:
    assert files_survive(run({"pipe": fifo()}, create({"pipe": None}))) == Broken(
        (Differs(1, "pipe", "fifo", "absent"),)
    )


def test_directories_and_links_are_no_matter_of_files_survive() -> None:
    made = run({"a": directory(), "b": link("a")}, create({"a": None, "b": None}))
    assert files_survive(made) == Moot("the scenario plants no file")


def test_a_create_may_not_rewrite_what_the_user_had_inside_an_environment() -> None:
    made = run(an_environment(), create({"project/.venv/pyvenv.cfg": file("home = /elsewhere\n")}))
    broken = Differs(1, "project/.venv/pyvenv.cfg", 'file "home = /usr/bin"', 'file "home = /elsewhere"')
    assert files_survive(made) == Broken((broken,))


# -- both: what lies inside the environment ----------------------------------------------------------------------------

WITH_NOTES = an_environment() | {"project/.venv/notes": file("notes"), "project/.venv/data": link("../data")}
LOSES_NOTES = {"project/.venv/notes": None, "project/.venv/data": None}


def test_a_recreate_may_clear_what_lies_in_an_environment() -> None:
    made = run({**WITH_NOTES, "project/notes": file(), "data": link("x")}, recreate(LOSES_NOTES))
    assert (files_survive(made), links_survive(made)) == (Held(), Held())


def test_where_all_that_is_the_users_may_be_cleared_there_is_nothing_to_judge() -> None:
    made = run(WITH_NOTES, recreate(LOSES_NOTES))
    assert (files_survive(made), links_survive(made)) == (
        Moot("every file that the scenario plants may change"),
        Moot("every link that the scenario plants may change"),
    )


@pytest.mark.parametrize("operation", ["create", "reuse", "sync", "inspect", "run", "python"])
def test_no_other_operation_may_clear_what_lies_in_an_environment(operation: str) -> None:
    made = run(WITH_NOTES, did(operation, LOSES_NOTES))
    assert files_survive(made) == Broken((Differs(1, "project/.venv/notes", "file", "absent"),))
    assert links_survive(made) == Broken((Differs(1, "project/.venv/data", "link ../data", "absent"),))


@pytest.mark.parametrize("operation", ["recreate", "remove"])
def test_a_directory_that_was_no_environment_may_never_be_cleared(operation: str) -> None:
    photo = {"project/.venv/photo": file("photo")}
    made = run(photo, did(operation, {"project/.venv/photo": None, **an_environment()}))
    assert files_survive(made) == Broken((Differs(1, "project/.venv/photo", "file", "absent"),))


def test_a_linked_directory_that_was_no_environment_may_never_be_cleared() -> None:
    things = {"project/.venv": link("../store"), "store/photo": file("photo")}
    made = run(things, recreate({"store/photo": None, **an_environment("store")}))
    assert files_survive(made) == Broken((Differs(1, "store/photo", "file", "absent"),))


def test_a_directory_that_an_earlier_step_made_an_environment_may_be_cleared() -> None:
    made = run(
        {"project/.venv/photo": file("photo"), "project/notes": file()},
        create(an_environment()),
        recreate({"project/.venv/photo": None}),
    )
    assert files_survive(made) == Held()


def test_a_recreate_through_a_chain_may_clear_the_environment_and_no_link_of_the_chain() -> None:
    emptied = {"store/env": directory(), "store/env/pyvenv.cfg": file("anew\n")}
    made = run({**CHAIN, "project/notes": file()}, recreate({"store/env/pyvenv.cfg": None, **emptied}))
    assert (files_survive(made), links_survive(made)) == (Held(), Held())


def test_a_recreate_may_not_take_the_link_to_the_environment() -> None:
    made = run(LINKED, recreate({"store/env": None, "project/.venv": directory(), **an_environment()}))
    assert links_survive(made) == Broken((Differs(1, "project/.venv", "link ../store/env", "directory"),))


def test_a_recreate_may_not_take_the_link_even_where_it_leads_to_the_directory_that_holds_it() -> None:
    things = an_environment("project") | {"project/.venv": link("."), "project/data": link("x")}
    made = run(things, recreate({"project/.venv": directory(), "project/data": None}))
    assert links_survive(made) == Broken((Differs(1, "project/.venv", "link .", "directory"),))


def test_a_remove_may_take_the_link_with_the_environment() -> None:
    made = run({**LINKED, "data": link("x")}, remove({"store/env": None, "project/.venv": None}))
    assert links_survive(made) == Held()


def test_a_remove_may_leave_the_link_and_then_the_next_step_must() -> None:
    made = run(LINKED, remove({"store/env": None}), create({"project/.venv": directory()}))
    assert links_survive(made) == Broken((Differs(2, "project/.venv", "link ../store/env", "directory"),))


def test_a_remove_may_not_take_the_link_and_leave_the_environment() -> None:
    made = run(LINKED, remove({"project/.venv": None}))
    assert links_survive(made) == Broken((Differs(1, "project/.venv", "link ../store/env", "absent"),))


def test_a_remove_may_not_take_a_link_to_a_directory_that_was_no_environment() -> None:
    made = run({**LINK, "store/env": directory()}, remove({"project/.venv": None, "store/env": None}))
    assert links_survive(made) == Broken((Differs(1, "project/.venv", "link ../store/env", "absent"),))


def test_a_remove_may_not_take_the_other_links_of_a_chain() -> None:
    made = run(CHAIN, remove({"store/env": None, "project/.venv": None, "project/middle": None}))
    assert links_survive(made) == Broken((Differs(1, "project/middle", "link ../store/env", "absent"),))


def test_a_link_in_an_environment_may_be_cleared_and_not_what_it_leads_to() -> None:
    things = an_environment() | {"project/.venv/mine": link("../../photos"), "photos/summer": file("summer")}
    cleared = recreate({"project/.venv/mine": None})
    assert files_survive(run(things, cleared)) == Held()
    followed = recreate({"project/.venv/mine": None, "photos/summer": None})
    assert files_survive(run(things, followed)) == Broken((Differs(1, "photos/summer", "file", "absent"),))


def test_what_survived_before_all_was_rightfully_cleared_was_judged() -> None:
    assert files_survive(run(WITH_NOTES, create(), recreate({ENV: None}))) == Held()


def test_what_was_rightfully_cleared_is_not_missed_later() -> None:
    made = run({**WITH_NOTES, "project/notes": file()}, recreate(LOSES_NOTES), create(), create())
    assert files_survive(made) == Held()


# -- both: what the scenario itself changes ----------------------------------------------------------------------------


def test_what_the_scenario_deletes_is_not_missed() -> None:
    made = run(
        {**LINKED, "notes": file(), "kept": link("x")}, create(), delete("project/.venv"), delete("notes"), create()
    )
    assert (files_survive(made), links_survive(made)) == (Held(), Held())


def test_what_the_scenario_moves_is_missed_under_its_new_name() -> None:
    made = run({"store/notes": file("notes")}, move("store", "moved"), create({"moved/notes": None}))
    assert files_survive(made) == Broken((Differs(2, "moved/notes", "file", "absent"),))


def test_what_the_scenario_moves_is_not_missed_under_its_old_name() -> None:
    made = run(LINK, move("project", "moved"), create(at="moved/.venv"))
    assert links_survive(made) == Held()


def test_what_the_scenario_plants_between_commands_must_survive_the_next() -> None:
    made = run(
        {},
        create(an_environment()),
        plant({"project/.venv/notes": file("notes")}),
        reuse({"project/.venv/notes": None}),
    )
    assert files_survive(made) == Broken((Differs(3, "project/.venv/notes", "file", "absent"),))


def test_what_the_scenario_plants_over_a_file_is_what_must_survive() -> None:
    made = run({"notes": file("old")}, plant({"notes": file("new")}), create(), create({"notes": file("old")}))
    assert files_survive(made) == Broken((Differs(3, "notes", 'file "new"', 'file "old"'),))


# -- both: permission --------------------------------------------------------------------------------------------------


def test_what_the_scenario_permits_to_change_may_change() -> None:
    made = run(
        {"project/.venv/.gitignore": link("x"), "project/.venv/notes": file(), "kept": file(), "data": link("x")},
        create({"project/.venv/.gitignore": file(), "project/.venv/notes": None}),
        permit=("project/.venv/*",),
    )
    assert (files_survive(made), links_survive(made)) == (Held(), Held())


def test_a_permission_does_not_reach_further_than_its_pattern() -> None:
    made = run({"a/b": file(), "ab": file("kept")}, create({"a/b": None, "ab": None}), permit=("a",))
    assert files_survive(made) == Broken((Differs(1, "ab", "file", "absent"),))


def test_the_tools_own_places_do_not_free_it_to_lose_what_the_user_had_there() -> None:
    made = run({"home/.tool/notes": file("notes")}, create({"home/.tool/notes": None}), own_places=("home/.tool",))
    assert files_survive(made) == Broken((Differs(1, "home/.tool/notes", "file", "absent"),))


def test_what_another_tool_loses_is_not_laid_at_the_subjects_door() -> None:
    made = run(LINKED, by_another_tool({"project/.venv": None}), create({"project/.venv": directory()}))
    assert links_survive(made) == Held()
    assert made.moments[1].users.keys() == LINKED.keys() - {"project/.venv"}


# -- nothing-outside ---------------------------------------------------------------------------------------------------


def test_making_an_environment_at_its_path_changes_nothing_outside() -> None:
    assert nothing_outside(run({"project/notes": file()}, create(an_environment()))) == Held()


def test_a_file_beside_the_environment_breaks_nothing_outside() -> None:
    made = run({}, create(an_environment() | {"project/tool.lock": file()}))
    assert nothing_outside(made) == Broken((Differs(1, "project/tool.lock", "absent", "file"),))


def test_a_directory_beside_the_environment_is_shown_without_what_is_in_it() -> None:
    made = run({}, create({"home/.cache/tool/a": file(), "home/.cache/tool/b": file()}))
    assert nothing_outside(made) == Broken((Differs(1, "home/.cache", "absent", "directory"),))


def test_a_name_that_merely_begins_like_the_environments_is_outside() -> None:
    made = run({}, create({"project/.venv.lock": file()}))
    assert nothing_outside(made) == Broken((Differs(1, "project/.venv.lock", "absent", "file"),))


def test_another_mode_of_the_directory_around_the_environment_breaks_nothing_outside() -> None:
    made = run({}, create(an_environment() | {"project": directory(0o700)}))
    assert nothing_outside(made) == Broken((Differs(1, "project", "directory 0755", "directory 0700"),))


def test_the_first_step_that_changed_something_outside_is_the_one_named() -> None:
    made = run({}, create(), create({"tmp/b": file()}), create({"tmp/a": file()}))
    assert nothing_outside(made) == Broken((Differs(2, "tmp/b", "absent", "file"),))


@pytest.mark.parametrize("things", [LINK, LINK | {"store/env": directory()}, CHAIN])
def test_where_the_environments_link_leads_is_the_environment(things: dict[str, Seen]) -> None:
    made = run(things, create(an_environment("store/env") | {"store/env/new": file()}))
    assert nothing_outside(made) == Held()


def test_beside_where_the_environments_link_leads_is_outside() -> None:
    made = run(LINKED, create({"store/env.lock": file()}))
    assert nothing_outside(made) == Broken((Differs(1, "store/env.lock", "absent", "file"),))


def test_where_a_link_inside_the_environment_leads_is_outside() -> None:
    things = {"project/.venv/bin": link("../../store"), "store": directory()}
    made = run(things, create({"store/python": file()}))
    assert nothing_outside(made) == Broken((Differs(1, "store/python", "absent", "file"),))


def test_where_a_new_link_at_the_environments_path_leads_is_the_environment() -> None:
    made = run({}, create({"project/.venv": link("../store/env"), "store/env/pyvenv.cfg": file()}))
    assert nothing_outside(made) == Held()


def test_an_environment_behind_a_linked_parent_is_no_change_outside() -> None:
    made = run({"work": link("project")}, create(an_environment(), at="work/.venv"))
    assert nothing_outside(made) == Held()


def test_a_link_at_the_environments_path_is_the_environments_own_even_behind_a_linked_parent() -> None:
    things = {"work": link("project"), **LINKED, "store/other": directory()}
    made = run(things, create({"project/.venv": link("../store/other")}, at="work/.venv"))
    assert nothing_outside(made) == Held()


def test_directories_made_on_the_way_to_the_environment_are_not_outside() -> None:
    made = run({}, create(an_environment("deep/er/.venv"), at="deep/er/.venv"))
    assert nothing_outside(made) == Held()


def test_directories_made_on_the_way_to_where_the_link_leads_are_not_outside() -> None:
    assert nothing_outside(run({"project/.venv": link("../a/b/env")}, create(an_environment("a/b/env")))) == Held()


def test_what_else_is_put_into_a_directory_made_on_the_way_is_outside() -> None:
    made = run({}, create(an_environment("deep/.venv") | {"deep/extra": file()}, at="deep/.venv"))
    assert nothing_outside(made) == Broken((Differs(1, "deep/extra", "absent", "file"),))


def test_a_directory_removed_on_the_way_to_the_environment_is_outside() -> None:
    made = run(an_environment("deep/.venv"), remove({"deep": None}, at="deep/.venv"))
    assert nothing_outside(made) == Broken((Differs(1, "deep", "directory", "absent"),))


def test_where_the_whole_root_is_the_environment_nothing_is_outside() -> None:
    assert nothing_outside(run({"project/.venv": link("..")}, create(an_environment(".")))) == Held()


def test_where_the_link_loops_all_but_the_link_is_outside() -> None:
    made = run({"project/.venv": link(".venv")}, create({"project/.venv": directory(), "tmp/left": file()}))
    assert nothing_outside(made) == Broken((Differs(1, "tmp/left", "absent", "file"),))


def test_the_tools_own_places_and_what_is_permitted_may_change() -> None:
    made = run(
        {},
        create({"home/.local/share/tool/x": file(), "store/y": file()}),
        own_places=("home/.local",),
        permit=("store",),
    )
    assert nothing_outside(made) == Held()


def test_volatile_files_outside_the_environment_are_outside() -> None:
    made = run({}, create({"project/__pycache__/a.pyc": file()}), volatile=("**/__pycache__/**",))
    assert nothing_outside(made) == Broken((Differs(1, "project/__pycache__", "absent", "directory"),))


def test_a_file_outside_that_shares_its_inode_with_fewer_names_is_unchanged() -> None:
    names = ("project/.venv/notes", "store/notes")
    things = dict.fromkeys(names, file(names=names))
    assert nothing_outside(run(things, create({"project/.venv/notes": None, "store/notes": file()}))) == Held()


def test_what_the_scenario_itself_changes_is_not_judged() -> None:
    made = run({"a": file()}, create(), plant({"b": file()}), delete("a"), move("b", "c"), create())
    assert nothing_outside(made) == Held()


def test_another_tool_answers_for_itself() -> None:
    made = run({}, by_another_tool({"tmp/left": file()}), create())
    assert nothing_outside(made) == Held()
    assert nothing_outside(run({}, by_another_tool())) == Moot("no command of the tool ran")


# -- no-debris ---------------------------------------------------------------------------------------------------------


def test_a_command_that_failed_and_left_something_breaks_no_debris() -> None:
    made = run({}, create(an_environment(), exits=1))
    assert no_debris(made) == Broken((Differs(1, "project/.venv", "absent", "directory"),))


def test_a_command_that_failed_and_lost_something_breaks_no_debris() -> None:
    made = run({"notes": file()}, create({"notes": None}, exits=2))
    assert no_debris(made) == Broken((Differs(1, "notes", "file", "absent"),))


def test_the_first_failing_command_that_left_something_is_the_one_named() -> None:
    made = run({}, create(exits=1), create({"tmp/a": file()}, exits=1), create({"tmp/b": file()}, exits=1))
    assert no_debris(made) == Broken((Differs(2, "tmp/a", "absent", "file"),))


def test_a_command_that_succeeded_leaves_no_debris() -> None:
    assert no_debris(run({}, create(an_environment()), create(exits=1))) == Held()


def test_own_places_and_volatile_files_are_no_debris() -> None:
    made = run(
        {},
        create({"home/.tool": file(), "project/__pycache__/a.pyc": file()}, exits=1),
        own_places=("home/.tool",),
        volatile=("**/__pycache__",),
    )
    assert no_debris(made) == Held()


def test_of_commands_that_ran_together_the_one_that_succeeded_may_leave_something() -> None:
    made = run({}, together(create(an_environment()), create(exits=1)))
    assert no_debris(made) == Moot("no command failed")


def test_commands_that_ran_together_and_all_failed_may_leave_nothing() -> None:
    made = run({}, together(create({"tmp/a": file()}, exits=2), create(exits=1)))
    assert no_debris(made) == Broken((Differs(1, "tmp/a", "absent", "file"),))


@pytest.mark.parametrize("ends", [Signalled("SIGSEGV"), TimedOut(60), NotStarted("no such file")])
def test_a_command_that_did_not_end_by_itself_is_no_matter_of_no_debris(
    ends: Signalled | TimedOut | NotStarted,
) -> None:
    assert no_debris(run({}, create({"tmp/a": file()}, ends=ends))) == Moot("no command failed")


def test_another_tools_debris_is_not_the_subjects() -> None:
    assert no_debris(run({}, by_another_tool({"tmp/a": file()}, exits=1))) == Moot("no command failed")
