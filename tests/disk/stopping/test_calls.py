"""Every call that changes a tree stops before it runs, whoever makes it, and is told with its real paths."""

from __future__ import annotations

import errno
import os
import platform
import re
import stat
import struct
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from harness.stopping.tables import ARCHITECTURES, FORMS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from conftest import Place

    Event = tuple[str, ...]
    Made = tuple[str, int, Event | None]

HERE = -100
NUMBERS = {form.name: form.numbers[ARCHITECTURES[platform.machine()].column] for form in FORMS}
TMPFILE, NOFOLLOW, DIRECTORY = os.O_TMPFILE | os.O_WRONLY, os.O_NOFOLLOW, os.O_DIRECTORY
MAKE = os.O_CREAT | os.O_RDWR
MAY_FAIL = -1
"""In the place of an error: some filesystems and kernels have no such thing."""


def made(call: str, *event: str, error: int = 0) -> Made:
    """A call in the words of `calls.c`, its error, and what is to be told of it."""
    return call, error, event or None


def address(path: str) -> str:
    return "&" + (struct.pack("=H", 1) + path.encode() + b"\0").hex()


def how(flags: int) -> str:
    return "&" + struct.pack("=QQQ", flags, 0o600 if flags & os.O_CREAT else 0, 0).hex()


LOCK = "&" + struct.pack("=hh4xqqi4x", 1, 0, 0, 0, 0).hex()

PLACES = [
    made(f"d=openat {HERE} =project {DIRECTORY}"),
    made(f"mkdirat {HERE} =plain 0755", "mkdir", "mkdirat", "plain"),
    made("mkdirat $d =../above/ 0755", "mkdir", "mkdirat", "above"),
    made(f"mkdirat {HERE} =link/inside 0755", "mkdir", "mkdirat", "project/inside"),
    made("chdir =link"),
    made(f"mkdirat {HERE} =moved 0755", "mkdir", "mkdirat", "project/moved"),
    made("chdir =.."),
    made(f"a=openat {HERE} =above {DIRECTORY}"),
    made("fchdir $a"),
    made(f"mkdirat {HERE} |at-the-end 0755", "mkdir", "mkdirat", "above/at-the-end"),
    made(f"mkdirat {HERE} ^across-pages 0755", "mkdir", "mkdirat", "above/across-pages"),
    made(f"renameat {HERE} =../above $d =renamed", "rename", "renameat", "above", "project/renamed"),
    made(f"mkdirat {HERE} =after 0755", "mkdir", "mkdirat", "project/renamed/after"),
    made("fchdir $d"),
    made("chdir =.."),
    made(f"unlinkat {HERE} =link/inside {0x200}", "rmdir", "unlinkat", "project/inside"),
    made(f"unlinkat {HERE} =link/missing 0", "unlink", "unlinkat", "project/missing", error=errno.ENOENT),
    made(f"mkdirat {HERE} =caf\udce9 0755", "mkdir", "mkdirat", "caf\udce9"),
    made(f"mkdirat {HERE} ={'x/' * 2047}y 0755", "mkdir", "mkdirat", f"{'x/' * 2047}y", error=errno.ENOENT),
    made(f"mkdirat {HERE} ={'x' * 4096} 0755", "mkdir", "mkdirat", "x" * 4096, error=errno.ENAMETOOLONG),
    made(f"mkdirat {HERE} 0 0755", error=errno.EFAULT),
    made("mkdirat 99 =nowhere 0755", error=errno.EBADF),
    made("write 99 =nothing 7", error=errno.EBADF),
    made(f"mkdirat {HERE} =gone 0755", "mkdir", "mkdirat", "gone"),
    made(f"g=openat {HERE} =gone {DIRECTORY}"),
    made(f"unlinkat {HERE} =gone {0x200}", "rmdir", "unlinkat", "gone"),
    made("mkdirat $g =inside 0755", error=errno.ENOENT),
]  # fmt: skip
"""Directories of all kinds of paths."""

