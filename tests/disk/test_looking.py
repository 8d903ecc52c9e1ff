"""A snapshot says what stands there, and nothing is followed to find out."""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from harness.changes import Added, Relinked, Remoded, Replaced, Retyped, Rewritten, diff
from harness.sandbox import identities, looking
from harness.sandbox.opened import Opened
from harness.snapshot import Leads, Meta, SeenDirectory, SeenFile, SeenLink, SeenSpecial, Snapshot
from harness.tree import Directory, Fifo, File, Hardlink, Link, Socket

if TYPE_CHECKING:
    from conftest import Disk, Without


HANDLES = Path("/proc/self/fd")


def own(mode: int, identity: int | None, root: Path) -> Meta:
    """What an entry has that belongs to whoever made the root."""
    made = root.lstat()
    return Meta(mode, (made.st_uid, made.st_gid), identity)


def leading(sandbox_links: Snapshot) -> dict[str, tuple[str, str | None]]:
    links = {path: seen for path, seen in sandbox_links.entries.items() if isinstance(seen, SeenLink)}
    return {path: (seen.leads.value, seen.target) for path, seen in links.items()}


def test_everything_that_stands_is_seen_as_it_is(real_disk: Disk) -> None:
    sandbox, root = real_disk.build(
        {
            "project/.venv": Link("../store/env"),
            "store/env/.hidden": File(b"content", 0o600),
            "pipe": Fifo(),
            "listener": Socket(),
            "group": Directory(0o2750),
        }
    )
    (root / "unplanted").write_bytes(b"")
    (root / "unplanted").chmod(0o640)
    mode_of_links = stat.S_IMODE((root / "project/.venv").lstat().st_mode)
    digest = hashlib.sha256(b"content").hexdigest()
    assert sandbox.look() == Snapshot(
        {
            "group": SeenDirectory(own(0o2750, 0, root)),
            "home": SeenDirectory(own(0o755, 1, root)),
            "listener": SeenSpecial(own(0o644, 2, root), "socket"),
            "pipe": SeenSpecial(own(0o644, 3, root), "fifo"),
            "project": SeenDirectory(own(0o755, 4, root)),
            "project/.venv": SeenLink(own(mode_of_links, 5, root), "../store/env", Leads.INSIDE, "store/env"),
            "store": SeenDirectory(own(0o755, 6, root)),
            "store/env": SeenDirectory(own(0o755, 7, root)),
            "store/env/.hidden": SeenFile(own(0o600, 8, root), 7, digest),
            "tmp": SeenDirectory(own(0o755, 9, root)),
            "unplanted": SeenFile(own(0o640, None, root), 0, hashlib.sha256(b"").hexdigest()),
        }
    )


def test_a_tree_that_nobody_touched_looks_the_same_again(disk: Disk) -> None:
    sandbox, _ = disk.build({"a/b/c": File(), "a/link": Link("b"), "d": Hardlink("a/b/c")})
    before = sandbox.look()
    assert len(before.entries) == 8
    assert sandbox.look() == before


def test_a_link_to_a_directory_is_not_looked_into(disk: Disk) -> None:
    sandbox, root = disk.build({"real/file": File(), "link": Link("real")})
    outside = root.parent / "outside"
    outside.mkdir()
    (outside / "file").touch()
    (root / "out").symlink_to(outside)
    assert list(sandbox.look()) == ["home", "link", "out", "project", "real", "real/file", "tmp"]


def test_links_lead_where_the_kernel_would_arrive(disk: Disk) -> None:
    sandbox, root = disk.build(
        {
            "real/env/file": File(),
            "plain": Link("real/env"),
            "chain": Link("plain"),
            "through": Link("./chain/./file"),
            "real/up": Link("../chain/file"),
            "root": Link("."),
            "dangling": Link("real/nothing"),
            "dangles-through": Link("chain/nothing/below"),
            "file-as-directory": Link("real/env/file/below"),
            "loop": Link("loop"),
            "ping": Link("pong"),
            "pong": Link("ping"),
        }
    )
    (root / "absolute").symlink_to(root / "real")
    (root / "absolutely-nothing").symlink_to(root / "nothing")
    (root / "out").symlink_to(root.parent)
    (root / "out-by-dots").symlink_to("../cache")
    (root / "out-to-nothing").symlink_to("../nothing")
    (root / "out-and-in").symlink_to("../root/real/env")
    assert leading(sandbox.look()) == {
        "absolute": ("inside", "real"),
        "absolutely-nothing": ("dangling", "nothing"),
        "chain": ("inside", "real/env"),
        "dangles-through": ("dangling", "real/env/nothing/below"),
        "dangling": ("dangling", "real/nothing"),
        "file-as-directory": ("dangling", "real/env/file/below"),
        "loop": ("loop", None),
        "out": ("outside", None),
        "out-and-in": ("inside", "real/env"),
        "out-by-dots": ("outside", None),
        "out-to-nothing": ("dangling", None),
        "ping": ("loop", None),
        "plain": ("inside", "real/env"),
        "pong": ("loop", None),
        "real/up": ("inside", "real/env/file"),
        "root": ("inside", "."),
        "through": ("inside", "real/env/file"),
    }


