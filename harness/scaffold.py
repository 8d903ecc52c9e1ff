"""The files that whoever writes a scenario begins with, as text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from posixpath import normpath
from typing import TYPE_CHECKING

from harness.writing import scalar

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

BECAUSE = "nobody has said yet what this rests on"
"""What stands there until the author says better; `check` tells of it, as it does of a summary that begins alike."""

_BESIDE = "A create beside a file of the user's keeps that file"
_LINKED = "A .venv that is a link is still that link after a create"
SUMMARIES = (_BESIDE, _LINKED)

# What is plain to every parser of YAML, although it holds a colon.
_ADDRESS = re.compile(r"https?://[^\s#,\[\]{}'\"]+(?<!:)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What the author has said already; what is left empty is filled in. `link` is the text that a .venv link holds."""

    summary: str = ""
    because: Sequence[str] = ()
    needs: Sequence[str] = ()
    link: str = ""
    directories: Sequence[str] = ()
    files: Sequence[str] = ()
    steps: Sequence[str] = ()
    must: Sequence[str] = ()
    should: Sequence[str] = ()


def scenario_text(draft: Draft, schema: str = "") -> str:
    """A scenario that can be played as it is; `schema` is the path of the schema from there, empty for none."""
    return "\n".join([*_lines(draft, schema), ""])


def family_text(family: str, question: str = "") -> str:
    """The file of a new family."""
    return f"question: {scalar(question or asked_of(family))}\n"


def asked_of(family: str) -> str:
    """The question of a family until somebody words it better."""
    return f"What becomes of {family.replace('-', ' ')}?"


def _lines(draft: Draft, schema: str) -> Iterator[str]:
    if schema:
        yield f"# yaml-language-server: $schema={schema}"
    yield f"summary: {scalar(draft.summary or (_LINKED if draft.link else _BESIDE))}"
    yield from _reasons(draft.because or (BECAUSE,))
    if draft.needs:
        yield f"needs: [{', '.join(map(scalar, draft.needs))}]"
    yield "tree:"
    yield from (f"  {entry}" for entry in _entries(draft))
    for key, words in (
        ("steps", draft.steps or ("create",)),
        ("must", draft.must or ("usable",)),
        ("should", draft.should or (() if draft.must else ("succeeds",))),
    ):
        if words:
            yield f"{key}:"
            yield from (f"  - {_item(word)}" for word in words)


def _reasons(texts: Sequence[str]) -> Iterator[str]:
    told = [text if _ADDRESS.fullmatch(text) else scalar(text) for text in texts]
    if len(told) == 1:
        yield f"because: {told[0]}"
        return
    yield "because:"
    yield from (f"  - {text}" for text in told)


def _entries(draft: Draft) -> Iterator[str]:
    target = leads_to(draft.link)
    directories = [*draft.directories, *([target] if target and target not in draft.directories else [])]
    yield from (f"{scalar(path)}: directory" for path in directories)
    if draft.link:
        yield f"project/.venv: {{link: {scalar(draft.link)}}}"
    files = draft.files or (() if draft.link or draft.directories else ("project/notes.txt",))
    yield from (f"{scalar(path)}: file" for path in files)


def leads_to(link: str) -> str:
    """The path below the root that a .venv link of this text leads to; empty where that is outside, or a name's.

    >>> leads_to("../store/env")
    'store/env'
    """
    from_root = link.removeprefix("$root/")
    arrived = normpath(from_root if from_root != link else f"project/{link}")
    outside = not link or link.startswith("/") or arrived.split("/")[0] in {"..", "."} or "$" in from_root
    return "" if outside or arrived in {"project", "project/.venv"} else arrived


def _item(word: str) -> str:
    """A step or a check: a word, or `key: value` as the author wrote it."""
    return word if re.fullmatch(r"[a-z-]+(: .+)?", word) else scalar(word)
