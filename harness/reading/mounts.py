"""The entry `mount`, and whether what a tree mounts can be mounted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from harness.errors import did_you_mean
from harness.tree import ALWAYS, Directory, File, Hardlink, Mount, mounts, parents

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from harness.reading.nodes import Mapping as Fields
    from harness.reading.nodes import Node
    from harness.reading.values import Reader
    from harness.tree import Entry

KEYS = {
    "size": "how much a `tmpfs` holds, as in `4MiB`",
    "of": "the planted directory that a `bind` shows",
    "read-only": "whether nothing can be written to it",
    "noexec": "whether no program in it can be started",
}
_WORDS: dict[str, Literal["tmpfs", "bind"]] = {"tmpfs": "tmpfs", "bind": "bind"}
_PAGE = 4096
_ONLY = {"tmpfs": "size", "bind": "of"}


def read_mount(entry: Fields, fields: Mapping[str, Node], reader: Reader) -> Mount | None:
    """What an entry mounts; `fields` are the values of its keys."""
    kind = _WORDS.get(reader.one_of(fields["mount"], "mount", _WORDS) or "")
    if kind is None:
        return None
    for key, _ in entry.entries:
        if key.text in _ONLY.values() and key.text != _ONLY[kind]:
            reader.note(f"`{key.text}` has no place in a `{kind}`", key.place, f"it may say `{_ONLY[kind]}`")
    if kind == "tmpfs" and "size" not in fields:
        reader.note("a `tmpfs` needs a `size`", entry.place, KEYS["size"])
    return Mount(
        kind=kind,
        size=reader.size(fields["size"], "`size`") if "size" in fields else 0,
        of=reader.path(fields["of"], "`of`") if "of" in fields else None,
        read_only=reader.truth(fields["read-only"], "`read-only`") if "read-only" in fields else False,
        noexec=reader.truth(fields["noexec"], "`noexec`") if "noexec" in fields else False,
    )


def check_mounts(tree: Mapping[str, Entry], whole: Mapping[str, Entry], note: Callable[[str, str, str], None]) -> None:
    """Say why what is mounted cannot be.

    `whole` is the tree spelled out, and `note` takes what is wrong, the path that it is about, and a hint.
    """
    found = mounts(tree)
    for path, entry in found.items():
        if entry.of:
            what, hint = _fault(path, entry.of, found, whole)
            if what:
                note(what, path, hint)
            else:
                _check_twice(path, entry.of, whole, note)
    for path, entry in found.items():
        if entry.kind == "tmpfs" and _taken(path, found, whole) > entry.size:
            note(f"`{path}` holds less than what is planted into it", path, "every file takes 4KiB at least")
    for path, link in whole.items():
        if found and isinstance(link, Hardlink) and _on(path, found) != _on(link.to, found):
            note(f"`{link.to}` is on another mount, so it cannot have a second name here", path, "copy it")


def _fault(path: str, of: str, found: Mapping[str, Mount], whole: Mapping[str, Entry]) -> tuple[str, str]:
    """What is wrong with showing a directory at a path, and a hint; empty where nothing is."""
    directories = {*ALWAYS, *(parent for name in whole for parent in parents(name))}
    entry = whole.get(of, Directory() if of in directories else None)
    if of == path:
        return f"`{of}` cannot be mounted on itself by its name", "without `of` it is mounted on itself"
    if f"{of}/".startswith(f"{path}/") or f"{path}/".startswith(f"{of}/"):
        return f"`{of}` and `{path}` lie within one another, so one cannot be mounted on the other", ""
    if entry is None:
        return f"`{of}` is not planted, so it cannot be mounted", did_you_mean(of, {*directories, *whole})
    if not isinstance(entry, Directory | Mount):
        return f"`{of}` is no directory, so it cannot be mounted", ""
    above = _on(of, {name: mount for name, mount in found.items() if mount.of})
    shows = "shows" if above == of else f"lies in `{above}`, which shows"
    return (f"`{of}` {shows} another directory, so it cannot be mounted", "mount that one") if above else ("", "")


def _check_twice(path: str, of: str, whole: Mapping[str, Entry], note: Callable[[str, str, str], None]) -> None:
    for name in whole:
        there = path + name.removeprefix(of)
        if name.startswith(f"{of}/") and there in whole:
            note(f"`{there}` is planted twice", there, f"it is `{name}`, which is mounted there")


def _taken(path: str, found: Mapping[str, Mount], whole: Mapping[str, Entry]) -> int:
    """The bytes that the files take that are planted into a mount: whole pages."""
    files = [
        entry.content or b"" for name, entry in whole.items() if isinstance(entry, File) and _on(name, found) == path
    ]
    return sum(-(-len(content) // _PAGE) * _PAGE for content in files)


def _on(path: str, found: Mapping[str, Mount]) -> str:
    """The innermost of these mounts that a path is on; empty for none."""
    return next((one for one in (path, *reversed(parents(path))) if one in found), "")
