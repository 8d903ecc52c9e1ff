"""Every check is broken by a tool that lies so, and by no tool that does not lie."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from harness.case import Case, Skipped, Unsupported
from harness.checks import KNOWN
from harness.judge import not_run
from harness.lint.zoo import DISTURBED, HONEST, NO_LIARS, described
from harness.plan import plan
from harness.process import KEPT
from harness.reading.scenario import load_scenario
from harness.result import Outcome
from harness.sandbox import WorkDirectory
from harness.session import Entrant, EntrantName, open_session
from harness.tool import NotMeasured
from harness.verdict import Broken, Held

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from concurrent.futures import Future

    from harness.result import Result
    from harness.scenario import Scenario, Variant
    from harness.session import Session

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the zoo's tools are started by their first lines")

CHECKOUT = Path(__file__).resolve().parents[2]
ZOO = CHECKOUT / "tests" / "zoo"
FOLDERS = (CHECKOUT / "scenarios", ZOO / "scenarios")
SCENARIOS = {
    f"{path.parent.name}/{path.stem}": path
    for folder in FOLDERS
    for path in sorted(folder.glob("*/*.yaml"))
    if path.name != "family.yaml"
}
CUT = f"\n[cut after {KEPT} bytes]\n"


@dataclass(frozen=True, slots=True)
class Lie:
    """A liar, the case that catches it, and the check that it breaks there, in which step.

    The level that the scenario gives the check decides between `breaks` and `weak`; any other `outcome` is told.
    """

    liar: str
    case: str
    check: str
    step: int
    outcome: Outcome | None = None

    def __str__(self) -> str:
        return f"{self.liar}: {self.check}"


LIES = (
    # links
    Lie("replaces-the-link", "links/existing-target-twice[relative]", "links-survive", 1),
    Lie("rewrites-the-link", "links/existing-target[relative]", "links-survive", 1),
    Lie("replaces-the-middle-link", "links/chain[relative,relative]", "links-survive", 1),
    Lie("makes-the-target-elsewhere", "links/dangling-target[relative]", "nothing-outside", 1),
    Lie("names-the-resolved-path", "links/named-as-spelled[relative]", "prints-path", 1),
    Lie("clears-through-a-link-inside", "links/inside-leading-out[directory]", "unchanged", 3),
    Lie("takes-the-link-too", "zoo/remove", "link", 2),
    # the user's files
    Lie("clears-what-was-no-environment", "links/to-users-directory[recreate]", "files-survive", 1),
    Lie("clears-unasked", "repeat/keeps-a-file-inside[create]", "files-survive", 3),
    Lie("removes-the-file-beside", "repeat/create-twice", "files-survive", 1),
    Lie("rewrites-the-file-beside", "repeat/create-twice", "files-survive", 1),
    Lie("closes-the-file-beside", "repeat/create-twice", "files-survive", 1),
    Lie("replaces-what-stands", "zoo/no-directory[fifo]", "files-survive", 1),
    Lie("replaces-what-stands", "zoo/no-directory[socket]", "files-survive", 1),
    Lie("removes-the-directory-beside", "boundary/neighbours", "unchanged", 1),
    Lie("writes-through-a-link-inside", "boundary/links-out-of-the-environment[gitignore,create]", "unchanged", 1),
    Lie("writes-through-a-hard-link", "boundary/hard-links-out-of-the-environment[reuse]", "unchanged", 4),
    Lie("takes-no-for-yes", "links/answered-no", "unchanged", 2),
    Lie("writes-while-looking", "zoo/inspect", "unchanged", 2),
    # places
    Lie("writes-beside", "repeat/create-twice", "nothing-outside", 1),
    Lie("writes-into-home", "boundary/home", "nothing-outside", 1),
    Lie("leaves-something-in-tmp", "boundary/temporary-directory", "nothing-outside", 1),
    Lie("knows-one-name", "boundary/another-environment", "nothing-outside", 1),
    Lie("leaves-debris", "links/to-users-directory[create]", "no-debris", 1),
    Lie("replaces-the-target", "links/existing-target-recreate[relative]", "same-directory", 2),
    Lie("loses-the-mode", "links/target-keeps-its-mode", "same-directory", 2),
    # again
    Lie("differs-on-repeat", "repeat/create-twice", "repeat-changes-nothing", 2),
    Lie("keeps-old-files", "repeat/recreate-is-a-fresh-start", "absent", 3),
    Lie("keeps-old-files", "zoo/remove", "absent", 2),
    Lie("makes-less-anew", "repeat/recreate-is-a-fresh-start", "same-as-plain", 3),
    # environments
    Lie("does-nothing", "links/existing-target[relative]", "usable", 1),
    Lie("makes-a-dead-python", "links/existing-target-recreate[relative]", "usable", 2),
    Lie("runs-the-base-python", "links/existing-target-recreate[relative]", "usable", 2),
    Lie("names-no-home", "links/existing-target-recreate[relative]", "usable", 2),
    Lie("names-a-home-that-is-none", "links/existing-target-recreate[relative]", "usable", 2),
    Lie("names-a-python-that-is-none", "links/existing-target-recreate[relative]", "usable", 2),
    Lie("leaves-a-dangling-link", "zoo/made-of-what", "no-dangling-links", 1),
    Lie("settings-behind-a-link", "zoo/made-of-what", "present", 1),
    # names
    Lie("quotes-nothing", "names/shell-characters[backtick]", "absent", 2),
    Lie("quotes-nothing", "names/project[double-quote]", "succeeds", 2),
    Lie("tidies-the-name", "names/normal-forms", "nothing-outside", 1),
    Lie("tidies-the-name", "names/letters[leading-space,utf-8]", "nothing-outside", 1),
    Lie("cuts-the-path", "names/longest[letters]", "nothing-outside", 1),
    Lie("cuts-the-path", "names/long-path[300]", "nothing-outside", 1),
    Lie("takes-a-name-for-a-setting", "names/line-break[isolation]", "never-says", 2),
    Lie("names-what-it-clears", "names/not-utf-8[recreate]", "succeeds", 3),
    # looking
    Lie("replaces-what-it-looks-at", "looking/no-environment[users-directory]", "files-survive", 1),
    Lie("replaces-what-it-looks-at", "looking/no-environment[dangling]", "links-survive", 1),
    Lie("replaces-what-it-looks-at", "looking/interpreter-gone[directory]", "unchanged", 1),
    Lie("mends-while-looking", "looking/nothing", "unchanged", 1),
    Lie("mends-while-looking", "looking/broken-environment[library]", "unchanged", 4),
    Lie("writes-while-looking", "looking/environment[file]", "unchanged", 3),
    Lie("writes-while-looking", "looking/another-tools-environment[directly]", "unchanged", 3),
    # removing
    Lie("removes-all-but-the-settings", "remove/environment", "absent", 3),
    Lie("clears-through-a-link-inside", "remove/links-leading-out[directory]", "unchanged", 3),
    Lie("removes-the-link-alone", "remove/behind-a-link[relative]", "links-survive", 4),
    Lie("removes-the-link-alone", "remove/behind-a-link[relative]", "removed", 4),
    Lie("clears-what-was-no-environment", "remove/users-directory[link]", "files-survive", 1),
    Lie("removes-what-is-no-directory", "remove/no-directory[dangling]", "links-survive", 1),
    Lie("refuses-and-succeeds", "remove/nothing", "declines", 1),
    Lie("removes-empty-parents", "remove/neighbours", "same-directory", 2),
    Lie("needs-the-interpreter-to-remove", "remove/broken-environment[interpreter]", "absent", 3, Outcome.DECLINES),
    Lie("removes-all-but-the-settings", "remove/and-create-again[directory]", "usable", 3),
    # clearing
    Lie("keeps-old-files", "clear/whatever-lies-inside[fifo]", "absent", 3),
    Lie("clears-through-a-link-inside", "clear/links-that-lead-back[sibling]", "unchanged", 3),
    Lie("clears-through-a-link-inside", "clear/own-directories-moved-out[lib]", "unchanged", 4),
    Lie("clears-what-was-no-environment", "clear/half-an-environment", "files-survive", 4),
    Lie("clears-what-was-no-environment", "clear/project-directory[dot]", "files-survive", 1),
    Lie("clears-the-one-around", "clear/environment-within", "unchanged", 4),
    Lie("clears-before-it-looks", "clear/wrong-interpreter[missing]", "unchanged", 3),
    # rights and modes
    Lie("loses-the-mode", "permissions/umask-that-shares[group,recreate]", "never-says", 3),
    Lie("loses-the-mode", "permissions/setgid-project[recreate]", "never-says", 3),
    Lie("looks-around", "permissions/unreadable-neighbours[create]", "succeeds", 1, Outcome.DECLINES),
    Lie("looks-around", "permissions/project-that-may-not-be-listed[create]", "succeeds", 1, Outcome.DECLINES),
    Lie("leaves-something-in-tmp", "permissions/home-or-tmp-read-only[tmp,create]", "succeeds", 1, Outcome.DECLINES),
    # what is already there, and where Python goes
    Lie("replaces-what-stands", "existing/file[text,create]", "files-survive", 1),
    Lie("replaces-what-stands", "existing/pipe-or-socket[socket,create]", "files-survive", 1),
    Lie("clears-what-was-no-environment", "existing/users-directory[recreate]", "files-survive", 1),
    Lie("clears-unasked", "existing/users-files-inside[create]", "files-survive", 3),
    Lie("leaves-what-is-broken", "existing/half-an-environment[interpreter,create]", "usable", 4),
    Lie("leaves-what-is-broken", "existing/settings-that-say-nothing[empty,create]", "usable", 4),
    Lie("leaves-what-is-broken", "interpreter/gone[create]", "usable", 4),
    Lie("leaves-what-is-broken", "interpreter/home-gone[create]", "usable", 4),
    Lie("leaves-what-is-broken", "interpreter/renamed-project[create]", "usable", 5),
    Lie("marks-the-interpreter", "boundary/the-interpreter-itself[recreate]", "unchanged", 3),
    # wherever anything stands
    Lie("breaks-what-it-made", "boundary/home", "usable", 2),
    Lie("fails-after-the-fact", "boundary/home", "succeeds", 1, Outcome.DECLINES),
    Lie("spoils-what-stands-beside", "boundary/neighbours", "unchanged", 1),
    Lie("makes-directories-anew", "clear/from-inside[by-dot]", "same-directory", 2),
    Lie("counts-its-runs", "repeat/reuse-twice", "repeat-changes-nothing", 3),
    # projects
    Lie("forgets-the-packages", "project/requirement-that-works", "succeeds", 2),
    # words and endings
    Lie("refuses-what-stands", "links/existing-target[relative]", "succeeds", 1, Outcome.DECLINES),
    Lie("refuses-without-a-word", "links/to-file[create]", "declines", 1),
    Lie("refuses-on-stdout", "links/to-file[create]", "declines", 1),
    Lie("refuses-and-succeeds", "links/to-file[create]", "declines", 1),
    Lie("exits-otherwise", "zoo/no-directory[file]", "exits", 1),
    Lie("says-nothing-of-the-path", "zoo/no-directory[file]", "says", 1),
    Lie("shows-a-traceback", "zoo/no-directory[file]", "never-says", 1),
    Lie("hangs", "zoo/in-time", "succeeds", 1, Outcome.ERRS),
    Lie("dies", "zoo/in-time", "succeeds", 1, Outcome.ERRS),
    Lie("needs-the-index", "zoo/in-time", "succeeds", 1, Outcome.DECLINES),
    Lie("reaches-outside", "zoo/contained", "succeeds", 1, Outcome.DECLINES),
    # questions
    Lie("takes-no-for-yes", "terminal/environment-answered-no[no]", "files-survive", 3),
    Lie("forgets-to-make-it-again", "terminal/environment-answered-yes[yes]", "usable", 2),
    Lie("asks-nobody", "terminal/no-terminal", "never-says", 3),
    Lie("replaces-what-stands", "terminal/file[enter]", "unchanged", 1),
    # redirects
    Lie("replaces-what-stands", "redirect/to-environment[relative,create]", "files-survive", 2),
    Lie("replaces-what-stands", "redirect/to-link[create]", "files-survive", 2),
    Lie("replaces-what-stands", "redirect/by-another-tool[create]", "unchanged", 2),
    Lie("trusts-a-redirect", "redirect/to-users-directory[photos,recreate]", "files-survive", 1),
    Lie("trusts-a-redirect", "redirect/dangling[missing,create]", "declines", 1),
    Lie("writes-a-redirect", "redirect/written[file]", "files-survive", 1),
    Lie("writes-a-redirect", "redirect/written[link]", "nothing-outside", 1),
    # environments of others
    Lie("makes-the-target-elsewhere", "links/dangling-not-created[relative,recreate]", "nothing-outside", 1),
    Lie("keeps-old-files", "together/recreated[venv]", "same-as-plain", 2),
    Lie("makes-a-dead-python", "together/there-and-back[uv,recreate]", "usable", 3),
    Lie("writes-while-looking", "together/looked-at[uv]", "unchanged", 2),
    Lie("removes-all-but-the-settings", "together/removed[venv]", "absent", 2),
    Lie("clears-unasked", "together/reused[uv,create]", "files-survive", 3),
    Lie("clears-unasked", "together/with-pip[create]", "says", 3),
    # where it is disturbed
    Lie("trusts-what-it-began", "zoo/killed", "recovers", 2),
    Lie("links-the-python-first", "zoo/killed", "no-impostor", 1),
    Lie("tidies-up-the-base", "crash/create-then-create", "base-untouched", 2),
    Lie("caches-in-the-base", "crash/create-then-reuse", "base-untouched", 1),
    Lie("makes-room-beside", "crash/create-then-create", "nothing-outside", 1),
    Lie("puts-the-link-back", "crash/through-a-link", "links-survive", 1),
    Lie("puts-the-file-aside", "crash/reuse-then-reuse", "files-survive", 3),
    Lie("takes-a-signal-for-the-end", "zoo/stopped", "usable", 1),
    Lie("finds-a-full-disk-in-order", "errors/full-disk", "usable", 1),
    Lie("gives-up-what-stood", "errors/io-error-recreate", "usable", 2),
    Lie("waits-for-nobody", "zoo/at-the-same-time", "usable", 1),
)
AT_REST = (
    "links/existing-target-twice[relative]",
    "links/dangling-target[relative]",
    "repeat/create-twice",
    "repeat/recreate-is-a-fresh-start",
    "repeat/reuse-twice",
    "zoo/in-time",
)
"""Cases in which nobody disturbs a tool."""

NOT_MEASURED = {
    "makes-nothing": "it makes no usable environment in an empty directory: there is no environment at project/.venv",
    "refuses-everything": "it makes no usable environment in an empty directory: exited 1: .venv: refused: not today",
    "takes-any-option": "it accepts an option that does not exist, so its exit status says nothing",
}
HARMLESS = ("leaves-a-child", "leaves-a-daemon", "minds-the-place", "prints-markup", "prints-without-end")
"""What these do breaks no check; what they do is for tests of their own."""


@dataclass(frozen=True, slots=True)
class Zoo:
    """A session of the zoo's tools."""

    work: WorkDirectory
    session: Session

    def play(self, tool: str, case: str) -> Result:
        """Play the case of that name."""
        name, _, variant = case.rstrip("]").partition("[")
        scenario = load_scenario(SCENARIOS[name])
        return self.play_variant(tool, scenario, next(v for v in scenario.variants if v.id == variant))

    def play_variant(self, tool: str, scenario: Scenario, variant: Variant) -> Result:
        """Play a case."""
        entrant = self.session.entrants[EntrantName(tool)]
        assert isinstance(entrant, Entrant), entrant
        case = plan(scenario, variant, self.session.setting(entrant, self.work.place(), variant))
        if isinstance(case, Unsupported | Skipped):
            return not_run(scenario, variant, entrant.subject, entrant.python, case)

        def elsewhere() -> Case:
            other = plan(scenario, variant, self.session.setting(entrant, self.work.place(), variant))
            assert isinstance(other, Case), "the same was planned before"
            return other

        return self.session.judged(case, entrant, elsewhere).result


