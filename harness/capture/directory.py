"""A directory as it was seen -> a scenario that plants the same tree. Pure: nothing here looks."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, assert_never

from harness.capture.aliases import Aliases, Kept, MadeUp
from harness.capture.leading import TOP, Leading, cannot_stand
from harness.capture.sight import Arrival
from harness.scenario import CheckRef, CommandStep, Level, Options, Perform
from harness.snapshot import SeenDirectory, SeenFile, SeenLink, SeenSpecial, kind
from harness.tree import Directory, Fifo, File, Hardlink, Link, Project, Socket, parents
from harness.writing import Draft, Noted, NotedStep, can_be_a_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from harness.capture.sight import Sight
    from harness.snapshot import Meta, Seen

READ_BY_TOOLS = frozenset(
    {
        ".python-version",
        ".python-versions",
        "uv.toml",
        "uv.lock",
        "poetry.lock",
        "poetry.toml",
        "pdm.lock",
        "pdm.toml",
        "Pipfile",
        "Pipfile.lock",
        "setup.cfg",
        "requirements.txt",
        "pyvenv.cfg",
        "pyproject.toml",
        "tox.ini",
    }
)
"""Files that may well matter by what they say."""

HEAD = (
    "A directory, captured. Take out what does not matter, and say under `because` what this rests on.",
    "A `file` has a content of the scenario's own; how large the real one was is said beside it.",
)
BECAUSE = "captured from a directory - put here the issue or what was seen"


def capture(
    sight: Sight, *, steps: Sequence[CommandStep] = (), anonymous: bool = False, environment: str | None = None
) -> Draft:
    """A scenario whose tree is the directory as `project`, and what is to be done in it.

    `environment` is the path of the environment in the directory, where another is meant than the one that shows.
    Environments that stand become steps that make them.
    """
    return _Capture(sight, MadeUp() if anonymous else Kept()).draft(steps, environment)


def question(steps: Sequence[CommandStep]) -> tuple[CheckRef, ...]:
    """The checks that suit any situation in which these steps are done."""
    from harness.errors import Place  # noqa: PLC0415 -- only where checks are made up

    here = Place("", 0, 0)
    made = steps[-1].action in tuple(map(Perform, ("create", "recreate", "reuse")))
    repeated = any(one == other for one, other in pairwise(steps))
    names = {"usable": made, "repeat-changes-nothing": repeated}
    return tuple(CheckRef(name, None, Level.MUST, here) for name, wanted in names.items() if wanted)


class _Capture:
    def __init__(self, sight: Sight, aliases: Aliases) -> None:
        self.sight, self.snapshot, self.aliases = sight, sight.snapshot, aliases
        self.tree: dict[str, Noted] = {}
        self.links = Leading(sight, aliases)
        self.unsayable = 0

    # -- the whole ----------------------------------------------------------------------------------------------------

    def draft(self, steps: Sequence[CommandStep], environment: str | None) -> Draft:
        main = self.main() if environment is None else environment
        for path, seen in self.snapshot.entries.items():
            self.entry(path, seen)
        self.top()
        return Draft(
            summary=_summary(steps),
            because=BECAUSE,
            notes=(*HEAD, *self.notes()),
            tree=self.whole(),
            environment=self.links.place(main),
            steps=(*self.standing(main), *map(NotedStep, steps)),
            checks=question(steps),
        )

    def whole(self) -> dict[str, Noted]:
        """All that is planted. A directory that only holds others is not named."""
        tree = {**{path: Noted(entry) for path, entry in self.links.planted.items()}, **self.tree}
        held = {parent for path in tree for parent in parents(path)}
        plain = Noted(Directory())
        return dict(sorted((p, n) for p, n in tree.items() if n != plain or p not in held)) or {TOP: plain}

    def notes(self) -> Iterator[str]:
        if isinstance(self.aliases, MadeUp):
            yield "Names are made up, but for those that tools look for; leading dots, spaces and the like are kept."
        if self.unsayable:
            yield f"Left out, since no scenario can say them: {self.unsayable} (devices, names with a backslash)."

    def main(self) -> str:
        """Which path of the directory is the environment."""
        found = (path for path in self.sight.environments if "/" not in path)
        near = sorted(path for path in found if can_be_a_text(path) and not cannot_stand(path))
        return ".venv" if ".venv" in self.snapshot or not near else near[0]

    def standing(self, main: str) -> Iterator[NotedStep]:
        """The steps that make what stands as an environment."""
        real = self.snapshot.resolve(main)
        beyond = self.sight.beyond.get(main)
        if real in self.sight.environments or (beyond and beyond.what is Arrival.ENVIRONMENT):
            yield NotedStep(CommandStep(Perform("create")), "an environment stood there")
        for path in sorted(self.sight.environments - {real or main}):
            spelled = self.links.place(path).removeprefix(f"{TOP}/")
            if can_be_a_text(spelled) and not cannot_stand(path):
                step = CommandStep(Perform("create"), Options(at=spelled))
                yield NotedStep(step, "an environment stood there")

    # -- entries ------------------------------------------------------------------------------------------------------

    def top(self) -> None:
        mode = _mode(self.sight.top, Directory)
        note = ", ".join(self.of_directory(".", self.sight.top))
        present = self.tree.get(TOP)
        if present is None and (mode is not None or note):
            self.tree[TOP] = Noted(Directory(mode), note)

    def entry(self, path: str, seen: Seen) -> None:
        if cannot_stand(path) or kind(seen) == "device":
            self.unsayable += 1
            return
        match seen:
            case SeenDirectory(meta=meta):
                self.directory(path, meta, readable=seen.readable)
            case SeenFile():
                self.file(path, seen)
            case SeenLink():
                self.link(path, seen)
            case SeenSpecial(kind=word, meta=meta):
                special = Fifo() if word == "fifo" else Socket()
                self.put(path, special, *self.of_any(meta), *_unusual(meta))
            case _:
                assert_never(seen)

    def put(self, path: str, entry: Directory | File | Link | Hardlink | Fifo | Socket, *notes: str) -> None:
        self.tree[self.links.place(path)] = Noted(entry, ", ".join(filter(None, notes)))

    def of_any(self, meta: Meta) -> Iterator[str]:
        if meta.owner != self.sight.top.owner:
            yield "of another owner"
        if meta.mount:
            yield "on another filesystem"

    def of_directory(self, path: str, meta: Meta, *, readable: bool = True) -> Iterator[str]:
        yield from self.of_any(meta)
        if path in self.sight.folded:
            yield "what it holds is left out"
        if path in self.sight.left:
            yield f"{self.sight.left[path]} more entries are left out"
        if not readable:
            yield "it could not be looked into"

    def directory(self, path: str, meta: Meta, *, readable: bool) -> None:
        mode, notes = _mode(meta, Directory), tuple(self.of_directory(path, meta, readable=readable))
        if path not in self.sight.environments:
            self.put(path, Directory(mode), *notes)
        elif mode is not None or any(link.target == path for link in self.seen_links()):
            self.put(path, Directory(mode), *notes, "an environment stood here, see the steps")

    def seen_links(self) -> Iterator[SeenLink]:
        return (seen for seen in self.snapshot.entries.values() if isinstance(seen, SeenLink))

    def file(self, path: str, seen: SeenFile) -> None:
        first = next((n for n in seen.names if can_be_a_text(n) and not cannot_stand(n)), path)
        mode, notes, name = _mode(seen.meta, File), self.of_any(seen.meta), path.rpartition("/")[2]
        if first != path:
            self.put(path, Hardlink(self.links.place(first)))
        elif path in self.sight.contents:
            self.put(path, File(self.sight.contents[path].replace(b"$", b"$$"), mode), *notes)
        elif not seen.size:
            self.put(path, File(b"", mode), *notes)
        elif name == "pyproject.toml" and mode is None and not seen.names and self.is_plain(path):
            self.tree[self.links.place(path.rpartition("/")[0] or ".")] = Noted(
                Project("demo"), ", ".join((*notes, "a plain project stands for the real one"))
            )
        else:
            why = "tools read it: see --content" if name in READ_BY_TOOLS else ""
            lost = seen.names and not can_be_a_text(path)
            twice = "it has another name, which no scenario can say" if lost else ""
            self.put(path, File(None, mode), _size(seen.size), *notes, why, twice)

    def is_plain(self, path: str) -> bool:
        """Whether there is nothing to be said of the directory that holds a file."""
        above = path.rpartition("/")[0] or "."
        held = self.snapshot.get(above)
        meta = held.meta if held else self.sight.top
        return _mode(meta, Directory) is None and not list(self.of_directory(above, meta))

    def link(self, path: str, link: SeenLink) -> None:
        text, note = self.links.text(path, link)
        if not can_be_a_text(text):
            text, note = re.sub(r"[\ud800-\udfff]", "_", text), "its text holds bytes that no scenario can"
        if not text.strip():
            text, note = "missing", "its text holds nothing but spaces, which no scenario can say"
        self.put(path, Link(text), *self.of_any(link.meta), note)


def _mode(meta: Meta, entry: type[Directory | File]) -> int | None:
    """Permission bits that have to be said."""
    return None if meta.mode == (0o755 if entry is Directory else 0o644) else meta.mode


def _unusual(meta: Meta) -> Iterator[str]:
    if meta.mode != 0o644:  # noqa: PLR2004 -- what pipes and sockets are planted with
        yield f"its mode was {meta.mode:04o}"


def _size(size: int) -> str:
    for unit, least in (("MiB", 1 << 20), ("KiB", 1 << 10)):
        if size >= least:
            return f"{size / least:.1f} {unit}"
    return f"{size} bytes" if size > 1 else "1 byte"


def _summary(steps: Sequence[CommandStep]) -> str:
    words = [step.action.operation if isinstance(step.action, Perform) else "command" for step in steps]
    return f"What stands in a directory like this one outlives {' and then '.join(words)}"