def test_dots_lead_up_from_where_a_link_arrived(real_disk: Disk) -> None:
    sandbox, _ = real_disk.build({"real/env": Directory(), "link": Link("real/env"), "up": Link("link/../env")})
    assert leading(sandbox.look())["up"] == ("inside", "real/env")


@pytest.mark.skipif(os.name == "nt", reason="Windows follows other numbers of links")
def test_a_chain_leads_as_far_as_the_kernel_follows_it(real_disk: Disk) -> None:
    chain = {f"l{n}": Link(f"l{n - 1}") for n in range(1, 60)}
    sandbox, root = real_disk.build({"l0": File(b""), **chain})
    arriving = {path for path, (leads, _) in leading(sandbox.look()).items() if leads == "inside"}
    assert arriving == {path for path in chain if (root / path).exists()}
    assert arriving < chain.keys()


def test_a_file_knows_the_other_names_that_it_has_below_the_root(disk: Disk) -> None:
    sandbox, root = disk.build({"b": File(b"shared"), "a/c": Hardlink("b"), "alone": File(b"alone")})
    os.link(root / "alone", root.parent / "outside")
    seen = {path: entry.names for path, entry in sandbox.look().entries.items() if isinstance(entry, SeenFile)}
    assert seen == {"a/c": ("a/c", "b"), "alone": (), "b": ("a/c", "b")}


def test_a_file_that_gets_another_name_is_relinked(disk: Disk) -> None:
    sandbox, root = disk.build({"a": File(b"shared")})
    before = sandbox.look()
    os.link(root / "a", root / "b")
    assert [(type(change), change.path) for change in diff(before, sandbox.look())] == [(Relinked, "a"), (Added, "b")]


@pytest.mark.parametrize("size", [0, 1, looking.HEAD, looking.HEAD + 1, (1 << 20) - 1, 1 << 20, (1 << 20) + 1, 3 << 20])
def test_the_digest_is_of_the_whole_content_and_the_head_its_beginning(real_disk: Disk, size: int) -> None:
    content = os.urandom(size)
    sandbox, _ = real_disk.build({"file": File(content)})
    seen = sandbox.look()["file"]
    assert isinstance(seen, SeenFile)
    assert (seen.size, seen.digest, seen.head) == (size, hashlib.sha256(content).hexdigest(), content[: looking.HEAD])


def test_names_that_are_no_text_are_seen(real_disk: Disk) -> None:
    sandbox, root = real_disk.build({})
    (root / "caf\udce9").mkdir()
    (root / "caf\udce9" / "link").symlink_to("\udcff")
    seen = sandbox.look()
    assert list(seen) == ["caf\udce9", "caf\udce9/link", "home", "project", "tmp"]
    assert leading(seen) == {"caf\udce9/link": ("dangling", "caf\udce9/\udcff")}


@pytest.mark.parametrize("mode", [0o000, 0o111, 0o444])
def test_a_directory_that_forbids_it_is_not_looked_into(real_disk: Disk, without_power: Without, mode: int) -> None:
    sandbox, root = real_disk.build({"closed": Directory(mode), "closed/file": File()})
    seen = without_power(sandbox.look)
    assert {path: entry for path, entry in seen.entries.items() if "closed" in path} == {
        "closed": SeenDirectory(own(mode, 0, root), readable=False)
    }