@contextmanager
def visit(folder: Path, *tools: str) -> Iterator[Zoo]:
    """Let these tools in, and leave nothing of theirs behind."""
    work = WorkDirectory.make(folder)
    try:
        session = open_session(
            [EntrantName(tool) for tool in tools],
            [],
            work=work,
            offline=True,
            tool_files=[described(tool, folder, ZOO) for tool in tools],
            report=print,
        )
        try:
            yield Zoo(work, session)
        finally:
            faults = session.close()
        assert faults == ()
    finally:
        work.close()


@pytest.fixture(scope="module")
def zoo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Zoo]:
    tools = dict.fromkeys([HONEST, *(lie.liar for lie in LIES), *NOT_MEASURED, *HARMLESS])
    with pytest.MonkeyPatch.context() as patch, visit(tmp_path_factory.mktemp("zoo"), *tools) as zoo:
        patch.setenv("PIP_INDEX_URL", "https://index.invalid/simple")  # a user's, which no tool is to see
        yield zoo


@pytest.fixture(scope="module")
def honest(zoo: Zoo) -> Mapping[str, tuple[Result, ...]]:
    """What became of the honest tool in every scenario that is for any tool."""
    scenarios = [scenario for path in SCENARIOS.values() if not (scenario := load_scenario(path)).tools]
    with ThreadPoolExecutor(2) as pool:
        played = {s.id: [pool.submit(zoo.play_variant, HONEST, s, v) for v in s.variants] for s in scenarios}
        return {name: tuple(job.result() for job in jobs) for name, jobs in played.items()}


