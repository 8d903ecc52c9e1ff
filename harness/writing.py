"""The text of a scenario file: what `reading` reads, written so that it reads the same again."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, assert_never
from urllib.parse import quote

from harness.scenario import Level, Perform, RunPython, RunTool
from harness.tree import Copy, Directory, Fifo, File, Hardlink, Link, Mount, Project, Socket

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from harness.scenario import Argument, CheckRef, CommandStep
    from harness.tree import Entry

USUAL = "project/.venv"
"""The environment of a scenario that does not say where it is."""

ODD_NAMES = "odd-names"
"""The key below which paths stand that YAML cannot hold."""

_LONGEST_KEY = 500  # YAML ends a key of one line at 1024 characters
_PLAIN = re.compile(r"(?:[A-Za-z$/]|\.[A-Za-z/])[A-Za-z0-9_./$@+=-]*(?: [A-Za-z0-9_./$(][A-Za-z0-9_./$()+=-]*)*")
_MEANT_OTHERWISE = re.compile(r"(?i)true|false|null|yes|no|on|off|\.inf|\.nan")
_NO_LINE_OF_YAML = re.compile(r"[^\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
_NO_TEXT = re.compile(r"[\0\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Noted:
    """An entry with what there is to say of it."""

    entry: Entry
    note: str = ""


@dataclass(frozen=True, slots=True)
class NotedStep:
    """A step with what there is to say of it."""

    step: CommandStep
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A scenario that is to be written, with remarks for its author. All texts are as a reader gives them."""

    summary: str
    because: str
    tree: Mapping[str, Noted]
    steps: Sequence[NotedStep]
    notes: Sequence[str] = ()
    tools: Sequence[str] = ()
    environment: str = USUAL
    checks: Sequence[CheckRef] = field(default=())


def text(draft: Draft) -> str:
    """The file."""
    return "".join(f"{line}\n" for line in _lines(draft))


def _lines(draft: Draft) -> Iterator[str]:
    yield from (f"# {_remark(note)}" for note in draft.notes)
    yield f"summary: {scalar(draft.summary)}"
    yield f"because: {scalar(draft.because)}"
    if draft.tools:
        yield f"tools: [{', '.join(map(scalar, draft.tools))}]"
    yield "tree:"
    yield from _tree(draft.tree)
    if draft.environment != USUAL:
        yield f"environment: {scalar(draft.environment)}"
    yield "steps:"
    for noted in draft.steps:
        first, *more = _step(noted.step)
        yield _with_note(f"  - {first}", noted.note)
        yield from (f"    {line}" for line in more)
    yield from _levels(draft.checks)


def _tree(tree: Mapping[str, Noted]) -> Iterator[str]:
    odd = {path: noted for path, noted in tree.items() if _cannot_be_a_key(path)}
    for path, noted in tree.items():
        if path not in odd:
            yield _with_note(f"  {scalar(path)}: {_entry(noted.entry)}", noted.note)
    if odd:
        yield f"  {ODD_NAMES}:"
    for path, noted in odd.items():
        yield _with_note(f"    - {{name: {scalar(_escaped(path))}, {_fields(noted.entry)}}}", noted.note)


def _cannot_be_a_key(path: str) -> bool:
    return path == ODD_NAMES or len(path) > _LONGEST_KEY or not can_be_a_text(path)


def can_be_a_text(words: str) -> bool:
    """Whether YAML can hold a text; bytes of names that are no UTF-8 it cannot."""
    return _NO_TEXT.search(words) is None


def _escaped(path: str) -> str:
    return quote(path.replace("$$", "$").encode("utf-8", "surrogateescape"), safe="/ ")


def _entry(entry: Entry) -> str:
    match entry:
        case Directory(mode=None):
            return "directory"
        case File(content=None, mode=None):
            return "file"
        case Fifo():
            return "fifo"
        case Socket():
            return "socket"
        case _:
            return f"{{{_fields(entry)}}}"


