"""Copying what a tool has cached, for a case to have as its own."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from harness.sandbox.opened import READ, is_directory, is_link
from harness.sandbox.planting import DIRECTORY_MODE, write

if TYPE_CHECKING:
    from harness.sandbox.opened import Opened


def copy(source: Opened, target: Opened) -> None:
    """Make all that one directory holds in another, empty one: contents and modes, links as links, times anew.

    What is neither directory, file nor link, as the socket of a server that has ended, is left out.
    """
    for name in source.names():
        status = source.status(name)
        mode = stat.S_IMODE(status.st_mode)
        if is_link(status):
            os.symlink(os.readlink(source.prefix + name, dir_fd=source.fd), target.prefix + name, dir_fd=target.fd)
        elif is_directory(status):
            os.mkdir(target.prefix + name, DIRECTORY_MODE, dir_fd=target.fd)
            with source.enter(name) as inner, target.enter(name) as copied:
                copy(inner, copied)
            target.set_mode(name, mode)
        elif stat.S_ISREG(status.st_mode):
            write(target, name, _content(source, name))
            target.set_mode(name, mode)


def _content(where: Opened, name: str) -> bytes:
    with os.fdopen(where.open(name, READ), "rb", buffering=0) as file:
        return file.read()
