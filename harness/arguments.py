"""The words that follow the command, and what they mean."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from harness import __version__
from harness.flags import FLAGS, PYTEST_FLAGS
from harness.usage import EXAMPLES, HELP

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any, NoReturn

MISTAKE = 4
"""Of `errors.ExitStatus`, which costs more to import than a mistake is worth."""


def parse(words: Sequence[str]) -> argparse.Namespace:
    """The meaning of words: `call` is the verb. Ends the process where there is none, or more is wrong with them."""
    return _parser().parse_args(words)


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """End with the exit status of the user's mistakes."""
        self.exit(MISTAKE, f"{self.prog}: {message}\n  hint: `{self.prog} --help` tells what there is\n")


class _Command(_Parser):
    def format_help(self) -> str:
        """The text that `cli` prints without any parser."""
        return HELP


def _parser() -> argparse.ArgumentParser:
    parser = _Command(prog="venvproof")
    parser.add_argument("--version", action="version", version=f"venvproof {__version__}")
    verbs = parser.add_subparsers(metavar="VERB", required=True, parser_class=_Parser)
    run = verbs.add_parser(
        "run",
        description="Play scenarios against tools, judge what became of the tree, and print the comparison.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    run.add_argument(
        "scenario",
        nargs="*",
        help="a family (`links`), a scenario (`links/existing-target-twice`), a case "
        "(`links/existing-target-twice::uv[relative]`), or a file or folder of your own (default: the whole suite)",
    )
    for group, flags in (("conformance", FLAGS), ("of pytest", PYTEST_FLAGS)):
        titled = run.add_argument_group(group)
        for flag, how in flags:
            titled.add_argument(flag, **how)
    run.set_defaults(call="run")
    tools = verbs.add_parser("tools", description="List the tools that are built in, at hand and cached.")
    tools.add_argument(
        "--prune", action="store_true", help="empty the cache of installed tools and copied interpreters"
    )
    tools.set_defaults(call="tools")
    _add_merge(verbs)
    _add_diff(verbs)
    _add_expect(verbs)
    _add_sarif(verbs)
    _add_report(verbs)
    _add_badge(verbs)
    _add_plot(verbs)
    return parser


def _add_merge(verbs: Any) -> None:  # noqa: ANN401 -- argparse has no public name for it
    merge = verbs.add_parser(
        "merge",
        description="Join result files: the shards of a run become one again, machines stand beside each other. "
        "Refused where suites differ, a case disagrees with itself on one machine, or planned cases are missing.",
    )
    merge.add_argument("results", nargs="+", metavar="RESULTS", help="a file that `run --results` has written")
    merge.add_argument("-o", "--output", metavar="FILE", help="write there (default: standard output)")
    merge.set_defaults(call="merge")


