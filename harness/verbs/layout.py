"""`venvproof layout`."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from harness.errors import ExitStatus, mistake
from harness.verbs.common import suite

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Sequence

    from harness.layout import Layout
    from harness.report.advice import Told
    from harness.report.survey import Survey
    from harness.tools.installed import Installed
    from harness.traits import Trait

PUBLISHED = Path("reports", "data")


def define(parser: ArgumentParser) -> None:
    """What it takes."""
    parser.description = (
        "Look, read-only, at how .venv stands in a project: a link, dangling, a mount, on another filesystem, in a "
        "synchronised folder, with its interpreter gone. Tell which scenarios describe that, and what the tools on "
        "PATH, asked for their version, do there by what was measured. No link is followed but by reading it."
    )
    parser.epilog = (
        "examples:\n  venvproof layout                      the project here\n"
        "  venvproof layout ~/project --strict   exit status 1 where a tool at hand breaks what is there\n"
        "  venvproof layout --from results.jsonl --format json"
    )
    parser.add_argument("directory", nargs="?", default=".", metavar="DIRECTORY", help="the project (default: here)")
    parser.add_argument(
        "--from", dest="results", action="append", metavar="RESULTS",
        help="result files or published data (default: reports/data, here or beside the scenarios)",
    )  # fmt: skip
    parser.add_argument("--strict", action="store_true", help="fail where a measured tool at hand breaks such a layout")
    parser.add_argument("--format", choices=("terminal", "json"), default="terminal", help="default: terminal")
    parser.add_argument("--suite", metavar="FOLDER", help="where the scenarios are (default: those of venvproof)")


def call(parsed: Namespace) -> int:
    """Look at a project and tell what it is about."""
    from harness.report.advice import advised, lines  # noqa: PLC0415
    from harness.sandbox.standing import standing  # noqa: PLC0415
    from harness.traits import traits  # noqa: PLC0415 -- heavy, as below

    layout = standing(parsed.directory)
    found = traits(layout)
    survey = _survey(parsed, Path(parsed.suite or suite()))
    try:
        at_hand = _at_hand(survey, found)
    except KeyboardInterrupt:
        return ExitStatus.INTERRUPTED
    told = advised(found, survey, [(one.tool, one.version) for one in at_hand if one.version], _system())
    if parsed.format == "json":
        sys.stdout.write(_json(layout, told, at_hand))
    else:
        print("\n".join(lines(layout, told)))
        _notes(survey, at_hand, found)
    bad = any(advice.bad for one in told for described in one.described for advice in described.advice)
    return ExitStatus.REGRESSION if parsed.strict and bad else ExitStatus.AS_EXPECTED


def _survey(parsed: Namespace, folder: Path) -> Survey:
    """The results that were named, or those that are published; without any, the scenarios alone."""
    from harness.published import load  # noqa: PLC0415
    from harness.report.survey import survey  # noqa: PLC0415

    if not folder.is_dir():
        raise mistake(f"there is no folder `{folder}`", hint="a suite holds families, as in `scenarios`")
    places = [path for path in (PUBLISHED, folder.parent / PUBLISHED) if path.is_dir()]
    paths = [Path(one) for one in parsed.results] if parsed.results else places[:1]
    return survey(load(paths) if paths else (), folder)


def _at_hand(survey: Survey, found: Sequence[Trait]) -> tuple[Installed, ...]:
    """The tools on PATH; none is asked where nothing is known that it could be told about."""
    from harness.tools.installed import installed  # noqa: PLC0415

    tools = {column.tool for column in survey.measured}
    return installed(tools) if tools and any(trait.scenarios for trait in found) else ()


def _system() -> str:
    import platform  # noqa: PLC0415

    return platform.system()


def _notes(survey: Survey, at_hand: Sequence[Installed], found: Sequence[Trait]) -> None:
    """What is missing for a full answer."""
    for one in at_hand:
        if one.fault:
            print(f"`{one.tool}` is passed over: {one.fault}", file=sys.stderr)
    if not survey.measured and any(trait.scenarios for trait in found):
        print(f"what tools do there is not told: there is no `{PUBLISHED}` here", file=sys.stderr)
        print("  hint: name results with `--from RESULTS`", file=sys.stderr)
    elif not at_hand and survey.measured and any(trait.scenarios for trait in found):
        print("none of the tools that were measured is on PATH", file=sys.stderr)


def _json(layout: Layout, told: Sequence[Told], at_hand: Sequence[Installed]) -> str:
    from harness.report.site.trees import readable  # noqa: PLC0415

    seen = {
        "project": readable(layout.project),
        "tools": [asdict(one) for one in at_hand],
        "traits": [
            {
                "name": one.trait.name,
                "says": readable(one.trait.says),
                "scenarios": [asdict(described) for described in one.described],
            }
            for one in told
        ],
    }
    return json.dumps(seen, indent=2, ensure_ascii=False) + "\n"
