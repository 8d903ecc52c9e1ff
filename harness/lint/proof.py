"""Whether the checks of a scenario can fail: what the honest tool of the zoo and its liars make of it."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING

from harness.lint.notices import Notice, Severity, note, warning
from harness.lint.zoo import HONEST, Played
from harness.result import Outcome
from harness.scenario import Level
from harness.verdict import Broken

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.errors import Place
    from harness.lint.source import Source
    from harness.lint.zoo import Zoo
    from harness.scenario import CheckRef, Scenario, Variant

SECONDS = 30.0
"""How long liars are tried on one scenario, by default."""

_AT_ONCE = 4


@dataclass(frozen=True, slots=True)
class Point:
    """A check of a scenario that counts, as it stands in the file: `must usable`; without words, any at all."""

    words: str
    place: Place


@dataclass(frozen=True, slots=True)
class Tried:
    """What the zoo made of a scenario.

    `erred` says what stopped the honest tool, `absent` why there was no case for it, `faults` are the checks that it
    broke. `left` is what nothing broke in as many cases as were `played` by liars; `late`, that there was no time for
    more.
    """

    erred: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    faults: frozenset[Point] = frozenset()
    left: frozenset[Point] = frozenset()
    played: int = 0
    late: bool = False


@dataclass
class _Honest:
    """What is known once the honest tool has played: where liars can be tried, and on what."""

    left: set[Point]
    playable: list[Variant] = field(default_factory=list)
    erred: list[str] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)
    faults: set[Point] = field(default_factory=set)


def counted(scenario: Scenario) -> Iterator[CheckRef]:
    """Every check that a scenario names and that counts, as often as it stands in a variant."""
    for variant in scenario.variants:
        refs = [*variant.checks, *(ref for step in variant.steps for ref in step.checks)]
        yield from (ref for ref in refs if ref.level is not Level.OBSERVE)


def points(source: Source) -> frozenset[Point]:
    """What there is to break; of a scenario that names no check, any of the standing ones."""
    return frozenset(map(_point, counted(source.scenario))) or frozenset({_anything(source)})


def _point(ref: CheckRef) -> Point:
    return Point(f"{ref.level} {ref.name}", ref.place)


def _anything(source: Source) -> Point:
    return Point("", source.at("steps"))


def _broken(played: Played, source: Source) -> set[Point]:
    """The checks that a case broke."""
    case, findings = played.case, played.result.findings
    refs = [*case.checks, *(ref for step in case.steps for ref in step.checks)]
    named = zip(refs, findings[len(findings) - len(refs) :], strict=True)  # standing ones come first
    found = {_point(ref) for ref, finding in named if isinstance(finding.verdict, Broken)}
    counts = any(isinstance(one.verdict, Broken) and one.level is not Level.OBSERVE for one in findings)
    return found | ({_anything(source)} if counts else set())


def try_out(source: Source, zoo: Zoo, seconds: float = SECONDS) -> Tried:
    """Play a scenario against the honest tool, then against liars, until all that counts is broken or time is up."""
    if source.scenario.tools:
        only = ", ".join(f"`{tool}`" for tool in source.scenario.tools)
        return Tried(absent=(f"this is for {only} alone, which the zoo has none of",), left=points(source))
    end = time.monotonic() + seconds
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        honest = _honestly(source, zoo, pool)
        liars = ((name, variant) for variant in honest.playable for name in zoo.liars(variant))
        played, left, late = 0, honest.left, False
        while left and not late and (some := list(islice(liars, _AT_ONCE))):
            for it in pool.map(lambda pair: zoo.play(pair[0], source.scenario, pair[1]), some):
                left -= _broken(it, source) if isinstance(it, Played) else set()
            played += len(some)
            late = time.monotonic() > end
    more = late and next(liars, None) is not None
    return Tried(
        tuple(honest.erred), tuple(honest.absent), frozenset(honest.faults), frozenset(left), played, late=more
    )


def _honestly(source: Source, zoo: Zoo, pool: ThreadPoolExecutor) -> _Honest:
    """What the honest tool makes of each variant. That it may decline is proof enough of what declining breaks."""
    found, declined, variants = _Honest(set(points(source))), set[Point](), source.scenario.variants
    played = pool.map(lambda variant: zoo.play(HONEST, source.scenario, variant), variants)
    for variant, it in zip(variants, played, strict=True):
        if not isinstance(it, Played):
            found.absent.append(it.reason)
        elif it.result.outcome is Outcome.ERRS:
            found.erred.append(f"{variant.id}: {it.result.reason}" if variant.id else it.result.reason)
        else:
            found.playable.append(variant)
            which = declined if it.result.outcome is Outcome.DECLINES else found.faults
            which |= _broken(it, source)
    found.faults &= found.left - declined
    found.left -= declined | found.faults
    return found


def proven(source: Source, tried: Tried) -> Iterator[Notice]:
    """What there is to say of a scenario that was tried out."""
    steps = source.at("steps")
    for reason in tried.erred[:1]:
        more = f", and {len(tried.erred) - 1} more" if len(tried.erred) > 1 else ""
        hint = "what the honest tool of the zoo cannot play, no tool can be judged by"
        yield Notice(Severity.ERROR, f"this cannot be played: {reason}{more}", steps, hint)
    if tried.absent and tried.left and not (tried.played or tried.erred):
        yield note(f"nothing is proved: {tried.absent[0]}", steps)
    for point in sorted(tried.faults, key=lambda one: one.place):
        hint = "the honest tool of the zoo breaks it, and does nothing wrong on purpose: can any tool hold it?"
        yield warning(f"{_told(point)} is broken by a tool that does not lie", point.place, hint)
    for point in sorted(tried.left if tried.played else (), key=lambda one: one.place):
        yield _unbroken(point, tried)


def _unbroken(point: Point, tried: Tried) -> Notice:
    what = f"no liar of the zoo breaks {_told(point)}"
    if tried.late:
        return note(f"{what} in {tried.played} cases, and time was up", point.place, "`--seconds` gives it more")
    return warning(f"{what}: it may be one that cannot fail here", point.place, "leave it out, or show what breaks it")


def _told(point: Point) -> str:
    return f"`{point.words}`" if point.words else "any check of this"
