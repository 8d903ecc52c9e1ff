"""`venvproof filesystems`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from harness.errors import ExitStatus, mistake

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Sequence

    from harness.results import Part


def define(parser: ArgumentParser) -> None:
    """What it takes."""
    parser.description = (
        "List the filesystems that `run --filesystem` can make on this machine, each of them tried out, and why it "
        "cannot make the others. With result files: tell where a tool's outcomes differ between them. "
        "Exit status 1 where any do."
    )
    parser.epilog = (
        "examples:\n  venvproof filesystems\n"
        "  for kind in $(venvproof filesystems --offered); do\n"
        "    venvproof run links --tool uv --filesystem $kind --results on-$kind.jsonl\n"
        "  done\n"
        "  venvproof filesystems on-*.jsonl"
    )
    parser.add_argument("results", nargs="*", metavar="RESULTS", help="a file that `run --results` has written")
    parser.add_argument("--offered", action="store_true", help="print the words for `--filesystem` alone")
    parser.add_argument("--work-dir", type=Path, metavar="DIRECTORY", help="where they are tried out")


def call(parsed: Namespace) -> int:
    """List filesystems, or compare what was seen on them."""
    if not parsed.results:
        _list(parsed.work_dir, brief=parsed.offered)
        return ExitStatus.AS_EXPECTED
    from harness.report.filesystems import compared  # noqa: PLC0415 -- not for the list
    from harness.results import read_results  # noqa: PLC0415

    found = compared(_demand_several([part for name in parsed.results for part in read_results(Path(name)).parts]))
    print("\n".join(found.lines))
    return ExitStatus.REGRESSION if found.differences else ExitStatus.AS_EXPECTED


def _list(base: Path | None, *, brief: bool) -> None:
    from harness.filesystems.laying import offered  # noqa: PLC0415 -- only the list tries them out

    for kind, refusal in offered(base).items():
        if not brief:
            print(f"{kind}: {refusal or 'offered'}")
        elif not refusal:
            print(kind)


def _demand_several(parts: Sequence[Part]) -> Sequence[Part]:
    kinds = [part.header["machine"].get("filesystem", "unknown") for part in parts]
    twice = next((kind for kind in kinds if kinds.count(kind) > 1), "")
    if twice:
        raise mistake(f"several of these results are of `{twice}`", hint="give one file for each filesystem")
    if len(kinds) == 1:
        raise mistake(f"these results are of `{kinds[0]}` alone", hint="there is nothing to compare it with")
    return parts
