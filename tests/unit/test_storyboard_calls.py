"""What strace writes is read as it is meant, whatever is between its lines and in its names."""

from __future__ import annotations

from harness.storyboard.calls import Call, calls

HERE = "/r/project"


def read(*lines: str, first: int = 7) -> tuple[Call, ...]:
    """The calls in these lines, a second apart; a line without a number is of the first thread."""
    numbered = [line if line[0].isdigit() else f"{first} AT {line}" for line in lines]
    text = "\n".join(line.replace(" AT ", f" {number}.000000 ", 1) for number, line in enumerate(numbered))
    return calls(text, HERE)


def places(*lines: str) -> list[tuple[str, str]]:
    return [(call.kind, " ".join(call.paths) or call.handle) for call in read(*lines)]


def test_a_call_has_its_program_its_absolute_path_and_how_it_ended() -> None:
    assert read('execve("/opt/bin/uv", [...], 0x7f /* 15 vars */) = 0', 'unlink(".venv") = -1 EBUSY (Device busy)') == (
        Call(at=1, process=7, program="uv", kind="unlink", name="unlink", paths=("/r/project/.venv",), rest="",
             result=-1, error="EBUSY"),
    )  # fmt: skip


def test_names_are_those_of_the_disk_with_quotes_brackets_lines_and_bytes_that_are_no_text() -> None:
    line = r'openat(AT_FDCWD</r/a\76 \"b\"\n\303\251\\>, "f) = 3<x\377", O_WRONLY|O_CREAT, 0666) = 3</r/a\76/f\74x>'
    (call,) = read(line)
    assert (call.paths, call.handle, call.rest) == (
        ('/r/a> "b"\n\u00e9\\/f) = 3<x\udcff',), "/r/a>/f<x", ", O_WRONLY|O_CREAT, 0666",
    )  # fmt: skip


def test_a_call_that_others_interrupted_ends_where_it_goes_on() -> None:
    assert places(
        'mkdir("a", 0777 <unfinished ...>',
        '8 AT mkdir("/r/b", 0777) = 0',
        "7 AT <... mkdir resumed>)        = 0",
    ) == [("mkdir", "/r/b"), ("mkdir", "/r/project/a")]


def test_what_has_no_result_is_no_call() -> None:
    assert places('mkdir("a", 0777) = ? ERESTARTSYS (To be restarted)', "+++ exited with 0 +++", 'stat("a") = 0') == []


def test_handles_stand_for_directories_and_for_files_that_are_written_to() -> None:
    assert places(
        'renameat2(3</r/a>, "in", 4</r/b>, "out", RENAME_NOREPLACE) = 0',
        'symlinkat("q", 3</r/a>, "link") = 0',
        'write(5</r/f>, ""..., 3) = 3',
        'write(5</r/f>(deleted), ""..., 3) = 3',
        "copy_file_range(5</c/from>, NULL, 6</r/to>, NULL, 9, 0) = 9",
        'fchownat(6</r/to>, "", 0, 0, AT_EMPTY_PATH) = 0',
        "fchmod(6</r/to>, 0755) = 0",
    ) == [
        ("rename", "/r/a/in /r/b/out"), ("symlink", "/r/a/link"), ("write", "/r/f"), ("write", ""),
        ("write", "/r/to"), ("chown", "/r/to"), ("chmod", "/r/to"),
    ]  # fmt: skip


def test_to_remove_a_directory_by_a_handle_is_to_remove_a_directory() -> None:
    assert places('unlinkat(3</r>, "a", AT_REMOVEDIR) = 0', 'unlinkat(3</r>, "a", 0) = 0') == [
        ("rmdir", "/r/a"), ("unlink", "/r/a"),
    ]  # fmt: skip


def test_a_child_has_a_directory_of_its_own_and_a_thread_has_its_process_s() -> None:
    flags = "CLONE_VM|CLONE_FS|CLONE_FILES|CLONE_THREAD"
    assert places(
        "clone(child_stack=NULL, flags=SIGCHLD) = 8",
        f"clone3({{flags={flags}, stack=0x1}} => {{parent_tid=[9]}}, 88) = 9",
        '8 AT chdir("child") = 0',
        '9 AT chdir("thread") = 0',
        '8 AT mkdir("a", 0777) = 0',
        '7 AT mkdir("a", 0777) = 0',
        "7 AT fchdir(3</r/elsewhere>) = 0",
        '9 AT mkdir("a", 0777) = 0',
    ) == [
        ("mkdir", "/r/project/child/a"), ("mkdir", "/r/project/thread/a"), ("mkdir", "/r/elsewhere/a"),
    ]  # fmt: skip


def test_a_child_that_is_heard_of_before_its_parent_s_call_ends_is_still_its_child() -> None:
    found = read(
        'execve("/bin/sh", [...], 0x1 /* 1 var */) = 0',
        'chdir("deep") = 0',
        "vfork( <unfinished ...>",
        '8 AT mkdir("early", 0777) = 0',
        '8 AT execve("/bin/mkdir", [...], 0x1 /* 1 var */ <unfinished ...>',
        "7 AT <... vfork resumed>)        = 8",
        "8 AT <... execve resumed>)       = 0",
        '8 AT mkdir("late", 0777) = 0',
    )
    assert [(call.process, call.program, call.paths) for call in found] == [
        (8, "sh", ("/r/project/deep/early",)), (8, "mkdir", ("/r/project/deep/late",)),
    ]  # fmt: skip


def test_the_directory_that_strace_shows_counts_more_than_what_was_asked_for() -> None:
    assert places(
        'chdir("link") = 0',
        'openat(AT_FDCWD</r/real>, "x", O_RDONLY) = -1 ENOENT (No such file or directory)',
        'mkdir("a", 0777) = 0',
    )[1:] == [("mkdir", "/r/real/a")]
