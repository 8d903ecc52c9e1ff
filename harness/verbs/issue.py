"""`venvproof issue`."""

from __future__ import annotations

import json
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from harness.errors import ExitStatus, mistake
from harness.verbs.common import put, suite

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from harness.naming import CaseName
    from harness.published import Measurement
    from harness.report.bug import Bug
    from harness.report.survey import Build, Survey
    from harness.scenario import Scenario, Variant

PUBLISHED = Path("reports", "data")


def define(parser: ArgumentParser) -> None:
    """What it takes."""
    parser.description = (
        "Write the Markdown of a bug report: what happens, a script that shows it, the tree before and after, since "
        "which version, what other tools do. It files nothing."
    )
    parser.epilog = (
        "examples:\n  venvproof issue 'links/existing-target-twice::uv@0.7.13[relative]'\n"
        "  venvproof issue links/existing-target-twice::uv@0.7.13 --from results.jsonl -o issue.md\n"
        "  venvproof issue links/dangling-target::uv --play    play it now, with the uv on PATH"
    )
    parser.add_argument("case", metavar="CASE", help="its name in tables; without a variant the first at fault")
    parser.add_argument(
        "--from", dest="results", action="append", metavar="RESULTS",
        help="result files or published data (default: reports/data); may be given several times",
    )  # fmt: skip
    parser.add_argument("--play", action="store_true", help="play the case now, whatever is published of it")
    parser.add_argument("--offline", action="store_true", help="with --play: install nothing")
    parser.add_argument("--format", choices=("markdown", "json"), default="markdown", help="default: markdown")
    parser.add_argument("-o", "--output", metavar="FILE", help="write it there")
    parser.add_argument("--suite", metavar="FOLDER", help="where the scenarios are (default: those of venvproof)")


def call(parsed: Namespace) -> int:
    """Write a bug report; an interrupt leaves nothing behind."""
    try:
        return _call(parsed)
    except KeyboardInterrupt:
        return ExitStatus.INTERRUPTED


def _call(parsed: Namespace) -> int:
    from harness.naming import found, parse_case  # noqa: PLC0415 -- heavy, as below
    from harness.report.bug import bug  # noqa: PLC0415

    folder = Path(parsed.suite or suite())
    name = parse_case(parsed.case)
    scenario, variant = found(name, folder)
    survey, played = _survey(parsed, folder, name, scenario, variant)
    build = played or _build(survey, name, scenario)
    chosen = variant if name.variant or played else _variant(build, scenario)
    _demand_fault(survey, build, scenario, chosen)
    report = bug(survey, scenario, chosen, build)
    put(_json(report) if parsed.format == "json" else report.markdown, parsed.output)
    return ExitStatus.AS_EXPECTED


def _survey(
    parsed: Namespace, folder: Path, name: CaseName, scenario: Scenario, variant: Variant
) -> tuple[Survey, Build | None]:
    """The results that there are, and the build that was played just now, None where that was not asked for."""
    from harness.published import load  # noqa: PLC0415
    from harness.report.survey import survey  # noqa: PLC0415

    paths = [Path(one) for one in parsed.results or ([PUBLISHED] if PUBLISHED.is_dir() else [])]
    if not paths and not parsed.play:
        what = f"there is no folder `{PUBLISHED}` here"
        raise mistake(what, hint="name results with `--from RESULTS`, or have the case played by `--play`")
    known = list(load(paths)) if paths else []
    if not parsed.play:
        return survey(known, folder), None
    fresh = _played(parsed, name, scenario, variant)
    known = [one for one in known if one.file != fresh.file]
    laid = survey([*known, fresh], folder)
    return laid, next(build for build in laid.builds if build.measurement.file == fresh.file)


def _played(parsed: Namespace, name: CaseName, scenario: Scenario, variant: Variant) -> Measurement:
    from harness.replay import replay  # noqa: PLC0415

    signal.signal(signal.SIGTERM, signal.default_int_handler)  # whoever ends it so wants nothing left, either
    spec = name.subject or "uv"
    return replay(scenario, variant, spec, name.python, offline=parsed.offline, report=_say)


def _say(words: str) -> None:
    print(words, file=sys.stderr)


def _build(survey: Survey, name: CaseName, scenario: Scenario) -> Build:
    """The build of that name; without a version the newest."""
    tool = name.tool or "uv"
    builds = [build for build in survey.builds if build.measurement.tool == tool and scenario.id in build.cells]
    if not builds:
        raise mistake(f"there are no results of `{scenario.id}` with `{tool}`", hint="`--play` plays it now")
    version = name.subject.partition("@")[2]
    if not version:
        return builds[-1]
    fitting = [build for build in builds if build.version == version]
    if not fitting:
        known = ", ".join(dict.fromkeys(build.version for build in builds))
        what = f"there are no results of `{tool}@{version}` in `{scenario.id}`"
        raise mistake(what, hint=f"measured are {known}; `--play` plays it now")
    return next((build for build in fitting if build.measurement.python.startswith(name.python)), fitting[-1])


def _variant(build: Build, scenario: Scenario) -> Variant:
    """The first variant that came to the worst word of all."""
    cell = build.cells[scenario.id]
    return next(one for one in scenario.variants if one.id in cell.cases and cell.cases[one.id] in cell.as_bad)


def _demand_fault(survey: Survey, build: Build, scenario: Scenario, variant: Variant) -> None:
    """Refuse where there is nothing to report."""
    from harness.report.bug import case_name  # noqa: PLC0415
    from harness.report.stretches import history  # noqa: PLC0415
    from harness.report.survey import NO_RESULT  # noqa: PLC0415
    from harness.report.words import BAD  # noqa: PLC0415
    from harness.result import Outcome  # noqa: PLC0415

    name = case_name(scenario, variant)
    case = build.measurement.cases.get(name)
    if case is None:
        raise mistake(f"there are no results of `{name}` with {build.title}", hint="`--play` plays it now")
    outcome = Outcome(case["outcome"])
    if outcome is not Outcome.HOLDS and outcome not in NO_RESULT:
        return
    column = next(one for one in survey.columns if build in one.builds)
    bad = [one for stretch in history(column, name) if stretch.outcome in BAD for one in stretch.builds]
    hint = f"the last that broke is `{bad[-1].measurement.subject}`" if bad else "no release that was measured broke"
    raise mistake(f"there is nothing to report: `{name}` with {build.title} {_said(outcome)}", hint=hint)


def _said(outcome: str) -> str:
    return "holds" if outcome == "holds" else f"is {outcome}"


def _json(report: Bug) -> str:
    told = {
        "case": report.case,
        "outcome": report.outcome,
        "title": report.title,
        "body": report.body,
        "releases": [
            {"outcome": one.outcome, "message": one.message, "versions": [build.version for build in one.builds]}
            for one in report.stretches
        ],
        "others": [
            {"build": one.builds[0].title, "outcome": one.outcome, "message": one.message} for one in report.others
        ],
    }
    return json.dumps(told, indent=2, ensure_ascii=False) + "\n"
