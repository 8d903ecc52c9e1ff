"""What a run is held against: lists of expectations, or the results of an earlier run."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from harness.compare import by_column, case_of, differences, now_called, paired, tool_of
from harness.errors import mistake
from harness.expect import TODO, Ruled, Ruling, rule, rule_against
from harness.learn import Seen, updated
from harness.reading.expectations import ExpectationFile, Ids, read_expectations, rewritten
from harness.reading.renamed import load_renamed, scenario_files
from harness.reading.scenario import load_scenario
from harness.results import read_results
from harness.store import put

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from harness.compare import Column, Difference
    from harness.expect import Expectation
    from harness.result import Record

USUAL = Path("reports", "expected")
"""Where the list of a tool stands unless `--expect` names another: `<tool>.yaml` there."""


def near(path: Path) -> Path:
    """A path as it is named from here."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


class Suites:
    """The ids of cases, scenarios and families; a scenario is read only where its cases are asked for."""

    def __init__(self, folders: Iterable[Path]) -> None:
        self._folders = sorted(folders)
        self._cases: dict[str, tuple[str, ...]] = {}

    @cached_property
    def renamed(self) -> dict[str, str]:
        """The new id of each scenario that was called otherwise."""
        return {old: new for folder in self._folders for old, new in load_renamed(folder).items()}

    @cached_property
    def _paths(self) -> dict[str, Path]:
        return {name: path for folder in self._folders for name, path in scenario_files(folder).items()}

    @cached_property
    def _families(self) -> set[str]:
        return {f"{name.partition('/')[0]}/*" for name in self._paths}

    def cases(self, name: str) -> tuple[str, ...]:
        """Every case of a scenario or family; of a case itself."""
        family, star, _ = name.partition("/*")
        if star:
            return tuple(case for one in self._paths if one.startswith(f"{family}/") for case in self.cases(one))
        if name not in self._paths:
            return tuple(case for case in self.cases(name.partition("[")[0]) if case == name) if "[" in name else ()
        if name not in self._cases:
            variants = load_scenario(self._paths[name]).variants
            self._cases[name] = tuple(f"{name}[{v.id}]" if v.labels else name for v in variants)
        return self._cases[name]

    def __contains__(self, name: object) -> bool:
        return name in self._paths or name in self._families or ("[" in str(name) and bool(self.cases(str(name))))

    def __iter__(self) -> Iterator[str]:
        return iter([*self._paths, *self._families])

    def __len__(self) -> int:
        return len(self._paths) + len(self._families)


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
    """Decides what is as expected; a run without lists leaves it all to the outcomes."""

    def __init__(self, lists: Sequence[Listed], suites: Suites, facts: Mapping[str, str], *, strict: bool) -> None:
        self.lists = tuple(lists)
        self._suites, self._facts, self._strict = suites, facts, strict
        self._today = datetime.now(UTC).date().isoformat()

    def rule(self, record: Record) -> Ruled:
        """What to make of a case line."""
        lists = [one for one in self.lists if one.about(tool_of(record["subject"]))]
        if not lists:
            return Ruled(Ruling.FREE)
        covering = [entry for one in lists for entry in one.file.entries if entry.covers(record, self._facts)]
        over = tuple(entry for entry in covering if entry.is_over(self._today))
        ruled = rule(record, (entry for entry in covering if entry not in over))
        if over and not ruled.entries and ruled.ruling is Ruling.REGRESSION:
            return replace(ruled, why=f"it was expected until {over[0].until}", entries=over)
        if self._strict and ruled.ruling is Ruling.EXPECTED and any(entry.because == TODO for entry in ruled.entries):
            return replace(ruled, ruling=Ruling.REGRESSION, why=f"the reason is still `{TODO}`")
        return ruled

    def update(self, records: Iterable[Record]) -> Iterator[str]:
        """Bring the lists up to date with these lines, and tell of each file that changed.

        Raises HarnessError where one cannot be written.
        """
        seen = [Seen(record, self._facts) for record in records]
        for one in self.lists:
            theirs = [s for s in seen if one.about(tool_of(s.record["subject"]))]
            entries = updated(one.file.entries, theirs, self._today, self._suites.cases)
            if one.tool:
                entries = [replace(entry, tool="") if entry not in one.file.entries else entry for entry in entries]
            if entries != list(one.file.entries):
                try:
                    put(one.path, rewritten(one.file, entries))
                except OSError as error:
                    raise mistake(f"`{near(one.path)}` cannot be written: {error.strerror}") from None
                yield _told(one, entries)


def _told(one: Listed, entries: Sequence[Expectation]) -> str:
    new = [entry for entry in entries if entry not in one.file.entries]
    gone = [entry for entry in one.file.entries if entry not in entries]
    todo = f"; give each a reason where it says `{TODO}`" if any(entry.because == TODO for entry in new) else ""
    return f"{near(one.path)}: {len(new)} new, {len(gone)} removed{todo}"


class GateBefore:
    """A gate that is an earlier run: what got worse fails, and nothing else does.

    Raises HarnessError where that run has nothing to hold a column against.
    """

    def __init__(self, path: Path, columns: Sequence[Column], suites: Suites) -> None:
        self.path, self.results = path, read_results(path)
        self._before = by_column(now_called(self.results.cases, suites.renamed))
        self._partners = {now: then for now, then in paired(list(self._before), columns) if now}
        for column, partner in self._partners.items():
            same_tool = [name for name, _ in self._before if tool_of(name) == tool_of(column[0])]
            if partner is None and (same_tool or not any(self._partners.values())):
                what = f"`{path}` has nothing to hold {' with Python '.join(column)} against"
                raise mistake(what, hint=f"its results are of {', '.join(sorted({name for name, _ in self._before}))}")

    def rule(self, record: Record) -> Ruled:
        """What to make of a case line."""
        return rule_against(record, self._old(record))

    def differences(self, records: Sequence[Record]) -> list[Difference]:
        """What changed, of the cases that were played."""
        old = [found for record in records if (found := self._old(record))]
        return differences(old, records)

    def _old(self, record: Record) -> Record | None:
        partner = self._partners.get((record["subject"], record["python"]))
        return self._before[partner].get(case_of(record)) if partner else None


def lists(
    named: Sequence[Path], root: Path, tools: Iterable[str], suites: Suites, known_tools: Collection[str], *, new: bool
) -> list[Listed]:
    """The lists that are asked for, else those of the tools where such stand; with `new` also where they do not yet.

    Raises HarnessError where one cannot be read, or names what is not in the suites.
    """
    if named:
        wanted = [(path, "") for path in named]
    else:
        usual = ((root / USUAL / f"{tool}.yaml", tool) for tool in dict.fromkeys(tools))
        wanted = [(path, tool) for path, tool in usual if new or path.is_file()]
    if not wanted:
        return []
    ids = Ids(cases=suites, tools=known_tools, renamed=suites.renamed)
    return [Listed(path, tool, _loaded(path, ids, new=new)) for path, tool in wanted]


def _loaded(path: Path, ids: Ids, *, new: bool) -> ExpectationFile:
    try:
        return read_expectations(path.read_bytes(), near(path).as_posix(), ids)
    except FileNotFoundError:
        if new:
            return ExpectationFile("", ())
        what = f"there are no expectations in `{near(path)}`"
        raise mistake(what, hint="`--update-expectations` writes them") from None
    except OSError as error:
        raise mistake(f"`{near(path)}` cannot be read: {error.strerror}") from None
