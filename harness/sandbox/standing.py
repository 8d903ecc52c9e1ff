"""Looking at a project of the user's: by `lstat` and `readlink` alone, no link left to the system to follow.

Two small files are read, `pyvenv.cfg` and a `.venv` that is a file. Nothing is written, locked, or made.
"""

from __future__ import annotations

import errno
import os
import re
import stat
import time
from pathlib import Path
from typing import TYPE_CHECKING

from harness.errors import mistake
from harness.layout import Arrival, Hop, Inside, Kind, Layout, Lock
from harness.sandbox.links import slashed
from harness.sandbox.opened import READ, is_directory, is_link

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

VENV = ".venv"
_HOPS = 40
_SMALL = 65_536
_DAY = 86_400.0
_GONE = {errno.ENOENT, errno.ENOTDIR, errno.ENAMETOOLONG}

_OWN = {
    "bin", "scripts", "lib", "lib64", "include", "share", "etc", "man", "local", "src", "pyvenv.cfg", ".gitignore",
    "cachedir.tag", ".lock", "__pycache__",
}  # fmt: skip
"""What tools make in an environment, in small letters."""

_DIRECTORIES = ("bin", "Scripts", "lib", "Lib", "include", "Include")
_PYTHONS = (("bin", "python"), ("bin", "python3"), ("Scripts", "python.exe"))

_MARKERS = (
    ("Dropbox", ".dropbox.cache"),
    ("Dropbox", ".dropbox"),
    ("Syncthing", ".stfolder"),
    ("Google Drive", ".tmp.driveupload"),
    ("Google Drive", ".tmp.drivedownload"),
)
"""What stands in the folder that a service synchronises."""

_JOURNAL = re.compile(r"\.(_)?sync_\w+\.db|\.sync_journal\.db|\.(nextcloud|owncloud)sync\.log")
"""What Nextcloud and ownCloud keep there."""

_NAMES = (
    ("OneDrive", re.compile(r"OneDrive( - .+)?|OneDrive-.+")),
    ("Dropbox", re.compile(r"Dropbox( \(.+\))?|Dropbox-.+")),
    ("Google Drive", re.compile(r"Google ?Drive|GoogleDrive-.+")),
    ("iCloud Drive", re.compile(r"iCloudDrive|com~apple~CloudDocs|Mobile Documents")),
    ("Nextcloud", re.compile(r"Nextcloud\d*")),
    ("ownCloud", re.compile(r"ownCloud")),
)
"""How services call their folders."""


def standing(directory: str) -> Layout:
    """A project's `.venv` as it stands. Raises HarnessError where there is no such directory."""
    named = follow(os.path.abspath(directory))  # noqa: PTH100 -- `resolve` would follow links
    if named.kind is not Kind.DIRECTORY:
        raise mistake(f"`{directory}` is no directory: there is {named.kind}", hint="name the project's folder")
    venv = follow(os.path.join(named.path, VENV))  # noqa: PTH118 -- texts, as links have them
    redirect = _redirect(named.path, venv)
    end = redirect or venv
    stands = end.kind is Kind.DIRECTORY
    return Layout(
        project=slashed(named.path),
        linked=_is_link(os.path.abspath(directory)),  # noqa: PTH100
        venv=_slashed(venv),
        mount=not venv.hops and stands and not redirect and _mount(venv.path),
        elsewhere=stands and os.lstat(end.path).st_dev != os.lstat(named.path).st_dev,
        inside=_inside(end.path) if stands else None,
        redirect=_slashed(redirect) if redirect else None,
        synchronised=tuple(dict.fromkeys((*_synchronised(named.path), *(_synchronised(end.path) if stands else ())))),
        locks=tuple(_locks(named.path, end.path if stands else "")),
    )


# -- links, followed by hand -------------------------------------------------------------------------------------------


def follow(path: str) -> Arrival:
    """Where an absolute path leads; every name on the way is looked at itself."""
    here, todo = _start(path)
    hops: list[Hop] = []
    count = 0
    while todo:
        name = todo.pop()
        if name in ("", ".", ".."):
            here = os.path.dirname(here) if name == ".." else here  # noqa: PTH120 -- `here` has no link in it
            continue
        there = os.path.join(here, name)  # noqa: PTH118
        try:
            status = os.lstat(there)
            text = _text(there) if is_link(status) else ""
        except OSError as error:
            kind = Kind.NOTHING if error.errno in _GONE else Kind.CLOSED
            whole = os.path.join(there, *reversed(todo))  # noqa: PTH118
            return Arrival(kind=kind, path=whole, hops=tuple(hops), short=not _last(todo))
        if not is_link(status):
            here = there
            continue
        count += 1
        if _last(todo):  # not one on the way, as `/tmp` is on macOS
            hops.append(Hop(slashed(there), slashed(text)))
        if count > _HOPS:
            return Arrival(kind=Kind.LOOP, path=there, hops=tuple(dict.fromkeys(hops)))
        start, names = _start(os.path.join(here, text))  # noqa: PTH118 -- an absolute text wins
        here, todo = (start, [*todo, *names]) if os.path.isabs(text) else (here, [*todo, *_names(text)])  # noqa: PTH117
    return Arrival(kind=_kind(os.lstat(here)), path=here, hops=tuple(hops))


def _start(path: str) -> tuple[str, list[str]]:
    """The root of an absolute path, and the names below it, the last first."""
    drive, names = os.path.splitdrive(path)
    return drive + os.sep, _names(names)


def _names(text: str) -> list[str]:
    return list(reversed(slashed(text).split("/")))


