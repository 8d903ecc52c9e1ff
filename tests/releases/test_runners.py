"""What the files of uv, pipenv, tox and nox say of versions, tried on the releases at both sides of each boundary."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pytest

from harness.case import Skipped, Unsupported
from harness.judge import judge, not_run
from harness.plan import plan
from harness.reading.scenario import read_scenario
from harness.result import Outcome
from harness.sandbox import WorkDirectory
from harness.session import Entrant, EntrantName, open_session
from harness.tool import NotMeasured
from harness.tools.catalogue import builtin_tools

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from concurrent.futures import Future

    from harness.session import Session

SCENARIO = """\
summary: The tool can {operation}
because: What a tool's file says of the releases is true of them
tree:
  project: {{project: {{name: demo{requires}}}}}
steps: [{steps}]
must: [succeeds]
permit:
  project/Pipfile: to require more is to write it
  project/Pipfile.lock: to require more is to write it
  project/pyproject.toml: to require more is to write it
  tmp: what is left there is told by the scenarios
"""
BEFOREHAND = {"recreate": "create", "reuse": "create", "remove": "create", "inspect": "create", "preview": "sync"}
"""What must have been done where an operation is to find something."""


@dataclass(frozen=True, slots=True)
class Boundary:
    """The releases between which a tool's way to do something comes to be, and whether it `replaces` another."""

    tool: str
    operation: str
    before: str
    since: str
    replaces: bool = False

    def __str__(self) -> str:
        return f"{self.tool}-{self.operation}-{self.since}"

    def own(self) -> Play:
        """The last release before, in its own way."""
        return Play(self.tool, self.before, self.operation, self.before)

    def early(self) -> Play:
        """The last release before, in the way that is not its own yet."""
        return Play(self.tool, self.before, self.operation, self.since)

    def late(self) -> Play:
        """The first release since."""
        return Play(self.tool, self.since, self.operation, self.since)


BOUNDARIES = [
    Boundary("uv", "sync", "0.3.5", "0.4.0"),
    Boundary("uv", "lock", "0.2.5", "0.2.6"),
    Boundary("uv", "add", "0.3.5", "0.4.0"),
    Boundary("uv", "execute", "0.3.5", "0.4.0"),
    Boundary("uv", "preview", "0.5.29", "0.5.30"),
    Boundary("uv", "inspect", "0.1.32", "0.1.33"),
    Boundary("uv", "inspect", "0.2.14", "0.2.15", replaces=True),
    Boundary("pipenv", "remove", "2026.2.1", "2026.2.2", replaces=True),
    Boundary("pipenv", "recreate", "2026.2.1", "2026.2.2", replaces=True),
    Boundary("tox", "create", "3.28.0", "4.0.0", replaces=True),
    Boundary("tox", "recreate", "3.28.0", "4.0.0", replaces=True),
    Boundary("tox", "reuse", "3.28.0", "4.0.0", replaces=True),
    Boundary("tox", "sync", "3.28.0", "4.0.0", replaces=True),
    Boundary("tox", "execute", "3.28.0", "4.0.0"),
    Boundary("tox", "inspect", "3.28.0", "4.0.0", replaces=True),
    Boundary("nox", "execute", "2020.12.31", "2021.6.6", replaces=True),
    Boundary("nox", "inspect", "2022.11.21", "2023.4.22", replaces=True),
]
LOWEST = {"pipenv": ("2022.9.8", "2022.9.20"), "tox": ("3.13.2", "3.14.0"), "nox": ("2019.11.9", "2020.5.24")}
"""The last release that does not work beside the newest of what it depends on, and the first that does."""

NEWEST = {"uv": "0.13.9", "pipenv": "2026.10.3", "tox": "4.67.15", "nox": "2026.10.20"}
"""The newest releases that were tried, every operation of theirs."""


@dataclass(frozen=True, slots=True)
class Play:
    """An operation of a release, with the commands of the release `as_of`."""

    tool: str
    release: str
    operation: str
    as_of: str


