"""Events -> the story of a step: what matters, what belongs together in one line, the culprits named."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from itertools import groupby
from posixpath import basename, dirname, normpath
from typing import TYPE_CHECKING, TypeAlias

from harness.calls import KILLED
from harness.run import inside
from harness.storyboard.scene import ABSENT

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from harness.storyboard.scene import Event

FEW, MANY = 3, 5
"""How many events it takes for one line to stand for them: below what was made or removed, and anywhere else."""

_MARKS = {"chmod": re.compile(r" \d{4}$"), "chown": re.compile(r" of -?\d+:-?\d+$")}
_SETTINGS = "pyvenv.cfg"


@dataclass(frozen=True, slots=True)
class Fault:
    """A broken check with the first of its evidence that names a path; `names` are others of the same file."""

    check: str
    path: str
    was: str
    now: str
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A line of the story: who, by which call, where, what that did, and the checks that it broke.

    `calls` is for how many calls it stands.
    """

    process: str
    call: str
    path: str
    words: str
    breaks: tuple[str, ...] = ()
    calls: int = 1


Marked: TypeAlias = "tuple[Event, tuple[str, ...]]"


def tell(
    events: Sequence[Event], before: Collection[str], after: Collection[str], faults: Sequence[Fault], *, failed: bool
) -> tuple[Told, ...]:
    """The story of a step between two trees, of which the paths are known.

    Left out are reads, calls that failed, and what was made and is gone again; the last call that failed is told where
    a command did (`failed`). A call at which the scenario had something done is told by itself.
    """
    marked = _marked(events, faults)
    kept = [
        (event, checks)
        for event, checks in marked
        if event.order or (not event.error and _lasts(event, checks, before, after))
    ]
    anchors = _anchors([event for event, _ in kept if not event.error], before)
    told: list[Told] = []
    for ordered, stretch in groupby(kept, key=lambda one: bool(one[0].order)):
        if ordered:
            told += [_line(event, checks, before) for event, checks in stretch]
        else:
            groups = _groups(list(stretch), anchors)
            told += _joined([line for group in groups for line in _told(group, anchors, before)])
    refused = [event for event in events if event.error and not event.order]
    telling = [event for event in refused if event.error not in ("ENOENT", "EEXIST")] or refused
    return (*told, *([_line(telling[-1], (), before)] if failed and telling else []))


def tell_all(events: Sequence[Event], before: Collection[str], faults: Sequence[Fault]) -> tuple[Told, ...]:
    """Every call that changed something or was to, one by one."""
    return tuple(_line(event, checks, before) for event, checks in _marked(events, faults))


# -- which call broke a check ------------------------------------------------------------------------------------------


def _marked(events: Sequence[Event], faults: Sequence[Fault]) -> list[Marked]:
    broke: dict[int, list[str]] = {}
    for fault in faults:
        for at in _culprits(events, fault):
            broke.setdefault(at, []).append(fault.check)
    return [(event, tuple(dict.fromkeys(broke.get(at, ())))) for at, event in enumerate(events)]


def _culprits(events: Sequence[Event], fault: Fault) -> Iterator[int]:
    """The last call that touched a path, and the one that had taken away what stood there before."""
    touched = [at for at, event in enumerate(events) if not event.error and _touches(event, fault)]
    if not touched:
        return
    taking = [at for at in touched if events[at].takes]
    last = taking[-1] if fault.now == ABSENT and taking else touched[-1]
    if fault.was != ABSENT and taking and taking[0] < last:
        yield taking[0]
    yield last


def _touches(event: Event, fault: Fault) -> bool:
    of_marks = any(pattern.search(fault.was) for pattern in _MARKS.values())
    match event.kind:
        case "chmod" | "chown":  # these matter to those alone whose evidence speaks of modes or owners
            return bool(_MARKS[event.kind].search(fault.was)) and event.path in {fault.path, *fault.names}
        case "open" | "write" | "truncate":
            return not of_marks and event.path in {fault.path, *fault.names}
        case "rename":  # takes along all that is below
            paths = [path for path in (event.path, event.source) if path]
            return any(fault.path == path or inside(fault.path, path) for path in paths)
        case _:
            return event.path == fault.path


# -- what is left out --------------------------------------------------------------------------------------------------


def _lasts(event: Event, checks: Sequence[str], before: Collection[str], after: Collection[str]) -> bool:
    """Whether it concerns anything that was there before or is there now."""
    return bool(checks) or any(path in before or path in after for path in (event.path, event.source) if path)


# -- what belongs together ---------------------------------------------------------------------------------------------


def _anchors(events: Sequence[Event], before: Collection[str]) -> list[str]:
    """Directories that were made or removed, and environments: one line tells of what is below one of them."""
    found = {event.path for event in events if event.kind in ("mkdir", "rmdir")}
    found |= {dirname(event.path) or "." for event in events if basename(event.path) == _SETTINGS}
    found |= {dirname(path) for path in before if basename(path) == _SETTINGS and dirname(path)}
    return [path for path in sorted(found, key=len) if path != "." and not any(inside(path, one) for one in found)]


def _anchor(path: str, anchors: Sequence[str]) -> str:
    return next((one for one in anchors if inside(path, one)), "")


