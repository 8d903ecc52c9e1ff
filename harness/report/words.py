"""What is found, in a user's few words: `the link becomes a directory`, `files are deleted`."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.report.survey import NO_RESULT
from harness.result import Outcome

if TYPE_CHECKING:
    from collections.abc import Mapping

    from harness.published import Measurement
    from harness.report.survey import Cell, Column, FamilyOf
    from harness.result import Record

MEANINGS = {
    Outcome.HOLDS: "everything that is asked is true",
    Outcome.WEAK: "every must is true, a should is not",
    Outcome.DECLINES: "a command refused, and left the tree exactly as it found it",
    Outcome.BREAKS: "a must is false: something of the user's was lost or replaced, or what was made does not work",
    Outcome.ERRS: "a command hung, died, or could not be started",
    Outcome.UNSUPPORTED: "the tool has no such command",
    Outcome.SKIPPED: "the machine lacks what it needs",
}
"""What the words mean, as the legend has it."""

BAD = (Outcome.BREAKS, Outcome.ERRS)
"""The outcomes that no release should come to."""

FAULTS = {
    "absent": "something is there that should not be",
    "base-untouched": "it goes for the interpreter that it is handed",
    "declines": "it should refuse, and does not",
    "exits": "the exit status is another",
    "files-survive": "files are changed",
    "link": "a link leads elsewhere",
    "links-survive": "a link is changed",
    "never-says": "it says what is not so",
    "no-dangling-links": "links lead nowhere",
    "no-debris": "a failure leaves traces",
    "no-impostor": "another interpreter runs in the environment's place",
    "nothing-outside": "it writes outside the environment",
    "present": "something is missing",
    "prints-path": "the path printed is another",
    "recovers": "what was cut short is not made good",
    "removed": "the environment is still there",
    "repeat-changes-nothing": "a repeat changes things",
    "same-as-plain": "the environment is not the usual one",
    "same-directory": "the directory is another, or has another mode",
    "says": "it does not say so",
    "succeeds": "it fails",
    "unchanged": "it writes where it should not",
    "usable": "the environment does not work",
}
"""What a broken check means, where its evidence does not tell better."""

_OF_ENTRIES = {"links-survive", "files-survive", "unchanged", "nothing-outside", "same-directory", "no-debris"}
"""The checks whose evidence says what became of an entry."""


def fault(finding: Record) -> str:
    """A broken check in a few words."""
    check, first = finding["check"], finding["evidence"][0]
    said = first.get("said", "")
    if check == "succeeds" and "did not end" in said:
        return "it hangs"
    if check == "usable" and "no environment" in said:
        return "no environment is left"
    told = _loss(first.get("was", ""), first.get("is", "")) if check in _OF_ENTRIES else ""
    return told or FAULTS.get(check, f"`{check}` does not hold")


def _loss(was: str, now: str) -> str:
    """What became of the user's entry; empty where it is new."""
    kind = was.partition(" ")[0]
    match kind, now.partition(" ")[0]:
        case "link" | "directory", "another":
            return f"the {kind} is replaced"
        case "link", "absent":
            return "the link is deleted"
        case "file" | "directory", "absent":
            return "files are deleted" if kind == "file" else "directories are deleted"
        case "link" | "file" | "directory", "link" | "file" | "directory" as other if other != kind:
            return f"the link becomes a {other}" if kind == "link" else f"a {kind} becomes a {other}"
        case "link" | "file" | "directory", _:
            return _another(kind, was)
        case _:
            return ""


def _another(kind: str, was: str) -> str:
    """What became of an entry that is of the same kind as before."""
    if re.fullmatch(r"\w+ of \d+:\d+", was):
        return "the owner is changed"
    mode = {"file": "modes of files are changed", "directory": "the directory's mode is changed"}
    if kind in mode and re.fullmatch(r"\w+ [0-7]{4}", was):
        return mode[kind]
    return "the link leads elsewhere" if kind == "link" else "files are overwritten"


def message(cell: Cell) -> str:
    """What a cell came to, in a few words; empty where all is well."""
    match cell.outcome:
        case Outcome.HOLDS:
            return ""
        case Outcome.UNSUPPORTED:
            return "no such command"
        case Outcome.SKIPPED:
            return "not on this machine"
        case Outcome.ERRS:
            return _error(cell.as_bad[0])
        case Outcome.DECLINES:
            return "it refuses, and changes nothing"
        case _:
            return "; ".join(dict.fromkeys(fault(finding) for finding in cell.faults[:2]))


NOT_THE_SAME = "it is not the same each time"
"""Of a case that was swept, and could not be played again as it was."""


def _error(case: Record) -> str:
    reason = case.get("reason", "")
    if case.get("swept", {}).get("missed") or "played again" in reason:
        return NOT_THE_SAME
    return "it hangs" if "did not end" in reason else "it crashes or cannot be started"


