"""What a script looks at to tell whether a fault shows: findings of a result line as shell commands."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from harness.report.cells import printable
from harness.report.scripts.looks import ERRORS, asked, environment_after, for_each
from harness.report.scripts.shell import quote

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.case import Case
    from harness.report.scripts.shell import Shell
    from harness.result import Record
    from harness.scenario import CheckRef

MOST = 6
"""How many paths of one finding are looked at: where one of them shows the fault, the others add nothing."""

HELD_OPEN = 3
"""How many entries are held open, so that their numbers are not handed out again."""

PLAIN = "same-as-plain"
"""The check whose evidence has paths inside the environment."""

_MODE = re.compile("(?:directory|file|fifo|socket) ([0-7]{4})")
_OWNER = re.compile(r"(?:directory|file|fifo|socket|link) of (\d+):(\d+)")
_CONTENT = re.compile(r'file(?: "[\s\S]*"| that is no text| without that line| with other content)')
_SHARED = re.compile(r"file, the same as (.*)|file of its own", re.DOTALL)
_HIDDEN = re.compile(r"\$(root|cache|python|prefix|other)\b")


class Fault:
    """A broken finding of a case: what is looked at before its step, and after it."""

    def __init__(self, case: Case, finding: Record, shell: Shell) -> None:
        self._case, self._shell = case, shell
        self._check: str = finding["check"]
        self.step: int = finding["step"]
        self._level: str = finding["level"]
        self._odd = "\\udc" in repr((case.tree, case.steps))
        evidence = finding["evidence"]
        differs = [(self._path(one["path"]), one["was"], one["is"]) for one in evidence if "path" in one]
        self._replaced = [path for path, _, now in differs if now.startswith("another ")][:HELD_OPEN]
        self._differs = [one for one in differs if not one[2].startswith("another ")][:MOST]
        self._said = [one["said"] for one in evidence if "said" in one][:MOST]

    # -- before the step -----------------------------------------------------------------------------------------------

    def before(self) -> Iterator[str]:
        """What has to be remembered."""
        for handle, path in enumerate(self._replaced, start=3):
            yield f"exec {handle}<{self._below(path)} # held open, since its number would be handed out again"
        if self._replaced:
            yield f"numbers=$({self._numbers()})"

    @property
    def compares(self) -> bool:
        """Whether the tree is compared with a copy of what it was before the step."""
        contents = [_CONTENT.fullmatch(was) or _CONTENT.fullmatch(now) for _, was, now in self._differs]
        return any(contents) and self._check != PLAIN

    def _numbers(self) -> str:
        return "ls -di " + " ".join(map(self._below, self._replaced))

    def _below(self, path: str) -> str:
        return self._shell.word(f"{self._case.place.root}/{path}")

    # -- after the step ------------------------------------------------------------------------------------------------

    def after(self) -> Iterator[str]:
        """What shows the fault."""
        if self._replaced:
            what = self._shell.word(f"{', '.join(self._replaced)}: another of that name")
            yield f'[ "$({self._numbers()})" = "$numbers" ] || broken {what}'
        tests: dict[str, list[str]] = {}
        for path, was, now in self._differs:
            if not (self._check == PLAIN and _CONTENT.fullmatch(was)):  # there is no plain environment to compare with
                tests.setdefault(self._test(was, now), []).append(path)
        yield from (for_each(paths, test, self._shell) for test, paths in tests.items())
        for said in self._said:
            yield from self._of_said(said)

    def _test(self, was: str, now: str) -> str:
        """The test of `$path`."""
        if (mode := _MODE.fullmatch(was)) and _MODE.fullmatch(now):
            return _seen(f"-perm {mode[1]}", was)
        if (owner := _OWNER.fullmatch(was)) and _OWNER.fullmatch(now):
            return _seen(f"-user {owner[1]} -group {owner[2]}", was)
        if (before := _SHARED.fullmatch(was)) and (after := _SHARED.fullmatch(now)):
            other = self._below(self._planned((before[1] or after[1] or "").split(", ")[0]))
            return f'[ {"" if before[1] else "! "}"$root/$path" -ef {other} ] || broken "$path: expected {was}"'
        if _CONTENT.fullmatch(was) or _CONTENT.fullmatch(now):
            return 'same "$path"'
        if was == "anything":
            return '[ "$(look "$root/$path")" != absent ] || broken "$path: nothing is there"'
        if was == "link to something":
            return '[ -e "$root/$path" ] || broken "$path: it leads to nothing"'
        return f'expect "$path" {self._shell.word(self._shown(self._planned(was)))}'

    def _of_said(self, said: str) -> Iterator[str]:
        """The test of what a command did, or of what an environment is."""
        if self._check == "usable":
            environment = environment_after(self._case, self.step)
            line = re.search(r"the first line of (.*) names ", said)
            yield (
                self._first_line(f"{environment}/bin/{line[1]}") if line else f"usable {self._shell.path(environment)}"
            )
        elif self._check == "prints-path":
            named = re.match("it named `(.*?)`", said, re.DOTALL)
            yield (
                f'! grep -qF -- {self._shell.word(self._shown(named[1] if named else said))} "$said" '
                "|| broken 'it names the path that it resolves to'"
            )
        elif self._check == "declines" and "without a word" in said:
            yield f"[ -s {ERRORS} ] || broken 'it says nothing on standard error'"
        else:
            for ref in self._refs():
                yield from asked(ref, self.step, self._shell)

    def _first_line(self, script: str) -> str:
        program = f"$(sed -n '1s/^#!\\([^ ]*\\).*/\\1/p' {self._below(script)})"
        return f'[ -e "{program}" ] || broken {quote(printable(f"{script}: its first line names no program"))}'

    def _refs(self) -> list[CheckRef]:
        of_step = [ref for step in self._case.steps if step.number == self.step for ref in step.checks]
        return [r for r in (*of_step, *self._case.checks) if r.name == self._check and r.level == self._level]

    # -- texts of result lines -----------------------------------------------------------------------------------------

    def _path(self, path: str) -> str:
        """The path below the root."""
        path = self._planned(path)
        return f"{environment_after(self._case, self.step)}/{path}" if self._check == PLAIN else path

    def _planned(self, text: str) -> str:
        """The text as the case has it: bytes that are no text are written as escapes in result files."""
        if not self._odd:
            return text
        return re.sub(r"\\x([89a-f][0-9a-f])", lambda match: chr(0xDC00 + int(match[1], 16)), text)

    def _shown(self, text: str) -> str:
        """The text with paths in place of the names that hide them in result files."""
        case = self._case
        places = {
            "root": case.place.root, "cache": case.place.cache, "python": case.python.executable,
            "prefix": case.python.prefix, "other": case.other_python.executable if case.other_python else "$other",
        }  # fmt: skip
        return _HIDDEN.sub(lambda match: places[match[1]], text)


def _seen(wanted: str, was: str) -> str:
    """The test whether `$path` is as `find` is asked for."""
    return (
        f'[ "$(find "$root/$path" -prune {wanted})" ] || broken "$path: expected {was}, found $(ls -ldn "$root/$path")"'
    )
