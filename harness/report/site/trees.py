"""A tree before and after every step, side by side: a row an entry, a column a look at the tree."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, assert_never

from harness.tree import ALWAYS, Directory, Fifo, File, Hardlink, Link, Mount, Socket

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from harness.result import Record
    from harness.tree import Plain

ROWS = 70
"""How many entries are drawn; those that nothing happened to are left out first."""


MANY, NAMED = 4, 3
"""From how many entries on those of an environment are told together, and how many of them are named."""


@dataclass(frozen=True, slots=True)
class Spot:
    """An entry at one look: `words` say what it is, empty where nothing stands; `mark` is `+`, `-`, `~` or empty."""

    words: str
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Stay:
    """How an entry was for some looks on end."""

    spot: Spot
    looks: int


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry through all looks. `name` is what is left of its path below the entry that it hangs on."""

    path: str
    name: str
    depth: int
    stays: tuple[Stay, ...]

    @property
    def touched(self) -> bool:
        """Whether anything happened to it."""
        return any(stay.spot.mark for stay in self.stays)


@dataclass(frozen=True, slots=True)
class Looks:
    """Entries by path, and what heads each column: `before`, then a number a step."""

    heads: tuple[str, ...]
    entries: tuple[Entry, ...]
    left_out: int = 0


def planted(tree: Mapping[str, Plain], root: str) -> dict[str, str]:
    """What a scenario plants, in the words of evidence; the root's own path is told as `$root`."""
    return {readable(path): readable(_words(entry)).replace(root, "$root") for path, entry in tree.items()}


def readable(text: str) -> str:
    """A text with the bytes that are no UTF-8 as escapes, which is how result files have them."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def _words(entry: Plain) -> str:
    match entry:
        case Directory(mode=mode):
            return "directory" if mode is None else f"directory {mode:04o}"
        case File(mode=mode):
            return "file" if mode is None else f"file {mode:04o}"
        case Link(text=text):
            return f"link {text}"
        case Hardlink(to=to):
            return f"file, the same as {to}"
        case Mount():
            return f"directory, {', '.join(_mounted(entry))}"
        case Fifo():
            return "fifo"
        case Socket():
            return "socket"
        case _:
            assert_never(entry)


def _mounted(entry: Mount) -> Iterator[str]:
    if entry.kind == "tmpfs":
        large, rest = divmod(entry.size, 1 << 20)
        yield f"a mount of {entry.size >> 10} KiB" if rest else f"a mount of {large} MiB"
    else:
        yield f"a mount of {entry.of}" if entry.of else "a mount"
    if entry.read_only:
        yield "read-only"
    if entry.noexec:
        yield "noexec"


def looks(tree: Mapping[str, str], steps: Sequence[Record]) -> Looks:
    """The planted tree and what every step made of it."""
    numbers = [[*group] for _, group in groupby(steps, key=lambda step: step["step"])]
    states: list[dict[str, Spot]] = [{path: Spot(words) for path, words in tree.items()}]
    for group in numbers:
        state = {path: Spot(spot.words) for path, spot in states[-1].items() if spot.words}
        for change in (change for step in group for change in step["changes"]):
            _apply(state, change)
        states.append(state)
    paths = sorted({path for state in states for path in state}, key=lambda path: path.split("/"))
    spots = {path: tuple(state.get(path, Spot("")) for state in states) for path in paths}
    spots = {path: row for path, row in spots.items() if not _usual(path, row, paths)}
    spots = _gathered(spots)
    kept = _kept(spots)
    heads = ("before", *(f"after step {group[0]['step']}" for group in numbers))
    return Looks(heads, tuple(_entries({path: spots[path] for path in kept})), len(spots) - len(kept))


def _gathered(spots: Mapping[str, tuple[Spot, ...]]) -> dict[str, tuple[Spot, ...]]:
    """The same, what a tool put into an environment, and what then fared alike, in one row: `bin, lib and 4 more`."""
    rows = dict(spots)
    for path in [one.removesuffix("/pyvenv.cfg") for one in spots if one.endswith("/pyvenv.cfg")]:
        groups: dict[tuple[tuple[bool, str], ...], dict[str, list[str]]] = {}
        for child in (one for one in spots if one.startswith(f"{path}/") and "/" not in one.removeprefix(f"{path}/")):
            within = [one for one in spots if one == child or one.startswith(f"{child}/")]
            fates = {tuple((bool(spot.words), spot.mark) for spot in spots[one]) for one in within}
            if len(fates) == 1 and not spots[child][0].words:
                groups.setdefault(fates.pop(), {})[child] = within
        for fate, members in groups.items():
            if len(members) >= MANY:
                rows = _joined(rows, path, members, fate)
    return rows


def _joined(
    rows: Mapping[str, tuple[Spot, ...]],
    path: str,
    members: Mapping[str, Sequence[str]],
    fate: Sequence[tuple[bool, str]],
) -> dict[str, tuple[Spot, ...]]:
    """One row in place of several entries of a directory, and of all below them."""
    first, *_ = members
    gone = {one for within in members.values() for one in within}
    names = [member.removeprefix(f"{path}/") for member in members]
    name = f"{path}/{', '.join(names[:NAMED])} and {len(names) - NAMED} more"
    row = tuple(Spot("files of the environment" if there else "", mark) for there, mark in fate)
    return {(name if one == first else one): (row if one == first else was) for one, was in rows.items()
            if one == first or one not in gone}  # fmt: skip


def _usual(path: str, row: Sequence[Spot], paths: Sequence[str]) -> bool:
    """Whether an entry stands in every root, is empty, and stays so."""
    empty = path in ALWAYS and not any(one.startswith(f"{path}/") for one in paths)
    return empty and not any(spot.mark for spot in row)


def _apply(state: dict[str, Spot], change: Record) -> None:
    path, was, now = change["path"], change["was"], change["is"]
    if was == "directory" and not now.startswith("another"):
        state |= {below: Spot("", "-") for below in state if below.startswith(f"{path}/")}
    if now == "absent":
        state[path] = Spot("", "-")
    else:
        state[path] = Spot(_told(change), "+" if was == "absent" else "~")


def _told(change: Record) -> str:
    entries = change.get("entries")
    if entries is None or change["is"] != "directory":  # else they are those of a directory that went
        return str(change["is"])
    return f"{'an environment' if change.get('environment') else change['is']}, {entries} entries"


def _kept(spots: Mapping[str, tuple[Spot, ...]]) -> list[str]:
    """The paths to draw: all, or those that something happened to and the first of the others."""
    if len(spots) <= ROWS:
        return list(spots)
    touched = {path for path, row in spots.items() if any(spot.mark for spot in row)}
    rest = [path for path in spots if path not in touched]
    drawn = touched | set(sorted(rest, key=lambda path: path.count("/"))[: max(0, ROWS - len(touched))])
    return [path for path in spots if path in drawn][: 2 * ROWS]


def _entries(spots: Mapping[str, tuple[Spot, ...]]) -> Iterator[Entry]:
    above: list[str] = []
    for path, row in spots.items():
        while above and not path.startswith(f"{above[-1]}/"):
            above.pop()
        name = path.removeprefix(f"{above[-1]}/") if above else path
        yield Entry(path, name, len(above), tuple(_stays(row)))
        above.append(path)


def _stays(spots: Sequence[Spot]) -> Iterator[Stay]:
    """An entry's looks, those without a change joined to the one before."""
    start = 0
    for number in range(1, len(spots) + 1):
        if number == len(spots) or spots[number].mark or spots[number].words != spots[start].words:
            yield Stay(spots[start], number - start)
            start = number
