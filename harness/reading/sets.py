"""Frozen sets: the scenarios of a suite as of one of its releases, each with the digest of what it meant then."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.errors import HarnessError, Place, Problem, did_you_mean, mistake
from harness.reading.family import FILE
from harness.reading.nodes import parse
from harness.reading.values import Reader

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from harness.scenario import Scenario

FOLDER = "sets"
"""Where in a suite its sets are: `<name>.txt` there."""

RENAMED = "renamed.yaml"
"""The file of a suite that says what scenarios of older releases are called now."""

_DIGITS = 16
_DIGEST = re.compile(rf"[0-9a-f]{{{_DIGITS}}}")
_HEADER = """\
# The scenarios of this release, each with the first digits of the digest of what it means.
# A set is never changed: `make set NAME=...` writes a new one.
"""


@dataclass(frozen=True, slots=True)
class Pinned:
    """What a set says of a scenario: how its digest begins, and where in the set that stands."""

    digest: str
    place: Place

    def demand(self, scenario: Scenario) -> None:
        """Raise HarnessError where the scenario means something else by now."""
        if not scenario.digest().startswith(self.digest):
            what = f"`{scenario.id}` no longer means what it meant when this set was frozen"
            raise mistake(what, self.place, "choose a newer set, or the venvproof that the set came with")


def load_set(suite: Path, name: str, shown: str) -> Mapping[str, Pinned]:
    """What a set of a suite pins, by today's ids; `shown` names its file in messages.

    Raises HarnessError with all lines that are none, and all scenarios that are no longer there.
    """
    path = suite / FOLDER / f"{name}.txt"
    if not path.is_file():
        sets = [one.stem for one in (suite / FOLDER).glob("*.txt")]
        hint = did_you_mean(name, sets) if sets else f"the suite `{suite.name}` has none"
        raise mistake(f"there is no set `{name}`", hint=hint)
    there = {f"{one.parent.name}/{one.stem}" for one in suite.glob("*/*.yaml") if one.name != FILE}
    renamed = load_renamed(suite / RENAMED)
    found: dict[str, Pinned] = {}
    problems: list[Problem] = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        words = line.partition("#")[0].split()
        place = Place(shown, number, 1)
        match words:
            case []:
                continue
            case [id_, digest] if _DIGEST.fullmatch(digest):
                today = id_ if id_ in there else renamed.get(id_, id_)
                if today not in there:
                    hint = did_you_mean(today, there) or f"what is called otherwise now stands in `{RENAMED}`"
                    problems.append(Problem(f"the scenario `{today}` is missing", place, hint))
                if today in found:
                    problems.append(Problem(f"`{today}` stands in the set twice", place))
                found[today] = Pinned(digest, place)
            case _:
                what = f"a line of a set is an id and {_DIGITS} digits of a digest"
                problems.append(Problem(what, place, "`make set` writes such lines"))
    if problems:
        raise HarnessError(*problems)
    return found


def load_renamed(path: Path) -> dict[str, str]:
    """What old ids are called now; nothing where there is no such file."""
    if not path.is_file():
        return {}
    document = parse(path.read_bytes(), path.as_posix())
    reader = Reader(document)
    entries = reader.entries(document.root, "`renamed.yaml`")
    found = {key.text: reader.words(value, f"`{key.text}`") for key, value in entries}
    reader.finish()
    return found


def frozen(scenarios: Iterable[Scenario]) -> str:
    """The text of a set that pins these."""
    return _HEADER + "".join(sorted(f"{scenario.id} {scenario.digest()[:_DIGITS]}\n" for scenario in scenarios))