@pytest.fixture(scope="module")
def played(zoo: Zoo) -> Iterator[Mapping[Lie, Future[Result]]]:
    """What became of each liar, played ahead of the tests that ask for it."""
    with ThreadPoolExecutor(2) as pool:
        yield {lie: pool.submit(zoo.play, lie.liar, lie.case) for lie in LIES}


def broken(result: Result) -> set[tuple[str, int | None]]:
    """Every check that is broken, with the step."""
    return {(finding.check, finding.step) for finding in result.findings if isinstance(finding.verdict, Broken)}


def said(result: Result) -> str:
    """What the only command of a case printed."""
    ((done,),) = (observation.finished for observation in result.observations)
    return done.output


def test_the_honest_tool_breaks_no_check(honest: Mapping[str, tuple[Result, ...]]) -> None:
    faults = [
        (name, result.variant, result.outcome, result.reason, broken(result))
        for name, results in honest.items()
        for result in results
        if result.outcome in {Outcome.ERRS, Outcome.BREAKS, Outcome.WEAK}
    ]
    assert faults == []


def test_where_the_honest_tool_declines_it_only_fails_to_succeed_and_to_say_so(
    honest: Mapping[str, tuple[Result, ...]],
) -> None:
    declining = [r for results in honest.values() for r in results if r.outcome is Outcome.DECLINES]
    assert {check for result in declining for check, _ in broken(result)} == {"succeeds", "says"}