def test_a_link_that_may_not_be_followed_is_not_called_dangling(real_disk: Disk, without_power: Without) -> None:
    sandbox, _ = real_disk.build({"closed": Directory(0o000), "closed/file": File(), "link": Link("closed/file")})
    assert leading(without_power(sandbox.look)) == {"link": ("inside", "closed/file")}


def test_a_link_to_a_name_that_cannot_be_is_dangling(real_disk: Disk) -> None:
    sandbox, _ = real_disk.build({"link": Link("x" * 1000)})
    assert leading(sandbox.look()) == {"link": ("dangling", "x" * 1000)}


def test_what_goes_away_while_it_is_looked_at_is_not_there(disk: Disk) -> None:
    _, root = disk.build({})

    class Outdated(Opened):
        """A directory that something has just been removed from."""

        def names(self) -> list[str]:
            return ["gone", *super().names()]

    looker = looking.Looker()
    seen = looker.look(Outdated(str(root), None), ())
    looker.close()
    assert list(seen) == ["home", "project", "tmp"]


def test_a_file_that_forbids_it_is_not_read(real_disk: Disk, without_power: Without) -> None:
    sandbox, root = real_disk.build({"secret": File(b"secret", 0o000)})
    assert without_power(sandbox.look)["secret"] == SeenFile(own(0o000, 2, root), 6, "")


def test_a_device_is_not_opened_and_a_mount_is_noticed() -> None:
    if not (Path("/dev/pts").is_mount() and Path("/dev/null").exists()):
        pytest.skip("nothing is mounted in /dev")
    tracked = identities.Identities()
    walk = looking._Walk(tracked, (), {}, {})
    with Opened.at("/dev") as devices:
        walk._entry(devices, "null", "null", devices.device())
        walk._entry(devices, "pts", "pts", devices.device())
    tracked.close()
    null, pts = walk.entries["null"], walk.entries["pts"]
    assert isinstance(null, SeenSpecial)
    assert (null.kind, null.meta.mount, pts.meta.mount) == ("device", False, True)


def test_a_root_that_is_gone_holds_nothing(disk: Disk) -> None:
    sandbox, root = disk.build({"a": File()})
    shutil.rmtree(root)
    assert sandbox.look() == Snapshot({})


def test_a_root_that_became_a_link_is_not_followed(real_disk: Disk) -> None:
    sandbox, root = real_disk.build({"a": File()})
    elsewhere = root.parent / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "theirs").touch()
    shutil.rmtree(root)
    root.symlink_to(elsewhere)
    assert sandbox.look() == Snapshot({})


# -- the same entry still, or another one?

by_handle = pytest.mark.parametrize("disk", ["real", "memory"], indirect=True)


@by_handle
def test_a_directory_that_was_made_anew_is_replaced_even_with_the_old_inode_number(disk: Disk) -> None:
    sandbox, root = disk.build({"store/env": Directory()})
    for _ in range(20):
        before = sandbox.look()
        (root / "store/env").rmdir()
        (root / "store/env").mkdir(mode=0o755)
        after = sandbox.look()
        assert diff(before, after) == (Replaced("store/env", before["store/env"], after["store/env"]),)


@by_handle
def test_a_planted_file_or_link_that_was_made_anew_is_replaced(disk: Disk) -> None:
    sandbox, root = disk.build({"file": File(b"same"), "link": Link("file")})
    before = sandbox.look()
    (root / "file").unlink()
    (root / "file").write_bytes(b"same")
    (root / "link").unlink()
    (root / "link").symlink_to("file")
    after = sandbox.look()
    assert diff(before, after) == tuple(Replaced(path, before[path], after[path]) for path in ("file", "link"))


@by_handle
def test_a_directory_of_the_tools_is_kept_track_of_once_it_was_seen(disk: Disk) -> None:
    sandbox, root = disk.build({})
    (root / "made").mkdir(mode=0o755)
    before = sandbox.look()
    (root / "made").rmdir()
    (root / "made").mkdir(mode=0o755)
    assert diff(before, sandbox.look()) == (Replaced("made", before["made"], sandbox.look()["made"]),)


def test_an_entry_that_was_moved_is_still_the_same(disk: Disk) -> None:
    sandbox, root = disk.build({"a/file": File(b"content"), "b": Directory()})
    before = sandbox.look()["a/file"]
    (root / "a" / "file").rename(root / "b" / "file")
    assert sandbox.look()["b/file"] == before


