"""Looks that a script takes at a tree: the shell functions that it brings along, and the commands that use them."""

from __future__ import annotations

import re
from posixpath import dirname, join, normpath
from typing import TYPE_CHECKING

from harness.case import Act
from harness.checks import KNOWN
from harness.report.scripts.shell import quote
from harness.scenario import commands_of
from harness.snapshot import lexical
from harness.tree import Directory, File, Link

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from harness.case import Case
    from harness.report.scripts.shell import Shell
    from harness.scenario import CheckRef, CommandStep

ERRORS = '"$top/errors"'
"""Where standard error goes, in scripts that look at it alone."""

_PREFIX = "import os, sys; sys.exit(os.path.realpath(sys.prefix) != os.path.realpath(sys.argv[1]))"
_SPECIAL = 'elif [ -p "$1" ]; then echo fifo; elif [ -S "$1" ]; then echo socket; '
_FUNCTIONS = {
    "look": (
        'look() { if [ -L "$1" ]; then echo "link $(readlink "$1")"; elif [ -d "$1" ]; then echo directory; '
        f'elif [ -f "$1" ]; then echo file; {_SPECIAL}elif [ -e "$1" ]; then echo device; else echo absent; fi; }}'
    ),
    "expect": 'expect() { found=$(look "$root/$1"); [ "$found" = "$2" ] || broken "$1: expected $2, found $found"; }',
    "same": (
        'same() { expect "$1" "$(look "$top/before/$1")"; [ -L "$root/$1" ] || [ ! -f "$root/$1" ] || '
        'cmp -s "$top/before/$1" "$root/$1" || broken "$1: other content than before"; }'
    ),
    "usable": (
        f"""usable() {{ "$root/$1/bin/python" -I -B -c '{_PREFIX}' "$root/$1" || broken "$1: its python fails"\n"""
        """  [ -d "$(sed -n 's/^home *= *//p' "$root/$1/pyvenv.cfg")" ] || broken "$1: its home does not exist"; }"""
    ),
}
_CALLS = {"same": {"expect", "look"}, "expect": {"look"}}


def functions(commands: Iterable[str], told: str) -> Iterator[str]:
    """The functions that commands use; a fault that shows is told as `told`."""
    code = "\n".join(line for line in commands if not line.startswith("#"))
    used = {name for name in _FUNCTIONS if re.search(rf"(?:^|; do |\$\(){name} ", code, re.MULTILINE)}
    used |= {other for name in used for other in _CALLS.get(name, ())}
    if used or "broken " in code:
        yield f'broken() {{ echo "{told}: $*"; fault=1; }}'
    special = "same" in used or re.search("fifo|socket", code)
    yield from (text if special else text.replace(_SPECIAL, "") for name, text in _FUNCTIONS.items() if name in used)


def stated(check: str) -> str:
    """A comment with what a check says; published results may hold one that is known no more."""
    return f"# {check}: {KNOWN[check].statement}" if check in KNOWN else f"# {check}"


def for_each(paths: Sequence[str], test: str, shell: Shell) -> str:
    """The test of `$path` for each of these."""
    if len(paths) > 1:
        return f"for path in {shell.paths(paths)}; do {test}; done"
    word = shell.path(paths[0])
    alone = test.replace('"$path"', word)
    if "$path" not in alone:
        return alone
    return alone.replace("$path", word) if word == paths[0] else f"path={word}; {test}"


def exited(code: int, step: int) -> str:
    """The test of how the last command ended."""
    return f'[ "$status" = {code} ] || broken "step {step} exited $status"'


def asked(ref: CheckRef, step: int, shell: Shell) -> Iterator[str]:
    """The test of a check with what a scenario asks of it; nothing where a shell cannot tell."""
    match ref.name, ref.argument:
        case "succeeds", _:
            yield exited(0, step)
        case "exits", int(code):
            yield exited(code, step)
        case "declines", _:
            yield f"[ \"$status\" != 0 ] || broken 'step {step} exited 0'"
        case "says", str(pattern):
            yield f"{_said(pattern, shell)} || broken 'step {step} does not say so'"
        case "never-says", str(pattern):
            yield f"! {_said(pattern, shell)} || broken 'step {step} says so'"
        case "absent", tuple(paths):
            alone = [path for path in paths if not re.search(r"[*?]", path)]
            yield from [for_each(alone, 'expect "$path" absent', shell)] if alone else []
        case "link", dict(texts):
            yield from (f"expect {shell.path(path)} {shell.word(f'link {text}')}" for path, text in texts.items())
        case "present", dict(kinds):
            yield from (f"expect {shell.path(path)} {kind}" for path, kind in kinds.items() if kind != "anything")
        case _:
            pass


def _said(pattern: str, shell: Shell) -> str:
    """Whether the output holds a match, by `grep` where that understands the expression in the same way."""
    if re.fullmatch(r"[\w ,:;/-]+", pattern):
        return f'grep -qF -- {quote(pattern)} "$said"'
    if not re.search(r"\\|\(\?|[$^{]", pattern):
        return f'grep -qE -- {quote(pattern)} "$said"'
    code = 'import re, sys; sys.exit(not re.search(sys.argv[1], sys.stdin.read().replace(sys.argv[2], "$" "root")))'
    return f'"$python" -c {quote(code)} {shell.word(pattern)} "$root" <"$said"'


# -- what a case tells of its tree ------------------------------------------------------------------------------------


def keep(case: Case, *, again: bool) -> str:
    """The command that keeps a copy of the tree, which `same` compares with; what modes forbid to read is left out."""
    quietly = " 2>/dev/null || :" if any(closed(case, path) for path in case.tree) else ""
    start = 'rm -rf "$top/before"; ' if again else ""
    return f'{start}cp -RPp "$root" "$top/before"{quietly}'


def closed(case: Case, path: str) -> bool:
    """Whether the mode of an entry keeps its owner from reading it."""
    match case.tree[path]:
        case Directory(mode=int(mode)):
            return mode & 0o500 != 0o500  # noqa: PLR2004  (read and search, as modes are written)
        case File(mode=int(mode)):
            return not mode & 0o400
        case _:
            return False


def environment_after(case: Case, step: int) -> str:
    """The environment that was last dealt with."""
    acts = [one.action for one in case.steps if isinstance(one.action, Act) and one.number <= step]
    return lexical(acts[-1].environment if acts else case.variant.environment)


def homes(case: Case) -> set[str]:
    """Wherever an environment of the case may stand: the paths that it names, and what planted links lead to."""
    acts = [step.action for step in case.steps if isinstance(step.action, Act)]
    named = {case.variant.environment, *(path for act in acts for path in (act.environment, *act.others))}
    root = case.place.root
    led = {normpath(join(root, dirname(path), e.text)) for path, e in case.tree.items() if isinstance(e, Link)}
    below = {path.removeprefix(root).strip("/") or "." for path in led if f"{path}/".startswith(f"{root}/")}
    return {lexical(path) for path in named} | below


def command_steps(case: Case) -> Iterator[CommandStep]:
    """Every command as the scenario has it."""
    for step in case.variant.steps:
        yield from commands_of(step)
