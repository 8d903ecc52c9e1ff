"""Result files as a whole: read with every mistake told by line and column, and joined into one."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.compare import case_of
from harness.errors import HarnessError, Place, Problem, mistake
from harness.result import Outcome
from harness.store import FORMAT, footer

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from harness.result import Record

_NEEDED: dict[str, dict[str, type]] = {
    "header": {"format": int, "suite": str, "machine": dict, "subjects": list, "planned": int},
    "case": {
        "scenario": str, "variant": str, "subject": str, "python": str, "digest": str, "outcome": str,
        "findings": list, "steps": list,
    },
    "footer": {"cases": int},
}  # fmt: skip
"""What no line of each kind can do without; the rest is what `result.schema.json` says."""


@dataclass(frozen=True, slots=True)
class Part:
    """What one machine had to say: its header and the lines of its cases."""

    header: Record
    cases: tuple[Record, ...]

    @property
    def missing(self) -> int:
        """How many planned cases have no line."""
        return int(self.header["planned"]) - len(self.cases)


@dataclass(frozen=True, slots=True)
class Results:
    """A result file. `complete` is false where the run died before its end."""

    file: str
    parts: tuple[Part, ...]
    complete: bool

    @property
    def cases(self) -> tuple[Record, ...]:
        """The lines of all cases."""
        return tuple(case for part in self.parts for case in part.cases)

    def lines(self) -> Iterator[Record]:
        """The file again, line by line."""
        for part in self.parts:
            yield part.header
            yield from part.cases
        yield footer(len(self.cases))


def read_results(path: Path) -> Results:
    """A result file of this format or an earlier one.

    A last line that was cut off is what a run leaves that died: the file is incomplete, and else as good as any.

    Raises HarnessError with the line and column of what is damaged.
    """
    try:
        text = path.read_text(encoding="utf-8", errors="surrogateescape")
    except OSError as error:
        raise mistake(f"`{path}` cannot be read: {error.strerror}", hint="`--results FILE` writes one") from None
    rows = text.split("\n")
    died = rows.pop() != ""
    headers: list[tuple[Record, list[Record]]] = []
    complete = False
    for number, row in enumerate(rows, start=1):
        line = _line(row, path.as_posix(), number)
        if line["kind"] == "footer":
            cases = sum(len(cases) for _, cases in headers)
            _check_footer(line, cases, number, path.as_posix(), last=number == len(rows) and not died)
            complete = True
        elif line["kind"] == "header":
            headers.append((line, []))
        elif not headers:
            raise _damaged(path.as_posix(), number, 1, "a case stands before any header", "the first line is missing")
        else:
            headers[-1][1].append(line)
    if not headers:
        raise _damaged(path.as_posix(), 1, 1, "no results are in it", "the run ended before its first case")
    return Results(path.as_posix(), tuple(Part(header, tuple(cases)) for header, cases in headers), complete)


def _line(row: str, file: str, number: int) -> Record:
    try:
        line = json.loads(row)
    except json.JSONDecodeError as error:
        raise _damaged(file, number, error.colno, f"this is no JSON: {error.msg.lower()}", _HINT) from None
    kind = line.get("kind") if isinstance(line, dict) else None
    if kind not in _NEEDED:
        raise _damaged(file, number, 1, "this is no line of a result file", _HINT)
    if kind == "header" and isinstance(line.get("format"), int) and line["format"] > FORMAT:
        what = f"this is format {line['format']}, and this venvproof knows {FORMAT}"
        raise _damaged(file, number, 1, what, "a newer venvproof reads it")
    for key, type_ in _NEEDED[kind].items():
        if not isinstance(line.get(key), type_):
            raise _damaged(file, number, 1, f"the {kind} has no `{key}` that could be read", _HINT)
    if kind == "case" and line["outcome"] not in set(Outcome):
        raise _damaged(file, number, 1, f"nothing ends as `{line['outcome']}`", _HINT)
    return dict(line)


_HINT = "each line is JSON with `kind`: `header`, `case` or `footer`"


def _check_footer(line: Record, cases: int, number: int, file: str, *, last: bool) -> None:
    if not last:
        raise _damaged(file, number, 1, "lines follow the footer", "`venvproof merge` joins result files")
    if line["cases"] != cases:
        what = f"the footer counts {line['cases']} cases, and {cases} stand above it"
        raise _damaged(file, number, 1, what, "lines were lost or added")


def _damaged(file: str, line: int, column: int, what: str, hint: str) -> HarnessError:
    return HarnessError(Problem(what, Place(file, line, column), hint))


def merge(files: Sequence[Results]) -> Results:
    """All of them as one: shards of a run become one part again, machines stand beside each other.

    Raises HarnessError with all that forbids it: suites that differ, a case that disagrees with itself on one machine,
    planned cases without a line.
    """
    cut_short = [*_incomplete(files)]
    problems = [*cut_short, *_suites(files)]
    parts: dict[str, Part] = {}
    for part in (part for file in files for part in file.parts):
        known = parts.get(_machine(part))
        parts[_machine(part)] = _joined(known, part) if known else part
    problems += [problem for part in parts.values() for problem in _disagreeing(part)]
    problems += [problem for part in parts.values() for problem in _gaps(part) if not cut_short]
    if problems:
        raise HarnessError(*(Problem(what, None, hint) for what, hint in problems))
    return Results("", tuple(_whole(part) for _, part in sorted(parts.items())), complete=True)


def _incomplete(files: Iterable[Results]) -> Iterator[tuple[str, str]]:
    for file in files:
        if not file.complete:
            missing = sum(part.missing for part in file.parts)
            yield f"`{file.file}` has no end: its run died; planned cases that are missing: {missing}", "run it again"


def _suites(files: Iterable[Results]) -> Iterator[tuple[str, str]]:
    first: dict[str, str] = {}
    for file in files:
        for part in file.parts:
            first.setdefault(part.header["suite"], file.file)
    if len(first) > 1:
        one, other, *_ = first.values()
        yield f"`{one}` and `{other}` are of different suites", "results compare where the scenarios are the same"


def _machine(part: Part) -> str:
    return json.dumps(part.header["machine"], sort_keys=True)


def _joined(one: Part, other: Part) -> Part:
    """Two parts of one machine; the header of a shard becomes that of the whole."""
    first, second = one.header, other.header
    shards = sorted({*first.get("shards", ()), *second.get("shards", ())})
    same = bool(shards) and first.get("shards") == second.get("shards")
    subjects = [*first["subjects"], *(s for s in second["subjects"] if s not in first["subjects"])]
    planned = first["planned"] if same else first["planned"] + second["planned"]
    header = {**first, "subjects": subjects, "planned": planned, **({"shards": shards} if shards else {})}
    if "variants" not in second:  # of which all were played, so that the whole has more than the first of each
        header.pop("variants", None)
    return Part(header, (*one.cases, *other.cases))


def _key(case: Record) -> tuple[str, str, str]:
    return case_of(case), case["subject"], case["python"]


def _verdicts(case: Record) -> str:
    """What a case came to, without what differs from run to run."""
    return json.dumps([case["digest"], case["outcome"], case["findings"]], sort_keys=True)


def _disagreeing(part: Part) -> Iterator[tuple[str, str]]:
    seen: dict[tuple[str, str, str], str] = {}
    for case in part.cases:
        if seen.setdefault(_key(case), _verdicts(case)) != _verdicts(case):
            yield f"{' '.join(_key(case))} disagrees with itself on one machine", "`--repeat` finds unsteady cases"


def _once(cases: Sequence[Record]) -> tuple[Record, ...]:
    return tuple({_key(case): case for case in reversed(cases)}[key] for key in sorted({_key(c) for c in cases}))


def _whole(part: Part) -> Part:
    """A part of which nothing is missing: no longer of shards, its cases in order and each there once."""
    cases = _once(part.cases)
    header = {key: value for key, value in part.header.items() if key != "shards"}
    return Part({**header, "planned": len(cases)}, cases)


def _gaps(part: Part) -> Iterator[tuple[str, str]]:
    shards: list[str] = part.header.get("shards", [])
    of = {shard.partition("/")[2] for shard in shards}
    for count in sorted(of, key=int):
        there = {shard.partition("/")[0] for shard in shards}
        missing = [f"{n}/{count}" for n in range(1, int(count) + 1) if str(n) not in there]
        if len(of) > 1:
            yield f"the shards are of different cuts: {', '.join(shards)}", "cut a run into equal shards"
        elif missing:
            yield f"shard {', '.join(missing)} is missing", "each of them is a part of the same run"
    twice = [key for key, count in Counter(map(_key, part.cases)).items() if count > 1]
    if part.missing > len(twice):
        yield f"planned cases that have no line: {part.missing}", "all that was planned must be there"
