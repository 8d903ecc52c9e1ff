"""Calls -> events: each call played on the tree as it was seen, so that it can be said what stood there."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from harness.run import inside
from harness.snapshot import describe

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from harness.snapshot import Snapshot
    from harness.storyboard.calls import Call

ABSENT = "absent"
_HOPS = 40
"""After how many links the kernel gives up."""

_MODE = re.compile(r"\b0[0-7]{3,6}\b")
"""Of what a call sets; some hand over the kind of the file with it, as in `0100644`."""

_OWNERS = re.compile(r"(-?\d+), (-?\d+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that a call did at a path below the root; `was` and `now` are in the words of evidence.

    `path` is where it really lies, `spelled` what the process called it. `source` is the other path of a rename or a
    hard link, empty where that lies elsewhere; `size` is how many bytes were written. `error` is that of a call that
    failed, and so did nothing. `order` says what the scenario had done at it, empty for nothing.
    """

    process: str
    call: str
    kind: str
    path: str
    spelled: str
    was: str
    now: str
    source: str = ""
    size: int = 0
    error: str = ""
    order: str = ""

    @property
    def takes(self) -> bool:
        """Whether something that stood there no longer does, or not as the same entry."""
        return not self.error and self.was != ABSENT and (self.now == ABSENT or self.kind == "rename")


