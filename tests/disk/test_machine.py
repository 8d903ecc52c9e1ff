"""What a machine offers is what was tried out on it."""

from __future__ import annotations

import getpass
import os
import platform
import sys
from typing import TYPE_CHECKING

import pytest

from harness import containment, machine, mounting
from harness.stopping.probe import missing as stopping_missing

if TYPE_CHECKING:
    from conftest import Disk

NEEDS = {
    "symlinks",
    "hardlinks",
    "fifo",
    "modes",
    "case-sensitive",
    "case-insensitive",
    "mounts",
    "terminal",
    "ordinary-user",
    "containment",
    "stopping-calls",
    "undecodable-names",
}
OURS = {"ordinary-user", "stopping-calls"}
"""What this machine answers for, whatever disk there is."""


@pytest.mark.skipif(sys.platform != "linux", reason="says what Linux offers")
def test_linux_offers_everything_but_what_somebody_forbids(real_disk: Disk) -> None:
    found = machine.probe(real_disk.work.path, "")
    mounts = mounting.missing(str(real_disk.work.path))
    forbidden = {"ordinary-user": containment.power_missing(), "mounts": mounts, "stopping-calls": stopping_missing()}
    assert found.lacks == {
        "case-insensitive": "the filesystem takes `a` and `A` for two names",
        **{need: why for need, why in forbidden.items() if why},
    }
    assert found.lacks.keys() < NEEDS
    offered = ["case-sensitive", "fifo", "hardlinks", "modes", "symlinks", "terminal", "undecodable-names"]
    assert found.facts["offers"].split() == sorted(offered + ([] if mounts else ["mounts"]))


@pytest.mark.parametrize(
    ("disk", "lacking"),
    [
        ("linux", {"case-insensitive": "the filesystem takes `a` and `A` for two names"}),
        ("macos", {"case-sensitive": "the filesystem takes `a` and `A` for one name"}),
        (
            "windows",
            {
                "case-sensitive": "the filesystem takes `a` and `A` for one name",
                "modes": "the filesystem does not keep the mode 0640",
            },
        ),
    ],
    indirect=["disk"],
)
def test_other_systems_lack_what_their_filesystems_do_not_have(
    disk: Disk, lacking: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("harness.mounting.missing", lambda _: "")  # another process has no imitation of a disk
    found = machine.probe(disk.work.path, "no Landlock")
    without = {
        "containment": "no Landlock",
        "fifo": "this system has no named pipes",
        "terminal": "this system has no pseudo-terminals",
    }
    assert {need: why for need, why in found.lacks.items() if need not in OURS} == without | lacking


def test_nothing_is_left_of_the_attempts(disk: Disk) -> None:
    before = sorted(disk.work.path.iterdir())
    machine.probe(disk.work.path, "")
    assert sorted(disk.work.path.iterdir()) == before


def test_the_umask_is_read_and_not_changed(real_disk: Disk) -> None:
    umask = os.umask(0o027)
    try:
        assert machine.probe(real_disk.work.path, "").facts.get("umask", "0027") == "0027"
    finally:
        assert os.umask(umask) == 0o027


def test_the_filesystem_is_named(real_disk: Disk) -> None:
    found = machine.probe(real_disk.work.path, "").facts["filesystem"]
    if real_disk.name == "memory":
        assert found == "tmpfs"
    elif sys.platform == "linux":
        assert found != "unknown"


def test_the_facts_name_no_path_user_or_computer(real_disk: Disk) -> None:
    facts = machine.probe(real_disk.work.path, "").facts
    assert facts["user"] == ("ordinary" if sys.platform == "win32" or os.geteuid() else "root")
    told = " ".join(value for name, value in facts.items() if name != "user")
    assert [secret for secret in ("/", "\\", platform.node(), getpass.getuser()) if secret and secret in told] == []


@pytest.mark.parametrize(
    ("mountinfo", "kind"),
    [
        ([], "unknown"),
        (["1 0 8:1 / / rw - ext4 /dev/a rw"], "ext4"),
        (["1 0 8:1 / / rw - ext4 /dev/a rw", "2 1 0:5 / /place rw shared:1 - tmpfs tmpfs rw"], "tmpfs"),
        (["2 1 0:5 / /place rw - tmpfs tmpfs rw", "1 0 8:1 / / rw - ext4 /dev/a rw"], "tmpfs"),
        (["1 0 8:1 / / rw - ext4 /dev/a rw", "2 1 0:5 / /place/sp rw - tmpfs tmpfs rw"], "ext4"),
        (["2 1 0:5 / /place rw - tmpfs tmpfs rw", r"3 1 0:6 / /place/sp\040ace rw - xfs /dev/b rw"], "xfs"),
        (["2 1 0:5 / /place rw - tmpfs tmpfs rw", "3 1 0:6 / /place rw - overlay overlay rw"], "overlay"),
    ],
)
def test_the_filesystem_is_that_of_the_nearest_mount(mountinfo: list[str], kind: str) -> None:
    assert machine._filesystem("/place/sp ace/here", mountinfo) == kind
