"""A run with what strace wrote of it -> a storyboard."""

from __future__ import annotations

import shlex
from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING

from harness.case import Act, Case
from harness.checks.commands import ended
from harness.run import Exited, child
from harness.scenario import Delete, Level, Move, Plant
from harness.snapshot import SeenFile, describe
from harness.storyboard.board import Step, Storyboard
from harness.storyboard.calls import calls
from harness.storyboard.scene import Scene
from harness.storyboard.stopped import calls_of
from harness.storyboard.telling import Fault, tell, tell_all
from harness.verdict import Broken, Differs, Said

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from harness.case import Command
    from harness.result import Finding, Result
    from harness.run import Finished, Moment, Run
    from harness.storyboard.calls import Call
    from harness.storyboard.telling import Told

_SHOWN = 5
"""How many paths are named that changed unseen."""


def traced(case: Case) -> Case:
    """The same case with a file for the calls of each of its commands, beside its cache."""
    numbers = count(1)

    def with_file(command: Command) -> Command:
        return replace(command, trace=f"{case.place.cache}.trace-{next(numbers)}")

    steps = []
    for step in case.steps:
        action = step.action
        if isinstance(action, Act):
            first = tuple(map(with_file, action.commands))
            action = replace(action, commands=first, then=tuple(tuple(map(with_file, one)) for one in action.then))
        steps.append(replace(step, action=action))
    return replace(case, steps=tuple(steps))


def storyboard(
    run: Run, result: Result, traces: Mapping[str, str], hide: Mapping[str, str], *, untraced: str, everything: bool
) -> Storyboard:
    """What a traced run shows. `traces` are the texts of its files; `hide` names the machine's paths."""
    plain = _Plain(hide)
    broken = [finding for finding in result.findings if _counts(finding)]
    return Storyboard(
        case=run.case.name,
        subject=result.subject,
        python=result.python,
        digest=result.digest,
        outcome=str(result.outcome),
        untraced=untraced,
        faults=tuple(plain.text(one) for one in [*map(_fault, broken), result.reason] if one),
        steps=tuple(_step(run, moment, broken, traces, plain, everything=everything) for moment in run.moments),
    )


class _Plain:
    """Text without the machine's paths, and without what is no text."""

    def __init__(self, hide: Mapping[str, str]) -> None:
        self._hide = sorted(hide.items(), key=lambda item: -len(item[0]))

    def text(self, words: str) -> str:
        for path, name in self._hide:
            words = words.replace(path, name)
        return words.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")

    def told(self, line: Told) -> Told:
        return replace(line, process=self.text(line.process), path=self.text(line.path), words=self.text(line.words))


def _counts(finding: Finding) -> bool:
    return isinstance(finding.verdict, Broken) and finding.level is not Level.OBSERVE


def _fault(finding: Finding) -> str:
    assert isinstance(finding.verdict, Broken), "only what is broken is told of"
    first, *others = finding.verdict.evidence
    told = f"{first.path}: {first.was} -> {first.now}" if isinstance(first, Differs) else first.text
    if finding.points and isinstance(first, Differs):  # at which of a swept case's calls it is so comes next
        where, *others = others
        told += f"; {where.text}" if isinstance(where, Said) else ""
    more = f" (and {len(others)} more)" if others else ""
    return f"{finding.level} {finding.check}, step {first.step}: {told}{more}"


def _step(
    run: Run, moment: Moment, broken: list[Finding], traces: Mapping[str, str], plain: _Plain, *, everything: bool
) -> Step:
    done = [call for one in moment.finished for call in _calls(one, traces)]
    scene = Scene(moment.before, run.case.place.root)
    events = scene.events(sorted(done, key=lambda call: call.at))  # those of commands that ran at the same time, too
    faults = list(_faults(broken, moment))
    if everything:
        told = tell_all(events, moment.before.entries, faults)
    else:
        failed = any(one.ending != Exited(0) for one in moment.finished)
        told = tell(events, moment.before.entries, moment.after.entries, faults, failed=failed)
    return Step(
        number=moment.number,
        commands=tuple(plain.text(_command(one)) for one in moment.finished if one.command.argv),
        edit=plain.text(_edit(moment)),
        told=tuple(map(plain.told, told)),
        unseen=tuple(map(plain.text, _unseen(scene, moment))) if moment.finished else (),
    )


def _calls(done: Finished, traces: Mapping[str, str]) -> tuple[Call, ...]:
    """From what strace wrote, or where the engine stopped them, from what it saw."""
    if done.watched is not None:
        return calls_of(done.watched.made)
    return calls(traces.get(done.command.trace, ""), done.command.cwd)


def _faults(broken: list[Finding], moment: Moment) -> Iterator[Fault]:
    """For each check that this step broke the first of the evidence that names a path."""
    for finding in broken:
        assert isinstance(finding.verdict, Broken), "only what is broken is told of"
        here = [one for one in finding.verdict.evidence if one.step == moment.number]
        named = [one for one in here if isinstance(one, Differs)]
        if named:
            seen = moment.before.get(named[0].path)
            names = seen.names if isinstance(seen, SeenFile) else ()
            yield Fault(finding.check, named[0].path, named[0].was, named[0].now, names)
        elif here and finding.check == "usable":
            yield from _settings_gone(moment)


def _settings_gone(moment: Moment) -> Iterator[Fault]:
    """What made an environment none, where it was one before."""
    home = moment.before.resolve(moment.environment)
    settings = child(home, "pyvenv.cfg") if home is not None else ""
    if settings in moment.before and settings not in moment.after:
        yield Fault("usable", settings, "file", "absent")


def _command(done: Finished) -> str:
    return f"{shlex.join(done.command.argv)}   ({ended(done.ending)})"


def _edit(moment: Moment) -> str:
    match moment.action:
        case Plant(tree=tree):
            return f"the user adds {', '.join(tree)}"
        case Delete(path=path):
            return f"the user deletes {path}"
        case Move(source=source, target=target):
            return f"the user moves {source} to {target}"
        case Act():
            return ""


def _unseen(scene: Scene, moment: Moment) -> Iterator[str]:
    """Paths that are not as the calls leave them."""
    after = {path: describe(moment.after[path]) for path in moment.after}
    apart = [path for path in sorted(after.keys() | scene.entries) if after.get(path) != scene.entries.get(path)]
    yield from apart[:_SHOWN]
    if len(apart) > _SHOWN:
        yield f"and {len(apart) - _SHOWN} more"
