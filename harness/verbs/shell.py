"""`venvproof shell`."""

from __future__ import annotations

import os
import signal
import sys
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from harness.errors import ExitStatus, mistake
from harness.naming import EXAMPLE, found, parse_case, subject_of
from harness.verbs.common import suite

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Iterator

    from harness.case import Case
    from harness.naming import CaseName
    from harness.sandbox import WorkDirectory
    from harness.session import Entrant, Session
    from harness.visit import Visit


def define(parser: ArgumentParser) -> None:
    """What it takes."""
    parser.description = (
        "Plant a case's tree and open a shell in it, contained as the case's commands are, with their environment and "
        "the tool on PATH. On leaving, tell what has changed since, and remove the tree."
    )
    parser.epilog = (
        f"examples:\n  venvproof shell '{EXAMPLE}'\n"
        "  venvproof shell links/chain::uv --command 'uv venv; ls -la'   run that, and leave\n"
        "  venvproof shell links/chain::uv@./target/debug/uv --keep      your own build; the tree stays"
    )
    parser.add_argument(
        "case",
        metavar="CASE",
        help="scenario::subject[variant], as tables print it; without a subject uv, without a variant the first",
    )
    parser.add_argument("--command", metavar="WORDS", help="run this in the shell instead of reading from the terminal")
    parser.add_argument("--keep", action="store_true", help="let the tree outlive the shell; its path is printed")
    parser.add_argument(
        "--python", metavar="PYTHON", help="the interpreter handed to the tool (default: the running one)"
    )
    parser.add_argument("--offline", action="store_true", help="install nothing")
    parser.add_argument("--work-dir", type=Path, metavar="FOLDER", help="where the tree is planted, for a while")
    parser.add_argument("--suite", metavar="FOLDER", help="where the scenarios are (default: those of venvproof)")
    parser.add_argument(
        "--tool-file", action="append", default=[], type=Path, metavar="FILE", help="describes another tool; repeatable"
    )


def call(parsed: Namespace) -> int:
    """Open a shell in a case's tree."""
    from harness.tools.catalogue import load_tools  # noqa: PLC0415 -- heavy, and not for `--help`
    from harness.visit import planned  # noqa: PLC0415

    name = parse_case(parsed.case)
    scenario, variant = found(name, Path(parsed.suite or suite()), load_tools(parsed.tool_file))
    named = replace(name, subject=subject_of(name, scenario))
    for sign in ("SIGTERM", "SIGHUP"):  # whoever ends it so wants nothing left, either
        if hasattr(signal, sign):
            signal.signal(getattr(signal, sign), _interrupted)
    try:
        with _at_work(parsed) as work, _session(named, parsed, work) as (session, entrant):
            case = planned(scenario, variant, entrant, session, work)
            done = _visited(case, entrant, session, parsed)
            _tell(done)
            if parsed.keep:
                work.keep(case.place)
                work.tell(case.place, done.looks)
                print(f"the tree is kept in {case.place.root}")
    except KeyboardInterrupt:
        return ExitStatus.INTERRUPTED
    return ExitStatus.AS_EXPECTED


def _interrupted(*_: object) -> None:
    raise KeyboardInterrupt


@contextmanager
def _at_work(parsed: Namespace) -> Iterator[WorkDirectory]:
    """A directory of our own, of which nothing is left but what is kept."""
    from harness.process import Guard  # noqa: PLC0415 -- heavy, and not for `--help`
    from harness.sandbox import WorkDirectory  # noqa: PLC0415

    work = WorkDirectory.make(parsed.work_dir)
    guard = Guard(work.path.name)
    try:
        yield work
    finally:
        guard.dismiss()
        work.close()


@contextmanager
def _session(name: CaseName, parsed: Namespace, work: WorkDirectory) -> Iterator[tuple[Session, Entrant]]:
    """The tool, ready to run; nothing that was started outlives it."""
    from harness.session import Entrant, entrant_names, open_session  # noqa: PLC0415 -- heavy, and not for `--help`

    pythons = [python for python in (parsed.python or name.python,) if python]
    names = entrant_names([name.subject], pythons, parsed.tool_file)
    session = open_session(
        names, pythons, work=work, offline=parsed.offline, tool_files=parsed.tool_file, report=_report
    )
    try:
        (entrant,) = session.entrants.values()
        if not isinstance(entrant, Entrant):
            raise mistake(f"`{entrant.spec}` cannot be run: {entrant.reason}")
        yield session, entrant
    finally:
        for fault in session.close():
            _report(fault)


def _visited(case: Case, entrant: Entrant, session: Session, parsed: Namespace) -> Visit:
    from harness.visit import introduction, shell_of, visit  # noqa: PLC0415 -- heavy, and not for `--help`

    def opened() -> None:
        print(*introduction(case), sep="\n")
        if parsed.command is None:
            print(f"leave with `exit`: what you change is told, and the tree is {'kept' if parsed.keep else 'removed'}")
        sys.stdout.flush()  # before anything that the shell says

    shell = shell_of(case, os.environ.get("SHELL") or "/bin/sh", parsed.command, os.environ)
    return visit(case, shell, session=session, entrant=entrant, opened=opened)


def _tell(done: Visit) -> None:
    print("since it was planted:" if done.changed else "nothing has changed since it was planted")
    for line in done.changed:
        print(f"  {line}")
    if done.status:
        print(f"the shell ended with exit status {done.status}")


def _report(message: str) -> None:
    print(message, file=sys.stderr)
