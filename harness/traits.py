"""What a project's layout comes to: its traits in sentences, each with the scenarios that describe it."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from typing import TYPE_CHECKING, assert_never

from harness.layout import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.layout import Inside, Layout, Lock


@dataclass(frozen=True, slots=True)
class Trait:
    """Something about a layout: its word, a sentence, and the scenarios that describe it, in order of importance."""

    name: str
    says: str
    scenarios: tuple[str, ...] = ()


SCENARIOS: dict[str, tuple[str, ...]] = {
    # The link itself is at stake wherever one is followed: by a create, by clearing, by a create on top, by a removal.
    "link": (
        "links/existing-target-twice",
        "links/existing-target-recreate",
        "links/existing-target-reuse",
        "project/linked-environment",
        "remove/behind-a-link",
    ),
    "link-to-empty-directory": ("links/existing-target", "links/existing-target-twice"),
    # What is behind it is no environment: clearing it would lose what the user has there.
    "link-to-users-directory": ("links/to-users-directory", "clear/what-is-no-environment"),
    "link-to-project": ("links/to-project",),
    "link-to-parent": ("links/to-parent",),
    "link-to-file": ("links/to-file",),
    "link-to-device": ("links/to-null-device",),
    "chain": ("links/chain", "links/chain-recreate"),
    "dangling-chain": ("links/chain-dangling",),
    "dangling": ("links/dangling-target", "links/dangling-not-created"),
    "dangling-deep": ("links/dangling-deep", "links/dangling-not-created"),
    "loop": ("links/loop",),
    # `.venv` is a file: PEP 832 has it name the environment.
    "redirect": ("redirect/to-environment", "redirect/synced"),
    "redirect-to-link": ("redirect/to-link",),
    "redirect-to-users-directory": ("redirect/to-users-directory",),
    "redirect-to-nothing": ("redirect/dangling",),
    "file": ("existing/file", "redirect/dangling"),
    "pipe-or-socket": ("existing/pipe-or-socket", "project/pipe"),
    # A directory stands at `.venv`.
    "environment": ("repeat/create-twice", "repeat/recreate-twice"),
    "empty-directory": ("existing/empty-directory",),
    "users-directory": ("existing/users-directory", "clear/what-is-no-environment", "project/users-directory"),
    "settings-missing": ("existing/settings-missing", "project/unfinished-environment"),
    "settings-a-directory": ("existing/settings-that-are-a-directory",),
    "settings-a-pipe": ("existing/settings-that-are-a-pipe",),
    "settings-say-nothing": ("existing/settings-that-say-nothing",),
    "home-gone": ("interpreter/home-gone",),
    "interpreter-gone": ("interpreter/gone", "looking/interpreter-gone"),
    "interpreter-gone-behind-link": ("interpreter/gone-behind-a-link", "looking/interpreter-gone"),
    "interpreter-missing": ("existing/half-an-environment", "looking/broken-environment"),
    "directories-led-out": ("boundary/directories-out-of-the-environment", "clear/own-directories-moved-out"),
    "users-files-inside": ("existing/users-files-inside", "repeat/keeps-a-file-inside"),
    "project-through-link": ("links/project-through-link",),
    "mount": ("mounts/again", "mounts/another-directory"),
    "other-filesystem": ("mounts/other-filesystem", "mounts/behind-a-link"),
}
"""Which scenarios describe a trait, what is most at stake first."""

STALE = 1.0
"""Days from which on a lock that nobody is known to hold is called old."""


def traits(layout: Layout) -> tuple[Trait, ...]:
    """All that is worth telling of a layout, `.venv` itself first."""
    return tuple(Trait(name, says, SCENARIOS.get(name, ())) for name, says in _traits(layout))


def _traits(layout: Layout) -> Iterator[tuple[str, str]]:
    yield from _link(layout) if layout.venv.hops else _plain(layout)
    if layout.inside:
        yield from _inside(layout.inside, behind_link=bool(layout.venv.hops))
    if layout.linked:
        yield "project-through-link", "the project was named by a link that leads to it"
    if layout.mount:
        yield "mount", "`.venv` is a mount point: it can be emptied, but neither removed nor replaced"
    elif layout.elsewhere:
        yield (
            "other-filesystem",
            "the environment is on another filesystem than the project",
        )
    for service, marker in layout.synchronised:
        yield "synchronised", f"{service} seems to synchronise this place, by `{marker}`: it may write here, too"
    yield from map(_lock, layout.locks)


def _link(layout: Layout) -> Iterator[tuple[str, str]]:
    """Of a `.venv` that is a link: where it leads, and what that means."""
    venv = layout.venv
    texts = " -> ".join(f"`{hop.text}`" for hop in venv.hops)
    says = f"`.venv` is a link to {texts}"
    match venv.kind:
        case Kind.DIRECTORY:
            yield _to_directory(layout), f"{says}, {_described(layout)}"
        case Kind.NOTHING if venv.short:
            yield "dangling-deep", f"{says}, which does not exist, nor does the directory that it would be in"
        case Kind.NOTHING:
            yield "dangling", f"{says}, which does not exist"
        case Kind.LOOP:
            yield "loop", f"{says}, which leads in a circle"
        case Kind.FILE:
            yield "link-to-file", f"{says}, which is a file"
        case Kind.DEVICE:
            yield "link-to-device", f"{says}, which is a device"
        case Kind.PIPE | Kind.SOCKET:
            yield "pipe-or-socket", f"{says}, which is {venv.kind}"
        case Kind.CLOSED:
            yield "closed", f"{says}, which may not be looked at"
        case _:
            assert_never(venv.kind)
    if len(venv.hops) > 1 and venv.kind is not Kind.LOOP:
        yield "dangling-chain" if venv.kind is Kind.NOTHING else "chain", f"{len(venv.hops)} links in a row lead there"


def _to_directory(layout: Layout) -> str:
    path, inside = layout.venv.path, layout.inside
    if path == layout.project:
        return "link-to-project"
    if f"{layout.project}/".startswith(f"{path.rstrip('/')}/"):
        return "link-to-parent"
    if inside and inside.empty:
        return "link-to-empty-directory"
    return "link-to-users-directory" if inside and _is_users(inside) else "link"


def _described(layout: Layout) -> str:
    inside = layout.inside
    match _to_directory(layout):
        case "link-to-project":
            return "the project itself"
        case "link-to-parent":
            return "a directory above the project"
        case "link-to-empty-directory":
            return "an empty directory"
        case "link-to-users-directory":
            return "a directory that is no environment"
        case _ if inside is None:
            return "a directory that may not be looked into"
        case _:
            return "an environment" if inside.settings is Kind.FILE else "a directory with parts of an environment"


def _plain(layout: Layout) -> Iterator[tuple[str, str]]:
    """Of a `.venv` that is no link."""
    kind = layout.venv.kind
    match kind:
        case Kind.NOTHING:
            yield "nothing", "nothing stands at `.venv`"
        case Kind.DIRECTORY:
            yield from _directory(layout.inside)
        case Kind.FILE:
            yield _redirect(layout)
        case Kind.PIPE | Kind.SOCKET:
            yield "pipe-or-socket", f"`.venv` is {kind}"
        case Kind.DEVICE | Kind.LOOP | Kind.CLOSED:
            yield "closed", f"`.venv` is {kind}"
        case _:
            assert_never(kind)


def _directory(inside: Inside | None) -> Iterator[tuple[str, str]]:
    if inside is None:
        yield "closed", "`.venv` is a directory that may not be looked into"
    elif inside.empty:
        yield "empty-directory", "`.venv` is an empty directory"
    elif _is_users(inside):
        yield "users-directory", "`.venv` is a directory that is no environment"
    elif inside.settings is Kind.FILE:  # else what is the matter with it is said of its parts
        yield "environment", "`.venv` is a directory with an environment"


def _redirect(layout: Layout) -> tuple[str, str]:
    """Of a `.venv` that is a file, which may name the environment."""
    to, inside = layout.redirect, layout.inside
    if to is None:
        return "file", "`.venv` is a file that names no environment"
    if to.hops:
        return "redirect-to-link", f"`.venv` is a file that leads to `{to.hops[0].path}`, a link"
    if to.kind is not Kind.DIRECTORY:
        return "redirect-to-nothing", f"`.venv` is a file that leads to `{to.path}`, {_missing(to.kind)}"
    if inside and _is_users(inside):
        return "redirect-to-users-directory", f"`.venv` is a file that leads to `{to.path}`, which is no environment"
    return "redirect", f"`.venv` is a file that leads to `{to.path}`"


def _missing(kind: Kind) -> str:
    return "which does not exist" if kind is Kind.NOTHING else f"which is {kind}"


def _is_users(inside: Inside) -> bool:
    """Whether a directory is none that a tool made: it has things in it, and nothing of an environment."""
    return not inside.empty and inside.settings is Kind.NOTHING and inside.python is None


def _inside(inside: Inside, *, behind_link: bool) -> Iterator[tuple[str, str]]:
    """Of the environment's parts."""
    if inside.empty or _is_users(inside):
        return
    match inside.settings:
        case Kind.NOTHING:
            yield "settings-missing", "the environment has no `pyvenv.cfg`"
        case Kind.DIRECTORY:
            yield "settings-a-directory", "`pyvenv.cfg` is a directory"
        case Kind.PIPE | Kind.SOCKET | Kind.DEVICE:
            yield "settings-a-pipe", f"`pyvenv.cfg` is {inside.settings}"
        case Kind.FILE if not inside.home:
            yield "settings-say-nothing", "`pyvenv.cfg` names no `home`"
        case Kind.FILE if inside.home_is is Kind.NOTHING:
            yield "home-gone", f"`pyvenv.cfg` names a `home` that is gone: `{inside.home}`"
        case _:
            pass
    yield from _interpreter(inside, behind_link=behind_link)
    if inside.led_out:
        told = ", ".join(f"`{posixpath.basename(hop.path)}` -> `{hop.text}`" for hop in inside.led_out)
        yield "directories-led-out", f"directories of the environment are links to elsewhere: {told}"
    if inside.others:
        told = ", ".join(f"`{name}`" for name in inside.others)
        yield "users-files-inside", f"the environment holds what no tool makes: {told}"


def _interpreter(inside: Inside, *, behind_link: bool) -> Iterator[tuple[str, str]]:
    python = inside.python
    if python is None:
        yield "interpreter-missing", "the environment has no python"
    elif python.kind in (Kind.NOTHING, Kind.LOOP):
        name = "interpreter-gone-behind-link" if behind_link else "interpreter-gone"
        yield name, f"the interpreter is gone: `{python.hops[-1].path}` leads to `{python.path}`"


def _lock(lock: Lock) -> tuple[str, str]:
    age = f"{lock.days:.0f} days old" if lock.days >= STALE else "less than a day old"
    if lock.held:
        return "lock-held", f"`{lock.path}` is held by a process at this moment"
    told = "whether a process holds it cannot be told here" if lock.held is None else "no process is known to hold it"
    return "stale-lock" if lock.days >= STALE else "lock", f"`{lock.path}` is {age}; {told}"
