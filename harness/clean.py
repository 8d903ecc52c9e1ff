"""The clean environment: nothing of the user's passes, and everything points into the root."""

from __future__ import annotations

import ntpath
import posixpath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import ModuleType

    from harness.case import Setting


def paths_of(setting: Setting) -> ModuleType:
    """The rules for paths of the machine that a case is planned for, which need not be this one."""
    return ntpath if setting.machine.windows else posixpath


def clean_environment(setting: Setting, executable: str, cwd: str) -> dict[str, str]:
    """Every variable that a command sees before its tool and its step add theirs; deny by default."""
    path = paths_of(setting)
    home = path.join(setting.place.root, "home")
    join, dirname = path.join, path.dirname
    system = [] if setting.machine.windows else ["/usr/bin", "/bin"]
    python = setting.python.executable
    near = [
        dirname(python),
        dirname(executable),
    ]  # a tool's own directory may hold a python, too: the one that it runs on
    temporary = path.join(setting.place.root, "tmp")
    clean = {
        **setting.machine.variables,
        "PATH": path.pathsep.join(dict.fromkeys([*near, *system])),
        "HOME": home,
        "TMPDIR": temporary,
        "XDG_CONFIG_HOME": join(home, ".config"),
        "XDG_DATA_HOME": join(home, ".local", "share"),
        "XDG_CACHE_HOME": join(home, ".cache"),
        "XDG_STATE_HOME": join(home, ".local", "state"),
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        "PWD": cwd,
        "VENVPROOF_SESSION": setting.place.session,
    }
    if setting.machine.windows:
        clean |= {"USERPROFILE": home, "APPDATA": home, "LOCALAPPDATA": home, "TEMP": temporary, "TMP": temporary}
    return clean
