"""What a check says of a run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Differs:
    """Something in the tree is not what it was or ought to be. `was` and `now` are words, as `link ../store/env`."""

    step: int
    path: str
    was: str
    now: str


@dataclass(frozen=True, slots=True)
class Said:
    """Something a command did, or an environment is, in a sentence."""

    step: int
    text: str


Evidence: TypeAlias = Differs | Said


@dataclass(frozen=True, slots=True)
class Held:
    """The statement is true of the run."""


@dataclass(frozen=True, slots=True)
class Broken:
    """The statement is false of the run; the evidence is never empty, and the first of it names the step."""

    evidence: tuple[Evidence, ...]

    def __post_init__(self) -> None:
        """Refuse to be without evidence."""
        assert self.evidence, "a broken check shows what broke it"


@dataclass(frozen=True, slots=True)
class Moot:
    """There was nothing to judge, and why."""

    reason: str


Verdict: TypeAlias = Held | Broken | Moot


def broken_by(evidence: tuple[Evidence, ...]) -> Held | Broken:
    """Broken where there is any evidence, else Held: for checks that had something to judge."""
    return Broken(evidence) if evidence else Held()
