"""What the texts of a scenario mean in a case: every `$name` replaced, in trees, edits and checks alike."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias, assert_never

from harness.checks import KNOWN, ArgumentKind
from harness.scenario import Delete, Move, Plant
from harness.tree import Copy, File, Hardlink, Link, Mount, plain

if TYPE_CHECKING:
    from harness.scenario import Argument, CheckRef, Edit
    from harness.tree import Entry, Tree

Names: TypeAlias = Mapping[str, str]
"""What `$name` stands for, by the name."""


def substitute(text: str, names: Names) -> str:
    """The text with every `$name` replaced and `$$` a dollar sign. Readers refuse names that are not known."""
    return re.sub(r"\$(\$|[a-z]+)", lambda match: "$" if match[1] == "$" else names[match[1]], text)


def below_root(text: str) -> str:
    """A path below the root, which holds no name: only `$$` is left to be replaced."""
    return substitute(text, {})


@dataclass(frozen=True, slots=True)
class Spelling:
    """What names stand for: on this machine (`names`), and in output, where its paths are not written (`shown`)."""

    names: Names
    shown: Names

    def tree(self, tree: Tree) -> dict[str, Entry]:
        """A tree with nothing left to be replaced in paths, link texts and contents."""
        return {below_root(path): self._entry(entry) for path, entry in tree.items()}

    def _entry(self, entry: Entry) -> Entry:
        match entry:
            case Link(text=text):
                return Link(substitute(text, self.names))
            case Hardlink(to=path):
                return Hardlink(below_root(path))
            case Copy(of=path):
                return Copy(below_root(path))
            case Mount(of=str() as path):
                return replace(entry, of=below_root(path))
            case File(content=bytes() as content):
                return replace(entry, content=_substitute_bytes(content, self.names))
            case _:
                return entry

    def edit(self, edit: Edit) -> Edit:
        """An edit, likewise."""
        match edit:
            case Plant(tree=tree):
                return Plant(plain(self.tree(tree), alone=True))
            case Delete(path=path):
                return Delete(below_root(path))
            case Move(source=source, target=target):
                return Move(below_root(source), below_root(target))
            case _:
                assert_never(edit)

    def check(self, ref: CheckRef) -> CheckRef:
        """A check, likewise; what it holds against output is spelled as output is."""
        if KNOWN[ref.name].argument is ArgumentKind.REGEX:
            return replace(ref, argument=self._expression(str(ref.argument)))
        return replace(ref, argument=self._argument(ref.argument))

    def _argument(self, argument: Argument) -> Argument:
        match argument:
            case str():
                return substitute(argument, self.shown)
            case tuple():
                return tuple(map(below_root, argument))
            case Mapping():
                return {below_root(path): substitute(text, self.names) for path, text in argument.items()}
            case None | int():
                return argument
            case _:
                assert_never(argument)

    def _expression(self, text: str) -> str:
        """An expression that is held against output; a name in it, be it after a backslash, stands for itself."""
        return re.sub(r"(\\?)\$(\$|[a-z]+)", lambda m: f"{m[1]}$" if m[2] == "$" else re.escape(self.shown[m[2]]), text)


def _substitute_bytes(content: bytes, names: Names) -> bytes:
    if b"$" not in content:
        return content
    return substitute(content.decode("utf-8", "surrogateescape"), names).encode("utf-8", "surrogateescape")
