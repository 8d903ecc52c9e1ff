"""The scenario that is made of what was seen of a directory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from made import directory, fifo, file, link

from harness.capture.directory import BECAUSE, HEAD, capture
from harness.capture.sight import Arrival, Beyond, Sight
from harness.scenario import CommandStep, Perform
from harness.snapshot import Leads, Meta, SeenLink, SeenSpecial, Snapshot
from harness.writing import text

if TYPE_CHECKING:
    from harness.snapshot import Seen

CREATE, INSPECT = (CommandStep(Perform(operation)) for operation in ("create", "inspect"))
HERE = "/home/somebody/app"


def seen(entries: dict[str, Seen], *, mode: int = 0o755, **more: object) -> Sight:
    return Sight(path=HERE, top=Meta(mode), snapshot=Snapshot(entries), **more)  # type: ignore[arg-type]


def leading(words: str, target: str | None = None, leads: Leads = Leads.INSIDE) -> Seen:
    return SeenLink(Meta(0o777), words, leads, target)


def lines(sight: Sight, *steps: CommandStep, anonymous: bool = False) -> list[str]:
    """The scenario without what every captured one begins with."""
    told = text(capture(sight, steps=steps or (CREATE,), anonymous=anonymous)).splitlines()
    assert told[:2] == [f"# {line}" for line in HEAD]
    assert f'because: "{BECAUSE}"' in told
    return [line for line in told[2:] if not line.startswith(("summary", "because"))]


def tree(sight: Sight, *, anonymous: bool = False) -> list[str]:
    told = lines(sight, INSPECT, anonymous=anonymous)
    return [line[2:] for line in told[told.index("tree:") + 1 : told.index("steps:")]]


def test_of_an_empty_directory_there_is_the_directory() -> None:
    assert lines(seen({})) == ["tree:", "  project: directory", "steps:", "  - create", "must:", "  - usable"]
    assert tree(seen({}, mode=0o700)) == ['project: {directory: , mode: "0700"}']


def test_sizes_and_modes_are_said_and_contents_are_not() -> None:
    entries = {"a": file("x" * 1234), "b": file("#!", 0o755), "c": file(), "d": directory(0o2775), "e": directory()}
    assert tree(seen(entries)) == [
        "project/a: file  # 1.2 KiB",
        'project/b: {file: , mode: "0755"}  # 2 bytes',
        'project/c: {file: ""}',
        'project/d: {directory: , mode: "2775"}',
        "project/e: directory",
    ]


def test_content_that_was_asked_for_is_said() -> None:
    sight = seen({"a": file("$x"), "b": file("\0")}, contents={"a": b"$x", "b": b"\xff$"})
    assert tree(sight) == ['project/a: {file: "$$x"}', 'project/b: {bytes: "/yQ="}']


def test_a_plain_project_stands_for_a_project() -> None:
    sight = seen({"pyproject.toml": file("[project]"), "uv.lock": file("x"), "shut": directory(0o700)})
    more = seen({**sight.snapshot.entries, "shut/pyproject.toml": file("x")})
    assert tree(more) == [
        "project: {project: {name: demo}}  # a plain project stands for the real one",
        'project/shut: {directory: , mode: "0700"}',
        "project/shut/pyproject.toml: file  # 1 byte, tools read it: see --content",
        "project/uv.lock: file  # 1 byte, tools read it: see --content",
    ]


def test_what_no_scenario_can_say_is_counted() -> None:
    entries = {"a\\b": file(), "null": SeenSpecial(Meta(0o666), "device"), "pipe": fifo()}
    assert lines(seen(entries))[:3] == [
        "# Left out, since no scenario can say them: 2 (devices, names with a backslash).",
        "tree:",
        "  project/pipe: fifo",
    ]


def test_what_was_left_out_is_told() -> None:
    sight = seen(
        {".git": directory(), "head": leading(".git/HEAD", ".git/HEAD")}, folded=frozenset({".git"}), left={".": 3},
        beyond={"head": Beyond(f"{HERE}/.git/HEAD", Arrival.FILE)},
    )  # fmt: skip
    assert tree(sight) == [
        "project: directory  # 3 more entries are left out",
        "project/.git: directory  # what it holds is left out",
        "project/.git/HEAD: file",
        "project/head: {link: .git/HEAD}",
    ]


def test_links_within_the_directory_keep_their_texts() -> None:
    entries = {
        "a": leading("sub/../b", "b"),
        "abs": leading(f"{HERE}/b", "b"),
        "b": file(),
        "back": leading("../app/b", "b"),
        "loop": leading("loop", None, Leads.LOOP),
        "no": leading("no/$where", "no/$where", Leads.DANGLING),
        "sub": directory(),
    }
    assert tree(seen(entries)) == [
        "project/a: {link: sub/../b}",
        "project/abs: {link: $root/project/b}",
        'project/b: {file: ""}',
        "project/back: {link: b}",
        "project/loop: {link: loop}",
        "project/no: {link: no/$$where}",
        "project/sub: directory",
    ]


def test_what_links_out_of_the_directory_lead_to_stands_beside_it() -> None:
    beyond = {
        ".venv": Beyond("/home/somebody/store/env", Arrival.DIRECTORY),
        "abs": Beyond("/srv/data", Arrival.FILE),
        "again": Beyond("/srv/data", Arrival.FILE),
        "far": Beyond("/home/data", Arrival.NOTHING),
        "gone": Beyond("/mnt/x", Arrival.NOWHERE),
    }
    out = {
        ".venv": "../store/env",
        "abs": "/srv/data",
        "again": "../../../srv/data",
        "far": "../../data",
        "gone": "/mnt/x",
    }
    entries = {path: leading(words, None, Leads.OUTSIDE) for path, words in out.items()}
    note = "# it leads out of the directory, to"
    assert tree(seen(entries, beyond=beyond)) == [
        "outside/data: file",
        f'project/.venv: {{link: "../store/env"}}  {note} a directory',
        f"project/abs: {{link: $root/outside/data}}  {note} a file",
        f'project/again: {{link: "../outside/data"}}  {note} a file',
        f'project/far: {{link: "../outside/data1"}}  {note} nothing',
        f"project/gone: {{link: $root/outside/missing/x}}  {note} nothing, in a directory that is missing",
        "store/env: directory",
    ]


def test_environments_become_steps_that_make_them() -> None:
    sight = seen(
        {".venv": leading("envs/a", "envs/a"), "envs": directory(), "envs/a": directory(), "envs/b": directory()},
        environments=frozenset({"envs/a", "envs/b"}),
    )
    assert lines(sight, CREATE, CREATE) == [
        "tree:",
        "  project/.venv: {link: envs/a}",
        "  project/envs/a: directory  # an environment stood here, see the steps",
        "steps:",
        "  - create  # an environment stood there",
        "  - create:  # an environment stood there",
        "    at: envs/b",
        "  - create",
        "  - create",
        "must:",
        "  - usable",
        "  - repeat-changes-nothing",
    ]


def test_an_environment_of_another_name_is_the_environment() -> None:
    assert "environment: project/env" in lines(seen({"env": directory()}, environments=frozenset({"env"})))
    assert "environment: project" in lines(seen({}, environments=frozenset({"."})))


def test_an_environment_that_a_link_leads_out_to_is_made_through_the_link() -> None:
    sight = seen(
        {".venv": leading("../env", None, Leads.OUTSIDE)}, beyond={".venv": Beyond("/home/env", Arrival.ENVIRONMENT)}
    )
    assert lines(sight)[3:6] == ["steps:", "  - create  # an environment stood there", "  - create"]


def test_made_up_names_have_the_same_oddities_and_lead_to_the_same() -> None:
    entries = {
        ".secret": file(),
        ".venv": directory(),
        "caf\udce9": directory(),
        "caf\udce9/notes of mine.txt": file(),
        "été": leading("caf\udce9/notes of mine.txt", "caf\udce9/notes of mine.txt"),
        "gone": leading("somewhere/else", "somewhere/else", Leads.DANGLING),
        "out": leading("../customer/env", None, Leads.OUTSIDE),
    }
    beyond = {"out": Beyond("/srv/customer/env", Arrival.DIRECTORY)}
    sight = seen({**entries, "plain": link("gone")}, beyond=beyond)
    assert tree(sight, anonymous=True) == [
        "outside/env: directory",
        'project/.file1: {file: ""}',
        "project/.venv: directory",
        '"project/link1é": {link: directory1_/file 2.txt}  # its text holds bytes that no scenario can',
        "project/link2: {link: missing1/missing2}",
        'project/link3: {link: "../outside/env"}  # it leads out of the directory, to a directory',
        "project/link4: {link: link2}",
        "odd-names:",
        '  - {name: "project/directory1%E9/file 2.txt", file: ""}',
    ]