NAMES = [
    made(f"renameat2 {HERE} =plain {HERE} =project 1", "rename", "renameat2", "plain", "project", error=errno.EEXIST),
    made(f"renameat2 {HERE} =plain {HERE} =link 2", "rename", "renameat2", "plain", "link"),
    made(f"renameat2 {HERE} =plain {HERE} =link 2", "rename", "renameat2", "plain", "link"),
    made(f"symlinkat =file {HERE} =to-file", "symlink", "symlinkat", "to-file"),
    made(f"linkat {HERE} =to-file {HERE} =link-itself 0", "link", "linkat", "to-file", "link-itself"),
    made(f"linkat {HERE} =to-file {HERE} =followed {0x400}", "link", "linkat", "file", "followed"),
    made(f"mknodat {HERE} =pipe {stat.S_IFIFO | 0o600} 0", "mknod", "mknodat", "pipe"),
    made("s=socket 1 1 0"),
    made(f"bind $s {address('project/socket')} 17", "mknod", "bind", "project/socket"),
    made("a=socket 1 1 0"),
    made("bind $a &0100006e6f2d70617468 10"),
    made(f"t=openat {HERE} =link {TMPFILE} 0600", "open", "openat", "project"),
    made("write $t =hello 5"),
    made(f"linkat {HERE} =/proc/self/fd/$t {HERE} =project/born {0x400}", "link", "linkat", "", "project/born"),
    made("write $t =hello 5", "write", "write", "project/#"),  # which name it has got by now is not known
]  # fmt: skip
"""Names given and taken."""

FILES = [
    made(f"f=openat {HERE} =to-file 1"),
    made(f"n=openat {HERE} =to-file {MAKE | NOFOLLOW} 0600", "open", "openat", "to-file", error=errno.ELOOP),
    made(f"n=openat {HERE} =to-file {MAKE | os.O_EXCL} 0600", "open", "openat", "to-file", error=errno.EEXIST),
    made(f"n=openat {HERE} =to-nothing {MAKE} 0600", "open", "openat", "new"),
    made(f"o=openat2 {HERE} =to-file {how(os.O_RDWR)} 24"),
    made(f"o=openat2 {HERE} =to-file {how(os.O_RDWR | os.O_TRUNC)} 24", "open", "openat2", "file"),
    made(f"o=openat2 {HERE} =opened {how(MAKE)} 24", "open", "openat2", "opened"),
    made("write $o =hello 5", "write", "write", "opened"),
    made("pwrite64 $o =hello 5 0", "write", "pwrite64", "opened"),
    made("writev $o %hello 1", "write", "writev", "opened"),
    made("pwritev $o %hello 1 0 0", "write", "pwritev", "opened"),
    made("pwritev2 $o %hello 1 0 0 0", "write", "pwritev2", "opened"),
    made("sendfile $n $o 0 5", "write", "sendfile", "new"),
    made("lseek $o 0 0"),
    made("copy_file_range $o 0 $n 0 5 0", "write", "copy_file_range", "new"),
    made("pipe2 &0000000000000000 0"),
    made("ioctl $n 0x40049409 $o", "write", "ioctl", "new", error=MAY_FAIL),
    made("ioctl $n 0x5401 0", error=errno.ENOTTY),
    made("truncate =to-file 3", "truncate", "truncate", "file"),
    made("ftruncate $n 3", "truncate", "ftruncate", "new"),
    made("fallocate $n 0 0 100", "truncate", "fallocate", "new", error=MAY_FAIL),
    made("flock $n 2"),
    made(f"fcntl $n 6 {LOCK}"),
    made("fcntl $n 3 0"),
    made("mmap 0 4096 3 1 $n 0"),
    made("mmap 0 4096 3 2 $n 0"),
    made(f"unlinkat {HERE} =new 0", "unlink", "unlinkat", "new"),
    made("write $n =hello 5"),
    made("m=memfd_create =memory 0"),
    made("write $m =hello 5"),
    made("splice 99 0 $o 0 5 0", "write", "splice", "opened", error=errno.EBADF),
    made(f"p=openat {HERE} =project/p {MAKE} 0600", "open", "openat", "project/p"),
    made(f"linkat {HERE} =project/p {HERE} =project/q 0", "link", "linkat", "project/p", "project/q"),
    made(f"unlinkat {HERE} =project/p 0", "unlink", "unlinkat", "project/p"),
    made("write $p =hello 5", "write", "write", "project/p"),  # the last name that it had here
    made(f"q=openat {HERE} =odd_(deleted) {MAKE} 0600", "open", "openat", "odd (deleted)"),
    made("write $q =hello 5", "write", "write", "odd (deleted)"),
    made(f"o=openat {HERE} =/dev/stdout {os.O_CREAT | os.O_WRONLY} 0600"),
]  # fmt: skip
"""Files opened and written."""

