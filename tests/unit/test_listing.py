"""A snapshot as text tells every entry in one line, whatever it is called."""

from __future__ import annotations

from dataclasses import replace

from made import CACHE, ROOT, create, directory, fifo, file, link, run

from harness.listing import HEAD, listing, looks
from harness.snapshot import Leads, Meta, SeenDirectory, SeenFile, SeenLink, Snapshot


def lines(**entries: object) -> list[str]:
    return listing(Snapshot(entries), ROOT).removeprefix(HEAD).splitlines()  # type: ignore[arg-type]


def test_every_kind_of_entry_is_told_in_a_line() -> None:
    seen = {
        "b": SeenFile(Meta(0o600, (1, 2)), 3, "abc", b"abc"),
        "a": directory(0o2770, identity=4),
        "a/link": link("../b"),
        "a.b": fifo(),
        "gone": SeenLink(Meta(0o777), f"{ROOT}/x", Leads.DANGLING),
        "shut": SeenDirectory(Meta(0o000, mount=True), readable=False),
    }
    assert lines(**seen) == [
        "./a type=dir mode=2770 uid=0 gid=0 entry=4",
        "./a/link type=link link=../b leads=inside mode=0777 uid=0 gid=0",
        "./a.b type=fifo mode=0644 uid=0 gid=0",
        "./b type=file size=3 sha256digest=abc mode=0600 uid=1 gid=2",
        "./gone type=link link=$root/x leads=dangling mode=0777 uid=0 gid=0",
        "./shut type=dir inside=unreadable mode=0000 uid=0 gid=0 mounted",
    ]


def test_names_that_would_spoil_a_line_are_written_in_octal() -> None:
    name = "-a b\n#\\\udcff\u0301é"
    (line,) = lines(**{name: link("x y")})
    assert line == ("./-a\\040b\\012\\043\\134\\377\u0301é type=link link=x\\040y leads=inside mode=0777 uid=0 gid=0")


def test_a_file_with_several_names_tells_the_others() -> None:
    one = file("x", names=("a", "b c"))
    assert [line.rpartition(" same=")[2].partition(" ")[0] for line in lines(a=one, **{"b c": one})] == [
        "./b\\040c",
        "./a",
    ]


def test_a_file_that_may_not_be_read_has_no_digest() -> None:
    (line,) = lines(a=replace(file(), digest=""))  # type: ignore[type-var]
    assert line == "./a type=file size=0 sha256digest=unreadable mode=0644 uid=0 gid=0"


def test_a_link_beside_the_root_is_told_as_it_is() -> None:
    assert lines(a=link(f"{ROOT}s"), b=link(ROOT), c=link(CACHE))[:2] == [
        f"./a type=link link={ROOT}s leads=inside mode=0777 uid=0 gid=0",
        "./b type=link link=$root leads=inside mode=0777 uid=0 gid=0",
    ]


def test_a_run_has_a_listing_before_and_after_every_step() -> None:
    made = run({"notes": file()}, create({"a": file()}), create({"b": file()}))
    told = {name: [line.split()[0] for line in text.splitlines()[1:]] for name, text in looks(made).items()}
    usual = ["./home", "./notes", "./project", "./tmp"]
    assert told == {
        "before.txt": usual,
        "after-1.txt": ["./a", *usual],
        "after-2.txt": ["./a", "./b", *usual],
    }
