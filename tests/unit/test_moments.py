"""A moment knows what was the user's when its step began, and what the step was entitled to."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from made import (
    an_environment,
    create,
    delete,
    did,
    directory,
    file,
    followed,
    link,
    move,
    plant,
    recreate,
    remove,
    reuse,
    run,
    together,
)

from harness.case import Act
from harness.run import Exited
from harness.snapshot import Snapshot, kind

if TYPE_CHECKING:
    from harness.run import Moment, Run


def users(moment: Moment) -> dict[str, str]:
    return {path: kind(seen) for path, seen in moment.users.items()}


def last(made: Run) -> Moment:
    return made.moments[-1]


# -- what is the user's ------------------------------------------------------------------------------------------------


def test_what_was_planted_is_the_users() -> None:
    made = run({"project/notes": file(), "project/.venv": link("../store")}, create())
    assert users(last(made)) == {"project/notes": "file", "project/.venv": "link"}


def test_what_a_tool_makes_is_not_the_users() -> None:
    made = run({"project/notes": file()}, create(an_environment()), create())
    assert users(last(made)) == {"project/notes": "file"}


def test_what_is_planted_between_commands_is_the_users_from_then_on() -> None:
    made = run({}, create(an_environment()), plant({"project/.venv/new/notes": file()}), create())
    assert [users(moment) for moment in made.moments] == [
        {},
        {},
        {"project/.venv/new": "directory", "project/.venv/new/notes": "file"},
    ]


def test_what_is_planted_over_a_thing_of_the_users_is_what_it_must_still_be() -> None:
    made = run({"project/notes": file("old")}, plant({"project/notes": file("new")}), create())
    assert last(made).users == {"project/notes": file("new")}


def test_what_is_deleted_is_the_users_no_more_with_all_below_it() -> None:
    made = run({"store/a/b": file(), "store/ab": file(), "store/a": directory()}, delete("store/a"), create())
    assert users(last(made)) == {"store/ab": "file"}


def test_what_is_moved_is_the_users_under_its_new_name_with_all_below_it() -> None:
    made = run({"store/a/b": file(), "store/ab": file(), "store/a": directory()}, move("store/a", "c"), create())
    assert users(last(made)) == {"c/b": "file", "store/ab": "file", "c": "directory"}


def test_what_a_tool_made_does_not_become_the_users_by_being_moved() -> None:
    made = run({"project/notes": file()}, create(an_environment()), move("project", "moved"), create())
    assert users(last(made)) == {"moved/notes": "file"}


def test_a_moved_link_is_the_users_wherever_it_leads_by_then() -> None:
    made = run({"store/env": directory(), "project/.venv": link("../store/env")}, move("project", "a/b"), create())
    (moved,) = (seen for path, seen in last(made).users.items() if path == "a/b/.venv")
    assert moved == last(made).before["a/b/.venv"]


def test_what_a_step_rightfully_removed_is_the_users_no_more() -> None:
    made = run(
        an_environment() | {"project/.venv/notes": file(), "project/notes": file()},
        recreate({"project/.venv/notes": None}),
        create(),
    )
    assert users(last(made)) == {
        "project/.venv/pyvenv.cfg": "file",
        "project/.venv/bin/python": "link",
        "project/notes": "file",
    }


def test_what_a_step_rightfully_rewrote_is_the_users_no_more() -> None:
    made = run(an_environment(), recreate({"project/.venv/pyvenv.cfg": file("the tool's\n")}), create())
    assert users(last(made)) == {"project/.venv/bin/python": "link"}


def test_what_a_step_wrongfully_removed_is_the_users_still() -> None:
    made = run({"project/notes": file()}, recreate({"project/notes": None}), create())
    assert users(last(made)) == {"project/notes": "file"}


def test_a_link_that_a_remove_left_dangling_is_the_users_still() -> None:
    made = run(
        {"project/.venv": link("../store/env"), **an_environment("store/env")}, remove({"store/env": None}), create()
    )
    assert users(last(made)) == {"project/.venv": "link"}


def test_what_was_lost_stays_the_users_when_the_scenario_moves_something_else() -> None:
    made = run({"a": file("a"), "b": file("b")}, create({"a": None}), move("b", "c"), create())
    assert last(made).users == {"a": file("a"), "c": file("b")}


def test_what_was_planted_and_is_not_to_be_seen_is_not_the_users() -> None:
    made = run({"closed/notes": file(), "notes": file()}, create())
    unseen = Snapshot({path: seen for path, seen in made.before.entries.items() if path != "closed/notes"})
    assert users(last(replace(made, before=unseen))) == {"notes": "file"}


# -- what may be cleared -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("operation", "cleared"), [("recreate", "project/.venv"), ("remove", "project/.venv")])
def test_recreate_and_remove_may_clear_an_environment(operation: str, cleared: str) -> None:
    assert last(run(an_environment(), did(operation))).cleared == cleared


@pytest.mark.parametrize("operation", ["create", "reuse", "sync", "inspect", "run", "python"])
def test_no_other_operation_may_clear_anything(operation: str) -> None:
    assert last(run(an_environment(), did(operation))).cleared is None


def test_the_scenarios_own_changes_clear_nothing() -> None:
    assert last(run(an_environment(), delete("project/.venv/pyvenv.cfg"))).cleared is None


def test_a_directory_that_was_no_environment_when_the_step_began_may_not_be_cleared() -> None:
    made = run({"project/.venv/photo": file()}, recreate(an_environment()))
    assert last(made).cleared is None


def test_an_environment_made_by_an_earlier_step_may_be_cleared() -> None:
    made = run({"project/.venv": directory()}, create(an_environment()), recreate())
    assert [moment.cleared for moment in made.moments] == [None, "project/.venv"]


def test_an_environment_behind_a_chain_of_links_may_be_cleared_where_it_really_stands() -> None:
    things = an_environment("store/env") | {"project/.venv": link("middle"), "project/middle": link("../store/env")}
    moment = last(run(things, recreate()))
    assert moment.cleared == "store/env"
    assert [path for path in moment.users if moment.may_go(path)] == ["store/env/pyvenv.cfg", "store/env/bin/python"]


def test_an_environment_that_is_the_whole_root_may_be_cleared() -> None:
    moment = last(run(an_environment(".") | {"project/.venv": link("..")}, recreate()))
    assert moment.cleared == "."


def test_nothing_may_be_cleared_through_a_link_that_leaves_the_root() -> None:
    assert last(run({"project/.venv": link("/elsewhere")}, recreate())).cleared is None


# -- what may go -------------------------------------------------------------------------------------------------------

LINKED = {"project/.venv": link("../store/env"), **an_environment("store/env")}


def test_the_link_at_the_environments_path_may_never_go_in_a_recreate() -> None:
    assert not last(run(LINKED, recreate({"project/.venv": None, "store/env": None}))).may_go("project/.venv")


def test_the_link_at_the_environments_path_may_go_with_the_environment_in_a_remove() -> None:
    assert last(run(LINKED, remove({"project/.venv": None, "store/env": None}))).may_go("project/.venv")


def test_the_link_at_the_environments_path_may_not_go_alone_in_a_remove() -> None:
    assert not last(run(LINKED, remove({"project/.venv": None}))).may_go("project/.venv")


def test_another_link_of_the_chain_may_not_go_in_a_remove() -> None:
    things = an_environment("store/env") | {"project/.venv": link("middle"), "project/middle": link("../store/env")}
    moment = last(run(things, remove({"project/.venv": None, "project/middle": None, "store/env": None})))
    assert moment.may_go("project/.venv")
    assert not moment.may_go("project/middle")


def test_the_link_at_the_environments_path_is_never_inside_even_where_it_leads_to_a_directory_above_it() -> None:
    things = an_environment("project") | {"project/.venv": link("."), "project/notes": file()}
    moment = last(run(things, recreate()))
    assert moment.may_go("project/notes")
    assert not moment.may_go("project/.venv")


def test_the_link_at_the_environments_path_is_known_through_another_link() -> None:
    things = {**LINKED, "elsewhere": link("project")}
    moment = last(run(things, remove({"project/.venv": None, "store/env": None}, at="elsewhere/.venv")))
    assert moment.may_go("project/.venv")
    assert not moment.may_go("elsewhere")


@pytest.mark.parametrize("spelled", ["project/.venv/", "project/./.venv", "project/.venv/.", "store/../project/.venv"])
def test_the_link_at_the_environments_path_is_known_under_any_spelling(spelled: str) -> None:
    moment = last(run(LINKED, remove({"project/.venv": None, "store/env": None}, at=spelled)))
    assert moment.may_go("project/.venv")


def test_what_lies_beside_an_environment_may_not_go() -> None:
    things = an_environment() | {"project/.venv2/notes": file(), "project/notes": file()}
    moment = last(run(things, remove({"project/.venv": None})))
    assert [path for path in moment.users if moment.may_go(path)] == [
        "project/.venv/pyvenv.cfg",
        "project/.venv/bin/python",
    ]


# -- where the environment is ------------------------------------------------------------------------------------------


def test_an_environment_is_at_home_where_its_path_leads_before_and_after() -> None:
    things = {"project/.venv": link("../store/env"), "store/env": directory()}
    made = run(things, create({"project/.venv": link("../store/new"), "store/new": directory()}))
    assert last(made).homes == {"project/.venv", "store/env", "store/new"}


def test_an_environment_is_at_home_where_a_dangling_chain_would_lead() -> None:
    things = {"project/.venv": link("middle"), "project/middle": link("../store/env")}
    assert last(run(things, create())).homes == {"project/.venv", "store/env"}


def test_an_environment_behind_a_linked_parent_is_at_home_behind_it() -> None:
    things = {"work": link("project"), "project/.venv": link("../store/env")}
    assert last(run(things, create(at="work/.venv"))).homes == {"project/.venv", "store/env"}


@pytest.mark.parametrize("text", [".venv", "/dev/null", "../../outside"])
def test_a_link_that_loops_or_leaves_the_root_makes_no_other_home(text: str) -> None:
    assert last(run({"project/.venv": link(text)}, create())).homes == {"project/.venv"}


def test_behind_a_parent_that_leaves_the_root_the_environment_has_no_home() -> None:
    assert last(run({"work": link("/outside")}, create(at="work/.venv"))).homes == set()


def test_an_edit_keeps_the_environment_of_the_step_before() -> None:
    made = run({}, create(at="other/.venv"), plant({"project/notes": file()}))
    assert [moment.environment for moment in made.moments] == ["other/.venv", "other/.venv"]


# -- a run reduced to a step -------------------------------------------------------------------------------------------


def test_a_run_reduced_to_a_step_is_that_step_with_what_led_to_it() -> None:
    made = run({}, create(an_environment()), plant({"project/.venv/notes": file()}), reuse({"project/.venv": None}))
    reduced = made.reduced_to(2)
    assert reduced.moments == (made.moments[1],)
    assert reduced.end == made.moments[1].after
    assert made.end == made.moments[2].after


def test_a_run_reduced_to_a_step_that_was_not_reached_ends_as_it_began() -> None:
    made = run({"project/notes": file()}, create()).reduced_to(2)
    assert made.moments == ()
    assert made.end == made.before


def test_environments_that_are_made_at_the_same_time_are_all_homes() -> None:
    made = create()
    action = made.action
    assert isinstance(action, Act)
    both = replace(made, action=replace(action, others=("project/.other",)))
    assert last(run({}, both)).homes == {"project/.venv", "project/.other"}


# -- which commands ran last -------------------------------------------------------------------------------------------


def codes(made: Run) -> list[object]:
    return [done.ending for done in last(made).last]


def test_of_commands_that_follow_one_another_the_last_is_the_one_that_ran_last() -> None:
    assert codes(run({}, followed(create(exits=0), create(exits=3)))) == [Exited(3)]


def test_a_command_that_never_ran_is_not_the_last() -> None:
    never = replace(create(), finished=())
    assert codes(run({}, followed(create(exits=3), never))) == [Exited(3)]


def test_commands_that_ran_together_all_ran_last() -> None:
    assert codes(run({}, together(create(exits=1), create(exits=2)))) == [Exited(1), Exited(2)]


def test_an_edit_that_could_not_be_made_is_what_ran_last() -> None:
    edit = replace(plant({"a": file()}), finished=create(exits=1).finished)
    assert codes(run({}, edit)) == [Exited(1)]
