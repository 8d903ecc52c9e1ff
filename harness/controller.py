"""What only the controller does: provision, write the result file, print the table, say how it all ended."""

from __future__ import annotations

import os
import pickle
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from harness import store
from harness.errors import ExitStatus, HarnessError
from harness.players import Players
from harness.report.cells import Column, broken, printable, shown
from harness.report.failure import Failure
from harness.report.table import NONE, legend, table
from harness.result import Outcome
from harness.session import Entrant, entrant_names, open_session
from harness.tool import NotMeasured

if TYPE_CHECKING:
    from _pytest.terminal import TerminalReporter

    from harness.session import Session
    from harness.store import Record

LATEST = Path("reports", "latest.jsonl")
"""Where results go in a checkout of this project where no other place is asked for."""

CASE_MARK = ".yaml::"
"""What every node id of a case holds."""


class Controller(Players):
    """The state of a run in the process that the user started."""

    def __init__(self, config: pytest.Config) -> None:
        from harness.tools.subject import expand  # noqa: PLC0415 -- heavy

        option = config.option
        option.tool = expand(option.tool or config.getini("venvproof_tools"), option.tool_file, offline=option.offline)
        super().__init__(config, entrant_names(option.tool, option.python))
        self.told: dict[str, Record] = {}
        self.planned = 0
        self.mistaken = False
        self.writer: store.Writer | None = None

    # -- before the first case ---------------------------------------------------------------------------------------

    def ready(self) -> Session:
        """Provision every entrant, once."""
        from harness.sandbox import WorkDirectory  # noqa: PLC0415 -- heavy, and only where cases are played

        if self.session is None:
            option = self.config.option
            try:
                self.work = WorkDirectory.make(option.work_dir)
                self.session = open_session(
                    self.names, option.python, work=self.work, offline=option.offline,
                    tool_files=option.tool_file, report=self._say,
                )  # fmt: skip
            except HarnessError as error:
                raise pytest.UsageError(str(error)) from None
            found = self.session.entrants
            if not any(isinstance(entrant, Entrant) for entrant in found.values()):
                reasons = [f"{name} is not measured: {e.reason}" for name, e in found.items()
                           if isinstance(e, NotMeasured)]  # fmt: skip
                raise pytest.UsageError("\n".join(["no tool is left to test", *reasons]))
        return self.session

    def _say(self, message: str) -> None:
        reporter = self._reporter()
        if reporter is not None and reporter.verbosity >= 0:
            reporter.ensure_newline()
            reporter.write_line(message)

    def _reporter(self) -> TerminalReporter | None:
        found: TerminalReporter | None = self.config.pluginmanager.getplugin("terminalreporter")
        return found

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> None:
        """Have the entrants ready where this process plays the cases itself."""
        distributed = bool(getattr(self.config.option, "numprocesses", None) or getattr(self.config.option, "tx", None))
        cases = [item for item in session.items if CASE_MARK in item.nodeid]
        if cases and not distributed and not self.config.option.collectonly and not session.testsfailed:
            self._plan([item.nodeid for item in cases])
            self.ready()

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:  # noqa: ANN401 -- of xdist
        """Hand a worker all that it needs."""
        node.workerinput["venvproof"] = pickle.dumps(self.ready())

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, node: Any, ids: list[str]) -> None:  # noqa: ANN401, ARG002
        """Learn from a worker how many cases there are; all workers collect the same."""
        self._plan(ids)

    def _plan(self, ids: list[str]) -> None:
        self.planned = sum(CASE_MARK in nodeid for nodeid in ids)

    # -- while cases end ---------------------------------------------------------------------------------------------

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Notice a scenario that cannot be read."""
        self.mistaken = self.mistaken or bool(getattr(report, "venvproof_mistake", False))

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Write a case's line as soon as it is known, and show its failure in colour wherever it was played."""
        told: Record | None = getattr(report, "venvproof", None)
        if told is None or report.nodeid in self.told or told["record"] is None:
            return
        if report.when == "setup" and report.passed:
            return
        self.told[report.nodeid] = told
        if report.failed:
            report.longrepr = Failure(told)  # type: ignore[assignment]  # whatever has toterminal() will do
        self._write(told)

    def _write(self, told: Record) -> None:
        path = self._results()
        if path is None or self.session is None:
            return
        if self.writer is None:
            self.writer = store.Writer(path)
            entrants = self.session.entrants.values()
            subjects = [e if isinstance(e, NotMeasured) else e.subject for e in entrants]
            self.writer.write(
                store.header(suite=told["suite"], machine=self.session.machine, subjects=subjects, planned=self.planned)
            )
        self.writer.write(told["record"])

    def _results(self) -> Path | None:
        asked: Path | None = self.config.option.results
        if asked is not None:
            return asked
        here = self.config.rootpath
        return here / LATEST if (here / "harness" / "plugin.py").is_file() else None

    # -- after the last case -----------------------------------------------------------------------------------------

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Close the result file, clean up, and let the exit status say whose fault it is."""
        if self.mistaken:
            session.exitstatus = ExitStatus.MISTAKE
        if self.writer is not None and len(self.told) >= self.planned:
            self.writer.close()
        if self.session is not None:
            for fault in self.session.close():
                self._say(fault)
                session.exitstatus = ExitStatus.REGRESSION

    def pytest_unconfigure(self) -> None:
        """Remove what is not kept; also where the run was interrupted."""
        if self.work is not None:
            self.work.close()
            self.work = None

    def pytest_terminal_summary(self, terminalreporter: TerminalReporter) -> None:
        """Print the table and below it what broke."""
        if not self.told or self.config.option.table == NONE:
            return
        questions = {told["family"]: told["question"] for told in self.told.values()}
        records = [told["record"] for told in self.told.values()]
        terminalreporter.section("comparison")
        terminalreporter.write_line(table(records, questions, self._not_measured(), self.config.option.table))
        terminalreporter.write_line("\n" + legend())
        for name, entrant in (self.session.entrants if self.session else {}).items():
            if isinstance(entrant, NotMeasured):
                terminalreporter.write_line(f"{name} is not measured: {printable(entrant.reason)}")
        for nodeid, told in self.told.items():
            self._broken(terminalreporter, nodeid, told)
        if self.writer is not None:
            path = os.path.relpath(self._results() or "", Path.cwd())
            terminalreporter.write_line(f"\nresults: {path}")

    def _not_measured(self) -> list[Column]:
        found = self.session.entrants if self.session else {}
        return [Column(str(name), "", e.reason) for name, e in found.items() if isinstance(e, NotMeasured)]

    def _broken(self, reporter: TerminalReporter, nodeid: str, told: Record) -> None:
        record = told["record"]
        outcome = Outcome(record["outcome"])
        if outcome not in {Outcome.BREAKS, Outcome.WEAK, Outcome.ERRS}:
            return
        reporter.write_line(
            f"\n{outcome.sign} {nodeid}", red=outcome is not Outcome.WEAK, yellow=outcome is Outcome.WEAK
        )
        if record["reason"]:
            reporter.write_line(f"    {printable(record['reason'])}")
        for finding in broken(record):
            evidence = finding["evidence"]
            assert isinstance(evidence, list), "broken findings carry a list"
            more = f" (and {len(evidence) - 1} more)" if len(evidence) > 1 else ""
            reporter.write_line(f"    {finding['check']}, step {finding['step']}: {shown(evidence[0])}{more}")
        if told["kept"]:
            reporter.write_line(f"    kept: {told['kept']}")
