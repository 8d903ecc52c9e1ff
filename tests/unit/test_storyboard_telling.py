"""What is told of events: what matters, folded, with the call that broke a check."""

from __future__ import annotations

import pytest

from harness.storyboard.scene import ABSENT, Event
from harness.storyboard.telling import Fault, Told, tell, tell_all

FILE, DIRECTORY = "file", "directory"
_KINDS = {DIRECTORY: "mkdir", FILE: "open", "link": "symlink"}


def makes(path: str, what: str = FILE, **more: object) -> Event:
    return event(_KINDS[what.partition(" ")[0]], path, ABSENT, what, **more)


def takes(path: str, what: str = FILE) -> Event:
    return event("rmdir" if what == DIRECTORY else "unlink", path, what, ABSENT)


def event(kind: str, path: str, was: str, now: str, **more: object) -> Event:
    return Event(**{"process": "uv", "call": kind, "kind": kind, "path": path, "spelled": path, "was": was, "now": now,
                    **more})  # type: ignore[arg-type]  # fmt: skip


def told(
    *events: Event, before: str = "", after: str | None = None, faults: tuple[Fault, ...] = (), failed: bool = False
) -> list[tuple[str, str, tuple[str, ...]]]:
    """The lines; where it is not said what is there in the end, all of it is."""
    everything = {one.path for one in events}
    there = everything if after is None else set(after.split())
    lines = tell(events, set(before.split()), there, faults, failed=failed)
    return [(line.path, line.words, line.breaks) for line in lines]


LOST = Fault("links-survive", "a/.venv", "link x", DIRECTORY)


def test_a_new_environment_is_one_line() -> None:
    inside = (makes("a/.venv/bin", DIRECTORY), makes("a/.venv/bin/python", "link /p"), makes("a/.venv/pyvenv.cfg"))
    events = (makes("a/.venv", DIRECTORY), *inside)
    assert tell(events, {"a"}, {one.path for one in events}, (), failed=False) == (
        Told(process="uv", call="mkdir symlink open", path="a/.venv", calls=4,
             words="a new directory, in which it makes 1 directory, 1 file, 1 link (a new environment)"),
    )  # fmt: skip


def test_one_that_is_reached_through_a_link_says_so() -> None:
    names = ("pyvenv.cfg", "bin/a", "bin/b")
    assert told(*(makes(f"store/{name}", spelled=f"a/.venv/{name}") for name in names), before="store store/bin") == [
        ("store/", "makes 3 files (a new environment), as a/.venv", ())
    ]


def test_a_directory_that_goes_with_all_that_is_in_it_is_one_line() -> None:
    events = (takes("d/x/1"), takes("d/x", DIRECTORY), takes("d/2"), takes("d", DIRECTORY))
    assert told(*events, before="d d/x d/x/1 d/2", after="") == [
        ("d", "removes 2 files, 1 directory in it, and itself", ())
    ]


def test_the_call_that_took_a_link_and_the_one_that_took_its_place_broke_the_check() -> None:
    events = (takes("a/.venv", "link x"), makes("a/.venv", DIRECTORY), makes("a/.venv/f"))
    assert told(*events, before="a/.venv", faults=(LOST,)) == [
        ("a/.venv", "the link x is gone", ("links-survive",)),
        ("a/.venv", "a new directory", ("links-survive",)),
        ("a/.venv/f", "a new file", ()),
    ]


@pytest.mark.parametrize(
    ("fault", "events", "guilty"),
    [
        pytest.param(Fault("f", "d/f", FILE, ABSENT), (takes("d/f"), takes("d", DIRECTORY)), [0], id="removed"),
        pytest.param(Fault("f", "d/f", FILE, ABSENT),
                     (event("rename", "e", ABSENT, DIRECTORY, source="d"),), [0], id="moved with what is above"),
        pytest.param(Fault("f", "f", 'file "a"', 'file "b"'),
                     (event("open", "f", FILE, FILE), event("chmod", "f", "file 0644", "file 0600")), [0],
                     id="written, whatever its mode"),
        pytest.param(Fault("f", "f", "file 0644", "file 0600"),
                     (event("open", "f", FILE, FILE), event("chmod", "f", "file 0644", "file 0600")), [1], id="mode"),
        pytest.param(Fault("f", "other", 'file "a"', 'file "b"', ("f", "other")),
                     (event("write", "f", FILE, FILE),), [0], id="written by another name"),
        pytest.param(Fault("f", "new", ABSENT, FILE), (makes("new"), makes("newer")), [0], id="made"),
        pytest.param(Fault("f", "gone", FILE, ABSENT), (makes("new"),), [], id="nobody"),
        pytest.param(Fault("f", "x", FILE, ABSENT), (event("unlink", "x", FILE, FILE, error="EPERM"),), [],
                     id="failed"),
    ],
)  # fmt: skip
def test_the_last_call_that_touched_the_path_is_guilty(
    fault: Fault, events: tuple[Event, ...], guilty: list[int]
) -> None:
    lines = tell_all(events, {"d", "d/f", "f", "x"}, [fault])
    assert [number for number, line in enumerate(lines) if line.breaks] == guilty


def test_what_is_gone_again_in_the_end_is_left_out_and_so_are_its_names() -> None:
    events = (makes("p/.tmp"), event("rename", "p/f", FILE, FILE, source="p/.tmp"), makes("p/lock"), takes("p/lock"))
    assert told(*events, before="p p/f", after="p p/f") == [
        ("p/f", "moved here from a name that did not last, in place of the file", ())
    ]
    assert len(tell_all(events, {"p/f"}, [])) == 4


def test_why_a_command_failed_is_told_by_its_last_failed_call() -> None:
    failures = (
        event("unlink", "m", DIRECTORY, DIRECTORY, error="EBUSY"), event("open", "n", ABSENT, ABSENT, error="ENOENT"),
    )  # fmt: skip
    assert told(*failures) == []
    assert told(*failures, failed=True) == [("m", "refused: EBUSY", ())]


def test_many_files_beside_each_other_are_one_line_and_few_are_told_by_name() -> None:
    assert len(told(*(makes(f"p/{n}") for n in range(4)))) == 4
    assert told(*(makes(f"p/{n}") for n in range(5))) == [("p/", "makes 5 files", ())]


def test_what_is_removed_and_made_again_at_once_counts_as_changed() -> None:
    events = [one for n in range(3) for one in (takes(f"e/{n}"), makes(f"e/{n}"))]
    assert told(*events, before="e e/pyvenv.cfg e/0 e/1 e/2") == [("e/", "changes 3 that stood there", ())]
