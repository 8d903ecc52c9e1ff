"""The vocabulary of checks: each is a statement that a run holds or breaks, registered under its word."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from harness.scenario import Level
    from harness.verdict import Verdict


class ArgumentKind(StrEnum):
    """What a check's word is followed by in a scenario."""

    NONE = "none"
    NUMBER = "number"
    REGEX = "regex"
    TEXT = "text"
    PATHS = "paths"
    PATH_TEXTS = "path-texts"
    PATH_KINDS = "path-kinds"


Judge: TypeAlias = Callable[..., "Verdict"]
"""A pure function of the run, and of the check's argument where it has one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A word of the vocabulary. `standing` is its level where it applies to every scenario unasked."""

    name: str
    statement: str
    argument: ArgumentKind
    standing: Level | None
    judge: Judge


KNOWN: dict[str, Check] = {}
"""Every check by its name."""


def check(
    name: str, *, argument: ArgumentKind = ArgumentKind.NONE, standing: Level | None = None
) -> Callable[[Judge], Judge]:
    """Register a judging function; the first sentence of its docstring is the statement that users read."""

    def register(judge: Judge) -> Judge:
        assert judge.__doc__, f"the check {name} says nothing"
        statement = " ".join(judge.__doc__.split("\n\n")[0].split())
        KNOWN[name] = Check(name=name, statement=statement, argument=argument, standing=standing, judge=judge)
        return judge

    return register
