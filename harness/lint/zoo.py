"""The zoo: an honest tool, and miniature tools that lie, for scenarios to catch."""

from __future__ import annotations

import os
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from harness import containment, machine
from harness.case import Case
from harness.plan import plan
from harness.process import Guard
from harness.reading.tool import load_tool
from harness.sandbox import Sandbox, WorkDirectory
from harness.scenario import stopped_at
from harness.session import Entrant, Session
from harness.tool import Subject
from harness.tools.cache import cache_dir
from harness.tools.interpreters import private_copy

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.case import Skipped, Unsupported
    from harness.result import Result
    from harness.scenario import Scenario, Variant
    from harness.tool import Interpreter, Tool

HONEST = "honest"
BROAD = (
    "breaks-what-it-made",
    "counts-its-runs",
    "fails-after-the-fact",
    "makes-directories-anew",
    "spoils-what-stands-beside",
)
"""Liars whose lie shows nearly everywhere."""

DISTURBED = (
    "caches-in-the-base",
    "finds-a-full-disk-in-order",
    "gives-up-what-stood",
    "links-the-python-first",
    "makes-room-beside",
    "puts-the-file-aside",
    "puts-the-link-back",
    "takes-a-signal-for-the-end",
    "tidies-up-the-base",
    "trusts-what-it-began",
    "waits-for-nobody",
)
"""Liars that are caught only where they are interrupted, where a call of theirs fails, or where another is at work."""

NO_LIARS = {
    "conftest": "it is no tool",
    "dies": "what dies breaks no check",
    "hangs": "nobody waits for it",
    "leaves-a-child": "what it does is no lie",
    "leaves-a-daemon": "what it does is no lie",
    "makes-nothing": "it makes no environment anywhere, and is never measured",
    "minds-the-place": "what it does is no lie",
    "prints-markup": "what it does is no lie",
    "prints-without-end": "what it does is no lie",
    "refuses-everything": "it makes no environment anywhere, and is never measured",
    "takes-any-option": "what it does is no lie",
}
"""What lies in the zoo and is not asked to break anything, and why."""


def zoo_folder() -> Path | None:
    """Where the zoo is: inside the package, or beside it in a checkout; None where there is none, as on Windows.

    Its tools are started by their first lines.
    """
    package = Path(__file__).resolve().parents[1]
    folders = (package / "zoo", package.parent / "tests" / "zoo")
    found = next((folder for folder in folders if (folder / "tool.yaml").is_file()), None)
    return found if os.name == "posix" else None


def described(name: str, folder: Path, zoo: Path) -> Path:
    """A tool's file: the honest one's, or a copy of that in `folder` with the liar's name and path in it."""
    if name == HONEST:
        return zoo / "tool.yaml"
    path = folder / f"{name}.yaml"
    text = (zoo / "tool.yaml").read_text(encoding="utf-8").replace(HONEST, name)
    path.write_text(text.replace(f"./{name}.py", (zoo / f"{name}.py").as_posix()), encoding="utf-8")
    return path


@dataclass(frozen=True, slots=True)
class Played:
    """A case that a tool of the zoo played."""

    case: Case
    result: Result


@dataclass(frozen=True, slots=True, kw_only=True)
class Zoo:
    """The zoo's tools, ready to play; no smoke run is theirs, since nobody compares them."""

    folder: Path
    work: WorkDirectory
    session: Session
    python: Interpreter
    tool: Tool

    def liars(self, variant: Variant) -> tuple[str, ...]:
        """Every liar that could lie there, those first whose lie shows nearly everywhere."""
        names = {path.stem for path in self.folder.glob("*.py")} - {HONEST, *NO_LIARS}
        first = (*DISTURBED, *BROAD) if any(map(stopped_at, variant.steps)) else BROAD
        return (*(name for name in first if name in names), *sorted(names.difference(DISTURBED, BROAD)))

    def play(self, name: str, scenario: Scenario, variant: Variant) -> Played | Unsupported | Skipped:
        """Play a case, and leave nothing of it."""
        entrant = Entrant(subject=self._subject(name), python=self.python, template=None)

        def planned() -> Case | Unsupported | Skipped:
            return plan(scenario, variant, self.session.setting(entrant, self.work.place(), variant))

        def elsewhere() -> Case:
            other = planned()
            assert isinstance(other, Case), "the same was planned before"
            return other

        case = planned()
        if not isinstance(case, Case):
            return case
        played = Played(case, self.session.judged(case, entrant, elsewhere).result)
        Sandbox.clear(case.place)
        return played

    def _subject(self, name: str) -> Subject:
        tool = replace(self.tool, name=name)
        return Subject(tool=tool, spec=name, version="1.0", executable=str(self.folder / f"{name}.py"), digest="")


@contextmanager
def visit(folder: Path) -> Iterator[Zoo]:
    """Open the zoo, and leave nothing of its tools' behind."""
    work = WorkDirectory.make(None)
    guard = Guard(work.path.name)
    try:
        missing = containment.missing()
        session = Session(
            work=str(work.path), machine=machine.probe(work.path, missing), contained=not missing, offline=True,
            tool_files=(), entrants={},
        )  # fmt: skip
        python = private_copy(None, cache_dir())
        try:
            yield Zoo(folder=folder, work=work, session=session, python=python, tool=load_tool(folder / "tool.yaml"))
        finally:
            session.close()
    finally:
        guard.dismiss()
        work.close()