@dataclass(frozen=True)
class Answer:
    """A tool's answer to a family's question: the word, what is wrong (each with a scenario), and of how many.

    `outcome` None means that there is nothing to answer with.
    """

    outcome: Outcome | None
    word: str
    faults: tuple[tuple[str, str, int], ...] = ()
    counts: tuple[tuple[Outcome, int], ...] = ()
    since: str = ""

    @property
    def of(self) -> int:
        """How many scenarios have a result."""
        return sum(count for _, count in self.counts)

    @property
    def counted(self) -> str:
        """`9 hold, 16 refused, 1 broken`."""
        return ", ".join(_COUNTED[outcome].format(count) for outcome, count in self.counts)

    @property
    def holding(self) -> int:
        """How many of them hold."""
        return dict(self.counts).get(Outcome.HOLDS, 0)


_COUNTED = {
    Outcome.HOLDS: "{} hold",
    Outcome.WEAK: "{} with flaws",
    Outcome.DECLINES: "{} refused",
    Outcome.BREAKS: "{} broken",
    Outcome.ERRS: "{} hang or crash",
}

_SHOWN = 2
"""How many faults are told where there is little room."""


def answer(family: FamilyOf, column: Column) -> Answer:
    """What the newest build of a tool does, all scenarios of a family taken together."""
    if column.newest is None:
        return Answer(None, "not measured")
    cells = {name: cell for name in family.scenarios if (cell := column.cell(name))}
    counted = {name: cell for name, cell in cells.items() if cell.outcome not in NO_RESULT}
    if not counted:
        return Answer(None, _without_result({cell.outcome for cell in cells.values()}))
    words = Counter(cell.outcome for cell in counted.values())
    worst = min(words, key=[Outcome.BREAKS, Outcome.ERRS, Outcome.WEAK, Outcome.DECLINES, Outcome.HOLDS].index)
    found = _faults(counted, worst)
    counts = tuple((outcome, words[outcome]) for outcome in reversed(Outcome) if words[outcome])
    return Answer(worst, _word(family, worst, counted), found, counts, _since(family, column, worst))


def _without_result(words: set[Outcome]) -> str:
    if Outcome.UNSUPPORTED in words:
        return "no such command"
    return "not on this machine" if words else "not played"


def _word(family: FamilyOf, worst: Outcome, cells: Mapping[str, Cell]) -> str:
    words = {cell.outcome for cell in cells.values()}
    faults = {finding["check"] for cell in cells.values() if cell.outcome is worst for finding in cell.faults}
    match worst:
        case Outcome.HOLDS:
            return family.well
        case Outcome.DECLINES:
            return "it refuses" if words == {worst} else f"{family.well}, or it refuses"
        case Outcome.WEAK:
            return f"{family.well}, with flaws"
        case Outcome.ERRS:
            return "it hangs or crashes"
        case _ if faults & _OF_ENTRIES:
            return family.ill
        case _:  # nothing was lost, so the question is not answered with what is
            return "it does not always work"


def _faults(cells: Mapping[str, Cell], worst: Outcome) -> tuple[tuple[str, str, int], ...]:
    """What is wrong in the cells of the worst word: words, the first scenario, in how many; the most frequent first."""
    if worst in (Outcome.HOLDS, Outcome.DECLINES):
        return ()
    bad = {name: cell for name, cell in cells.items() if cell.outcome is worst}
    told = [(text, name) for name, cell in bad.items() for text in [message(cell).partition(";")[0]]]
    counts = Counter(text for text, _ in told)
    first = dict(reversed(told))
    return tuple((text, first[text], count) for text, count in counts.most_common(_SHOWN))


def _since(family: FamilyOf, column: Column, now: Outcome) -> str:
    """From which version on nothing breaks; empty where something does, or nothing ever did."""
    if now in BAD:
        return ""
    played = [(build.version, [build.cells[name] for name in family.scenarios if name in build.cells])
              for build in column.builds]  # fmt: skip
    results = [(version, cells) for version, cells in played if any(cell.outcome not in NO_RESULT for cell in cells)]
    broke = [number for number, (_, cells) in enumerate(results) if any(map(_breaks, cells))]
    return results[broke[-1] + 1][0] if broke else ""


def _breaks(cell: Cell) -> bool:
    """Whether any variant did, whatever is worse than that in another."""
    return any(case["outcome"] == Outcome.BREAKS for case in cell.cases.values())


def machine(one: Measurement) -> str:
    """`Linux 6.18, x86_64, ext4, as root`."""
    facts = one.machine
    system = f"{facts.get('system', '')} {'.'.join(facts.get('kernel', '').split('.')[:2])}"
    user = f"as {facts['user']}" if facts.get("user") else ""
    words = (system.strip(), facts.get("architecture"), facts.get("filesystem"), user)
    return ", ".join(word for word in words if word)
