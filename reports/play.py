"""Play every build that `reports/subjects.yaml` lists, and write the reports from what came of it: `make reports`.

    make reports                            play what is new or has changed, then write reports/
    make reports ARGS=--list                what is kept, what would be played, and how long that takes
    make reports ARGS="--only uv@0.7.13"    one build, or all of one tool; repeatable
    make reports ARGS="--again -n 4"        all of it anew, on four processes

Each build has a result file in `reports/runs/`, which git ignores. It takes its place there once it is whole: whatever
ends this program, Ctrl-C or a power cut, costs what was being played, and the same command goes on from there. What
an earlier result has for a scenario is kept for as long as the scenario means the same, and venvproof, the build, its
Python and the machine are the same; only the rest is played, and of a swept case that was stopped at fewer calls than
`--points` says, all. What could not be measured is tried again each time. How long builds took is kept beside them, for
the estimates.

A part of the suite can be played as well, for other reports than the published ones:

    .venv/bin/python reports/play.py --only uv --scenarios scenarios/links --reports elsewhere

Exit status: 0 all is there, 1 something was left out, 2 interrupted, 4 your mistake.
"""

from __future__ import annotations

import argparse
import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from shutil import get_terminal_size
from time import monotonic
from typing import TYPE_CHECKING, assert_never

from builds import EVERY, Build, chosen, concerned, listed, singles
from filelock import FileLock, Timeout
from kept import There, Wanted, standing
from planned import Progress, Spent, Suite, counted, duration, estimate, plan, to_go
from player import COMMAND, LeftOut, Played, Player, at_hand
from runs import Runs, outline

from harness.errors import ExitStatus, HarnessError, did_you_mean, mistake
from harness.flags import points
from harness.gate import near
from harness.reading.family import FILE
from harness.reading.scenario import load_scenario
from harness.reading.sets import RENAMED
from harness.report.cells import printable
from harness.tool import NotMeasured
from harness.tools.catalogue import builtin_tools
from harness.tools.subject import expand

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Callable, Mapping, Sequence

    from kept import Standing

HERE = Path(__file__).resolve().parents[1]
REPORTS, SUITE = HERE / "reports", HERE / "scenarios"


def main(words: Sequence[str] | None = None) -> int:
    """Do what the words ask for; returns one of `ExitStatus`."""
    options = _options(words)
    for number in (signal.SIGTERM, signal.SIGHUP) if sys.platform != "win32" else ():
        signal.signal(number, signal.default_int_handler)  # whoever ends it so wants nothing left, either
    try:
        return _done(options)
    except HarnessError as error:
        say(str(error))
        return ExitStatus.MISTAKE
    except Timeout:
        say(f"another of this is at work in `{options.reports}`: wait for it, or end it")
        return ExitStatus.MISTAKE
    except KeyboardInterrupt:
        say("interrupted: what was finished is kept, and the same command goes on from there")
        return ExitStatus.INTERRUPTED