def _fields(entry: Entry) -> str:
    """An entry as what stands between braces."""
    match entry:
        case Directory(mode=mode):
            return f"directory: {_mode(mode)}"
        case File(content=content, mode=mode):
            return f"{_content(content)}{_mode(mode)}"
        case Link(text=words):
            return f"link: {scalar(words)}"
        case Hardlink(to=path):
            return f"hardlink: {scalar(path)}"
        case Fifo():
            return "fifo: "
        case Socket():
            return "socket: "
        case Mount():
            return f"mount: {_mounted(entry)}"
        case Copy(of=path):
            return f"copy: {scalar(path)}"
        case Project(name=name, requires=requires):
            more = f", requires: [{', '.join(map(scalar, requires))}]" if requires else ""
            return f"project: {{name: {scalar(name)}{more}}}"
        case _:
            assert_never(entry)


def _mounted(entry: Mount) -> str:
    """What a mount is, and what else is said of it."""
    size = [f"size: {entry.size >> 10}KiB"] if entry.kind == "tmpfs" else []
    of = [f"of: {scalar(entry.of)}"] if entry.of else []
    cannot = [f"{key}: true" for key, said in (("read-only", entry.read_only), ("noexec", entry.noexec)) if said]
    return ", ".join([entry.kind, *size, *of, *cannot])


def _mode(mode: int | None) -> str:
    return "" if mode is None else f', mode: "{mode:04o}"'


def _content(content: bytes | None) -> str:
    if content is None:
        return "file: "
    words = content.decode("utf-8", "surrogateescape")
    if can_be_a_text(words):
        return f"file: {_quoted(words)}"
    return f"bytes: {_quoted(base64.b64encode(content.replace(b'$$', b'$')).decode())}"


def _step(step: CommandStep) -> list[str]:
    """The lines of a step, the first as it follows the dash."""
    options = step.options
    more = [f"{key}: {scalar(value)}" for key in ("at", "python") if (value := getattr(options, key)) is not None]
    more += ["seed: true"] if options.seed else []
    more += _levels(step.checks)
    match step.action:
        case Perform(operation=operation):
            return [f"{operation}:", *more] if more else [operation]
        case RunTool(arguments=arguments):
            return [f"run: {_list(arguments)}", *more]
        case RunPython(arguments=arguments):
            return [f"python: {_list(arguments)}", *more]
        case _:
            assert_never(step.action)


def _levels(checks: Sequence[CheckRef]) -> list[str]:
    """The checks, under a key for each level that has any."""
    found = []
    for level in Level:
        asked = [ref for ref in checks if ref.level is level]
        found += [f"{level}:", *(f"  {line}" for ref in asked for line in _check(ref))] if asked else []
    return found


def _check(ref: CheckRef) -> list[str]:
    head, below = f"- {ref.name}", _argument(ref.argument)
    if not below:
        return [head]
    if isinstance(ref.argument, str | int):
        return [f"{head}: {below[0]}"]
    return [f"{head}:", *(f"    {line}" for line in below)]


def _argument(argument: Argument) -> list[str]:
    match argument:
        case None:
            return []
        case int():
            return [str(argument)]
        case str():
            return [scalar(argument)]
        case tuple():
            return [f"- {scalar(path)}" for path in argument]
        case Mapping():
            return [f"{scalar(path)}: {scalar(words)}" for path, words in argument.items()]
        case _:
            assert_never(argument)


def _list(words: Sequence[str]) -> str:
    return f"[{', '.join(map(scalar, words))}]"


def _with_note(line: str, note: str) -> str:
    return f"{line}  # {_remark(note)}" if note else line


def _remark(words: str) -> str:
    """A text as a comment can hold it, in one line."""
    return _NO_LINE_OF_YAML.sub("?", words)


def scalar(words: str) -> str:
    """A text as YAML has it, in quotes unless it is plain to every parser.

    >>> scalar("project/.venv"), scalar("a: b"), scalar("yes")
    ('project/.venv', '"a: b"', '"yes"')
    """
    plain = _PLAIN.fullmatch(words) and not _MEANT_OTHERWISE.fullmatch(words)
    return words if plain else _quoted(words)


def _quoted(words: str) -> str:
    escaped = words.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    within = _NO_LINE_OF_YAML.sub(lambda match: f"\\U{ord(match[0]):08x}", escaped)
    return f'"{within}"'