def test_the_honest_tool_holds_every_check_somewhere(honest: Mapping[str, tuple[Result, ...]]) -> None:
    held = {f.check for results in honest.values() for r in results for f in r.findings if isinstance(f.verdict, Held)}
    assert held == set(KNOWN)


@pytest.mark.parametrize("lie", LIES, ids=str)
def test_a_liar_is_caught(played: Mapping[Lie, Future[Result]], lie: Lie) -> None:
    result = played[lie].result()
    if result.outcome is Outcome.SKIPPED:
        pytest.skip(result.reason)
    assert (lie.check, lie.step) in broken(result)
    assert result.outcome in ({lie.outcome} if lie.outcome else {Outcome.BREAKS, Outcome.WEAK})


def test_every_check_is_broken_by_a_liar() -> None:
    assert {lie.check for lie in LIES} == set(KNOWN)


def test_every_tool_of_the_zoo_is_put_to_the_test() -> None:
    tested = {HONEST, *(lie.liar for lie in LIES), *NOT_MEASURED, *HARMLESS}
    assert {path.stem for path in ZOO.glob("*.py") if path.name != "conftest.py"} == tested


def test_scenarios_are_proved_by_every_liar_that_breaks_something_in_time() -> None:
    liars = {path.stem for path in ZOO.glob("*.py")} - {HONEST, *NO_LIARS}
    assert liars == {lie.liar for lie in LIES} - {"dies", "hangs"}


