"""Published data: what one build of a tool did on one machine, in one canonical file (`reports/data/`)."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from packaging.version import InvalidVersion, Version

from harness.compare import case_of, tool_of
from harness.errors import HarnessError, Place, Problem, mistake
from harness.folding import folded
from harness.result import Outcome
from harness.results import read_results

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from harness.result import Record
    from harness.results import Part, Results

FORMAT = 1
NEWEST = "newest"
"""What stands for the version of a tool that was asked for without one, and could not be had."""

DIGITS = 12
"""How much of a scenario's digest is kept: enough to tell that its meaning has changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """What a build did on a machine with a Python.

    `machine` are the facts that result files record, `measured` is the day, `digest` is the build's, `scenarios` the
    start of each scenario's digest, `cases` what became of each by its name, as `folding.folded` has it. Where
    `not_measured` says why there are no results, there are none; `variants` is `first` where no others were played.
    """

    tool: str
    version: str
    python: str
    machine: Mapping[str, str]
    measured: str
    venvproof: str
    digest: str
    scenarios: Mapping[str, str]
    cases: Mapping[str, Record]
    not_measured: str = ""
    variants: str = ""

    @property
    def subject(self) -> str:
        """`uv@0.7.13`."""
        return f"{self.tool}@{self.version}"

    @property
    def platform(self) -> str:
        """`linux-x86_64-ext4-py3.11`: what tells the files of one build apart."""
        machine = (self.machine.get(fact, "unknown") for fact in ("system", "architecture", "filesystem"))
        python = ".".join(self.python.split(".")[:2])
        told = "-".join((*machine, *([f"py{python}"] if python else []))).lower()
        return re.sub(r"[^\w.+-]+", "-", told)

    @property
    def file(self) -> str:
        """Where it stands below the folder of published data, whatever a tool says that its version is."""
        folders = (re.sub(r"[^\w.+!-]+|^\.+", "-", name) for name in (self.tool, self.version))
        return "/".join((*folders, f"{self.platform}.json"))

    @property
    def age(self) -> tuple[bool, Version | str]:
        """For sorting the oldest first; what is no version that can be compared counts as the newest."""
        return aged(self.version)


def aged(version: str) -> tuple[bool, Version | str]:
    """A version as it sorts."""
    try:
        return False, Version(version)
    except InvalidVersion:
        return True, version


def published(results: Results) -> Iterator[Measurement]:
    """What a result file has to publish, a measurement a subject and Python.

    Raises HarnessError where the run died, or where no case came to anything but an error: neither is published.
    """
    if not results.complete:
        missing = sum(part.missing for part in results.parts)
        what = f"`{results.file}` has no end: its run died; planned cases that are missing: {missing}"
        raise mistake(what, hint="what is not whole is not published; run it again")
    if results.cases and all(case["outcome"] == Outcome.ERRS for case in results.cases):
        raise mistake(f"`{results.file}` holds errors alone", hint="that tells of the harness, not of the tools")
    for part in results.parts:
        yield from _measurements(part)


def _measurements(part: Part) -> Iterator[Measurement]:
    header = part.header
    subjects = {subject["name"]: subject for subject in header["subjects"] if "name" in subject}
    common: Record = {
        "machine": {fact: value for fact, value in header["machine"].items() if isinstance(value, str)},
        "measured": str(header.get("started", "")).partition("T")[0],
        "venvproof": str(header.get("venvproof", "")),
        "variants": str(header.get("variants", "")),
    }
    columns: dict[tuple[str, str], list[Record]] = {}
    for case in part.cases:
        columns.setdefault((case["subject"], case["python"]), []).append(case)
    for (subject, python), cases in columns.items():
        yield Measurement(
            tool=tool_of(subject),
            version=subject.partition("@")[2],
            python=python,
            digest=str(subjects.get(subject, {}).get("digest", "")),
            scenarios={case["scenario"]: case["digest"][:DIGITS] for case in sorted(cases, key=case_of)},
            cases={case_of(case): folded(case) for case in sorted(cases, key=case_of)},
            **common,
        )
    for subject in header["subjects"]:
        if "not_measured" in subject:
            tool, _, version = subject["spec"].partition("@")
            nothing: Record = {"digest": "", "python": "", "scenarios": {}, "cases": {}}
            yield Measurement(
                tool=tool, version=version or NEWEST, not_measured=subject["not_measured"], **nothing, **common
            )


def dumped(measurement: Measurement) -> str:
    """The canonical text of a measurement: a case a line, so that a change is a change of few lines."""
    head = {
        "format": FORMAT,
        "tool": measurement.tool,
        "version": measurement.version,
        "python": measurement.python,
        "measured": measurement.measured,
        "venvproof": measurement.venvproof,
        "machine": dict(sorted(measurement.machine.items())),
        "digest": measurement.digest,
        **{key: value for key in _MAY_LACK if (value := getattr(measurement, key))},
    }
    start = "".join(f"{json.dumps(key)}: {_json(value)},\n" for key, value in head.items())
    groups = (("scenarios", measurement.scenarios), ("cases", measurement.cases))
    rest = ",\n".join(f'"{name}": {{{_rows(group)}}}' for name, group in groups)
    return f"{{\n{start}{rest}\n}}\n"


def _rows(group: Mapping[str, object]) -> str:
    rows = ",\n".join(f"{_json(name)}: {_json(group[name])}" for name in sorted(group))
    return f"\n{rows}\n" if rows else ""


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def parsed(text: str, file: str, known: dict[str, Record] | None = None) -> Measurement:
    """A measurement from its file's content. Raises HarnessError where that is damaged.

    What several files say in the same words is one value, where `known` is handed on from one to the next: most
    releases do what the one before did.
    """
    data = _canonical(text, {} if known is None else known) or _json_of(text, file)
    if not isinstance(data, dict) or not isinstance(data.get("format"), int):
        raise _damaged(file, 1, 1, "this is no published measurement")
    if data.pop("format") > FORMAT:
        raise _damaged(file, 2, 1, f"this is of a newer format, and this venvproof knows {FORMAT}")
    if wrong := next(_wrong(data), ""):
        raise _damaged(file, 1, 1, wrong)
    return Measurement(**data)


def _json_of(text: str, file: str) -> object:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise _damaged(file, error.lineno, error.colno, f"this is no JSON: {error.msg.lower()}") from None


_CASES, _END = '"cases": {\n', "\n}\n}\n"


def _canonical(text: str, known: dict[str, Record]) -> Record | None:
    """What a text says that is as `dumped` writes it; None where it is not, or is damaged."""
    head, mark, rows = text.partition(_CASES)
    if not mark or not rows.endswith(_END):
        return None
    try:
        data: Record = json.loads(f"{head}{_CASES}}}}}")
        for row in rows.removesuffix(_END).split(",\n"):
            name, after = _DECODER.raw_decode(row)
            told = row[after:].removeprefix(": ")
            if told not in known:
                known[told] = json.loads(told)
            data["cases"][name] = known[told]
    except (json.JSONDecodeError, TypeError):
        return None
    return data


_DECODER = json.JSONDecoder()
_MAY_LACK = ("not_measured", "variants")
_MAPPINGS = ("machine", "scenarios", "cases")


def _wrong(data: Record) -> Iterator[str]:
    known = {field.name for field in fields(Measurement)}
    if strange := known.symmetric_difference(data) - set(_MAY_LACK):
        yield "keys are missing or unknown: " + ", ".join(f"`{key}`" for key in sorted(strange))
    for key, value in data.items():
        if not isinstance(value, dict if key in _MAPPINGS else str):
            yield f"`{key}` is no {'mapping' if key in _MAPPINGS else 'text'}"
    yield from (f"`{name}` is no case" for name, case in data["cases"].items() if not _is_case(case))


def _is_case(case: object) -> bool:
    lists = ("findings", "held", "moot", "steps")
    return (
        isinstance(case, dict)
        and case.get("outcome") in tuple(Outcome)
        and all(isinstance(case.get(part), list) for part in lists)
    )


def _damaged(file: str, line: int, column: int, what: str) -> HarnessError:
    return HarnessError(
        Problem(what, Place(file, line, column), "`venvproof report RESULTS --data DIRECTORY` writes them")
    )


def load(paths: Sequence[Path]) -> tuple[Measurement, ...]:
    """All measurements in result files (`.jsonl`), published files (`.json`) and directories of both, oldest first.

    Of two of one build on one machine the one of the later day counts, of one day the one that was named last. What was
    measured elsewhere, or later, is not told as not measured.
    """
    found: dict[str, Measurement] = {}
    cases: dict[str, Record] = {}
    for measurement in (one for path in paths for file in _files(path) for one in _load(file, cases)):
        known = found.get(measurement.file)
        if known is None or measurement.measured >= known.measured:
            found[measurement.file] = measurement
    measured = {one.subject for one in found.values() if not one.not_measured}
    kept = (one for one in found.values() if not (one.not_measured and one.subject in measured))
    return tuple(sorted(kept, key=lambda one: (one.tool, one.age, aged(one.python), one.platform)))


def _files(path: Path) -> Iterable[Path]:
    if not path.is_dir():
        return (path,)
    files = sorted(file for ending in ("*.jsonl", "*.json") for file in path.rglob(ending))
    if not files:
        raise mistake(
            f"there are no results in `{path}`", hint="result files end in `.jsonl`, published ones in `.json`"
        )
    return files


def _load(file: Path, cases: dict[str, Record]) -> Iterable[Measurement]:
    if file.suffix != ".json":
        return published(read_results(file))
    try:
        return (parsed(file.read_text(encoding="utf-8"), file.as_posix(), cases),)
    except OSError as error:
        raise mistake(f"`{file}` cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise mistake(f"`{file}` is no UTF-8", hint="`venvproof report RESULTS --data DIRECTORY` writes them") from None