def _add_diff(verbs: Any) -> None:  # noqa: ANN401 -- likewise
    diff = verbs.add_parser(
        "diff",
        description="Tell what changed between two result files: what got worse, is wrong in another way, got better, "
        "is new or gone. Exit status 1 where anything got worse.",
        epilog="examples:\n  venvproof diff old.jsonl new.jsonl --format markdown >> $GITHUB_STEP_SUMMARY\n"
        "  venvproof diff --tools virtualenv uv results.jsonl      what changes for whoever moves",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    diff.add_argument("results", nargs="+", metavar="RESULTS", help="the old and the new file; with --tools one file")
    diff.add_argument(
        "--tools", nargs=2, metavar="TOOL", help="hold the second tool against the first, by name or name@version"
    )
    diff.add_argument(
        "--format", choices=("terminal", "markdown", "json"), default="terminal", help="for whom (default: terminal)"
    )
    diff.set_defaults(call="diff")


def _add_sarif(verbs: Any) -> None:  # noqa: ANN401 -- likewise
    sarif = verbs.add_parser(
        "sarif",
        description="Tell in SARIF 2.1.0 what is broken: an error for a `must`, a warning for a `should`, each at the "
        "line of the scenario that asks for it.",
    )
    sarif.add_argument("results", metavar="RESULTS", help="a file that `run --results` has written")
    sarif.add_argument("-o", "--output", metavar="FILE", help="write there (default: standard output)")
    sarif.add_argument("--suite", metavar="FOLDER", help="where the scenarios are (default: those of venvproof)")
    sarif.set_defaults(call="sarif")


def _add_expect(verbs: Any) -> None:  # noqa: ANN401 -- likewise
    expect = verbs.add_parser(
        "expect",
        description="Print the expectations that explain result files: each known outcome under the shortest "
        "conditions (versions, Python, system, filesystem, ...) that tell it from the others. A file that is written "
        "anew keeps its reasons; give one wherever it says `because: TODO`.",
        epilog="example:\n  venvproof expect --learn linux.jsonl macos.jsonl -o reports/expected/uv.yaml",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    expect.add_argument(
        "--learn", nargs="+", required=True, metavar="RESULTS", help="files that `run --results` has written"
    )
    expect.add_argument("-o", "--output", metavar="FILE", help="write there (default: standard output)")
    expect.set_defaults(call="expect")


def _add_report(verbs: Any) -> None:  # noqa: ANN401 -- likewise
    report = verbs.add_parser(
        "report",
        description="Make of results what people look at: a site of static files that works without a network, a page "
        "of Markdown, and canonical data to publish. Without RESULTS those in reports/data.",
        epilog="examples:\n  venvproof report results.jsonl -o site           open site/index.html\n"
        "  venvproof report linux.jsonl macos.jsonl --data reports/data\n"
        "  venvproof report reports/data -o reports/site --readme reports/README.md\n"
        "  venvproof report --check                         is what is committed what the data gives?",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    report.add_argument(
        "results", nargs="*", metavar="RESULTS", help="result files, published data, or folders of them"
    )
    report.add_argument("-o", "--output", metavar="FOLDER", help="write the site there: a new folder, or one of ours")
    report.add_argument("--data", metavar="FOLDER", help="write the data there, a file a build and machine")
    report.add_argument("--readme", metavar="FILE", help="write the table there, as GitHub shows it")
    report.add_argument(
        "--check",
        action="store_true",
        help="write nothing, and fail where reports/site, reports/README.md or reports/data are not what they would be",
    )
    report.add_argument("--suite", metavar="FOLDER", help="where the scenarios are (default: those of venvproof)")
    report.set_defaults(call="report")


def _add_badge(verbs: Any) -> None:  # noqa: ANN401 -- likewise
    badge = verbs.add_parser(
        "badge",
        description="Write a badge for every tool and family, about the newest version measured: a picture, and the "
        "JSON from which badge services draw one. Of one tool and one family it is printed.",
        epilog="examples:\n  venvproof badge -o badges                            badges/uv/links.svg and so on\n"
        "  venvproof badge --tool uv --family links > links.svg\n"
        "  venvproof badge results.jsonl --format json -o badges",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    badge.add_argument(
        "results", nargs="*", metavar="RESULTS", help="result files, published data, or folders of them "
        "(default: reports/data)",
    )  # fmt: skip
    badge.add_argument("-o", "--output", metavar="FOLDER", help="write there (default: badges)")
    badge.add_argument("--tool", metavar="TOOL", help="of this one alone")
    badge.add_argument("--family", metavar="FAMILY", help="of this one alone")
    badge.add_argument("--format", choices=("svg", "json"), help="this one alone (default: both; printed: svg)")
    badge.add_argument("--suite", metavar="FOLDER", help="where the scenarios are (default: those of venvproof)")
    badge.set_defaults(call="badge")


def _add_plot(verbs: Any) -> None:  # noqa: ANN401 -- likewise
    plot = verbs.add_parser(
        "plot",
        description="Draw a picture in SVG for a README or a release note: what a tool did over its versions; without "
        "a tool, what every tool's newest version does in each family.",
        epilog="examples:\n  venvproof plot uv -o uv.svg\n  venvproof plot uv --family links -o uv-links.svg\n"
        "  venvproof plot --from results.jsonl -o tools.svg",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    plot.add_argument("tool", nargs="?", metavar="TOOL", help="as in `uv`")
    plot.add_argument(
        "--from", dest="results", nargs="+", metavar="RESULTS", help="result files, published data, or folders of them "
        "(default: reports/data)",
    )  # fmt: skip
    plot.add_argument("--family", metavar="FAMILY", help="of this one alone")
    plot.add_argument("-o", "--output", metavar="FILE", help="write there (default: standard output)")
    plot.add_argument("--suite", metavar="FOLDER", help="where the scenarios are (default: those of venvproof)")
    plot.set_defaults(call="plot")