@pytest.mark.parametrize("lie", [lie for lie in LIES if lie.liar in DISTURBED], ids=str)
def test_what_lies_only_when_disturbed_breaks_nothing_else(played: Mapping[Lie, Future[Result]], lie: Lie) -> None:
    result = played[lie].result()
    if result.outcome is Outcome.SKIPPED:
        pytest.skip(result.reason)
    assert broken(result) - {("no-debris", lie.step)} == {(lie.check, lie.step)}


@pytest.mark.parametrize("case", AT_REST)
@pytest.mark.parametrize("tool", DISTURBED)
def test_what_lies_only_when_disturbed_is_honest_at_rest(zoo: Zoo, tool: str, case: str) -> None:
    result = zoo.play(tool, case)
    assert (result.outcome, broken(result)) == (Outcome.HOLDS, set())


@pytest.mark.parametrize("tool", NOT_MEASURED)
def test_a_tool_whose_results_would_mean_nothing_is_not_measured(zoo: Zoo, tool: str) -> None:
    assert zoo.session.entrants[EntrantName(tool)] == NotMeasured(tool, NOT_MEASURED[tool])


def test_what_reaches_outside_is_held_back(zoo: Zoo) -> None:
    if not zoo.session.contained:
        pytest.skip("nothing is contained on this machine")
    assert said(zoo.play("reaches-outside", "zoo/contained")).splitlines() == [
        ".venv: mkdir: Permission denied",
        ".venv: unlink: Permission denied",
        ".venv: mkdir: Permission denied",
        ".venv: rmdir: Permission denied",
        ".venv: refused: it was held back",
    ]
    assert (zoo.work.path / "uv.toml").is_file()
    assert list(zoo.work.path.rglob("reached")) == []


