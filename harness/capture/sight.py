"""What was seen of a directory of the user's, for a scenario to be made of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from harness.snapshot import Meta, Snapshot


class Arrival(StrEnum):
    """What a link arrives at that was not itself looked into. `NOWHERE` lacks the directory above, too."""

    DIRECTORY = "a directory"
    ENVIRONMENT = "an environment"
    FILE = "a file"
    NOTHING = "nothing"
    NOWHERE = "nothing, in a directory that is missing"


@dataclass(frozen=True, slots=True)
class Beyond:
    """Where a link arrives: an absolute path of the machine, and what stands there."""

    path: str
    what: Arrival


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """A directory by `lstat`, no link followed, no content read but what was asked for.

    `path` is the directory's own, without links, `top` what it has itself. Of `environments` (`.` is the directory
    itself) and `folded` directories nothing below was seen; `left` counts what was left out of a directory that holds
    too much. `beyond` tells of every link that arrives at what is not in the snapshot.
    """

    path: str
    top: Meta
    snapshot: Snapshot
    environments: frozenset[str] = frozenset()
    folded: frozenset[str] = frozenset()
    left: Mapping[str, int] = field(default_factory=dict)
    beyond: Mapping[str, Beyond] = field(default_factory=dict)
    contents: Mapping[str, bytes] = field(default_factory=dict)
