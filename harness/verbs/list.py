"""`venvproof list`."""

from __future__ import annotations

import json
import sys
from contextlib import redirect_stdout
from dataclasses import asdict
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

from harness.errors import ExitStatus
from harness.verbs.common import here

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Iterator, Sequence

    import pytest

    from harness.report.contents import Listed


def define(parser: ArgumentParser) -> None:
    """What it takes."""
    parser.description = (
        "List families with their questions, scenarios, with -v their variants, with --tool the cases; chosen as "
        "`venvproof run` chooses. Nothing is played or installed."
    )
    parser.epilog = (
        "examples:\n  venvproof list                                   everything\n"
        "  venvproof list links -v                          a family, with the variants\n"
        "  venvproof list -m hardlinks -q                   what needs hard links, a name a line\n"
        "  venvproof list -k 'twice and not absolute' --tool uv@0.7.13"
    )
    parser.add_argument(
        "scenario", nargs="*", metavar="SELECTOR", help="a family, a scenario, a case, a file or a folder"
    )
    parser.add_argument("-k", dest="keyword", default="", metavar="EXPRESSION", help="only cases whose names match")
    parser.add_argument("-m", dest="markexpr", default="", metavar="EXPRESSION", help="only these families or needs")
    parser.add_argument(
        "--tool",
        action="append",
        default=[],
        metavar="SPEC",
        help="list the cases of this tool, as `uv@0.7.13`; repeatable",
    )
    parser.add_argument(
        "--tool-file", action="append", default=[], type=Path, metavar="FILE", help="describes another tool; repeatable"
    )
    parser.add_argument("-v", dest="verbose", action="store_true", help="list variants, too")
    parser.add_argument("-q", dest="quiet", action="store_true", help="names alone, one a line")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="for whom (default: text)")


def call(parsed: Namespace) -> int:
    """List what was chosen."""
    from harness.report.contents import ids, table_of_contents  # noqa: PLC0415 -- not for `--help`

    chosen = _Chosen()
    status = _collect(parsed, chosen)
    listed, cases = chosen.listed(), bool(parsed.tool)
    if status not in {ExitStatus.AS_EXPECTED, ExitStatus.NOTHING_SELECTED}:
        sys.stderr.write("".join(f"{message}\n" for message in chosen.messages))
        return status
    if parsed.format == "json":
        print(json.dumps([_plain(one, cases=cases) for one in listed], indent=1))
    elif listed:
        text = (
            ids(listed, cases=cases)
            if parsed.quiet
            else table_of_contents(listed, variants=parsed.verbose, cases=cases)
        )
        print("\n".join(text))
    if not listed:
        sys.stderr.write("nothing was selected\n  hint: `venvproof list` tells what there is\n")
    return ExitStatus.AS_EXPECTED if listed else ExitStatus.NOTHING_SELECTED


def _plain(one: Listed, *, cases: bool) -> dict[str, object]:
    return {key: value for key, value in {"family": one.family, **asdict(one)}.items() if cases or key != "cases"}


def _collect(parsed: Namespace, chosen: _Chosen) -> int:
    """Let pytest collect, so that what is chosen is what a run would play; what it prints is for others."""
    import pytest  # noqa: PLC0415 -- a third of a second that `--help` need not wait for

    from harness.verbs.run import located, undisturbed  # noqa: PLC0415 -- likewise

    folder = here()
    words = [located(word, folder) for word in parsed.scenario] or [str(folder)]
    tools = [f"--tool={spec}" for spec in parsed.tool or _whoever(parsed)]
    tools += [f"--tool-file={path}" for path in parsed.tool_file]
    wanted = ["-k", parsed.keyword, "-m", parsed.markexpr]
    with redirect_stdout(StringIO()):
        return int(
            pytest.main([*undisturbed(folder), "--collect-only", "-q", *wanted, *tools, *words], plugins=[chosen])
        )


def _whoever(parsed: Namespace) -> Iterator[str]:
    """Every tool that is described, and those builds that cases are chosen by."""
    from harness.naming import parse_case  # noqa: PLC0415 -- heavy, and not for `--help`
    from harness.tools.catalogue import load_tools  # noqa: PLC0415

    yield from load_tools(parsed.tool_file)
    yield from dict.fromkeys(
        name.subject for word in parsed.scenario if "::" in word and "@" in (name := parse_case(word)).subject
    )


class _Chosen:
    """A plugin of pytest's that keeps what was collected and what could not be."""

    def __init__(self) -> None:
        self.items: Sequence[pytest.Item] = ()
        self.messages: list[str] = []
        self.questions: dict[Path, str] = {}

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Keep the cases."""
        self.items = list(session.items)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Keep why a scenario cannot be read."""
        if report.failed:
            self.messages.append(str(report.longrepr))

    def listed(self) -> list[Listed]:
        """What was chosen, by scenario."""
        from harness.plugin import CaseItem  # noqa: PLC0415 -- heavy, and not for `--help`
        from harness.report.contents import Listed  # noqa: PLC0415

        by_id: dict[str, list[CaseItem]] = {}
        for item in self.items:
            if isinstance(item, CaseItem):
                by_id.setdefault(item.scenario.id, []).append(item)
        return [
            Listed(
                scenario=name, summary=items[0].scenario.summary, question=self._question(items[0].path.parent),
                variants=tuple(dict.fromkeys(item.variant.id for item in items if item.variant.labels)),
                cases=tuple(f"{name}::{item.name}" for item in items),
            )
            for name, items in by_id.items()
        ]  # fmt: skip

    def _question(self, folder: Path) -> str:
        from harness.reading.family import FILE, load_family  # noqa: PLC0415 -- heavy, and not for `--help`

        if folder not in self.questions:
            self.questions[folder] = load_family(folder / FILE).question
        return self.questions[folder]
