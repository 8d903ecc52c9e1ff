"""Whether the trees of a scenario can come to stand on Linux, macOS and Windows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.lint.disks import clashes, suspicious
from harness.lint.notices import Notice, Severity, note
from harness.lint.systems import LACKS, System, refused
from harness.scenario import EditStep, Plant
from harness.spelling import below_root
from harness.tree import ALWAYS, Directory, Hardlink, plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from harness.lint.source import Source
    from harness.scenario import Scenario, Variant
    from harness.tree import Plain, Tree

_NO_NEED = "`needs` has no word for that: the case errs there"


@dataclass(frozen=True, slots=True)
class _Obstacle:
    """Why a path cannot be planted, and what a scenario can need to be skipped there; empty for nothing."""

    path: str
    why: str
    remedy: str = ""


def unplantable(source: Source, *, disks: bool) -> Iterator[Notice]:
    """What of its trees cannot come to stand somewhere, unless the scenario needs what is lacking there.

    A tree that cannot stand on any system is an error. `disks` says whether pyfakefs is here: trees in which names may
    clash are planted on it, and only noted without it.
    """
    found: dict[_Obstacle, list[System]] = {}
    for system in System:
        for tree in _trees(source.scenario, system):
            for obstacle in (*_refused(tree, system), *(_clashing(tree, system) if disks else ())):
                systems = found.setdefault(obstacle, [])
                systems += [system] if system not in systems else []
    for obstacle, systems in found.items():
        yield _notice(source, obstacle, systems)
    if not disks:
        yield from _unsure(source)


def _trees(scenario: Scenario, system: System) -> Iterator[Mapping[str, Plain]]:
    """What is planted where nothing that the variant needs is lacking: at first, and by each step by itself."""
    for variant in scenario.variants:
        if LACKS[system].isdisjoint(variant.needs):
            yield from map(_plain, _planted(variant))


def _planted(variant: Variant) -> Iterator[Tree]:
    yield {**dict.fromkeys(ALWAYS, Directory()), **variant.tree}
    yield from (
        step.action.tree for step in variant.steps if isinstance(step, EditStep) and isinstance(step.action, Plant)
    )


def _plain(tree: Tree) -> dict[str, Plain]:
    return {
        below_root(path): Hardlink(below_root(entry.to)) if isinstance(entry, Hardlink) else entry
        for path, entry in plain(tree).items()
    }


def _refused(tree: Mapping[str, Plain], system: System) -> Iterator[_Obstacle]:
    for path in tree:
        why = refused(path.rpartition("/")[2], system)
        if why:
            yield _Obstacle(path, why)


def _clashing(tree: Mapping[str, Plain], system: System) -> Iterator[_Obstacle]:
    # To plant every tree would take seconds, and in most of them no two names are alike however they are folded.
    for clash in clashes(tree, system) if suspicious(tree) else ():
        alike = clash.path.casefold() == clash.other.casefold()
        why = f"it is the same name as `{_shown(clash.other)}` there"
        yield _Obstacle(clash.path, why, "case-sensitive" if alike else "")


def _unsure(source: Source) -> Iterator[Notice]:
    """What may clash, where there is no disk to try it on."""
    for path in dict.fromkeys(suspicious(tree) for tree in _trees(source.scenario, System.MACOS)):
        if path:
            what = f"another path may have the same name as `{_shown(path)}` on macOS or Windows"
            hint = "to find out takes pyfakefs: `pip install 'venvproof[check]'`"
            yield note(what, source.planted(path), hint)


def _notice(source: Source, obstacle: _Obstacle, systems: list[System]) -> Notice:
    nowhere = len(systems) == len(System)
    remedy = f"`needs: [{obstacle.remedy}]` has it skipped there" if obstacle.remedy else ""
    level = Severity.ERROR if nowhere else Severity.WARNING if remedy else Severity.NOTE
    where = "on any system" if nowhere else f"on {' or '.join(systems)}"
    what = f"`{_shown(obstacle.path)}` cannot be planted {where}: {obstacle.why}"
    return Notice(level, what, source.planted(obstacle.path), "" if nowhere else remedy or _NO_NEED)


def _shown(path: str) -> str:
    """A path in a message: what cannot be seen, and what is no text, as an escape."""
    return path if path.isprintable() else path.encode("unicode_escape").decode("ascii")
