"""What is captured of a directory is planted again, on every disk."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from harness.capture.directory import capture
from harness.capture.sight import Arrival, Beyond
from harness.errors import HarnessError
from harness.reading.scenario import read_scenario
from harness.sandbox import Sandbox
from harness.sandbox.capturing import FOLDED, sight
from harness.scenario import CommandStep, Perform
from harness.snapshot import Leads, SeenDirectory, SeenFile, SeenLink, Snapshot, kind
from harness.spelling import Spelling
from harness.tree import ALWAYS, Directory, Fifo, File, Hardlink, Link, Socket, plain
from harness.writing import text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conftest import Disk, Without
    from harness.snapshot import Seen
    from harness.tree import Entry, Tree

STEPS = (CommandStep(Perform("create")),)
ROOT = "ROOT"
"""Stands in the texts of links for the root, whose path is known only when it is built."""


def rooted(tree: Mapping[str, Any], root: str) -> dict[str, Entry]:
    """The tree with the root's path in the texts of its links."""
    return {p: Link(e.text.replace(ROOT, root)) if isinstance(e, Link) else e for p, e in tree.items()}


@pytest.fixture
def posix_disk(disk: Disk) -> Disk:
    """The disks on which links out of a directory arrive."""
    if disk.name == "windows":
        pytest.skip("pyfakefs has no `realpath` of Windows'")
    return disk


def build(disk: Disk, tree: Tree, *, named: Mapping[str, str] | None = None) -> tuple[Sandbox, Path]:
    """A root with a tree in which the root may be named, by `ROOT` or as scenarios do."""
    place = disk.work.place()
    root = Path(place.root).as_posix()
    spelled = rooted(tree, root) if named is None else Spelling({"root": root}, {}).tree(tree)
    disk.built.append(Sandbox.build(place, plain({**dict.fromkeys(ALWAYS, Directory()), **spelled}), None))
    return disk.built[-1], Path(place.root)


def captured(directory: Path, *, anonymous: bool = False) -> str:
    seen = sight(str(directory), most=1000)
    return text(capture(seen, steps=STEPS, anonymous=anonymous))


def played_back(disk: Disk, scenario: str) -> tuple[Sandbox, Path]:
    (variant,) = read_scenario(scenario, id="mine/captured", file="captured.yaml").variants
    return build(disk, variant.tree, named={})


def told(sandbox: Sandbox, root: Path) -> dict[str, object]:
    """What stands in `project`, but for contents; of a link out of it, what it arrives at."""
    entries = sandbox.look().below("project")
    return {path: _told(seen, root / "project" / path, seen.meta.mode) for path, seen in entries.items()}


def _told(seen: Seen, path: Path, mode: int) -> object:
    match seen:
        case SeenLink(leads=Leads.LOOP):
            return "loop"
        case SeenLink(target=str() as target) if f"{target}/".startswith("project/"):
            return "link", seen.leads, target
        case SeenLink():
            target = Path(os.path.realpath(path))
            return "link", target.is_dir(), target.exists(), target.parent.is_dir()
        case SeenFile(size=size, names=names):
            return "file", mode, size == 0, names
        case _:
            return kind(seen), mode


NAMES = ("a", "b", "c d", ".venv", "é", "$root", "x: y #z", "-n", "yes", "{", "pyproject.toml", "odd-names", "\u0301")
PARTS = ("..", ".", "", "a", "b", "c d", ".venv", "$root", "é", "no")
STARTS = ("", "", "../", "../../", f"{ROOT}/", f"{ROOT}/project/", f"{ROOT}/store/", f"{ROOT}/project/../store/")
OUTSIDE: Tree = {"store/env/pyvenv.cfg": File(), "store/a/b": File(), "b": Directory(), "home/.venv": Link("../b")}

texts = st.builds(
    lambda start, parts: (start + "/".join(parts)).strip() or ".",
    st.sampled_from(STARTS), st.lists(st.sampled_from(PARTS), max_size=4),
)  # fmt: skip
leaves = st.one_of(
    st.builds(File, st.sampled_from([None, b"", b"x"]), st.sampled_from([None, 0o600, 0o755, 0o444])),
    st.builds(Link, texts),
    st.builds(Directory, st.sampled_from([None, 0o700, 0o2775])),
    st.just(Hardlink("project/first")),
)
nested = st.recursive(
    leaves, lambda below: st.dictionaries(st.sampled_from(NAMES), below, max_size=5), max_leaves=12
).filter(lambda found: isinstance(found, dict))


def flat(found: Mapping[str, Any], above: str = "project") -> dict[str, Entry]:
    """What is nested by names as a tree of paths."""
    tree: dict[str, Entry] = {}
    for name, entry in found.items():
        path = f"{above}/{name}"
        tree |= {path: Directory(), **flat(entry, path)} if isinstance(entry, dict) else {path: entry}
    return tree


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example(found={"a": Link("b"), "b": Link("../store/a"), ".venv": Link(f"{ROOT}/store/env"), "é": Link("b/b")})
@example(found={"a": Link("../project/b"), "b": {"a": Link("../../b"), ".venv": Link(f"{ROOT}/gone/x")}})
@example(found={"a": Link("a/no"), "b": Link(f"{ROOT}/project/b"), "c d": Link("../../../../../../../no")})
@given(found=nested)
def test_what_is_captured_is_planted_again(posix_disk: Disk, found: dict[str, Any]) -> None:
    sandbox, root = build(posix_disk, {"project/first": File(), **OUTSIDE, **flat(found)})
    again = played_back(posix_disk, captured(root / "project"))
    assert told(*again) == told(sandbox, root)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(found=nested)
