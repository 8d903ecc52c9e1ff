"""The text that strace writes -> calls, each with its program and its paths made absolute."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from posixpath import basename, join
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

KINDS = {
    "mkdir": ("mkdir", "mkdirat"),
    "rmdir": ("rmdir",),
    "unlink": ("unlink", "unlinkat"),
    "rename": ("rename", "renameat", "renameat2"),
    "link": ("link", "linkat"),
    "symlink": ("symlink", "symlinkat"),
    "mknod": ("mknod", "mknodat"),
    "open": ("open", "creat", "openat", "openat2"),
    "truncate": ("truncate", "ftruncate"),
    "write": ("write", "pwrite64", "writev", "pwritev", "pwritev2", "sendfile", "copy_file_range", "splice"),
    "chmod": ("chmod", "fchmod", "fchmodat", "fchmodat2"),
    "chown": ("chown", "lchown", "fchown", "fchownat"),
    "chdir": ("chdir", "fchdir"),
    "execve": ("execve", "execveat"),
    "clone": ("clone", "clone3", "fork", "vfork"),
}
"""What a call does, and the calls that do it: all that is traced."""

_KIND = {name: kind for kind, names in KINDS.items() for name in names}
_INTO = {"copy_file_range": 1, "splice": 1}
"""Which of its handles a call writes to, where that is not the first."""

_QUOTED = r'"(?:[^"\\]|\\.)*"'
_DECODED = r"<(?:[^<>\\]|\\.)*>"
_LINE = re.compile(r"(?P<thread>\d+) +(?P<at>\d+\.\d+) (?P<rest>.*)")
_CUT = re.compile(r"(?P<start>.*?)\s*<unfinished \.\.\.>")
_GOES_ON = re.compile(r"<\.\.\. \w+ resumed>(?P<rest>.*)")
_CALL = re.compile(
    rf'(?P<name>\w+)\((?P<arguments>(?:{_QUOTED}|{_DECODED}|=>|[^"<>])*?)\)\s+= '
    rf"(?P<result>-?\d+|0x[0-9a-f]+)(?P<handle>{_DECODED})?(?P<error> E[A-Z]+)?.*"
)
_TOKEN = re.compile(rf"(?P<text>{_QUOTED})|(?:AT_FDCWD|\d+)(?P<handle>{_DECODED})(?P<gone>\(deleted\))?(?P<here>, )?")
_ESCAPE = re.compile(rb"\\(x[0-9a-f]{2}|[0-7]{1,3}|.)")
_LETTERS = {b"n": b"\n", b"t": b"\t", b"r": b"\r", b"v": b"\v", b"f": b"\f", b"e": b"\x1b"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A call that ended: `name` is the system's, `kind` says what it does, one of `KINDS`.

    `paths` are those that it was given, absolute but as they were spelled. `handle` is where an open file lies, real
    and absolute, be it given or returned; empty where it has no name. `text` is what a link is to hold, `rest` the
    arguments that are neither path nor handle, `error` the name of one, as `EBUSY`. `order` says what the scenario had
    done at it, empty for nothing.
    """

    at: float
    process: int
    program: str
    kind: str
    name: str
    paths: tuple[str, ...]
    handle: str = ""
    text: str = ""
    rest: str = ""
    result: int = 0
    error: str = ""
    order: str = ""


@dataclass(slots=True)
class _Process:
    """What is known of a process: `here` is its directory, in a list of one since threads share it."""

    number: int
    program: str
    here: list[str]


@dataclass(frozen=True, slots=True)
class _Line:
    thread: int
    at: float
    name: str
    arguments: str
    result: int
    handle: str
    error: str


def calls(trace: str, here: str) -> tuple[Call, ...]:
    """The calls in a trace, in the order in which they ended; `here` is the directory that the command began in."""
    lines = tuple(_lines(trace))
    parents = dict(_children(lines))
    processes: dict[int, _Process] = {}
    found = []
    for line in lines:
        process = processes.get(line.thread) or _born(line.thread, parents, processes, here)
        processes[line.thread] = process
        call = _call(line, process)
        _take_note(call, process)
        found.append(replace(call, program=process.program))
    return tuple(call for call in found if call.kind not in ("chdir", "execve", "clone"))