def _text(path: str) -> str:
    return os.readlink(path).removeprefix("\\\\?\\")  # noqa: PTH115 -- a text


def _last(todo: Sequence[str]) -> bool:
    """Whether nothing comes after a name."""
    return all(name in ("", ".") for name in todo)


def _kind(status: os.stat_result) -> Kind:
    if is_directory(status):
        return Kind.DIRECTORY
    kinds = {stat.S_IFREG: Kind.FILE, stat.S_IFIFO: Kind.PIPE, stat.S_IFSOCK: Kind.SOCKET}
    return kinds.get(stat.S_IFMT(status.st_mode), Kind.DEVICE)


def _is_link(path: str) -> bool:
    try:
        return is_link(os.lstat(path))
    except OSError:
        return False


def _slashed(one: Arrival) -> Arrival:
    return Arrival(kind=one.kind, path=slashed(one.path), hops=one.hops, short=one.short)


# -- what stands there -------------------------------------------------------------------------------------------------


def _mount(path: str) -> bool:
    """Whether something is mounted at a directory, as `os.path.ismount` tells, which a link never is."""
    own, above = os.lstat(path), os.lstat(os.path.dirname(path))  # noqa: PTH120
    return own.st_dev != above.st_dev or own.st_ino == above.st_ino


def _redirect(project: str, venv: Arrival) -> Arrival | None:
    """Where a `.venv` that is a file leads (PEP 832); None where it is none, or names no path."""
    if venv.kind is not Kind.FILE or venv.hops:
        return None
    lines = _read(venv.path).split("\n")
    text = lines[0].rstrip("\r")
    if not text or any(line.strip() for line in lines[1:]) or "\0" in text:
        return None
    return follow(os.path.join(project, text))  # noqa: PTH118


def _read(path: str) -> str:
    """The text of a small file that no link stands for; empty where it is none, or may not be read."""
    try:
        handle = os.open(path, READ | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0))
    except OSError:
        return ""
    try:
        ours = stat.S_ISREG(os.fstat(handle).st_mode)
        return os.read(handle, _SMALL).decode("utf-8", "replace") if ours else ""
    finally:
        os.close(handle)


def _inside(path: str) -> Inside | None:
    """The environment's parts; None where they may not be looked at."""
    try:
        names = os.listdir(path)  # noqa: PTH208 -- names are what is asked for
    except OSError:
        return None
    settings = follow(os.path.join(path, "pyvenv.cfg"))  # noqa: PTH118
    home = _home(settings.path) if settings.kind is Kind.FILE else ""
    return Inside(
        empty=not names,
        settings=settings.kind,
        home=home,
        home_is=follow(home).kind if os.path.isabs(home) else Kind.NOTHING,  # noqa: PTH117
        python=_python(path),
        led_out=tuple(_led_out(path, names)),
        others=tuple(sorted(name for name in names if name.lower() not in _OWN))[:8],
    )


def _home(path: str) -> str:
    found = re.search(r"(?m)^home[ \t]*=[ \t]*(\S.*?)[ \t\r]*$", _read(path))
    return found[1] if found else ""


def _python(path: str) -> Arrival | None:
    """Where the environment's own interpreter leads; None where not even a link is left of it."""
    for names in _PYTHONS:
        found = follow(os.path.join(path, *names))  # noqa: PTH118
        if found.kind is not Kind.NOTHING or any(hop.path.startswith(f"{slashed(path)}/") for hop in found.hops):
            return _slashed(found)
    return None


def _led_out(path: str, names: Sequence[str]) -> Iterator[Hop]:
    for name in _DIRECTORIES:
        own = os.path.join(path, name)  # noqa: PTH118
        if name in names and _is_link(own):
            yield Hop(slashed(own), slashed(_text(own)))


# -- who else is at work there -----------------------------------------------------------------------------------------


def _synchronised(path: str) -> Iterator[tuple[str, str]]:
    """The services that a path is in the folder of, each with what tells it."""
    for folder in (Path(path), *Path(path).parents):
        yield from ((service, slashed(str(folder))) for service, name in _NAMES if name.fullmatch(folder.name))
        for service, marker in _MARKERS:
            if os.path.lexists(folder / marker):
                yield service, slashed(str(folder / marker))
        try:
            journal = next((name for name in os.listdir(folder) if _JOURNAL.fullmatch(name)), "")  # noqa: PTH208
        except OSError:
            continue
        if journal:
            yield "Nextcloud or ownCloud", slashed(str(folder / journal))


def _locks(project: str, environment: str) -> Iterator[Lock]:
    """The lock files of tools beside the environment and in it."""
    places = [os.path.join(project, f"{VENV}.lock")]  # noqa: PTH118
    if environment:
        places += [os.path.join(environment, ".lock")]  # noqa: PTH118
    held = _held()
    for path in places:
        try:
            status = os.lstat(path)
        except OSError:
            continue
        if stat.S_ISREG(status.st_mode):
            key = f"{os.major(status.st_dev):02x}:{os.minor(status.st_dev):02x}:{status.st_ino}" if held else ""
            taken = None if held is None else key in held
            yield Lock(path=slashed(path), days=max(0.0, (time.time() - status.st_mtime) / _DAY), held=taken)


def _held() -> frozenset[str] | None:
    """The files that processes hold locks on, as Linux lists them; None where no system tells."""
    try:
        lines = Path("/proc/locks").read_text("utf-8", "replace").splitlines()
    except OSError:
        return None
    return frozenset(match[1] for line in lines if (match := re.search(r" ([0-9a-f]+:[0-9a-f]+:\d+) ", line)))
