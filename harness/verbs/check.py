"""`venvproof check`."""

from __future__ import annotations

import json
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from harness.errors import ExitStatus, did_you_mean, mistake
from harness.lint.files import below, look_through
from harness.lint.notices import Severity, summed
from harness.reading.renamed import scenario_files
from harness.verbs.common import here, suite

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Iterator, Sequence

    from harness.lint.notices import Notice
    from harness.lint.source import Source


def define(parser: ArgumentParser) -> None:
    """What it takes."""
    parser.description = (
        "Look through scenarios before anybody plays them: the format, the words, what means the same as another, "
        "trees that cannot stand on Linux, macOS or Windows, and with --prove checks that nothing can break. Exit "
        "status 1 where there is an error, or with --strict a warning."
    )
    parser.epilog = (
        "examples:\n  venvproof check                                      the suite in `scenarios`\n"
        "  venvproof check scenarios/links/mine.yaml --prove    and can its checks fail?\n"
        "  venvproof check links --strict --format json"
    )
    parser.add_argument(
        "scenario", nargs="*", metavar="FILE", help="a file, a folder, a family or a scenario (default: `scenarios`)"
    )
    parser.add_argument(
        "--prove", action="store_true",
        help="play each against the zoo, an honest tool and some that lie: warn of checks that no liar breaks",
    )  # fmt: skip
    parser.add_argument(
        "--seconds", type=float, default=30, metavar="N", help="how long liars are tried on a scenario (default: 30)"
    )
    parser.add_argument("--strict", action="store_true", help="let warnings fail, too")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="for whom (default: text)")


def call(parsed: Namespace) -> int:
    """Look through scenarios, and tell what is wrong with them."""
    files = _files(parsed.scenario)
    looked = look_through(files, suite())
    try:
        proved = list(_proved(looked.sources, parsed.seconds)) if parsed.prove else []
    except KeyboardInterrupt:
        sys.stderr.write("interrupted: nothing is left behind\n")
        return ExitStatus.INTERRUPTED
    notices = sorted([*looked.notices, *proved], key=lambda one: (one.place, one.what))
    _tell(notices, len(files), parsed.format)
    fails = {Severity.ERROR, *([Severity.WARNING] if parsed.strict else [])}
    bad = any(notice.severity in fails for notice in notices)
    return ExitStatus.REGRESSION if bad else ExitStatus.AS_EXPECTED


def _files(words: Sequence[str]) -> list[Path]:
    if not words and not Path("scenarios").is_dir():
        raise mistake("there is no folder `scenarios` here", hint="name files, as in `venvproof check mine.yaml`")
    found = [path for word in words or ["scenarios"] for path in _named(word)]
    if not found:
        raise mistake("no scenario is in there", hint="scenarios are YAML files")
    return list(dict.fromkeys(found))


def _named(word: str) -> list[Path]:
    """What exists as spelled wins over what is in the suite."""
    folder = here()
    known = scenario_files(folder)
    if Path(word).exists():
        return below(Path(word))
    if word in known:
        return [known[word]]
    if (folder / word).is_dir():
        return below(folder / word)
    families = {one.partition("/")[0] for one in known}
    raise mistake(f"there is no file `{word}`", hint=did_you_mean(word, {*known, *families}))


def _proved(sources: Sequence[Source], seconds: float) -> Iterator[Notice]:
    from harness.lint.proof import proven, try_out  # noqa: PLC0415 -- heavy, and only where it is asked for
    from harness.lint.zoo import visit, zoo_folder  # noqa: PLC0415 -- likewise

    folder = zoo_folder()
    if folder is None:
        raise mistake("nothing can be proved here: the zoo's tools are started by their first lines, as on POSIX alone")
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # whoever ends it so wants nothing left, either
    with visit(folder) as zoo:
        for number, source in enumerate(sources, start=1):
            if len(sources) > 1 and sys.stderr.isatty():
                sys.stderr.write(f"proving {number} of {len(sources)}: {source.scenario.id}\n")
            yield from proven(source, try_out(source, zoo, seconds))


def _tell(notices: Sequence[Notice], files: int, form: str) -> None:
    if form == "json":
        print(json.dumps({"files": files, "notices": [notice.plain() for notice in notices]}, indent=1))
        return
    for notice in notices:
        print(notice)
    print(summed(notices, files))