@dataclass(frozen=True, slots=True)
class Releases:
    """Every release that is asked for, measured or not."""

    work: WorkDirectory
    session: Session

    def of(self, tool: str, release: str) -> Entrant | NotMeasured:
        """A release, or what is wrong with it. Skips the test where it cannot be had at all."""
        found = self.session.entrants[EntrantName(f"{tool}@{release}")]
        if isinstance(found, NotMeasured) and not (found.reason.startswith("it ") or " has no `" in found.reason):
            pytest.skip(f"{found.spec} cannot be had: {found.reason}")
        return found

    def play(self, play: Play) -> Outcome | None:
        """What becomes of it; None where the release is not measured."""
        entrant = self.session.entrants[EntrantName(f"{play.tool}@{play.release}")]
        if isinstance(entrant, NotMeasured):
            return None
        requires = "" if play.operation == "add" else ", requires: [tiny]"
        steps = ", ".join(filter(None, (BEFOREHAND.get(play.operation), play.operation)))
        text = SCENARIO.format(operation=play.operation, requires=requires, steps=steps)
        scenario = read_scenario(text, id=f"releases/{play.operation}", file="")
        (variant,) = scenario.variants
        known = replace(entrant, subject=replace(entrant.subject, version=play.as_of))
        case = plan(scenario, variant, self.session.setting(known, self.work.place(), variant))
        if isinstance(case, Unsupported | Skipped):
            return not_run(scenario, variant, entrant.subject, entrant.python, case).outcome
        return judge(self.session.play(case, entrant)).outcome


@pytest.fixture(scope="module")
def releases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Releases]:
    """Installed once into the user's cache, and played in a work directory that is gone afterwards."""
    asked = [(b.tool, release) for b in BOUNDARIES for release in (b.before, b.since)]
    asked += [(tool, release) for tool, pair in LOWEST.items() for release in pair]
    names = [EntrantName(f"{tool}@{release}") for tool, release in (*asked, *NEWEST.items())]
    work = WorkDirectory.make(tmp_path_factory.mktemp("releases"))
    try:
        session = open_session(
            list(dict.fromkeys(names)), [], work=work, offline=False, tool_files=[], report=lambda _: None
        )
        yield Releases(work, session)
        assert session.close() == ()
    finally:
        work.close()


@pytest.fixture(scope="module")
def played(releases: Releases) -> Iterator[Mapping[Play, Future[Outcome | None]]]:
    """What became of each, played ahead of the tests that ask for it."""
    plays = [play for boundary in BOUNDARIES for play in (boundary.own(), boundary.early(), boundary.late())]
    plays += [
        Play(tool, pair[1], operation, pair[1]) for tool, pair in LOWEST.items() for operation in operations(tool)
    ]
    plays += [
        Play(tool, newest, operation, newest) for tool, newest in NEWEST.items() for operation in operations(tool)
    ]
    with ThreadPoolExecutor(2) as pool:
        yield {play: pool.submit(releases.play, play) for play in dict.fromkeys(plays)}


def operations(tool: str) -> list[str]:
    """What the tool's file knows a way to."""
    return list(builtin_tools()[tool].operations)


@pytest.mark.parametrize("boundary", BOUNDARIES, ids=str)
def test_the_new_way_works_from_its_first_release_on_and_not_before(
    releases: Releases, played: Mapping[Play, Future[Outcome | None]], boundary: Boundary
) -> None:
    for release in (boundary.before, boundary.since):
        releases.of(boundary.tool, release)
    assert played[boundary.late()].result() is Outcome.HOLDS
    assert played[boundary.early()].result() in {Outcome.DECLINES, Outcome.BREAKS}


@pytest.mark.parametrize("boundary", BOUNDARIES, ids=str)
def test_before_it_the_old_way_works_where_there_is_one(
    releases: Releases, played: Mapping[Play, Future[Outcome | None]], boundary: Boundary
) -> None:
    releases.of(boundary.tool, boundary.before)
    expected = Outcome.HOLDS if boundary.replaces else Outcome.UNSUPPORTED
    assert played[boundary.own()].result() is expected


@pytest.mark.parametrize(("tool", "release"), LOWEST.items())
def test_the_release_before_the_lowest_is_not_measured(releases: Releases, tool: str, release: tuple[str, str]) -> None:
    before, lowest = (releases.of(tool, one) for one in release)
    assert isinstance(before, NotMeasured)
    assert isinstance(lowest, Entrant)


@pytest.mark.parametrize(("tool", "release"), [*NEWEST.items(), *((tool, pair[1]) for tool, pair in LOWEST.items())])
def test_every_operation_of_the_file_holds(
    releases: Releases, played: Mapping[Play, Future[Outcome | None]], tool: str, release: str
) -> None:
    releases.of(tool, release)
    found = {operation: played[Play(tool, release, operation, release)].result() for operation in operations(tool)}
    lacking = {operation for operation in found if builtin_tools()[tool].alternative(operation, release) is None}
    assert found == {
        operation: Outcome.UNSUPPORTED if operation in lacking else Outcome.HOLDS for operation in operations(tool)
    }
