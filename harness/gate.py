"""What a run is held against: lists of expectations, or the results of an earlier run."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from harness.compare import by_column, case_of, paired, tool_of
from harness.errors import mistake
from harness.expect import TODO, Ruled, Ruling, rule, rule_against
from harness.learn import Seen, updated
from harness.reading.expectations import ExpectationFile, load_expectations, rewritten
from harness.reading.scenario import load_scenario
from harness.results import read_results

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from harness.compare import Column
    from harness.expect import Expectation
    from harness.result import Record

USUAL = Path("reports", "expected")
"""Where the list of a tool stands unless `--expect` names another: `<tool>.yaml` there."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A file of expectations. `tool` is the one that it is about, empty where its entries say so."""

    path: Path
    tool: str
    file: ExpectationFile

    def about(self, tool: str) -> bool:
        """Whether it may hold expectations of that tool."""
        return self.tool in ("", tool)


class Gate:
    """Decides what is as expected; a run without lists and without an earlier one leaves it all to the outcomes."""

    def __init__(self, lists: Sequence[Listed], facts: Mapping[str, str], *, strict: bool) -> None:
        self.lists = tuple(lists)
        self._facts, self._strict = facts, strict
        self._today = datetime.now(UTC).date().isoformat()

    def rule(self, record: Record) -> Ruled:
        """What to make of a case line."""
        lists = [one for one in self.lists if one.about(tool_of(record["subject"]))]
        if not lists:
            return Ruled(Ruling.FREE)
        covering = [e for one in lists for e in one.file.entries if e.covers(record, self._facts, self._today)]
        ruled = rule(record, covering)
        if self._strict and ruled.ruling is Ruling.EXPECTED and any(entry.because == TODO for entry in covering):
            return replace(ruled, ruling=Ruling.REGRESSION, why=f"the reason is still `{TODO}`")
        return ruled

    def update(self, records: Iterable[Record]) -> Iterator[str]:
        """Bring the lists up to date with these lines, and tell of each file that changed."""
        seen = [Seen(record, self._facts) for record in records]
        for one in self.lists:
            theirs = [s for s in seen if one.about(tool_of(s.record["subject"]))]
            entries = updated(one.file.entries, theirs)
            if one.tool:
                entries = [replace(entry, tool="") if entry not in one.file.entries else entry for entry in entries]
            if entries != list(one.file.entries):
                _replace(one.path, rewritten(one.file, entries))
                yield _told(one, entries)


def _told(one: Listed, entries: Sequence[Expectation]) -> str:
    new = [entry for entry in entries if entry not in one.file.entries]
    gone = [entry for entry in one.file.entries if entry not in entries]
    todo = f"; give each a reason where it says `{TODO}`" if any(entry.because == TODO for entry in new) else ""
    return f"{one.path}: {len(new)} new, {len(gone)} removed{todo}"


def _replace(path: Path, text: str) -> None:
    """Write a file wholly or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    unfinished.write_text(text, encoding="utf-8")
    unfinished.replace(path)


class GateBefore:
    """A gate that is an earlier run: what got worse fails, and nothing else does."""

    lists: tuple[Listed, ...] = ()

    def __init__(self, path: Path, columns: Sequence[Column]) -> None:
        self._before = by_column(read_results(path).cases)
        self._partners = dict(paired(list(self._before), columns))

    def rule(self, record: Record) -> Ruled:
        """What to make of a case line."""
        partner = self._partners.get((record["subject"], record["python"]))
        return rule_against(record, self._before[partner].get(case_of(record)) if partner else None)


def lists(
    named: Sequence[Path], root: Path, tools: Iterable[str], suites: Collection[Path], *, new: bool
) -> list[Listed]:
    """The lists that are asked for, else those of the tools where such stand; with `new` also where they do not yet.

    Raises HarnessError where one cannot be read, or names what is not in the suites.
    """
    if named:
        wanted = [(path, "") for path in named]
    else:
        usual = ((root / USUAL / f"{tool}.yaml", tool) for tool in dict.fromkeys(tools))
        wanted = [(path, tool) for path, tool in usual if new or path.is_file()]
    known = _Known(suites) if wanted else ()
    found = []
    for path, tool in wanted:
        if path.is_file():
            found.append(Listed(path, tool, load_expectations(path, known)))
        elif new:
            found.append(Listed(path, tool, ExpectationFile("", ())))
        else:
            raise mistake(f"there are no expectations in `{path}`", hint="`--update-expectations` writes them")
    return found


class _Known:
    """The ids of cases, scenarios and families; a scenario is read only where one of its variants is asked for."""

    def __init__(self, suites: Iterable[Path]) -> None:
        paths = [path for suite in suites for path in suite.glob("*/*.yaml") if path.name != "family.yaml"]
        self._paths = {f"{path.parent.name}/{path.stem}": path for path in paths}
        self._families = {f"{path.parent.name}/*" for path in paths}

    def __contains__(self, case: object) -> bool:
        scenario, bracket, variant = str(case).rstrip("]").partition("[")
        if not bracket:
            return scenario in self._paths or scenario in self._families
        return scenario in self._paths and variant in {v.id for v in load_scenario(self._paths[scenario]).variants}

    def __iter__(self) -> Iterator[str]:
        return iter([*self._paths, *self._families])

    def __len__(self) -> int:
        return len(self._paths) + len(self._families)