def test_a_file_that_was_rewritten_in_place_is_still_the_same(disk: Disk) -> None:
    sandbox, root = disk.build({"file": File(b"before")})
    before = sandbox.look()
    (root / "file").write_bytes(b"after!")
    after = sandbox.look()
    assert diff(before, after) == (Rewritten("file", before["file"], after["file"]),)  # type: ignore[arg-type]


def test_only_so_many_entries_are_kept_track_of(disk: Disk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(identities, "LIMIT", 5)
    sandbox, _ = disk.build({"a": File(), "b/c": File(), "d": File()})
    numbers = {path: seen.meta.identity for path, seen in sandbox.look().entries.items()}
    assert numbers == {"a": 0, "b": 1, "b/c": 2, "d": 3, "home": 4, "project": None, "tmp": None}


@pytest.mark.skipif(not HANDLES.is_dir(), reason="the system does not list open handles")
def test_a_closed_sandbox_holds_no_handle(real_disk: Disk) -> None:
    before = sorted(HANDLES.iterdir())
    sandbox, _ = real_disk.build({f"d{n}/f": File() for n in range(50)})
    sandbox.look()
    sandbox.close()
    real_disk.built.clear()
    assert sorted(HANDLES.iterdir()) == before


# -- looking again


def test_a_change_that_keeps_size_and_time_is_seen_also_where_contents_are_remembered(
    real_disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looking, "MANY", 0)
    sandbox, root = real_disk.build({"file": File(b"before")})
    before = sandbox.look()
    status = (root / "file").stat()
    (root / "file").write_bytes(b"after!")
    os.utime(root / "file", ns=(status.st_atime_ns, status.st_mtime_ns))
    after = sandbox.look()
    assert diff(before, after) == (Rewritten("file", before["file"], after["file"]),)  # type: ignore[arg-type]


def test_only_what_was_not_changed_just_now_is_remembered(real_disk: Disk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looking, "MANY", 0)
    sandbox, _ = real_disk.build({"file": File(b"content")})
    monkeypatch.setattr(looking, "_TICK", 3600 * 10**9)
    sandbox.look()
    assert sandbox._looker._stamps == {}
    monkeypatch.setattr(looking, "_TICK", -3600 * 10**9)
    with monkeypatch.context() as with_a_coarse_clock:
        with_a_coarse_clock.setattr(looking, "_COARSE", 1)
        sandbox.look()
        assert sandbox._looker._stamps == {}
    before = sandbox.look()
    assert list(sandbox._looker._stamps) == ["file"]
    assert sandbox.look() == before


def test_what_is_remembered_is_not_read_again(real_disk: Disk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looking, "MANY", 0)
    monkeypatch.setattr(looking, "_TICK", -3600 * 10**9)
    sandbox, root = real_disk.build({"file": File(b"content")})
    first = sandbox.look()["file"]
    assert isinstance(first, SeenFile)
    sandbox._looker._last = {"file": replace(first, digest="remembered")}
    assert sandbox.look()["file"] == replace(first, digest="remembered")
    (root / "file").write_bytes(b"CONTENT")
    assert sandbox.look()["file"] == replace(first, digest=hashlib.sha256(b"CONTENT").hexdigest())


def test_what_is_remembered_of_a_file_is_its_content_alone(real_disk: Disk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looking, "MANY", 0)
    monkeypatch.setattr(looking, "_TICK", -3600 * 10**9)
    sandbox, root = real_disk.build({"a": File(b"content"), "b": Hardlink("a")})
    sandbox.look()
    (root / "b").unlink()
    seen = sandbox.look()["a"]
    assert isinstance(seen, SeenFile)
    assert seen.names == ()


def test_what_became_of_an_entry_is_told_by_its_kind(disk: Disk) -> None:
    sandbox, root = disk.build({"link": Link("project"), "file": File(b"")})
    before = sandbox.look()
    (root / "link").unlink()
    (root / "link").mkdir(mode=0o755)
    after = sandbox.look()
    assert diff(before, after) == (Retyped("link", before["link"], after["link"]),)


def test_a_changed_mode_is_seen(disk_with_modes: Disk) -> None:
    sandbox, root = disk_with_modes.build({"file": File(b"")})
    before = sandbox.look()
    (root / "file").chmod(0o600)
    after = sandbox.look()
    assert diff(before, after) == (Remoded("file", before["file"], after["file"]),)
