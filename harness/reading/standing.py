"""Whether the entries of a tree can stand together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.errors import did_you_mean
from harness.reading.mounts import check_mounts
from harness.tree import Copy, Directory, Entry, File, Hardlink, Mount, Project, parents, plain

if TYPE_CHECKING:
    from collections.abc import Mapping

    from harness.errors import Place
    from harness.reading.values import Reader


def check_tree(tree: Mapping[str, Entry], places: Mapping[str, Place], reader: Reader, *, alone: bool) -> None:
    """Note what is planted where nothing can be, and what refers to something that is not planted.

    Where the tree is not `alone`, a command may have made the directories that it is planted into, and the files that
    it gives second names.
    """
    projects = (f"{path}/pyproject.toml" for path, entry in tree.items() if isinstance(entry, Project))
    check = _Check({**dict.fromkeys(projects, File()), **tree}, places, reader)
    check.projects()
    sound = [check.copy(path, entry.of) for path, entry in tree.items() if isinstance(entry, Copy)]
    if all(sound):
        whole = plain(tree, alone=True)
        implied = dict.fromkeys((parent for path in whole for parent in parents(path)), Directory())
        for path in whole:
            check.parents(path, whole)
        for path, entry in tree.items():
            if isinstance(entry, Hardlink) and (alone or entry.to in whole):
                check.hardlink(path, whole.get(entry.to, implied.get(entry.to)), entry.to)
        check_mounts(tree, whole, check.note)


@dataclass(frozen=True, slots=True)
class _Check:
    tree: Mapping[str, Entry]
    places: Mapping[str, Place]
    reader: Reader

    def note(self, what: str, path: str, hint: str = "") -> None:
        """Say it of the key that brought this path about."""
        key = next(name for name in (path, *reversed(parents(path))) if name in self.places)
        self.reader.note(what, self.places[key], hint)

    def meant(self, path: str) -> str:
        return did_you_mean(path, {name for key in self.tree for name in (key, *parents(key))})

    def projects(self) -> None:
        for path, entry in self.tree.items():
            if isinstance(entry, Project) and f"{path}/pyproject.toml" in self.places:
                self.note(f"`{path}/pyproject.toml` is planted twice", f"{path}/pyproject.toml", "a project has one")

    def copy(self, path: str, original: str) -> bool:
        """Whether a copy can be made."""
        copied = [name for name in self.tree if f"{name}/".startswith(f"{original}/")]
        copies = [name for name in copied if isinstance(self.tree[name], Copy)]
        mounted = [name for name in copied if isinstance(self.tree[name], Mount)]
        held = [path + name.removeprefix(original) for name in copied if name != original]
        twice = [name for name in held if name in self.tree]
        if not copied:
            self.note(f"`{original}` is not planted, so it cannot be copied", path, self.meant(original))
        for name in copies:
            why = "is a copy" if name == original else f"holds the copy `{name}`"
            self.note(f"`{original}` {why}, so it cannot be copied", path)
        for name in mounted:
            why = "is a mount" if name == original else f"holds the mount `{name}`"
            self.note(f"`{original}` {why}, so it cannot be copied", path)
        for name in twice:
            self.note(f"`{name}` is planted twice", name, f"the copy `{path}` holds it")
        return bool(copied) and not (copies or mounted or twice)

    def parents(self, path: str, whole: Mapping[str, Entry]) -> None:
        for parent in parents(path):
            entry = whole.get(parent, Directory())
            if not isinstance(entry, Directory | Mount):
                self.note(f"`{path}` cannot stand below the {_word(entry)} `{parent}`", path)
                return

    def hardlink(self, path: str, original: Entry | None, name: str) -> None:
        if original is None:
            what = f"`{name}` is not planted, so it cannot have a second name"
            self.note(what, path, self.meant(name))
        elif not isinstance(original, File):
            what = f"`{name}` is a {_word(original)}, so it cannot have a second name"
            self.note(what, path, "name the file itself" if isinstance(original, Hardlink) else "only files can")


def _word(entry: Entry) -> str:
    return type(entry).__name__.lower()
