"""`venvproof show`."""

from __future__ import annotations

import json
import platform
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from harness.errors import ExitStatus
from harness.naming import EXAMPLE, found, parse_case
from harness.reading.renamed import scenario_files
from harness.verbs.common import here, suite

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Iterator, Mapping

    from harness.case import Case, Skipped, Unsupported
    from harness.scenario import Scenario, Variant
    from harness.tool import Tool


def define(parser: ArgumentParser) -> None:
    """What it takes."""
    parser.description = (
        "Draw a scenario: the tree that is planted, what is done, what must be true of it; and, where a tool is named, "
        "every command as it would run. Nothing is planted or started."
    )
    parser.epilog = (
        "examples:\n  venvproof show links/existing-target-twice\n"
        f"  venvproof show '{EXAMPLE}'\n"
        "  venvproof show links/loop::venv --format json"
    )
    parser.add_argument("case", metavar="CASE", help="scenario, scenario[variant], or scenario::subject[variant]")
    parser.add_argument(
        "--tool-file", action="append", default=[], type=Path, metavar="FILE", help="describes another tool; repeatable"
    )
    parser.add_argument("--format", choices=("text", "json"), default="text", help="for whom (default: text)")


def call(parsed: Namespace) -> int:
    """Draw a scenario, or a case."""
    from harness.report.outline import lines, outlined  # noqa: PLC0415 -- heavy, and not for `--help`
    from harness.tools.catalogue import load_tools  # noqa: PLC0415 -- likewise

    name, tools = parse_case(parsed.case), load_tools(parsed.tool_file)
    folder = here() if name.scenario in scenario_files(here()) else suite()
    scenario, variant = found(name, folder, tools)
    outline = outlined(scenario, variant)
    case = _case(scenario, variant, name.subject, tools) if name.subject else None
    if parsed.format == "json":
        more = {"subject": name.subject, **_plain(case)} if case else {}
        print(json.dumps({**asdict(outline), **more}, indent=1))
        return ExitStatus.AS_EXPECTED
    print("\n".join(lines(outline)))
    if case:
        print(f"\ncommands of {name.subject}, of which none was started")
        print("\n".join(_lines(case)))
    return ExitStatus.AS_EXPECTED


def _plain(case: Case | Unsupported | Skipped) -> dict[str, object]:
    """What a tool has to do with a scenario, as JSON has it."""
    from harness.case import Case  # noqa: PLC0415 -- heavy, and not for `--help`
    from harness.report.outline import planted_besides, spelled_out  # noqa: PLC0415 -- likewise

    if not isinstance(case, Case):
        return {"besides": [], "commands": [], "reason": case.reason}
    return {"besides": planted_besides(case), "commands": [asdict(one) for one in spelled_out(case)]}


def _lines(case: Case | Unsupported | Skipped) -> Iterator[str]:
    from harness.case import Case  # noqa: PLC0415 -- heavy, and not for `--help`
    from harness.report.outline import command_lines, planted_besides, spelled_out  # noqa: PLC0415 -- likewise

    if isinstance(case, Case):
        yield from command_lines(spelled_out(case), planted_besides(case))
    else:
        yield f"  none: {case.reason}"


def _case(
    scenario: Scenario, variant: Variant, subject: str, tools: Mapping[str, Tool]
) -> Case | Unsupported | Skipped:
    from harness.paper import NEWEST, on_paper  # noqa: PLC0415 -- heavy, and only where a tool is named
    from harness.tools.naming import OfPython, Release, parse  # noqa: PLC0415

    spec = parse(subject, tools)
    version = spec.build.version if isinstance(spec.build, Release) else NEWEST
    python = spec.build.python if isinstance(spec.build, OfPython) and "/" not in spec.build.python else ""
    facts = {"system": platform.system(), "user": "ordinary"}
    return on_paper(scenario, variant, spec.tool, version, python or platform.python_version(), facts)