MARKS = [
    made(f"h=openat {HERE} =file 2"),
    made("fchmod $h 0600", "chmod", "fchmod", "file"),
    made(f"fchmodat {HERE} =to-file 0600", "chmod", "fchmodat", "file"),
    made(f"fchmodat2 {HERE} =to-file 0600 0", "chmod", "fchmodat2", "file", error=MAY_FAIL),
    made("fchown $h -1 -1", "chown", "fchown", "file"),
    made(f"fchownat {HERE} =to-file -1 -1 0", "chown", "fchownat", "file"),
    made(f"fchownat {HERE} =to-file -1 -1 {0x100}", "chown", "fchownat", "to-file"),
    made(f"fchownat $h = -1 -1 {0x1000}", "chown", "fchownat", "file"),
    made(f"utimensat {HERE} =to-file 0 0", "utime", "utimensat", "file"),
    made(f"utimensat {HERE} =to-file 0 {0x100}", "utime", "utimensat", "to-file"),
    made("utimensat $h 0 0 0", "utime", "utimensat", "file"),
    made("setxattr =to-file =user.a =v 1 0", "xattr", "setxattr", "file", error=MAY_FAIL),
    made("lsetxattr =to-file =user.a =v 1 0", "xattr", "lsetxattr", "to-file", error=MAY_FAIL),
    made("fsetxattr $h =user.a =v 1 0", "xattr", "fsetxattr", "file", error=MAY_FAIL),
    made(f"setxattrat {HERE} =to-file 0 =user.b &{'00' * 16} 16", "xattr", "setxattrat", "file", error=MAY_FAIL),
    made("removexattr =to-file =user.a", "xattr", "removexattr", "file", error=MAY_FAIL),
    made("lremovexattr =to-file =user.a", "xattr", "lremovexattr", "to-file", error=MAY_FAIL),
    made("fremovexattr $h =user.a", "xattr", "fremovexattr", "file", error=MAY_FAIL),
    made(f"removexattrat {HERE} =to-file {0x100} =user.b", "xattr", "removexattrat", "to-file", error=MAY_FAIL),
    made("io_uring_setup 1 0", error=MAY_FAIL),
    made("io_setup 0 0", error=MAY_FAIL),
]  # fmt: skip
"""Modes, owners, times and attributes."""

OLD = [
    made("mkdir =old 0755", "mkdir", "mkdir", "old"),
    made("rename =old =older", "rename", "rename", "old", "older"),
    made("rmdir =older", "rmdir", "rmdir", "older"),
    made("link =file =other", "link", "link", "file", "other"),
    made("unlink =other", "unlink", "unlink", "other"),
    made("symlink =file =to-it", "symlink", "symlink", "to-it"),
    made(f"mknod =old-pipe {stat.S_IFIFO | 0o600} 0", "mknod", "mknod", "old-pipe"),
    made(f"open =to-it {os.O_TRUNC | os.O_WRONLY}", "open", "open", "file"),
    made("creat =link/creat 0600", "open", "creat", "project/creat"),
    made("chmod =to-it 0600", "chmod", "chmod", "file"),
    made("chown =to-it -1 -1", "chown", "chown", "file"),
    made("lchown =to-it -1 -1", "chown", "lchown", "to-it"),
    made("utime =to-it 0", "utime", "utime", "file"),
    made("utimes =to-it 0", "utime", "utimes", "file"),
    made(f"futimesat {HERE} =to-it 0", "utime", "futimesat", "file"),
]  # fmt: skip
"""Those that new architectures have no more."""

