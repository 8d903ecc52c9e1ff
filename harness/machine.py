"""What this computer, and the filesystem that roots stand on, really offer: tried out, not guessed from its name."""

from __future__ import annotations

import os
import platform
import stat
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from harness import containment, mounting
from harness.case import Machine
from harness.errors import mistake
from harness.stopping.probe import missing as stopping_missing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

_WITHOUT_WHICH_NOTHING_STARTS = ("SYSTEMROOT",)


def probe(work: Path, containment_missing: str) -> Machine:
    """Try out every need, on the very filesystem that `work` is on; nothing is left there.

    `containment_missing` says why commands cannot be contained, and is empty where they can.
    """
    with tempfile.TemporaryDirectory(prefix="probe-", dir=work) as directory:
        tried = {need: _refusal(attempt, Path(directory)) for need, attempt in _ATTEMPTS.items()}
    known = {
        "containment": containment_missing,
        "ordinary-user": containment.power_missing(),
        "stopping-calls": stopping_missing(),
    }
    answers = tried | known
    return Machine(
        lacks={need: reason for need, reason in sorted(answers.items()) if reason},
        facts=_facts(work, answers),
        variables={name: os.environ[name] for name in _WITHOUT_WHICH_NOTHING_STARTS if name in os.environ},
    )


def without_power(machine: Machine) -> Machine:
    """The same, where commands are to run without root's power over modes; as it is, where they have none."""
    if machine.facts["user"] != "root":
        return machine
    if "ordinary-user" in machine.lacks:
        what = f"commands cannot run as an ordinary user's: {machine.lacks['ordinary-user']}"
        raise mistake(what, hint="leave `--ordinary-user` out, or run it as another user")
    return replace(machine, powerless=True, facts={**machine.facts, "user": "ordinary"})


def _refusal(attempt: Callable[[Path], str], directory: Path) -> str:
    """Why an attempt fails, as a sentence; empty where it does not."""
    try:
        return attempt(directory)
    except OSError as error:
        return f"the system refuses it: {error.strerror}"
    except UnicodeError:
        return "this system's names are always text"


def _symlinks(directory: Path) -> str:
    (directory / "link").symlink_to("nothing")
    return "" if (directory / "link").is_symlink() else "the filesystem makes something else of a link"


def _hardlinks(directory: Path) -> str:
    (directory / "first").touch()
    (directory / "second").hardlink_to(directory / "first")
    same = (directory / "first").stat().st_ino == (directory / "second").stat().st_ino
    return "" if same else "the filesystem makes a copy of the file"


def _fifo(directory: Path) -> str:
    if not hasattr(os, "mkfifo"):
        return "this system has no named pipes"
    os.mkfifo(directory / "fifo")
    return ""


def _modes(directory: Path) -> str:
    file, folder = directory / "modes", directory / "folder"
    file.touch()
    folder.mkdir()
    for path, mode in ((file, 0o640), (file, 0o400), (folder, 0o2750), (folder, 0o700)):
        path.chmod(mode)
        if stat.S_IMODE(path.lstat().st_mode) != mode:
            return f"the filesystem does not keep the mode {mode:04o}"
    return ""


def _case_sensitive(directory: Path) -> str:
    return "the filesystem takes `a` and `A` for one name" if _one_name(directory) else ""


def _case_insensitive(directory: Path) -> str:
    return "" if _one_name(directory) else "the filesystem takes `a` and `A` for two names"


def _one_name(directory: Path) -> bool:
    (directory / "a").touch()
    return (directory / "A").exists()


def _undecodable_names(directory: Path) -> str:
    name = os.fsdecode(b"caf\xe9")
    (directory / name).touch()
    return "" if directory / name in directory.iterdir() else "the filesystem changes the name"


def _terminal(_: Path) -> str:
    if not hasattr(os, "openpty"):
        return "this system has no pseudo-terminals"
    for handle in os.openpty():
        os.close(handle)
    return ""


def _mounts(directory: Path) -> str:
    (directory / "mounts").mkdir()
    return mounting.missing(str(directory / "mounts"))


_ATTEMPTS: Mapping[str, Callable[[Path], str]] = {
    "symlinks": _symlinks,
    "hardlinks": _hardlinks,
    "fifo": _fifo,
    "modes": _modes,
    "case-sensitive": _case_sensitive,
    "case-insensitive": _case_insensitive,
    "undecodable-names": _undecodable_names,
    "terminal": _terminal,
    "mounts": _mounts,
}
"""An attempt raises, or returns a sentence, where the need is not met."""


_FOLDING = {"ext4", "f2fs", "tmpfs"}


def _facts(work: Path, answers: Mapping[str, str]) -> dict[str, str]:
    """What is recorded in result files: no path, no name of a user or of this computer."""
    umask = _umask()
    kind = _filesystem(os.path.realpath(work), _lines("/proc/self/mountinfo"))
    # Some that tell names by their case can be told not to, and their name does not say so.
    folded = kind in _FOLDING and not answers["case-insensitive"]
    return {
        "system": platform.system(),
        "kernel": platform.release(),
        "architecture": platform.machine(),
        "filesystem": f"{kind} casefold" if folded else kind,
        "offers": " ".join(sorted(need for need in _ATTEMPTS if not answers[need])),
        "user": "ordinary" if sys.platform == "win32" or os.geteuid() != 0 else "root",
        **({"umask": umask} if umask else {}),
        "containment": answers["containment"] or "yes",
        "python": platform.python_version(),
    }


def _umask() -> str:
    """Where it can be read: asking the usual way would change it, for all threads, for a moment."""
    for line in _lines("/proc/self/status"):
        if line.startswith("Umask:"):
            return line.split()[1]
    return ""


def _filesystem(path: str, mounts: Iterable[str]) -> str:
    """The type of the filesystem that a path without links is on, as `/proc/self/mountinfo` has it."""
    found = ("", "unknown")
    for line in mounts:
        before, _, after = line.partition(" - ")
        point = before.split(" ")[4]
        # A later mount lies over an earlier one at the same place.
        if len(point) >= len(found[0]) and f"{_escaped(path)}/".startswith(f"{point.rstrip('/')}/"):
            found = (point, after.split(" ")[0])
    return found[1]


def _escaped(path: str) -> str:
    return path.replace("\\", r"\134").replace(" ", r"\040").replace("\t", r"\011").replace("\n", r"\012")


def _lines(path: str) -> list[str]:
    """The lines of a file of Linux's; none elsewhere."""
    try:
        return Path(path).read_text("utf-8", "surrogateescape").splitlines()
    except OSError:
        return []