def test_output_without_end_is_cut(zoo: Zoo) -> None:
    result = zoo.play("prints-without-end", "zoo/in-time")
    assert result.outcome is Outcome.HOLDS
    assert (len(said(result)), said(result)[KEPT:]) == (KEPT + len(CUT), CUT)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has handles of processes that are not ours")
def test_what_is_left_running_ends_with_its_command(zoo: Zoo) -> None:
    left = int(said(zoo.play("leaves-a-child", "zoo/in-time")).split()[-1])
    assert ended(left, within=5)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux shows which session a process is of")
def test_what_has_left_its_group_ends_with_the_session(tmp_path: Path) -> None:
    with visit(tmp_path, "leaves-a-daemon") as zoo:
        left = int(said(zoo.play("leaves-a-daemon", "zoo/in-time")).split()[-1])
        assert not ended(left, within=0)
    assert ended(left, within=5)


def ended(process: int, *, within: float) -> bool:
    """Whether a process that is not ours to wait for has ended."""
    try:
        handle = os.pidfd_open(process)
    except ProcessLookupError:
        return True
    ready, _, _ = select.select([handle], [], [], within)
    os.close(handle)
    return bool(ready)


def test_no_file_and_no_directory_is_left(tmp_path: Path) -> None:
    before = sorted(ZOO.rglob("*"))
    with visit(tmp_path, HONEST, "leaves-debris") as zoo:
        zoo.play("leaves-debris", "links/to-users-directory[create]")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["leaves-debris.yaml"]
    assert sorted(ZOO.rglob("*")) == before


def test_a_run_of_pytest_tells_of_a_lie_and_obeys_nothing_that_a_tool_prints(tmp_path: Path) -> None:
    tools = ("replaces-the-link", "prints-markup")
    chosen = [word for tool in tools for word in ("--tool", tool, "--tool-file", str(described(tool, tmp_path, ZOO)))]
    results = tmp_path / "results.jsonl"
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "--color=no", "--offline", "--keep=none", f"--work-dir={tmp_path}",
         f"--results={results}", *chosen, "scenarios/links/existing-target-twice.yaml"],
        cwd=CHECKOUT, env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}, capture_output=True, check=False,
    )  # fmt: skip
    lines = [json.loads(line) for line in results.read_text().splitlines()]
    found = {
        (line["subject"], line["variant"], finding["step"], json.dumps(finding["evidence"]))
        for line in lines[1:-1]
        for finding in line["findings"]
        if finding["verdict"] == "broken" and finding["check"] == "links-survive"
    }
    evidence = '[{"path": "project/.venv", "was": "link %s", "is": "directory"}]'
    assert found == {
        ("replaces-the-link@1.0", "relative", 1, evidence % "../store/env"),
        ("replaces-the-link@1.0", "sibling", 1, evidence % "foo"),
        ("replaces-the-link@1.0", "absolute", 1, evidence % "$root/store/env"),
    }
    assert (ran.returncode, ran.stderr) == (1, b"")
    assert (b"<script>" in ran.stdout, b"\x1b" in ran.stdout) == (True, False)


def test_an_outcome_that_depends_on_the_place_is_told(tmp_path: Path) -> None:
    results = tmp_path / "results.jsonl"
    chosen = ["--tool", "minds-the-place", "--tool-file", str(described("minds-the-place", tmp_path, ZOO))]
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "--color=no", "--offline", "--keep=none", f"--work-dir={tmp_path}", "--vary",
         f"--results={results}", *chosen, "--tool", HONEST, "--tool-file", str(described(HONEST, tmp_path, ZOO)),
         "scenarios/links/existing-target.yaml"],
        cwd=CHECKOUT, env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}, capture_output=True, check=False,
        text=True,
    )  # fmt: skip
    lines = [line for line in map(json.loads, results.read_text().splitlines()) if line["kind"] == "case"]
    varied = {(line["subject"], line["outcome"]): [one["variation"] for one in line["varied"]] for line in lines}
    assert varied == {("honest@1.0", "holds"): [], ("minds-the-place@1.0", "holds"): ["spaces"]}
    said = "below a directory with spaces and a quote in its name it breaks: usable: there is no environment at project"
    assert (ran.returncode, said in ran.stdout) == (1, True), ran.stdout