GROUPS = {"places": PLACES, "names": NAMES, "files": FILES, "marks": MARKS, "old": OLD}


def name(call: str) -> str:
    return re.sub("^.=", "", call.split(maxsplit=1)[0])


@pytest.mark.parametrize("group", GROUPS)
def test_every_call_is_told_with_what_it_does_and_its_real_paths(
    group: str, place: Place, build: Callable[[str], str]
) -> None:
    root = Path(place.root)
    for directory in ("project", "plain") if group == "names" else ("project",):
        (root / directory).mkdir()
    for link, text in {"link": "project", "to-file": "file", "to-nothing": "new"}.items():
        if group != "names" or link == "link":
            (root / link).symlink_to(text)
    (root / "file").write_text("content")
    calls = [one for one in GROUPS[group] if name(one[0]) not in NUMBERS or NUMBERS[name(one[0])] is not None]
    finished = place.run(place.command(build("calls"), *words(call for call, _, _ in calls)))
    errors = [int(line) for line in finished.stdout.splitlines()]
    sure = [(call, expected, error) for (call, expected, _), error in zip(calls, errors, strict=True) if expected >= 0]
    assert [(call, error) for call, _, error in sure] == [(call, expected) for call, expected, _ in sure]
    assert place.told(finished) == [event for _, _, event in calls if event]
    assert place.watched(finished).elsewhere == ()


def words(calls: Iterable[str]) -> list[str]:
    """Calls as `calls.c` takes them, by their numbers here."""
    said: list[str] = []
    for call in calls:
        first, *others = call.split()
        number = NUMBERS.get(name(call))
        said += [first if number is None else first.replace(name(call), str(number)), *others, ";"]
    return [word.replace("_(deleted)", " (deleted)") for word in said]


def test_no_call_is_forgotten() -> None:
    tried = {name(call) for group in GROUPS.values() for call, _, _ in group}
    assert tried >= set(NUMBERS)


def test_ways_past_us_are_told(place: Place, build: Callable[[str], str]) -> None:
    (Path(place.root) / "file").touch()
    calls = [f"f=openat {HERE} =file 2", "mmap 0 4096 3 1 $f 0", "io_uring_setup 1 0", "io_setup 0 0"]
    finished = place.run(place.command(build("calls"), *words(calls)))
    assert place.watched(finished).unseen == (
        "memory that the file `file` is mapped to", "io_uring", "asynchronous writes (io_submit)",
    )  # fmt: skip


def test_what_is_done_elsewhere_is_kept_apart(place: Place) -> None:
    finished = place.run(place.sh("mkdir ../beside in; echo > /dev/null; rmdir ../beside"))
    above = str(Path(place.root).parent)
    assert place.told(finished) == [("mkdir", "mkdir", "in")]
    assert [(one.kind, one.path) for one in place.watched(finished).elsewhere] == [
        ("mkdir", f"{above}/beside"), ("rmdir", f"{above}/beside"),
    ]  # fmt: skip


# -- many at once -----------------------------------------------------------------------------------------------------


def test_threads_that_race_are_told_one_after_another_and_none_is_lost(
    place: Place, build: Callable[[str], str]
) -> None:
    calls = place.watched(place.run(place.command(build("many"), "threads"))).calls
    each = {thread: [one.path for one in calls if one.thread == thread] for thread in {one.thread for one in calls}}
    expected = [[f"{place.root}/{n}.{m}" for m in range(40) for _ in ("made", "removed")] for n in range(8)]
    assert sorted(each.values()) == expected
    assert Counter(one.kind for one in calls) == {"open": 320, "unlink": 320}
    assert {one.process for one in calls} == {min(one.process for one in calls)}


def test_children_of_every_kind_are_told_and_none_is_left(place: Place, build: Callable[[str], str]) -> None:
    finished = place.run(place.command(build("many"), "children"))
    calls = place.watched(finished).calls
    assert [one.path.rpartition("/")[2] for one in calls] == ["forked", "vforked", "cloned", "daemon", "stays"]
    assert len({one.process for one in calls}) == 4
    assert [one.process for one in calls if Path(f"/proc/{one.process}").exists()] == []