class Scene:
    """A tree while calls change it: every entry below the root in words, as `link ../store/env`."""

    def __init__(self, before: Snapshot, root: str) -> None:
        """Begin with what was seen."""
        self.root = root
        self.entries = {path: describe(before[path]) for path in before}
        self._modes = {path: f"{before[path].meta.mode:04o}" for path in before}

    def events(self, calls: Iterable[Call]) -> tuple[Event, ...]:
        """What these calls did below the root, in their order; bytes written one after another are added up."""
        found: list[Event] = []
        written: dict[str, int] = {}
        for call in calls:
            for event in self._play(call):
                at = written.get(event.path)
                if event.kind == "write" and at is not None and not event.order:
                    found[at] = replace(found[at], size=found[at].size + event.size)
                    continue
                if not event.error:
                    written.pop(event.path, None)
                if event.kind in ("open", "write") and not event.error:
                    written[event.path] = len(found)
                found.append(event)
        return tuple(found)

    def spot(self, path: str, *, follow: bool = False) -> str | None:
        """Where an absolute path leads below the root, its last name followed only if asked; None for elsewhere."""
        below = self._below(path)
        if below is None:
            return None
        left, here, hops = below.split("/")[::-1], list[str](), 0
        while left:
            part = left.pop()
            if part in ("", "."):
                continue
            if part == "..":
                if not here:
                    return None
                here.pop()
                continue
            here.append(part)
            text = self.entries.get("/".join(here), "")
            if text.startswith("link ") and (follow or any(left)):
                hops += 1
                target = self._led(here, text.removeprefix("link "))
                if target is None or hops > _HOPS:
                    return None
                here, left = [], left + target.split("/")[::-1]
        return "/".join(here) or "."

    def _below(self, path: str) -> str | None:
        if path == self.root:
            return "."
        return path.removeprefix(f"{self.root}/") if path.startswith(f"{self.root}/") else None

    def _led(self, link: list[str], text: str) -> str | None:
        """Where a link's text leads, from the root on."""
        return self._below(text) if text.startswith("/") else "/".join((*link[:-1], text))

    def _play(self, call: Call) -> Iterator[Event]:
        match call.kind:
            case "mkdir" | "mknod" | "symlink":
                yield from self._make(call, {"mkdir": "directory", "symlink": f"link {call.text}"}.get(call.kind, ""))
            case "unlink" | "rmdir":
                yield from self._remove(call)
            case "rename":
                yield from self._rename(call)
            case "link":
                yield from self._hardlink(call)
            case "open":
                yield from self._open(call)
            case "write" | "truncate":
                yield from self._write(call)
            case "chmod" | "chown":
                yield from self._mark(call)
            case _:
                assert False, f"unreachable because calls of the kind {call.kind} are not handed on"  # noqa: B011, PT015 -- says so

    def _event(self, call: Call, path: str, now: str, *, was: str = "", source: str = "", size: int = 0) -> Event:
        spelled = self._below(call.paths[-1]) if call.paths else None
        was = was or self.entries.get(path, ABSENT)
        return Event(
            process=call.program, call=call.name, kind=call.kind, path=path, spelled=spelled or path, was=was,
            now=was if call.error else now, source=source, size=size, error=call.error,
            order=call.order,
        )  # fmt: skip

    def _make(self, call: Call, what: str) -> Iterator[Event]:
        path = self.spot(call.paths[-1]) if call.paths else None
        what = what or {"S_IFIFO": "fifo", "S_IFSOCK": "socket"}.get(call.rest.strip(", ").partition("|")[0], "file")
        if path is not None:
            yield self._event(call, path, what)
            if not call.error:
                self.entries[path] = what
                self._modes.pop(path, None)

    def _remove(self, call: Call) -> Iterator[Event]:
        path = self.spot(call.paths[-1]) if call.paths else None
        if path is not None:
            yield self._event(call, path, ABSENT)
            if not call.error:
                self.entries.pop(path, None)

    def _rename(self, call: Call) -> Iterator[Event]:
        source, target = (self.spot(path) for path in call.paths)
        exchanged = "RENAME_EXCHANGE" in call.rest
        if target is None:
            if source is not None:
                yield self._event(replace(call, paths=call.paths[:1]), source, ABSENT)
                self._lift(source, failed=bool(call.error))
            return
        now = self.entries.get(source or "", "file")
        yield self._event(call, target, now, source=source or "")
        if exchanged and source is not None:
            yield self._event(replace(call, paths=call.paths[:1]), source, self.entries.get(target, ABSENT))
        if call.error or source == target:
            return
        moved = self._lift(source) if source is not None else {"": now}
        there = self._lift(target)
        self.entries |= {target + rest: words for rest, words in moved.items()}
        if exchanged and source is not None:
            self.entries |= {source + rest: words for rest, words in there.items()}

    def _lift(self, path: str, *, failed: bool = False) -> dict[str, str]:
        """Take an entry out with all below it, each by what follows the path."""
        below = [name for name in self.entries if not failed and (name == path or inside(name, path))]
        return {name.removeprefix(path): self.entries.pop(name) for name in below}

    def _hardlink(self, call: Call) -> Iterator[Event]:
        source, target = (self.spot(path, follow="AT_SYMLINK_FOLLOW" in call.rest) for path in call.paths)
        if target is not None:
            now = self.entries.get(source or "", "file")
            yield self._event(call, target, now, source=source or "")
            if not call.error:
                self.entries[target] = now

    def _open(self, call: Call) -> Iterator[Event]:
        flags = "O_CREAT|O_TRUNC" if call.name == "creat" else call.rest
        if not call.paths or not re.search("O_CREAT|O_TRUNC", flags):
            return  # what it writes comes with a call of its own
        path = self.spot(call.paths[-1], follow=not re.search("O_NOFOLLOW|O_EXCL", flags))
        if not call.error:
            path = self.spot(call.handle) if call.handle else None
        if path is None:
            return
        if path not in self.entries or "O_TRUNC" in flags or call.error:
            yield self._event(call, path, self.entries.get(path, "file"))
        if not call.error:
            self.entries.setdefault(path, "file")

    def _write(self, call: Call) -> Iterator[Event]:
        path = self.spot(call.paths[-1], follow=True) if call.paths else self.spot(call.handle)
        if path is not None and path in self.entries:
            yield self._event(call, path, self.entries[path], size=max(call.result, 0) if call.kind == "write" else 0)

    def _mark(self, call: Call) -> Iterator[Event]:
        """Another mode or owner; one that it has is none."""
        follow = not (call.name == "lchown" or "AT_SYMLINK_NOFOLLOW" in call.rest)
        path = self.spot(call.paths[-1], follow=follow) if call.paths else self.spot(call.handle)
        told = (_MODE if call.kind == "chmod" else _OWNERS).search(call.rest)
        if path is None or told is None or path not in self.entries:
            return
        kind = self.entries[path].partition(" ")[0]
        if call.kind == "chown":
            yield self._event(call, path, f"{kind} of {told[1]}:{told[2]}")
            return
        mode, had = f"{int(told[0], 8) & 0o7777:04o}", self._modes.get(path, "")
        if mode != had:
            yield self._event(call, path, f"{kind} {mode}", was=f"{kind} {had}" if had else "")
        if not call.error:
            self._modes[path] = mode
