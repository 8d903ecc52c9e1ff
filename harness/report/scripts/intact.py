"""What a script looks at where nothing broke: what must be true, as far as it can be told from the case alone."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from harness.case import Act
from harness.checks.paths import matches
from harness.report.scripts.looks import asked, closed, environment_after, for_each, homes
from harness.run import inside
from harness.scenario import Delete, Level, Move
from harness.tree import File, Link, parents

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.case import Case
    from harness.report.scripts.shell import Shell
    from harness.result import Record

_CLEARING = re.compile("recreate|remove|python")
"""Operations that may change what was planted inside an environment."""


def intact(case: Case, record: Record, shell: Shell) -> Iterator[tuple[int, str, list[str]]]:
    """Of every `must` that held, what a shell can tell: after which step, the check, and the commands."""
    last = case.steps[-1].number
    held = [(one["check"], one["step"]) for one in record["findings"]
            if one["verdict"] == "held" and one["level"] == Level.MUST]  # fmt: skip
    for check, kind in (("links-survive", Link), ("files-survive", File)):
        paths = [path for path in _kept(case) if isinstance(case.tree[path], kind)]
        if paths and (check, None) in held:
            yield last, check, [for_each(paths, 'same "$path"', shell)]
    for check, step in held:
        for at in (step,) if step else _steps(case) if check in {"succeeds", "exits"} else (last,):
            yield at, check, list(_of(case, check, step, at, shell))


def _of(case: Case, check: str, step: int | None, at: int, shell: Shell) -> Iterator[str]:
    if check == "usable":
        yield f"usable {shell.path(environment_after(case, at))}"
    if check in {"says", "declines"} and not step and len(_steps(case)) > 1:
        return  # which command it is that says or refuses is not known
    of_step = (ref for one in case.steps if one.number == step for ref in one.checks)
    for ref in of_step if step else case.checks:
        if ref.name == check and ref.level is Level.MUST:
            yield from asked(ref, at, shell)


def _steps(case: Case) -> tuple[int, ...]:
    """The steps that the subject does."""
    return tuple(dict.fromkeys(s.number for s in case.steps if isinstance(s.action, Act) and s.action.own))


def _kept(case: Case) -> list[str]:
    """What was planted, and may be touched by nobody."""
    free = (*case.permit, *case.own_places)
    unseen = [path for path in case.tree if closed(case, path)]
    places = homes(case) if _cleared(case) else set[str]()
    gone = [step.action for step in case.steps if isinstance(step.action, Delete | Move)]
    moved = [edit.path if isinstance(edit, Delete) else edit.source for edit in gone]
    return [
        path for path in case.tree
        if not matches(path, free)
        and not {path, *parents(path)} & {*unseen, *moved}
        and not any(path == place or inside(path, place) for place in places)
    ]  # fmt: skip


def _cleared(case: Case) -> bool:
    """Whether an environment may be cleared, or is dealt with by somebody else."""
    acts = [step.action for step in case.steps if isinstance(step.action, Act)]
    return any(not act.own or _CLEARING.search(act.operation) for act in acts)
