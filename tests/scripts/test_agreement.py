"""A case's script fails exactly where the case breaks, with real tools: a sample, or with `make scripts` all."""

from __future__ import annotations

import os
import re
import sys
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from shutil import which
from typing import TYPE_CHECKING

import pytest

from harness.case import Case, Command
from harness.judge import judge
from harness.plan import plan
from harness.process import run
from harness.reading.renamed import scenario_files
from harness.reading.scenario import load_scenario
from harness.report.scripts.reproduction import Build, reproduction
from harness.result import Outcome
from harness.run import Exited
from harness.runner import hidden
from harness.sandbox import WorkDirectory
from harness.session import Entrant, EntrantName, open_session
from harness.store import record
from harness.tool import NotMeasured

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.case import Setting
    from harness.scenario import Scenario, Variant
    from harness.session import Session

SUITE = Path(__file__).resolve().parents[2] / "scenarios"
EVERY = bool(os.environ.get("VENVPROOF_SCRIPTS"))
SUBJECTS = ("uv@0.7.13", "uv", "venv", "virtualenv") if EVERY else ("uv", "venv")
SAMPLE = 9
"""How many scenarios are drawn for each tool, of which the first variant is played."""

BROKEN = "boundary/directories-out-of-the-environment", "lib,reuse"
"""What both tools break as this is written, so that the sample does not only hold what passes."""

CANNOT_TELL = 77
STATUS = {Outcome.BREAKS: 1, Outcome.ERRS: 2, Outcome.WEAK: 0, Outcome.DECLINES: 0, Outcome.HOLDS: 0}
"""How a script ends that can tell."""

pytestmark = pytest.mark.skipif(which("sh") is None or sys.platform == "win32", reason="there is no POSIX shell")


@dataclass(frozen=True, slots=True)
class Played:
    """A case as the harness saw it, and how its script ended, with what that said."""

    name: str
    outcome: Outcome
    status: int
    said: str

    @property
    def agrees(self) -> bool:
        return self.status in {STATUS[self.outcome], CANNOT_TELL}


def drawn() -> Iterator[tuple[str, str]]:
    """The scenarios that are played, with the subject; which are in the sample is decided by their names."""
    ids = sorted(scenario_files(SUITE), key=lambda id_: sha256(id_.encode()).digest())
    for subject in SUBJECTS:
        yield from ((subject, id_) for id_ in (ids if EVERY else dict.fromkeys([BROKEN[0], *ids[:SAMPLE]])))


def chosen(of: Scenario) -> list[Variant]:
    """The variants that are played."""
    known = [variant for variant in of.variants if variant.id == BROKEN[1]] if of.id == BROKEN[0] else []
    return list(of.variants) if EVERY else [*known, *of.variants][:1]


@cache
def scenario(id_: str) -> Scenario:
    return load_scenario(scenario_files(SUITE)[id_])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("scripts")


@pytest.fixture(scope="module")
def work(folder: Path) -> Iterator[WorkDirectory]:
    made = WorkDirectory.make(folder)
    yield made
    made.close()


@pytest.fixture(scope="module")
def session(work: WorkDirectory) -> Iterator[Session]:
    opened = open_session(
        [EntrantName(subject) for subject in SUBJECTS], [], work=work, offline=not EVERY, tool_files=(), report=print
    )
    yield opened
    assert opened.close() == ()


def play(variant: Variant, of: Scenario, entrant: Entrant, session: Session, work: WorkDirectory) -> Played | None:
    """Play a case, and then its script; None where there is no such case."""
    setting = session.setting(entrant, work.place(), variant)
    case = plan(of, variant, setting)
    if not isinstance(case, Case):
        return None
    ran = session.play(case, entrant)
    line = record(judge(ran), hidden(case), ran.before)
    place = Path(case.place.root).with_name("by-hand")
    place.mkdir()
    build = Build(
        tool=entrant.subject.tool, version=entrant.subject.version, python=entrant.python.version,
        facts=session.machine.facts,
    )  # fmt: skip
    status, said = by_hand(reproduction(of, variant, build, line), place, setting, contained=session.contained)
    return Played(case.name, Outcome(line["outcome"]), status, said)


def by_hand(text: str, place: Path, setting: Setting, *, contained: bool) -> tuple[int, str]:
    """Run a script as its reader would, but contained: it can write where its temporary files go, and nowhere else."""
    builds = {name: subject.executable for name, subject in setting.others.items()}
    builds[setting.subject.tool.name] = setting.subject.executable
    variables = {
        **{re.sub(r"\W", "_", name).upper(): path for name, path in builds.items()},
        **({"OTHER_PYTHON": setting.other_python.executable} if setting.other_python else {}),
        "PATH": "/usr/bin:/bin", "TMPDIR": str(place), "HOME": str(place), "PYTHON": setting.python.executable,
    }  # fmt: skip
    command = Command(argv=("sh", "-c", text), cwd=str(place), variables=variables, limit=300.0)
    done = run(command, writable=[str(place)] if contained else None, hide={})
    assert isinstance(done.ending, Exited), done
    return done.ending.code, done.output


@pytest.mark.parametrize(("subject", "id_"), [*drawn()])
def test_a_script_fails_exactly_where_its_case_breaks(
    subject: str, id_: str, session: Session, work: WorkDirectory
) -> None:
    entrant = session.entrants[EntrantName(subject)]
    if isinstance(entrant, NotMeasured):
        pytest.skip(entrant.reason)
    of = scenario(id_)
    if of.tools and entrant.subject.tool.name not in of.tools:
        pytest.skip(f"it is not for {subject}")
    played = [play(variant, of, entrant, session, work) for variant in chosen(of)]
    if not any(played):
        pytest.skip(f"{subject} has no such case here")
    assert [one for one in played if one and not one.agrees] == []
