"""The only module that builds, looks at and removes trees."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from harness import mounting
from harness.sandbox.copying import copy
from harness.sandbox.editing import CannotEdit, edit
from harness.sandbox.looking import Looker
from harness.sandbox.opened import Opened
from harness.sandbox.planting import DIRECTORY_MODE, plant
from harness.sandbox.removal import remove
from harness.sandbox.work import WorkDirectory

if TYPE_CHECKING:
    from collections.abc import Mapping

    from harness.case import Place
    from harness.scenario import Edit
    from harness.snapshot import Snapshot
    from harness.tree import Plain

__all__ = ["CannotEdit", "Sandbox", "WorkDirectory", "remove"]


class Sandbox:
    """One built root: the whole world of a case."""

    def __init__(self, root: Opened, tree: Mapping[str, Plain]) -> None:
        self._root = root
        self._planted = frozenset(tree)
        self._looker = Looker()

    @classmethod
    def build(cls, place: Place, tree: Mapping[str, Plain], cache_template: str | None) -> Sandbox:
        """Plant a tree, ordered as by `tree.plain`, in a root that must not stand yet, beside a copy of the template.

        Where no mode is asked for, files are 0644 and directories 0755, whatever the umask.
        """
        os.mkdir(place.cache, DIRECTORY_MODE)  # noqa: PTH102  (a place is a text)
        if cache_template is not None:
            with Opened.at(cache_template) as template, Opened.at(place.cache) as cache:
                copy(template, cache)
        os.mkdir(place.root, DIRECTORY_MODE)  # noqa: PTH102
        root = Opened.at(place.root)
        try:
            plant(root, tree, masked=_masked(place.root))
        except BaseException:
            root.close()
            raise
        return cls(root, tree)

    @staticmethod
    def clear(place: Place) -> None:
        """Remove a root and its cache, so that the place can be built again."""
        mounting.unmount(place.root)
        remove(place.root)
        remove(place.cache)

    def look(self) -> Snapshot:
        """Every entry below the root, by `lstat`, none followed.

        Directories, and whatever stands where the scenario planted something, have an `identity`: the first 300 of
        them (`identities.LIMIT`), in the order in which they were first seen. Nothing else has one.
        """
        return self._looker.look(self._root, self._planted)

    def edit(self, action: Edit) -> None:
        """Change the tree between commands; raises `CannotEdit` where a tool has made that impossible.

        Links are changed as links, and none is followed on the way.
        """
        self._planted = edit(self._root, action, self._planted)

    def close(self) -> None:
        """Let go of the root and of what was kept track of in it. Nothing is removed."""
        self._looker.close()
        self._root.close()


def _masked(root: str) -> bool:
    """Whether the umask takes something from the usual modes; if so, that of the root is put right."""
    masked = stat.S_IMODE(os.lstat(root).st_mode) != DIRECTORY_MODE
    if masked:
        os.chmod(root, DIRECTORY_MODE)  # noqa: PTH101
    return masked
