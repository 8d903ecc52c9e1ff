"""A storyboard: what a case's commands did to the tree, call by call; and the file that some are kept in."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from harness.errors import mistake
from harness.storyboard.telling import Told

if TYPE_CHECKING:
    from collections.abc import Mapping

FORMAT = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A step: the commands with how they ended, and the story; or what the scenario itself did (`edit`).

    `unseen` are paths that are not as the calls leave them: what changed them is none that is traced.
    """

    number: int
    commands: tuple[str, ...] = ()
    edit: str = ""
    told: tuple[Told, ...] = ()
    unseen: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Storyboard:
    """A case step by step. `case` is its name without the subject, `digest` its scenario's.

    `faults` are its broken checks in a line each; `untraced` is what it came to where nobody followed its calls.
    """

    case: str
    subject: str
    python: str
    digest: str
    outcome: str
    untraced: str
    faults: tuple[str, ...]
    steps: tuple[Step, ...]

    @property
    def agrees(self) -> bool:
        """Whether it made no difference that its calls were followed."""
        return self.untraced == self.outcome


def as_json(board: Storyboard) -> dict[str, Any]:
    """A storyboard as JSON has it; what a line has nothing of is left out."""
    steps = [{**asdict(step), "told": [_lean(asdict(told)) for told in step.told]} for step in board.steps]
    return {**asdict(board), "steps": [_lean(step) for step in steps]}


def _lean(value: dict[str, Any]) -> dict[str, Any]:
    return {key: one for key, one in value.items() if one not in ((), "") and (key, one) != ("calls", 1)}


def dumped(boards: Mapping[str, Storyboard]) -> str:
    """Storyboards of one build as the text of a file: a case a line, sorted by name."""
    rows = (
        f"{json.dumps(name)}: {json.dumps(as_json(boards[name]), ensure_ascii=False, separators=(',', ':'))}"
        for name in sorted(boards)
    )
    return f'{{\n"format": {FORMAT},\n"cases": {{\n' + ",\n".join(rows) + "\n}\n}\n"


def parsed(text: str, file: str) -> dict[str, Storyboard]:
    """The storyboards in such a text. Raises HarnessError where it is none."""
    try:
        data = json.loads(text)
        if data["format"] > FORMAT:
            raise mistake(f"`{file}` is of a newer format, and this venvproof knows {FORMAT}")
        return {str(name): _board(case) for name, case in data["cases"].items()}
    except (ValueError, KeyError, TypeError, AttributeError):
        hint = "`venvproof explain --record FOLDER` writes them"
        raise mistake(f"`{file}` holds no storyboards", hint=hint) from None


def _board(case: dict[str, Any]) -> Storyboard:
    steps = tuple(
        Step(
            number=int(step["number"]),
            commands=tuple(step.get("commands", ())),
            edit=str(step.get("edit", "")),
            told=tuple(Told(**{**told, "breaks": tuple(told.get("breaks", ()))}) for told in step.get("told", ())),
            unseen=tuple(step.get("unseen", ())),
        )
        for step in case["steps"]
    )
    return Storyboard(**{**case, "faults": tuple(case["faults"]), "steps": steps})