def test_with_other_names_it_is_the_same_tree(posix_disk: Disk, found: dict[str, Any]) -> None:
    sandbox, root = build(posix_disk, {"project/first": File(), **OUTSIDE, **flat(found)})
    scenario = captured(root / "project", anonymous=True)
    again, _ = played_back(posix_disk, scenario)
    assert shape(again.look()) == shape(sandbox.look())
    assert not any(word in scenario for word in ("first", "c d", "x: y", "store", str(root)))


def shape(snapshot: Snapshot) -> list[tuple[object, ...]]:
    """What there is at each depth, and how much lies below it, whatever it is called."""
    entries = snapshot.below("project")
    return sorted(
        (path.count("/"), kind(seen), sum(other.startswith(f"{path}/") for other in entries), *_leads(seen))
        for path, seen in entries.items()
    )


def _leads(seen: object) -> tuple[object, ...]:
    if not isinstance(seen, SeenLink):
        return ()
    within = seen.target is not None and f"{seen.target}/".startswith("project/")
    return within, seen.leads if within else None


def test_what_is_no_text_and_what_is_no_file_is_planted_again(real_disk: Disk) -> None:
    tree: Tree = {
        "project/caf\udce9/r\udce9sum\udce9": File(),
        "project/caf\udce9/twice": Hardlink("project/one"),
        "project/one": File(),
        "project/pipe": Fifo(),
        "project/socket": Socket(),
        "project/a\nb\t": File(mode=0o4711),
        "project/shut": Directory(0o311),
        f"project/{(chr(108) * 200 + chr(47)) * 4}end": File(b""),
    }
    sandbox, root = build(real_disk, tree)
    again = played_back(real_disk, captured(root / "project"))
    assert told(*again) == told(sandbox, root)


def test_what_may_not_be_read_is_told_of(real_disk: Disk, without_power: Without) -> None:
    _, root = without_power(lambda: build(real_disk, {"project/shut/inside": File(), "project/shut": Directory(0)}))
    scenario = without_power(lambda: captured(root / "project"))
    assert '  project/shut: {directory: , mode: "0000"}  # it could not be looked into\n' in scenario
    (root / "project" / "shut").chmod(0o700)


def test_no_link_is_followed_and_no_content_read(posix_disk: Disk) -> None:
    tree: Tree = {"project/out": Link("../store"), "store/secret": File(b"s3cret"), "project/token": File(b"s3cret")}
    _, root = build(posix_disk, tree)
    seen = sight(str(root / "project"), most=10)
    assert list(seen.snapshot) == ["out", "token"]
    assert seen.beyond == {"out": Beyond((root / "store").as_posix(), Arrival.DIRECTORY)}
    assert "s3cret" not in repr(seen)


def test_content_is_taken_of_what_is_asked_for(disk: Disk) -> None:
    tree: Tree = {"project/a.cfg": File(b"a"), "project/sub/b.cfg": File(b"b"), "project/big.cfg": File(b"x" * 70_000)}
    _, root = build(disk, tree)
    assert sight(str(root / "project"), most=10, contents=["*.cfg"]).contents == {"a.cfg": b"a", "sub/b.cfg": b"b"}
    assert sight(str(root / "project"), most=10, contents=["b.cfg"]).contents == {"sub/b.cfg": b"b"}


def test_an_environment_is_looked_at_from_outside_alone(disk: Disk) -> None:
    environment = {"pyvenv.cfg": File(), "bin/python": File(), "lib/x": File()}
    tree: Tree = {f"project/{at}/{name}": entry for at in (".venv", "sub/b") for name, entry in environment.items()}
    _, root = build(disk, {**tree, "project/broken/pyvenv.cfg": File(), "project/broken/bin/python": Link("no")})
    seen = sight(str(root / "project"), most=100)
    assert seen.environments == {".venv", "sub/b"}
    assert list(seen.snapshot) == [
        ".venv", "broken", "broken/bin", "broken/bin/python", "broken/pyvenv.cfg", "sub", "sub/b",
    ]  # fmt: skip
    assert sight(str(root / "project" / ".venv"), most=100).environments == {"."}


def test_what_is_hardly_ever_meant_is_left_out(disk: Disk) -> None:
    _, root = build(disk, {f"project/{name}/x": File() for name in FOLDED} | {"project/link": Link(".git")})
    seen = sight(str(root / "project"), most=100)
    assert seen.folded == FOLDED
    assert set(seen.snapshot) == {*FOLDED, "link"}


def test_of_too_much_what_is_near_and_what_is_no_file_comes_first(disk: Disk) -> None:
    tree: Tree = {f"project/a{n}": File() for n in range(5)}
    _, root = build(disk, {**tree, "project/z": Link("no"), "project/y/x/w": File(), "project/pyproject.toml": File()})
    seen = sight(str(root / "project"), most=4)
    assert (list(seen.snapshot), seen.left) == (["a0", "pyproject.toml", "y", "z"], {".": 4, "y": 1})


def test_a_directory_by_way_of_a_link_is_the_directory(disk: Disk) -> None:
    _, root = build(disk, {"project/a/b": File(), "link": Link("project/a")})
    assert isinstance(sight(str(root / "link"), most=9).snapshot["b"], SeenFile)
    assert isinstance(sight(str(root / "project"), most=9).snapshot["a"], SeenDirectory)


@pytest.mark.parametrize("name", ["none", "file"])
def test_what_is_no_directory_is_refused(disk: Disk, name: str) -> None:
    _, root = build(disk, {"file": File()})
    with pytest.raises(HarnessError) as raised:
        sight(str(root / name), most=9)
    what = "there is no directory `{}`" if name == "none" else "`{}` cannot be looked into: Not a directory"
    assert str(raised.value).startswith(what.format(root / name))
