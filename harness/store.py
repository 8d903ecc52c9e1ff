"""Result files: JSON Lines of one header, a line a case, and a footer when all is done."""

from __future__ import annotations

import json
import os
import re
from dataclasses import asdict
from datetime import UTC, datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any, assert_never

from harness import __version__
from harness.case import Act
from harness.changes import diff, was_and_is
from harness.run import Exited, Interrupted, NotStarted, Signalled, TimedOut
from harness.scenario import Delete, Move, Plant
from harness.tool import NotMeasured
from harness.verdict import Broken, Differs, Held, Moot, Said

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from harness.case import Action, Machine
    from harness.result import Finding, Record, Result
    from harness.run import Ending, Finished, Observation
    from harness.scenario import Scenario
    from harness.snapshot import Snapshot
    from harness.tool import Subject
    from harness.verdict import Evidence

FORMAT = 1
_ABSOLUTE = re.compile(r"(?<![\w.$])([A-Za-z]:)?[/\\][^\s`'\"]*[/\\]")


def suite_digest(scenarios: Iterable[Scenario]) -> str:
    """What the suite means as a whole, wording aside."""
    lines = sorted(f"{scenario.id} {scenario.digest()}\n" for scenario in scenarios)
    return "sha256:" + sha256("".join(lines).encode()).hexdigest()


def header(
    *, suite: str, machine: Machine, subjects: Iterable[Subject | NotMeasured], planned: int, variants: str = "all"
) -> Record:
    """The first line. It says which variants were played only where those are not all."""
    return {
        "kind": "header",
        "format": FORMAT,
        "venvproof": __version__,
        "suite": suite,
        "started": _now(),
        "machine": {**machine.facts, "lacks": dict(machine.lacks)},
        "subjects": [_subject(subject) for subject in subjects],
        "planned": planned,
        **({"variants": variants} if variants != "all" else {}),
    }


def _subject(subject: Subject | NotMeasured) -> Record:
    spec = re.sub(r"@.*[/\\\\]", "@.../", subject.spec)  # where a build lies is a path of the machine
    if isinstance(subject, NotMeasured):
        return {"spec": spec, "not_measured": _ABSOLUTE.sub(".../", subject.reason)}
    return {
        "spec": spec,
        "name": subject.name,
        "tool": subject.tool.name,
        "version": subject.version,
        "digest": subject.digest,
    }


def footer(cases: int) -> Record:
    """The last line. A file without one is of a run that died."""
    return {"kind": "footer", "finished": _now(), "cases": cases}


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def record(result: Result, hide: Mapping[str, str], before: Snapshot | None) -> Record:
    """A result as its line. `hide` names the machine's paths, which stand in no file; `before` is the first tree."""
    steps: list[Record] = []
    for observation in result.observations:
        assert before is not None, "unreachable because a run that observed anything looked before"
        steps += _steps(observation, before)
        before = observation.after
    line = {
        "kind": "case",
        "scenario": result.scenario,
        "variant": result.variant,
        "subject": result.subject,
        "python": result.python,
        "digest": result.digest,
        "outcome": str(result.outcome),
        "reason": result.reason,
        "findings": [_finding(finding) for finding in result.findings],
        "steps": steps,
        **({"swept": asdict(result.swept)} if result.swept else {}),
    }
    longest_first = sorted(hide.items(), key=lambda item: -len(item[0]))
    return {key: _clean(value, longest_first) for key, value in line.items()}


def _clean(value: Any, hide: list[tuple[str, str]]) -> Any:  # noqa: ANN401 -- as JSON has it
    """The value with every text fit to be kept: no path of the machine, and nothing that a JSON reader would refuse.

    Bytes that are no UTF-8 are written as escapes.
    """
    match value:
        case str():
            for path, name in hide:
                value = value.replace(path, name)
            if value.isascii():
                return value
            return value.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
        case list() | tuple():
            return [_clean(one, hide) for one in value]
        case dict():
            return {key: _clean(one, hide) for key, one in value.items()}
        case _:
            return value


def _finding(finding: Finding) -> Record:
    start: Record = {"check": finding.check, "level": str(finding.level), "step": finding.step}
    if finding.points:
        start["points"] = finding.points
    match finding.verdict:
        case Held():
            return {**start, "verdict": "held"}
        case Broken(evidence=evidence):
            return {**start, "verdict": "broken", "evidence": [_evidence(one) for one in evidence]}
        case Moot(reason=reason):
            return {**start, "verdict": "moot", "reason": reason}
        case _:
            assert_never(finding.verdict)


def _evidence(evidence: Evidence) -> Record:
    match evidence:
        case Differs(path=path, was=was, now=now):
            return {"path": path, "was": was, "is": now}
        case Said(text=text):
            return {"said": text}
        case _:
            assert_never(evidence)


def _steps(observation: Observation, before: Snapshot) -> Iterator[Record]:
    """A line a command, the changes with the last: commands that run together change one tree."""
    start: Record = {"step": observation.step.number, "operation": _operation(observation.step.action)}
    changes = [dict(zip(("path", "was", "is"), (c.path, *was_and_is(c)), strict=True))
               for c in diff(before, observation.after)]  # fmt: skip
    commands = [_command(done) for done in observation.finished] or [{}]
    for command in commands[:-1]:
        yield {**start, **command, "changes": []}
    yield {**start, **commands[-1], "changes": changes}


def _operation(action: Action) -> str:
    match action:
        case Act(operation=operation):
            return operation
        case Plant(tree=tree):
            return "plant " + ", ".join(tree)
        case Delete(path=path):
            return f"delete {path}"
        case Move(source=source, target=target):
            return f"move {source} to {target}"
        case _:
            assert_never(action)


def _command(done: Finished) -> Record:
    return {
        "run": done.command.argv,
        "ending": _ending(done.ending),
        "seconds": round(done.seconds, 4),
        "output": done.output,
        **({"unseen": done.watched.unseen} if done.watched and done.watched.unseen else {}),
    }


def _ending(ending: Ending) -> Record:
    match ending:
        case Exited(code=code):
            return {"exited": code}
        case Signalled(signal=signal):
            return {"signalled": signal}
        case Interrupted(signal=signal):
            return {"interrupted": signal}
        case TimedOut(limit=limit):
            return {"timed_out": limit}
        case NotStarted(reason=reason):
            return {"not_started": reason}
        case _:
            assert_never(ending)


def put(path: Path, text: str) -> None:
    """Write a file wholly or not at all; a link to it stays one."""
    path = path.resolve()
    if path.exists() and not path.is_file():  # as /dev/stdout, of which there is no other that could take its place
        path.write_bytes(text.encode())
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        unfinished.write_bytes(text.encode())
        unfinished.replace(path)
    except OSError:
        unfinished.unlink(missing_ok=True)
        raise


def dumped(line: Record) -> str:
    """A line as it stands in a file."""
    return json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n"


class Writer:
    """Appends lines to a result file and flushes each, so that a run that dies loses no finished case."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = path.open("w", encoding="utf-8")
        self.cases = 0

    def write(self, line: Record) -> None:
        """Append one line."""
        self.cases += line["kind"] == "case"
        self._file.write(dumped(line))
        self._file.flush()

    def close(self, *, complete: bool = True) -> None:
        """Append the footer, unless the run was cut short."""
        if complete:
            self.write(footer(self.cases))
        self._file.close()
