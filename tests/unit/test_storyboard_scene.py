"""Calls played on a tree: where they really arrive, and what stood there."""

from __future__ import annotations

import made
import pytest
from made import ROOT

from harness.snapshot import describe
from harness.storyboard.calls import calls
from harness.storyboard.scene import Event, Scene

THINGS = {
    "store/env": made.directory(),
    "store/notes.txt": made.file("n"),
    "project/.venv": made.link("../store/env"),
    "project/absolute": made.link(f"{ROOT}/store"),
    "project/out": made.link("/elsewhere"),
    "project/loop": made.link("loop"),
}


def played(*lines: str) -> tuple[list[Event], Scene]:
    """What these calls of a command in `project` did."""
    scene = Scene(made.tree(THINGS), ROOT)
    text = "\n".join(
        f"7 {number}.0 {line}" for number, line in enumerate(['execve("/bin/uv", [...], 0x1) = 0', *lines])
    )
    return list(scene.events(calls(text.replace("ROOT", ROOT), f"{ROOT}/project"))), scene


def shown(*lines: str) -> list[tuple[str, str, str]]:
    return [(event.path, event.was, event.now) for event in played(*lines)[0]]


def test_the_seed_s_two_calls_remove_the_link_and_make_a_directory() -> None:
    events, scene = played('unlink(".venv") = 0', 'mkdir(".venv", 0777) = 0')
    assert events == [
        Event(process="uv", call="unlink", kind="unlink", path="project/.venv", spelled="project/.venv",
              was="link ../store/env", now="absent"),
        Event(process="uv", call="mkdir", kind="mkdir", path="project/.venv", spelled="project/.venv",
              was="absent", now="directory"),
    ]  # fmt: skip
    assert scene.entries["project/.venv"] == "directory"


@pytest.mark.parametrize(
    ("path", "arrives"),
    [
        (".venv/bin", "store/env/bin"),
        (".venv/../x", "store/x"),  # the kernel's `..`, not the text's
        ("absolute/x", "store/x"),
        ("ROOT/project/./x//", "project/x"),
    ],
)
def test_a_path_is_followed_through_links_as_the_kernel_does(path: str, arrives: str) -> None:
    assert shown(f'mkdir("{path}", 0777) = 0') == [(arrives, "absent", "directory")]


@pytest.mark.parametrize("path", ["out/x", "loop/x", "../../cache/x", "/tmp/x", "ROOT-other/x"])
def test_what_lies_outside_the_root_is_left_out(path: str) -> None:
    assert shown(f'mkdir("{path}", 0777) = 0') == []


def test_a_renamed_directory_takes_along_what_is_in_it() -> None:
    events, scene = played('rename("../store", "moved") = 0', 'unlink("moved/notes.txt") = 0')
    assert [(event.path, event.source, event.was, event.now) for event in events] == [
        ("project/moved", "store", "absent", "directory"), ("project/moved/notes.txt", "", "file", "absent"),
    ]  # fmt: skip
    assert {path for path in scene.entries if "moved" in path or "store" in path} == {
        "project/moved",
        "project/moved/env",
    }


def test_two_that_are_exchanged_have_each_other_s_place() -> None:
    here, there = (f'AT_FDCWD<ROOT/project>, "{name}"' for name in (".venv", "../store/notes.txt"))
    assert shown(f"renameat2({here}, {there}, RENAME_EXCHANGE) = 0") == [
        ("store/notes.txt", "file", "link ../store/env"), ("project/.venv", "link ../store/env", "file"),
    ]  # fmt: skip


def test_what_comes_from_outside_or_goes_there_is_told() -> None:
    assert shown('rename("/tmp/new", "new") = 0', 'rename("../store/notes.txt", "/tmp/old") = 0') == [
        ("project/new", "absent", "file"), ("store/notes.txt", "file", "absent"),
    ]  # fmt: skip


def test_bytes_are_added_up_and_reading_is_not_told() -> None:
    opened, into = "openat(AT_FDCWD<ROOT/project>, ", '9<ROOT/store/env/f>, ""...'
    events, _ = played(
        f'{opened}".venv", O_RDONLY|O_DIRECTORY) = 8<ROOT/store/env>',
        f'{opened}".venv/f", O_WRONLY|O_CREAT|O_TRUNC, 0666) = 9<ROOT/store/env/f>',
        f"write({into}, 40) = 40",
        'mkdir("between", 0777) = 0',
        f"pwrite64({into}, 2, 0) = 2",
        f'{opened}"../store/notes.txt", O_WRONLY|O_APPEND) = 10<ROOT/store/notes.txt>',
        'write(10<ROOT/store/notes.txt>, ""..., 5) = 5',
        f'{opened}"../store/notes.txt", O_WRONLY|O_CREAT|O_TRUNC, 0666) = 10<ROOT/store/notes.txt>',
    )
    assert [(event.call, event.path, event.was, event.size) for event in events] == [
        ("openat", "store/env/f", "absent", 42), ("mkdir", "project/between", "absent", 0),
        ("write", "store/notes.txt", "file", 5), ("openat", "store/notes.txt", "file", 0),
    ]  # fmt: skip


def test_a_mode_that_something_has_is_no_event_and_another_is() -> None:
    assert shown('chmod("../store/notes.txt", 0644) = 0', 'chmod("../store/notes.txt", 0600) = 0') == [
        ("store/notes.txt", "file 0644", "file 0600")
    ]
    assert shown('lchown(".venv", 1, 2) = 0') == [("project/.venv", "link ../store/env", "link of 1:2")]


def test_a_call_that_failed_changes_nothing_and_bears_its_error() -> None:
    events, scene = played('unlink(".venv") = -1 EBUSY (Device or resource busy)')
    assert [(event.path, event.was, event.now, event.error) for event in events] == [
        ("project/.venv", "link ../store/env", "link ../store/env", "EBUSY")
    ]
    before = made.tree(THINGS)
    assert scene.entries == {path: describe(before[path]) for path in before}


def test_links_of_both_kinds_and_special_files_are_made() -> None:
    assert shown(
        'symlinkat("../store", AT_FDCWD<ROOT/project>, "s") = 0',
        'link("../store/notes.txt", "h") = 0',
        'mknod("p", S_IFIFO|0666) = 0',
    ) == [
        ("project/s", "absent", "link ../store"), ("project/h", "absent", "file"), ("project/p", "absent", "fifo"),
    ]  # fmt: skip