def _options(words: Sequence[str] | None) -> Namespace:
    assert __doc__ is not None, "this program is not run without its docstrings"
    parser = argparse.ArgumentParser(
        prog="reports/play.py", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--list", action="store_true", help="show the plan and play nothing")
    parser.add_argument("--only", action="append", default=[], metavar="BUILD", help="a tool, or one build of it")
    parser.add_argument("--again", action="store_true", help="keep nothing: play all of it")
    parser.add_argument("-n", default="auto", dest="processes", metavar="N", help="on N processes (default: auto)")
    parser.add_argument(
        "--points", type=points, default=8, metavar="N",
        help="stop a tool at N of its calls, or at `all`, where a scenario says each (default: 8)",
    )  # fmt: skip
    parser.add_argument("--offline", action="store_true", help="install and look up nothing: use what is cached")
    parser.add_argument(
        "--subjects", type=Path, default=REPORTS / "subjects.yaml", metavar="FILE", help="another list of builds"
    )
    parser.add_argument(
        "--scenarios", type=Path, action="append", default=[], metavar="PATH",
        help="only scenarios of this folder or file; repeatable, and with --reports alone",
    )  # fmt: skip
    parser.add_argument(
        "--reports", type=Path, default=REPORTS, metavar="DIRECTORY", help="where results and reports go instead"
    )
    return parser.parse_args(words)


def _done(options: Namespace) -> int:
    """Show the plan, play it, and write the reports."""
    if options.scenarios and options.reports.resolve() == REPORTS:
        raise mistake("a part of the suite is not published", hint="say where else its reports go: --reports DIRECTORY")
    paths = [path.resolve() for path in options.scenarios]
    suite, runs = load_suite(paths or [SUITE], options.points), Runs(options.reports.resolve() / "runs")
    builds, complete = selected(options)
    if not builds:  # none of which could be looked up
        return ExitStatus.REGRESSION
    states = {
        build: standing(build, outline(runs.result(build)), suite, now, again=options.again)
        for build, now in at_hand(builds).items()
    }
    print(*plan(states, runs.spent()), sep="\n", flush=True)
    if options.list:
        return ExitStatus.AS_EXPECTED if complete else ExitStatus.REGRESSION
    runs.path.mkdir(parents=True, exist_ok=True)
    with FileLock(runs.path / ".lock", timeout=0):
        player = Player(runs=runs, suite=suite, processes=options.processes, offline=options.offline)
        complete &= play_all(states, player)
        complete &= publish(runs, suite)
    return ExitStatus.AS_EXPECTED if complete else ExitStatus.REGRESSION


# -- what is to be played --------------------------------------------------------------------------------------------


def load_suite(paths: Sequence[Path], points: int) -> Suite:
    """The scenarios in files and folders, swept at so many points. Raises HarnessError where there is none."""
    for path in paths:
        if not path.exists():
            raise mistake(f"there is no file or folder `{near(path)}`")
    found = sorted(file for path in paths for file in (path.rglob("*.yaml") if path.is_dir() else (path,)))
    scenarios = tuple(load_scenario(file) for file in found if file.name not in {FILE, RENAMED})
    if not scenarios:
        raise mistake(f"there is no scenario in {', '.join(f'`{near(path)}`' for path in paths)}")
    return Suite.made_of(scenarios, points)


def selected(options: Namespace) -> tuple[list[Build], bool]:
    """The builds that are asked for, and whether all of them could be looked up."""
    tools = builtin_tools()
    try:
        everything = listed(options.subjects.read_bytes(), os.path.relpath(options.subjects), tools)
    except OSError as error:
        raise mistake(f"`{options.subjects}` cannot be read: {error.strerror}") from None
    entries = concerned(everything, options.only)
    pythons = pythons_at_hand() if any(entry.python == EVERY for entry in entries) else []
    found, complete = list[Build](), True
    for entry in entries:
        try:
            found += singles(entry, expand([entry.spec], offline=options.offline), pythons, tools)
        except HarnessError as error:
            complete = False
            say(f"{entry.spec} is left out: {'; '.join(problem.what for problem in error.problems)}")
    builds = chosen(found, options.only)
    missing = [name for name in options.only if not chosen(found, [name])]
    if missing and complete:
        known = {build.name for build in found} | {entry.tool for entry in everything}
        raise mistake(f"nothing in the list is `{missing[0]}`", hint=did_you_mean(missing[0], known))
    return builds, complete


def pythons_at_hand() -> list[str]:
    """The minor versions of Python 3 on PATH, of uv's and of pyenv's, the oldest first, as in `3.12`."""
    from python_discovery import iter_interpreters  # noqa: PLC0415 -- takes seconds, and not every plan needs it

    root = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    homes = [re.fullmatch(r"3\.(\d+)\.\d+", path.parents[1].name) for path in root.glob("versions/3.*/bin/python3")]
    found = {info.version_info[:2] for info in iter_interpreters()} | {(3, int(home[1])) for home in homes if home}
    return [f"{major}.{minor}" for major, minor in sorted(found) if major == 3]  # noqa: PLR2004 -- Python 3


# -- playing and telling of it ---------------------------------------------------------------------------------------


def play_all(states: Mapping[Build, Standing], player: Player) -> bool:
    """Play what is wanted, one build after the other, and tell of each; whether none was left out."""
    for build, state in states.items():
        if isinstance(state, There) and not state.exact:
            player.runs.join(build, player.suite, state.kept)
    work = [(build, state) for build, state in states.items() if isinstance(state, Wanted)]
    begun, complete = monotonic(), True
    for number, (build, wanted) in enumerate(work, start=1):
        label = f"[{number} of {len(work)}] {build.name}"
        left, spent = [(build, wanted.suite) for build, wanted in work[number:]], player.runs.spent()
        own, rest = estimate([(build, wanted.suite)], spent), estimate(left, spent)
        progress = Progress(label=label, cases=wanted.suite.cases(build), own=own, rest=rest)
        ending = player.play(build, wanted, _live(progress, monotonic()))
        match ending:
            case Played(seconds=seconds, suite=suite):
                plays = suite.plays(build)
                took = Spent(round(seconds, 1), plays)
                kept = player.suite.plays(build) - plays
                player.runs.spend(build, took.with_kept(kept, spent.get(build.name)))
                came_to = f"{counted(suite.cases(build), 'case')} in {duration(seconds)}"
            case NotMeasured(reason=reason):
                came_to = f"not measured: {printable(reason)}"
            case LeftOut(reason=reason):
                complete, came_to = False, f"left out: {reason}"
            case _:
                assert_never(ending)
        more = f", {to_go(estimate(left, player.runs.spent()))} to go" if left else ""
        say(f"{label}: {came_to}; {duration(monotonic() - begun)} gone{more}")
    return complete


def _live(progress: Progress, begun: float) -> Callable[[int], None]:
    """What shows on a terminal how far a build is, and nothing elsewhere."""

    def show(lines: int) -> None:
        if sys.stderr.isatty():
            text = progress.text(lines, monotonic() - begun)[: get_terminal_size().columns - 1]
            print(f"\r\x1b[K{text}", end="", file=sys.stderr, flush=True)

    return show


def say(text: str) -> None:
    """Tell of something, in the place of what shows how far a build is."""
    print(f"\r\x1b[K{text}" if sys.stderr.isatty() else text, file=sys.stderr, flush=True)


# -- publishing ------------------------------------------------------------------------------------------------------


def publish(runs: Runs, suite: Suite) -> bool:
    """Write the reports from every result of today's suite, asked for or not; whether that went well."""
    files = [path for path in sorted(runs.path.glob("*.jsonl")) if (seen := outline(path)) and not seen.unfit(suite)]
    if not files:
        say("there is no result to write reports from")
        return False
    for words in reporting(files, runs.path.parent):
        if subprocess.run([*COMMAND, *words], cwd=HERE, check=False).returncode:
            say(f"`venvproof {words[0]}` did not succeed; the results are kept in `{near(runs.path)}`")
            return False
    return True


def reporting(files: Sequence[Path], folder: Path) -> tuple[tuple[str, ...], ...]:
    """The commands that write the data from result files, and the reports from all data."""
    data = str(folder / "data")
    return (
        ("report", *map(str, files), "--data", data),
        ("report", data, "-o", str(folder / "site"), "--readme", str(folder / "README.md")),
    )


if __name__ == "__main__":
    sys.exit(main())