def _lines(trace: str) -> Iterator[_Line]:
    """The calls of known names that ended, those that were interrupted by others put together."""
    cut: dict[str, str] = {}
    for match in filter(None, map(_LINE.fullmatch, trace.splitlines())):
        thread, rest = match["thread"], match["rest"]
        if start := _CUT.fullmatch(rest):
            cut[thread] = start["start"]
            continue
        if more := _GOES_ON.fullmatch(rest):
            rest = cut.pop(thread, "") + more["rest"]
        call = _CALL.fullmatch(rest)
        if call and call["name"] in _KIND:
            yield _Line(
                int(thread), float(match["at"]), call["name"], call["arguments"],
                int(call["result"], 0), _plain(call["handle"] or ""), (call["error"] or "").strip(),
            )  # fmt: skip


def _children(lines: Iterable[_Line]) -> Iterator[tuple[int, tuple[int, str]]]:
    """Whom each was started by, and how: known before the first of its own calls, which may come earlier."""
    return ((line.result, (line.thread, line.arguments)) for line in lines if _KIND[line.name] == "clone")


def _born(thread: int, parents: dict[int, tuple[int, str]], processes: dict[int, _Process], here: str) -> _Process:
    parent, how = parents.get(thread, (0, ""))
    if parent not in processes:
        return _Process(thread, "", [here])
    of = processes[parent]
    shared = of.here if "CLONE_FS" in how else [*of.here]
    if "CLONE_THREAD" in how:
        return of if shared is of.here else _Process(of.number, of.program, shared)
    return _Process(thread, of.program, shared)


def _take_note(call: Call, process: _Process) -> None:
    """What a call says of its process."""
    if call.error:
        return
    if call.kind == "execve":
        process.program = basename(call.paths[0]) if call.paths else process.program
    if call.kind == "chdir":
        process.here[0] = call.handle or (call.paths or process.here)[0]


def _call(line: _Line, process: _Process) -> Call:
    kind = _KIND[line.name]
    texts, handles, rest = _arguments(line.arguments, process, writes=kind == "write")
    if kind == "unlink" and "AT_REMOVEDIR" in rest:
        kind = "rmdir"
    held = handles[min(_INTO.get(line.name, 0), len(handles) - 1)] if handles else ""
    of_link = texts[0][0] if kind == "symlink" and texts else ""
    paths = texts[1:] if kind == "symlink" else texts[:1] if kind == "execve" else texts
    return Call(
        at=line.at, process=process.number, program=process.program, kind=kind, name=line.name,
        paths=() if kind == "write" else tuple(join(above, path) if path else above for path, above in paths),
        handle=line.handle or held, text=of_link, rest=rest, result=line.result, error=line.error,
    )  # fmt: skip


def _arguments(text: str, process: _Process, *, writes: bool) -> tuple[list[tuple[str, str]], list[str], str]:
    """Texts, each with the directory that it is relative to; handles that stand for themselves; and the rest."""
    texts: list[tuple[str, str]] = []
    handles: list[str] = []
    above, end = "", -1
    for token in _TOKEN.finditer(text):
        if token["text"] is not None:
            texts.append((_plain(token["text"]), above if end == token.start() else process.here[0]))
            continue
        above, end = _plain(token["handle"]), token.end()
        if token[0].startswith("AT_FDCWD"):
            process.here[0] = above  # the real path, which is better than what was asked for
        elif writes or not text[end:].startswith('"'):
            handles.append("" if token["gone"] else above)
    return texts, handles, _TOKEN.sub("", text)


def _plain(quoted: str) -> str:
    """What stands between quotes or angle brackets, as the system has it: bytes that are no UTF-8 as surrogates."""
    raw = _ESCAPE.sub(lambda match: _byte(match[1]), quoted[1:-1].encode("utf-8", "surrogateescape"))
    return raw.decode("utf-8", "surrogateescape")


def _byte(escape: bytes) -> bytes:
    if escape[:1] == b"x" and len(escape) > 1:
        return bytes([int(escape[1:], 16)])
    if escape[:1] in b"01234567":
        return bytes([int(escape, 8) & 0xFF])
    return _LETTERS.get(escape, escape)