def _groups(kept: Sequence[Marked], anchors: Sequence[str]) -> Iterator[list[Marked]]:
    """Events one after another that one line may tell of; a marked one stands alone."""
    keys = []
    for at, (event, checks) in enumerate(kept):
        where = _anchor(event.path, anchors) or dirname(event.path)
        following = kept[at + 1][0] if at + 1 < len(kept) else None
        makes = event.now != ABSENT or (following is not None and following.path == event.path)
        keys.append((event.process, where, makes, at if checks or not where else -1))
    for _, group in groupby(range(len(kept)), key=lambda at: keys[at]):
        yield [kept[at] for at in group]


def _told(group: Sequence[Marked], anchors: Sequence[str], before: Collection[str]) -> Iterator[Told]:
    anchor = _anchor(group[0][0].path, anchors)
    few = FEW if anchor else MANY
    anchor = anchor or dirname(group[0][0].path)
    if len(group) < few or not anchor:
        yield from (_line(event, checks, before) for event, checks in group)
        return
    events = [event for event, _ in group]
    calls = " ".join(dict.fromkeys(event.call for event in events))
    through = _through(events[-1], anchor)
    yield Told(
        process=events[0].process, call=calls, path=f"{anchor}/",
        words=f"{_sum(events)}{_environment(events)}{through}", calls=len(events),
    )  # fmt: skip


def _joined(told: Sequence[Told]) -> list[Told]:
    """The same, but what became of a directory and of all that is in it in one line."""
    found: list[Told] = []
    for line in told:
        last = found[-1] if found else line
        alike = found and last.process == line.process and not (last.breaks or line.breaks)
        whole = f"{line.path}/" == last.path or line.path == f"{last.path}/"
        if alike and whole and {last.call, line.call} & {"mkdir", "mkdirat"} and line.path.endswith("/"):
            words = f"a new directory, in which it {line.words}"
        elif alike and whole and last.words.startswith("removes") and line.words == "the directory is gone":
            words = f"{last.words} in it, and itself"
        else:
            found.append(line)
            continue
        calls = " ".join(dict.fromkeys((*last.call.split(), *line.call.split())))
        found[-1] = replace(line, call=calls, path=line.path.rstrip("/"), words=words, calls=last.calls + line.calls)
    return found


def _sum(events: Sequence[Event]) -> str:
    """`makes 14 files, 6 links, 4 directories`."""
    if all(event.now == ABSENT for event in events):
        return f"removes {_counted(event.was for event in events)}"
    first = {event.path: event.was for event in reversed(events)}
    now = {event.path: event.now for event in events}
    made = [path for path in first if first[path] == ABSENT]
    renewed = [path for path in first if path not in made]
    told = [f"makes {_counted(now[path] for path in made)}"] if made else []
    told += [f"changes {len(renewed)} that stood there"] if renewed else []
    return ", ".join(told)


def _counted(words: Iterator[str] | Collection[str]) -> str:
    counts = Counter(word.partition(" ")[0] for word in words)
    plural = {"directory": "directories"}
    most = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return ", ".join(f"{count} {kind if count == 1 else plural.get(kind, f'{kind}s')}" for kind, count in most)


def _environment(events: Sequence[Event]) -> str:
    settings = [event for event in events if basename(event.path) == _SETTINGS]
    if not settings or settings[-1].now == ABSENT:
        return ""
    return " (a new environment)" if settings[0].was == ABSENT else " (an environment made anew)"


def _through(event: Event, anchor: str) -> str:
    """By which other path a process reached a directory."""
    below = event.path.removeprefix(anchor)
    spelled = normpath(event.spelled)
    return f", as {spelled.removesuffix(below)}" if spelled != event.path and spelled.endswith(below) else ""


# -- a single event ----------------------------------------------------------------------------------------------------


def _line(event: Event, checks: tuple[str, ...], before: Collection[str]) -> Told:
    spelled = normpath(event.spelled)
    known = event.source in before or not event.source
    otherwise = f", as {spelled}" if spelled != event.path and not event.source else ""
    return Told(
        process=event.process, call=event.call, path=event.path,
        words="; ".join(filter(None, (
            _words(event, event.source if known else "a name that did not last") + otherwise, event.order,
        ))), breaks=checks,
    )  # fmt: skip


def _words(event: Event, source: str) -> str:
    if event.error:
        return "never made" if event.error == KILLED else f"refused: {event.error}"
    size = f"{event.size} byte{'' if event.size == 1 else 's'} written"
    written = f", {size}" if event.size else ""
    match event.kind:
        case "rename" if event.now != ABSENT:
            over = f", in place of the {event.was}" if event.was != ABSENT else ""
            return f"moved here from {source or 'outside'}{over}"
        case "link":
            return f"another name of {source or 'a file outside'}"
        case "chmod" | "chown":
            return f"{event.was} becomes {event.now}"
        case "write":
            return size
        case _ if event.now == ABSENT:
            return f"the {event.was} is gone" if event.kind != "rename" else f"the {event.was} is moved out"
        case _ if event.was == ABSENT:
            return f"a new {event.now}{written}"
        case _:
            return f"the {event.was} is emptied{written}" if event.kind == "open" else f"the {event.was} is cut"
