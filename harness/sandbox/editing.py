"""What a scenario itself changes in a tree, between commands."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING, assert_never

from harness.sandbox.opened import Trail
from harness.sandbox.planting import plant
from harness.sandbox.removal import erase
from harness.scenario import Delete, Move, Plant
from harness.tree import Directory, parents, plain

if TYPE_CHECKING:
    from harness.sandbox.opened import Opened
    from harness.scenario import Edit


class CannotEdit(Exception):  # noqa: N818  (no error: what a tool did to the tree is data)
    """A change that a scenario makes between commands is impossible by now; says which and why."""


def edit(root: Opened, action: Edit, planted: frozenset[str]) -> frozenset[str]:
    """Make a change below a root, and say which paths are planted then; raises `CannotEdit`."""
    try:
        match action:
            case Plant(tree=tree):
                whole = plain(tree)
                # What stands may hand on its group bit or an access list, so that every mode has to be set.
                plant(root, whole, masked=True)
                return planted | whole.keys()
            case Delete(path=path):
                with Trail(root) as trail:
                    erase(*trail.to(path))
                return planted
            case Move(source=source, target=target):
                _move(root, source, target)
                below = {path for path in planted if path == source or path.startswith(f"{source}/")}
                return planted | {target + path.removeprefix(source) for path in below}
            case _:
                assert_never(action)
    except OSError as error:
        what = f"{_attempt(action, error)}: {(error.strerror or str(error)).lower()}"
        raise CannotEdit(what) from error


def _attempt(action: Edit, error: OSError) -> str:
    match action:
        case Plant():
            return f"`{error.filename}` cannot be planted"
        case Delete(path=path):
            return f"`{path}` cannot be deleted"
        case Move(source=source, target=target):
            return f"`{source}` cannot be moved to `{target}`"
        case _:
            assert_never(action)


def _move(root: Opened, source: str, target: str) -> None:
    plant(root, {path: Directory() for path in parents(target)}, masked=True)
    with Trail(root) as here, Trail(root) as there:
        old, name = here.to(source)
        new, new_name = there.to(target)
        # Renaming would replace a file that stands there.
        if new_name in new.names():
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST))
        os.rename(old.prefix + name, new.prefix + new_name, src_dir_fd=old.fd, dst_dir_fd=new.fd)
