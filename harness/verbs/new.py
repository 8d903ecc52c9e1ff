"""`venvproof new`."""

from __future__ import annotations

import sys
from os.path import relpath
from pathlib import Path
from typing import TYPE_CHECKING

from harness.errors import ExitStatus, mistake
from harness.reading.family import FILE as FAMILY_FILE
from harness.reading.family import read_family
from harness.reading.scenario import read_scenario
from harness.scaffold import Draft, family_text, scenario_text
from harness.store import put

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

SUITE = Path("scenarios")
"""Where a scenario is written to: whoever works on a suite stands beside it."""

_SCHEMA = Path("harness", "reading", "scenario.schema.json")


def define(parser: ArgumentParser) -> None:
    """What it takes."""
    parser.description = (
        "Write a scenario to begin with: scenarios/FAMILY/NAME.yaml, which can be played as it is, and a family.yaml "
        "where the family is new. Nothing is asked and nothing overwritten."
    )
    parser.epilog = (
        "examples:\n  venvproof new links/to-network-share\n"
        "  venvproof new links/onto-itself --link . --step create --step recreate \\\n"
        "      --summary 'A .venv link to the project itself is kept' \\\n"
        "      --because https://github.com/astral-sh/uv/issues/14670\n"
        "  venvproof new caches/full --file home/.cache/uv/full --must usable --question 'May the cache be full?'"
    )
    parser.add_argument("scenario", metavar="FAMILY/NAME", help="what it is called from now on")
    parser.add_argument(
        "--summary", default="", metavar="TEXT", help="one statement that is true of a tool that conforms"
    )
    _several(parser, "--because", "TEXT", "the issue, the document, or what was seen, in a sentence")
    _several(parser, "--need", "NEED", "what the machine must offer, as `case-sensitive`")
    parser.add_argument("--link", default="", metavar="TEXT", help="let .venv be a link that holds this")
    _several(parser, "--directory", "PATH", "plant a directory")
    _several(parser, "--file", "PATH", "plant a file")
    _several(parser, "--step", "STEP", "what is done, as `recreate` (default: create)")
    _several(parser, "--must", "CHECK", "what has to be true, as `'unchanged: project/notes.txt'` (default: usable)")
    _several(parser, "--should", "CHECK", "what ought to be true (default: succeeds)")
    parser.add_argument("--question", default="", metavar="TEXT", help="what a new family answers")


def _several(parser: ArgumentParser, flag: str, metavar: str, told: str) -> None:
    parser.add_argument(flag, action="append", default=[], metavar=metavar, help=f"{told}; repeatable")


def call(parsed: Namespace) -> int:
    """Write a scenario, and its family's file if there is none."""
    family, name = _called(parsed.scenario)
    path = SUITE / family / f"{name}.yaml"
    if path.exists():
        raise mistake(f"there is a scenario `{family}/{name}` already", hint=f"nothing was written: it is in `{path}`")
    texts = {path: scenario_text(_draft(parsed), _schema(path.parent))}
    read_scenario(texts[path], id=f"{family}/{name}", file=path.as_posix())  # what the flags say may be wrong
    asks = path.parent / FAMILY_FILE
    if not asks.exists():
        texts = {asks: family_text(family, parsed.question), **texts}
        read_family(texts[asks], asks.as_posix())
    for file, text in texts.items():
        _write(file, text)
        print(file.as_posix())
    sys.stderr.write(
        f"next: say in it what is true, and why; then `venvproof check {path.as_posix()} --prove` "
        f"and `venvproof run {path.as_posix()}`\n"
    )
    return ExitStatus.AS_EXPECTED


def _called(text: str) -> tuple[str, str]:
    family, slash, name = text.removesuffix(".yaml").removeprefix(f"{SUITE.as_posix()}/").partition("/")
    if not (slash and family and name) or "/" in name or {family, name} & {".", ".."}:
        raise mistake(f"`{text}` cannot be the id of a scenario", hint="a family and a name, as in `links/onto-itself`")
    if f"{name}.yaml" == FAMILY_FILE:
        raise mistake(f"`{text}` is the family itself", hint="it is written with its first scenario")
    return family, name


def _draft(parsed: Namespace) -> Draft:
    return Draft(
        summary=parsed.summary, because=parsed.because, needs=parsed.need, link=parsed.link,
        directories=parsed.directory, files=parsed.file, steps=parsed.step, must=parsed.must, should=parsed.should,
    )  # fmt: skip


def _schema(folder: Path) -> str:
    """The schema's path from there, in a checkout of this project alone: elsewhere it would be a machine's."""
    return Path(relpath(_SCHEMA, folder)).as_posix() if _SCHEMA.is_file() else ""


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        put(path, text)
    except OSError as error:
        raise mistake(f"`{path}` cannot be written: {error.strerror}") from None
