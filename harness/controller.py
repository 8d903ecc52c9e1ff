"""What only the controller does: provision, write the result file, print the table, say how it all ended."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from harness import store
from harness.case import Place
from harness.errors import ExitStatus, HarnessError, mistake
from harness.expect import Ruled, Ruling
from harness.gate import Gate, GateBefore, Suites, lists, near
from harness.players import SESSION, STATE, Players, mistakes_end_the_run
from harness.process import Guard, sweep
from harness.report.cells import Column, printable
from harness.report.failure import Failure, Line
from harness.report.gated import gated
from harness.report.summary import comparison
from harness.report.table import NONE
from harness.session import Entrant, entrant_names, open_session
from harness.tool import NotMeasured
from harness.tools.catalogue import load_tools

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from _pytest.terminal import TerminalReporter

    from harness.filesystems.laying import Filesystem
    from harness.result import Record
    from harness.sandbox import WorkDirectory
    from harness.session import Session

LATEST = Path("reports", "latest.jsonl")
"""Where results go in a checkout of this project where no other place is asked for."""


class Controller(Players):
    """The state of a run in the process that the user started."""

    def __init__(self, config: pytest.Config) -> None:
        from harness.tools.subject import expand  # noqa: PLC0415 -- heavy

        option = config.option
        specs = expand(option.tool or config.getini("venvproof_tools"), option.tool_file, offline=option.offline)
        super().__init__(config, entrant_names(specs, option.python, option.tool_file))
        self.told: dict[str, Record] = {}
        self.gate: Gate | GateBefore | None = None
        self.planned = 0
        self.mistaken = self.enough = self.kept = False
        self.faults: tuple[str, ...] = ()
        self.updated: tuple[str, ...] = ()
        self.writer: store.Writer | None = None
        self.guard: Guard | None = None
        self.filesystem: Filesystem | None = None
        if option.filesystem:
            self._enter(option.filesystem)

    # -- before the first case ---------------------------------------------------------------------------------------

    def ready(self) -> Session:
        """Have every entrant ready, once, and a file for the results."""
        if self.session is None:
            option = self.config.option
            with mistakes_end_the_run():
                self.writer = self._writer()
                self.session = open_session(
                    self.names, option.python, work=self._desk(), offline=option.offline,
                    tool_files=option.tool_file, report=self._say, watched=option.watched,
                    powerless=option.ordinary_user,
                )  # fmt: skip
            self._demand(len(self.names) - len(self._not_measured()))
        return self.session

    def _gate(self, files: Iterable[Path]) -> Gate | GateBefore:
        """What the run is held against, read before the first case is played."""
        option, session = self.config.option, self.ready()
        entrants = [entrant for entrant in session.entrants.values() if isinstance(entrant, Entrant)]
        ours = self.config.rootpath / "scenarios"  # what the usual lists are about, whatever is played
        suites = Suites({path.parents[1] for path in files} | ({ours} if ours.is_dir() else set()))
        with mistakes_end_the_run():
            if option.points and option.update_expectations:
                what = "`--update-expectations` is about all points of a case, and `--points` about some"
                raise mistake(what, hint="leave `--points` out")
            if option.against and (option.expect or option.update_expectations):
                raise mistake("a run is held against expectations or `--against` an earlier one, not against both")
            if option.against:
                return GateBefore(option.against, [(e.subject.name, e.python.version) for e in entrants], suites)
            found = lists(
                option.expect, self.config.rootpath, [entrant.subject.tool.name for entrant in entrants], suites,
                load_tools(option.tool_file), new=option.update_expectations,
            )  # fmt: skip
            return Gate(found, suites, session.machine.facts, strict=self.strict)

    def _desk(self) -> WorkDirectory:
        """The work directory, made once."""
        from harness.sandbox import WorkDirectory  # noqa: PLC0415 -- heavy, and only where cases are played

        if self.work is None:
            with mistakes_end_the_run():
                base = self._ground()
                self.work = WorkDirectory.make(base)
            self.guard = Guard(self.work.path.name, mounted=str(base) if self.filesystem else "")
        return self.work

    def _enter(self, kind: str) -> None:
        """Be alone with what will be mounted: before there is any worker or thread, which are to see it, too."""
        from harness.filesystems.laying import enter  # noqa: PLC0415 -- Linux, and only where it is asked for

        if self.config.option.keep == "all":
            raise mistake(
                "`--keep all` keeps nothing where `--filesystem` has trees stand on what goes with the run",
                hint="leave one of them out; `--work-dir` names a directory on a filesystem of yours",
            )
        self.config.option.keep = "none"
        enter(kind)

    def _ground(self) -> Path | None:
        """Where the work directory is made: where the user says, or on the filesystem that is made there."""
        base: Path | None = self.config.option.work_dir
        if self.config.option.filesystem:
            from harness.filesystems.laying import lay  # noqa: PLC0415 -- likewise

            self.filesystem = lay(self.config.option.filesystem, base)
            self._say(f"trees stand on a new filesystem ({self.config.option.filesystem}), and none is kept")
            return self.filesystem.path
        return base

    def _writer(self) -> store.Writer | None:
        path = self._results()
        try:
            return store.Writer(path) if path else None
        except OSError as error:
            raise mistake(f"results cannot be written to `{path}`: {error.strerror}") from None

    def _results(self) -> Path | None:
        asked: Path | None = self.config.option.results
        if asked is not None:
            return asked
        root = self.config.rootpath
        checkout = (root / "harness" / "plugin.py").is_file() and self.config.invocation_params.dir.is_relative_to(root)
        return root / LATEST if checkout else None

    def _not_measured(self) -> list[Column]:
        found = self.session.entrants if self.session else {}
        return [Column(str(name), "", e.reason) for name, e in found.items() if isinstance(e, NotMeasured)]

    def _demand(self, measured: int) -> None:
        """End the run where it would measure nothing."""
        if not measured:
            reasons = [f"{column.subject} is not measured: {column.not_measured}" for column in self._not_measured()]
            raise pytest.UsageError("\n".join(["no tool is left to test", *reasons]))

    def _say(self, message: str) -> None:
        """Tell of progress, unless asked for quiet."""
        reporter: TerminalReporter | None = self.config.pluginmanager.getplugin("terminalreporter")
        if reporter is not None and self.config.option.verbose >= 0:
            _write(reporter, Line(message))

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> None:
        """Have the entrants ready where this process plays the cases itself."""
        option = self.config.option
        distributed = getattr(option, "dist", "no") != "no" and bool(getattr(option, "tx", None))
        stopped = session.testsfailed and not option.continue_on_collection_errors
        if not (distributed or stopped or option.collectonly):
            self._plan([item.nodeid for item in session.items])

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:  # noqa: ANN401 -- of xdist
        """Tell a worker what to collect, and where it will find what is provisioned."""
        node.workerinput[STATE] = pickle.dumps((self.names, str(self._desk().path)))

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, node: Any, ids: Sequence[str]) -> None:  # noqa: ANN401, ARG002
        """Have the entrants ready once a worker knows of cases; all workers collect the same, and wait for this."""
        if self.mistaken and not self.config.option.continue_on_collection_errors:
            raise pytest.Session.Interrupted("errors during collection")  # where there are no workers, pytest does it
        self._plan(ids)
        if self.session is not None:
            (self._desk().path / SESSION).write_bytes(pickle.dumps(self.session))

    def _plan(self, ids: Sequence[str]) -> None:
        """Count the cases that will have a line: those of entrants that are measured."""
        parts = [nodeid.partition("::") for nodeid in ids]
        cases = [name for file, _, name in parts if file.endswith(".yaml")]
        if cases and self.gate is None:
            measured = tuple(f"{name}[" for name, e in self.ready().entrants.items() if isinstance(e, Entrant))
            self.planned = sum(f"{case}[".startswith(measured) for case in cases)
            self._demand(self.planned)
            self.gate = self._gate({self.config.rootpath / file for file, _, _ in parts if file.endswith(".yaml")})

    # -- while cases end ---------------------------------------------------------------------------------------------

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Notice a scenario that cannot be read."""
        self._notice(report)

    def _notice(self, report: pytest.CollectReport | pytest.TestReport) -> None:
        self.mistaken = self.mistaken or bool(getattr(report, "venvproof_mistake", False))

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Write a case's line as soon as it is known, and show its failure in colour wherever it was played."""
        self._notice(report)
        told: Record | None = getattr(report, "venvproof", None)
        if told is None:
            return
        ruled = self._rule(report, told["record"])
        keep = self.config.option.keep
        kept = told["kept"] if keep == "all" or (keep == "failed" and report.failed) else ""
        # Here, since what is not told of, as after an interrupt, nobody would find.
        script = self._kept(report.nodeid, told["record"], Place(kept, "")) if kept else ""
        told = {**told, "kept": kept, "script": script, "failed": report.failed, "ruled": ruled}
        self.told[report.nodeid] = report.venvproof = told  # type: ignore[attr-defined]
        if report.failed:
            report.longrepr = Failure(told, ruled)  # type: ignore[assignment]  # whatever has toterminal() will do
        if self.writer is not None:
            if not self.writer.cases:
                self.writer.write(self._header(told["suite"]))
            self.writer.write(told["record"])

    def _kept(self, nodeid: str, record: Record, place: Place) -> str:
        """Keep the tree of a case, and write beside it the script that reproduces it; its path, empty for none."""
        from harness.keeping import reproduce  # noqa: PLC0415 -- only where something is kept
        from harness.reading.scenario import load_scenario  # noqa: PLC0415

        self._desk().keep(place)
        path = self.config.rootpath / nodeid.partition("::")[0]
        scenario = self.scenarios.get(record["scenario"]) or load_scenario(path)  # which workers have read, not we
        tools, machine = load_tools(self.config.option.tool_file), self.ready().machine
        return reproduce(record, scenario, place, tools=tools, machine=machine, work=self._desk())

    def _rule(self, report: pytest.TestReport, record: Record) -> Ruled:
        """Let the gate decide whether a case passes, where it has a say; pytest's own word for it is `xfailed`."""
        ruled = self.gate.rule(record) if self.gate and not record.get("varied") else Ruled(Ruling.FREE)
        if ruled.ruling is Ruling.FREE or report.skipped:
            return ruled
        if self.config.option.update_expectations and ruled.ruling is not Ruling.EXPECTED:
            ruled = Ruled(Ruling.EXPECTED, ruled.why)  # by the list as it is about to be
        if ruled.ruling is Ruling.EXPECTED:
            if report.failed or ruled.entries:
                report.outcome, report.wasxfail, report.longrepr = "skipped", ruled.why, None
        else:
            report.outcome = "failed"
        return ruled

    def _header(self, suite: str) -> Record:
        session = self.ready()
        subjects = [e if isinstance(e, NotMeasured) else e.subject for e in session.entrants.values()]
        shard = self.config.option.shard
        header = store.header(
            suite=suite, machine=session.machine, subjects=subjects, planned=self.planned,
            variants=self.config.option.variants,
        )  # fmt: skip
        return {**header, **({"shards": [shard]} if shard else {})}

    # -- after the last case -----------------------------------------------------------------------------------------

    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        """End what is running, or workers would wait for it before they listen."""
        # That enough has failed (-x) is what pytest-xdist calls an interrupt, and pytest a failure.
        self.enough = str(excinfo.value).startswith("stopping after")
        if self.work is not None:
            sweep(self.work.path.name)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Close the result file, clean up, and let the exit status say whose fault it is."""
        if self.enough:
            session.exitstatus = ExitStatus.REGRESSION
        if self.mistaken:
            session.exitstatus = ExitStatus.MISTAKE
        if self.writer is not None:
            self.writer.close(complete=0 < self.planned <= self.writer.cases)
        if self.config.option.summary and self.told:
            self._summarise(self.config.option.summary)
        self._close()
        self._update()
        if self.faults:
            session.exitstatus = session.exitstatus or ExitStatus.REGRESSION

    def _summarise(self, path: Path) -> None:
        """Write the comparison for those who read it in a browser."""
        from harness.report.markdown import page  # noqa: PLC0415 -- only where it is asked for

        try:
            path.write_text(page(self.told, self._not_measured(), self.config.option.table), encoding="utf-8")
        except OSError as error:
            self.faults += (f"the summary cannot be written to `{path}`: {error.strerror}",)

    def _update(self) -> None:
        """Bring the lists up to date where that is asked for."""
        if self.config.option.update_expectations and isinstance(self.gate, Gate):
            try:
                self.updated = tuple(self.gate.update([told["record"] for told in self.told.values()]))
            except HarnessError as error:
                self.faults += (str(error),)

    def _close(self) -> None:
        """Leave no process, and no tree that is not kept."""
        self.faults += self.session.close() if self.session else ()
        if self.filesystem is not None:
            self.filesystem.close()
        if self.guard is not None:
            self.guard.dismiss()
        if self.filesystem is not None:
            return
        try:
            self.kept = bool(self.work and self.work.close())
        except HarnessError as error:
            self.faults += (str(error),)

    def pytest_unconfigure(self) -> None:
        """Leave no tree, either, where the run ended before it had begun."""
        if self.work is not None and self.work.path.is_dir() and not self.kept:
            self._close()
        elif self.filesystem is not None:
            self.filesystem.close()

    def pytest_terminal_summary(self, terminalreporter: TerminalReporter) -> None:
        """Print the table and what broke, and where to find the rest."""
        if self.told and self.config.option.table != NONE:
            terminalreporter.write_sep("=", "comparison")
            for line in comparison(self.told, self._not_measured(), self.config.option.table):
                _write(terminalreporter, line)
        for line in self._notes():
            _write(terminalreporter, line)

    def _notes(self) -> Iterator[Line]:
        for column in self._not_measured() if self.told else ():
            yield Line(f"{column.subject} is not measured: {printable(column.not_measured)}")
        yield from gated(self.gate, self.told)
        yield from (Line(message) for message in self.updated)
        path = self._results()
        if self.told and path is not None:
            yield Line(f"results: {near(path)}")
        if self.kept and self.work is not None:
            yield Line(f"trees are kept in {self.work.path}")
        yield from (Line(fault, "red") for fault in self.faults)


def _write(reporter: TerminalReporter, line: Line) -> None:
    reporter.write_line(line.text, **({line.colour: True} if line.colour else {}))
