"""What changed between two sets of results, for a terminal, for a pull request, and as JSON."""

from __future__ import annotations

import json
from collections import Counter
from itertools import groupby
from typing import TYPE_CHECKING

from tabulate import tabulate

from harness.compare import Turn, tool_of
from harness.report.cells import broken, printable, shown
from harness.report.failure import Line
from harness.report.markdown import escaped
from harness.result import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from harness.compare import Difference
    from harness.result import Record

_COLOURS = {Turn.WORSE: "red", Turn.OTHERWISE: "yellow", Turn.BETTER: "green"}
_NOTHING = "Nothing changed."


def terminal(found: Sequence[Difference]) -> str:
    """For a terminal, in plain text."""
    return "".join(f"{line.text}\n" for line in lines(found))


def lines(found: Sequence[Difference]) -> Iterator[Line]:
    """For a terminal: a heading a turn, and below it a case with its old and its new outcome, and why."""
    if not found:
        yield Line(_NOTHING)
    for turn, group in groupby(found, key=lambda difference: difference.turn):
        members = list(group)
        yield Line(f"{turn} ({len(members)})", _COLOURS.get(turn, "bold"))
        for difference in members:
            yield Line(f"  {difference.case}  {_outcomes(difference)}")
            why = _why(difference)
            if why:
                yield Line(f"      {why}")


def markdown(found: Sequence[Difference]) -> str:
    """For a comment on a pull request: what got worse in sight, all else folded."""
    counts = Counter(difference.turn for difference in found)
    told = [f"**{', '.join(f'{counts[turn]} {turn}' for turn in Turn if counts[turn]) or _NOTHING}**"]
    for turn, group in groupby(found, key=lambda difference: difference.turn):
        rows = [(f"`{d.case}`", _outcomes(d), escaped(_why(d))) for d in group]
        table = tabulate(rows, headers=("case", "was → is", "what was seen"), tablefmt="github", disable_numparse=True)
        if turn is Turn.WORSE:
            told += [f"### {turn}", table]
        else:
            told += [f"<details><summary>{turn} ({len(rows)})</summary>", table, "</details>"]
    return "\n\n".join(told) + "\n"


def as_json(found: Sequence[Difference]) -> str:
    """For programs: a list, in the same order."""
    told = [
        {
            "turn": str(difference.turn),
            "case": difference.case,
            "old": _brief(difference.old),
            "new": _brief(difference.new),
        }
        for difference in found
    ]
    return json.dumps(told, indent=2, ensure_ascii=False) + "\n"


def _brief(record: Record | None) -> Record | None:
    if record is None:
        return None
    kept = {key: record[key] for key in ("subject", "python", "outcome", "reason")}
    wrong = [{key: finding[key] for key in ("check", "level", "step", "evidence")} for finding in broken(record)]
    return {**kept, "broken": wrong}


def _outcomes(difference: Difference) -> str:
    was, now = (_outcome(record) for record in (difference.old, difference.new))
    return f"{was} → {now}"


def _outcome(record: Record | None) -> str:
    if record is None:
        return "no result"
    outcome = Outcome(record["outcome"])
    version = record["subject"].partition("@")[2]
    return f"{outcome.sign} {outcome}" + (f" ({tool_of(record['subject'])} {version})" if version else "")


def _why(difference: Difference) -> str:
    """What is wrong now; where nothing is, what was."""
    for record in (difference.new, difference.old):
        if record is None:
            continue
        finding = next(broken(record), None)
        if finding:
            return f"{finding['check']}: {shown(finding['evidence'][0])}"
        if record["reason"]:
            return printable(record["reason"])
    return ""


FORMATS: dict[str, Callable[[Sequence[Difference]], str]] = {
    "terminal": terminal,
    "markdown": markdown,
    "json": as_json,
}
"""What `--format` can ask for."""
