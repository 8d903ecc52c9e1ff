"""Case lines made small and steady enough to be published: what a reader needs stays, what differs by chance goes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from harness.result import Record

FEW = 6
"""How many entries below a directory that came or went are listed one by one."""

CHANGES, EVIDENCE = 80, 24
"""How many changes of a step, and pieces of evidence of a finding, are published; the rest is counted."""

FIRST_LINES, LAST_LINES, LINE = 8, 16, 300
"""How many lines of a command's output, from either end, and how many characters of each."""

_BY_CHANCE = (
    (re.compile(r"\b\d+(\.\d+)?(?= ?(ms|µs)\b)|\b\d+\.\d+(?= ?(s|seconds)\b)"), "0"),
    (re.compile(r"(?<=\.tmp)\w{6}\b|(?<=\bpipenv-)\w{8}(?=-requirements)"), "......"),
    (re.compile(r"(?<=0x)[0-9a-f]{6,}\b"), "0"),
    (re.compile(r"\b[0-9a-f]{16,64}\b"), "hash"),  # of the root's path, among others
)
"""What a tool prints that differs from run to run: times, temporary names, addresses."""


def folded(case: Record) -> Record:
    """A line of a result file as it is published: without times, long lists cut, whole directories in one change."""
    return {
        "outcome": case["outcome"],
        **({"reason": steady(case["reason"])} if case["reason"] else {}),
        "findings": [_finding(finding) for finding in case["findings"] if finding["verdict"] == "broken"],
        "held": [finding["check"] for finding in case["findings"] if finding["verdict"] == "held"],
        "moot": [finding["check"] for finding in case["findings"] if finding["verdict"] == "moot"],
        "steps": [_step(step) for step in case["steps"]],
        **({"swept": case["swept"]} if "swept" in case else {}),
    }


def _finding(finding: Record) -> Record:
    evidence = [{word: steady(text) for word, text in one.items()} for one in finding["evidence"]]
    more = {"more": len(evidence) - EVIDENCE} if len(evidence) > EVIDENCE else {}
    return {**finding, "evidence": evidence[:EVIDENCE], **more}


def _step(step: Record) -> Record:
    changes = [{key: _steady(value) for key, value in change.items()} for change in fold(step["changes"])]
    more = {"more": len(changes) - CHANGES} if len(changes) > CHANGES else {}
    told: Record = {key: step[key] for key in ("step", "operation", "run", "ending") if key in step}
    output = {"output": shortened(steady(step["output"]))} if step.get("output") else {}
    return {**told, **output, "changes": changes[:CHANGES], **more}


def _steady(value: str | int) -> str | int:
    return steady(value) if isinstance(value, str) else value


def steady(text: str) -> str:
    """A tool's words without what differs from run to run."""
    for pattern, instead in _BY_CHANCE:
        text = pattern.sub(instead, text)
    return text


def shortened(output: str) -> str:
    """The first and the last lines of an output, none of them long."""
    lines = [line if len(line) <= LINE else f"{line[:LINE]}..." for line in output.splitlines()]
    left_out = len(lines) - FIRST_LINES - LAST_LINES
    if left_out > 1:
        lines[FIRST_LINES:-LAST_LINES] = [f"... {left_out} more lines ..."]
    return "\n".join(lines)


def fold(changes: Sequence[Record]) -> Iterator[Record]:
    """The changes, those below a directory that came or went told by their number alone.

    A few are listed, unless they are an environment. `entries` counts all that is below.
    """
    changes = [*_told(changes)]
    by_top: dict[int, list[Record]] = {}
    top: tuple[int, str, str] | None = None
    for number, change in enumerate(changes):
        if top and change["path"].startswith(top[1]) and change[top[2]] == "absent":
            by_top[top[0]].append(change)
            continue
        by_top[number] = []
        side = _side(change)
        if side:
            top = (number, change["path"] + "/", side)
    for number, below in by_top.items():
        change = changes[number]
        environment = any(one["path"] == f"{change['path']}/pyvenv.cfg" for one in below)
        if not environment and len(below) <= FEW:
            yield from (change, *below)
        else:
            yield {**change, "entries": len(below), **({"environment": True} if environment else {})}


_ANOTHER = "another "


def _told(changes: Sequence[Record]) -> Iterator[Record]:
    """The changes but those that go without saying: in another directory of that name all is another."""
    above = ""
    for change in changes:
        another = change["is"].startswith(_ANOTHER)
        if another and above and change["path"].startswith(above):
            continue
        if another and change["was"].startswith("directory"):
            above = change["path"] + "/"
        yield change


def _side(change: Record) -> str:
    """On which side a whole directory is missing: all that is below it came (`was`), or went (`is`).

    Below a directory that took the place of another anything may have happened, so that is told one by one.
    """
    was, now = (change[side].startswith(("directory", "another directory")) for side in ("was", "is"))
    return "" if was == now else "was" if now else "is"
