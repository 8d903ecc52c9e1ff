"""The same case otherwise: under another name, in another place, by another spelling. Its outcome must not change."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, assert_never

from harness.renaming import renamed
from harness.scenario import CommandStep, EditStep, InterleaveStep, TogetherStep
from harness.tree import Link, parents

if TYPE_CHECKING:
    from collections.abc import Callable

    from harness.scenario import CheckRef, Step, Variant

_OTHER_UMASK = 0o077


@dataclass(frozen=True, slots=True)
class Variation:
    """Another way to play a case. `within` is what lies between a case's directory and its root, empty for nothing."""

    name: str
    meaning: str
    within: str = ""
    change: Callable[[Variant], Variant] = lambda variant: variant


def _under_another_name(variant: Variant) -> Variant:
    return replace(renamed(variant, ".venv", "environment"), labels=variant.labels)


def _spelled_otherwise(variant: Variant) -> Variant:
    """Every planted link by another text for the same target: absolute for relative, and the other way round."""
    texts = {path: entry.text for path, entry in variant.tree.items() if isinstance(entry, Link)}
    others = {path: _other_text(path, text, texts) for path, text in texts.items()}
    return replace(
        variant,
        tree={path: Link(others[path]) if path in others else entry for path, entry in variant.tree.items()},
        checks=_relinked(variant.checks, texts, others),
        steps=tuple(replace(step, checks=_relinked(step.checks, texts, others)) for step in variant.steps),
    )


def _other_text(path: str, text: str, links: Mapping[str, str]) -> str:
    """The other spelling, or the same one where a target has no other: outside the root, or past another link."""
    if text.startswith("$root/"):
        target = text.removeprefix("$root/")
        return text if _past_a_link(target, links) else posixpath.relpath(target, posixpath.dirname(path) or ".")
    joined = posixpath.join(posixpath.dirname(path), text)
    target = posixpath.normpath(joined)
    if "$" in text or text.startswith("/") or target.startswith("..") or _past_a_link(joined, links):
        return text
    return "$root" if target == "." else f"$root/{target}"


def _past_a_link(path: str, links: Mapping[str, str]) -> bool:
    """Whether a directory on the way is a link, so that `..` after it would mean something else."""
    return any(posixpath.normpath(parent) in links for parent in parents(path))


def _relinked(
    checks: tuple[CheckRef, ...], texts: Mapping[str, str], others: Mapping[str, str]
) -> tuple[CheckRef, ...]:
    """Checks of what a link holds, with the text that it holds now."""

    def now(path: str, text: str) -> str:
        return others[path] if texts.get(path) == text else text

    return tuple(
        replace(ref, argument={path: now(path, text) for path, text in ref.argument.items()})
        if ref.name == "link" and isinstance(ref.argument, Mapping)
        else ref
        for ref in checks
    )


def _with_another_umask(variant: Variant) -> Variant:
    return replace(variant, steps=tuple(map(_masked, variant.steps)))


def _masked(step: Step) -> Step:
    match step:
        case CommandStep():
            return _masked_command(step)
        case TogetherStep(steps=steps):
            return replace(step, steps=tuple(map(_masked_command, steps)))
        case InterleaveStep(first=first, second=second):
            return replace(step, first=_masked_command(first), second=_masked_command(second))
        case EditStep():
            return step
        case _:
            assert_never(step)


def _masked_command(command: CommandStep) -> CommandStep:
    options = command.options
    return replace(command, options=replace(options, umask=_OTHER_UMASK)) if options.umask is None else command


VARIATIONS = (
    Variation("renamed", "with `.venv` called `environment`", change=_under_another_name),
    Variation("spaces", "below a directory with spaces and a quote in its name", within="it's a place"),
    Variation("unicode", "below a directory with a name beyond ASCII", within="lieu-été-場所"),
    Variation("deep", "below twelve more directories", within="/".join(["deeper"] * 12)),
    Variation("spelling", "with absolute links for relative ones, and the other way round", change=_spelled_otherwise),
    Variation("umask", "under umask 077", change=_with_another_umask),
)
"""Every way in which a case can be played that must come to the same."""


def meaning(name: str) -> str:
    """The variation of that name, in words."""
    return next(variation.meaning for variation in VARIATIONS if variation.name == name)
