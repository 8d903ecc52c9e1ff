"""A snapshot as lines of text, an entry each, in the manner of mtree(5)."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from harness.snapshot import SeenDirectory, SeenFile, SeenLink, SeenSpecial

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from harness.run import Run
    from harness.snapshot import Seen, Snapshot

HEAD = "# after mtree(5); `entry` is one number for one directory, or planted entry, in all looks at this root\n"
_SPECIAL = set(" #\\")


def listing(snapshot: Snapshot, root: str) -> str:
    """Every entry in a line, sorted by path; the root's own path is told as `$root`.

    Spaces, `#`, backslashes and what cannot be printed are written as three octal digits after a backslash.
    """
    paths = sorted(snapshot, key=lambda path: path.split("/"))
    return HEAD + "".join(f"{_line(path, snapshot[path], root)}\n" for path in paths)


def looks(run: Run) -> Mapping[str, str]:
    """A listing by its file's name: `before.txt`, then `after-1.txt` for the first step, and so on."""
    root = run.case.place.root
    after = {f"after-{one.step.number}.txt": one.after for one in run.observations}  # the last look that a step had
    return {name: listing(seen, root) for name, seen in {"before.txt": run.before, **after}.items()}


def _line(path: str, seen: Seen, root: str) -> str:
    meta = seen.meta
    own = {"mode": f"{meta.mode:04o}", "uid": str(meta.owner[0]), "gid": str(meta.owner[1])}
    entry = {} if meta.identity is None else {"entry": str(meta.identity)}
    words = {**_kind(path, seen, root), **own, **entry}
    flags = ["mounted"] if meta.mount else []
    return " ".join([f"./{_spelled(path)}", *(f"{key}={value}" for key, value in words.items()), *flags])


def _kind(path: str, seen: Seen, root: str) -> dict[str, str]:
    match seen:
        case SeenDirectory(readable=readable):
            return {"type": "dir"} if readable else {"type": "dir", "inside": "unreadable"}
        case SeenFile(size=size, digest=digest, names=names):
            same = [name for name in names if name != path]
            told = {"type": "file", "size": str(size), "sha256digest": digest or "unreadable"}
            return told | ({"same": ",".join(f"./{_spelled(name)}" for name in same)} if same else {})
        case SeenLink(text=text, leads=leads):
            return {"type": "link", "link": _spelled(_shown(text, root)), "leads": str(leads)}
        case SeenSpecial(kind=kind):
            return {"type": kind}
        case _:
            assert_never(seen)


def _shown(text: str, root: str) -> str:
    return f"$root{text.removeprefix(root)}" if text == root or text.startswith(f"{root}/") else text


def _spelled(text: str) -> str:
    if text.isprintable() and not _SPECIAL & set(text):
        return text
    return "".join(_octal(text))


def _octal(text: str) -> Iterator[str]:
    for char in text:
        if char.isprintable() and char not in _SPECIAL:
            yield char
        else:
            yield from (f"\\{byte:03o}" for byte in char.encode("utf-8", "surrogateescape"))
