"""What the verbs of the command do, once its arguments are parsed."""

from __future__ import annotations

import os
import signal
import sys
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING

from harness.errors import ExitStatus, HarnessError, did_you_mean, mistake
from harness.flags import FLAGS, PYTEST_FLAGS

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Callable, Sequence

    from harness.report.survey import Survey
    from harness.result import Record


def _told(verb: Callable[[Namespace], int]) -> Callable[[Namespace], int]:
    """The verb, with the user's mistakes told on standard error."""

    @wraps(verb)
    def told(parsed: Namespace) -> int:
        try:
            return verb(parsed)
        except HarnessError as error:
            print(error, file=sys.stderr)
            return ExitStatus.MISTAKE

    return told


@_told
def run(parsed: Namespace) -> int:
    """Play scenarios as pytest does, but undisturbed by what the user has set up for tests of their own."""
    import pytest  # noqa: PLC0415 -- a third of a second that `--help` need not wait for

    folder = suite()
    chosen = [_located(word, folder) for word in parsed.scenario] or [str(folder)]
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # whoever ends it so wants nothing left, either
    # What the user has set up for pytest is for tests of their own.
    for name in ("PYTEST_ADDOPTS", "PYTEST_PLUGINS"):
        os.environ.pop(name, None)
    # Only our own plugins: others cost more time at the start than a case takes.
    plugins = ["--disable-plugin-autoload", "-p", "harness.plugin", *(("-p", "xdist") if parsed.numprocesses else ())]
    configured = ["-c", str(Path(__file__).with_name("run.ini")), "--rootdir", str(folder.parent), "--noconftest"]
    return int(pytest.main([*plugins, *configured, *_spelled(parsed), *chosen]))


def _spelled(parsed: Namespace) -> list[str]:
    """The flags that were given, as words again."""
    words: list[str] = []
    for flag, how in (*FLAGS, *PYTEST_FLAGS):
        name = str(how.get("dest", flag.strip("-").replace("-", "_")))
        value = getattr(parsed, name)
        if value is True:
            words.append(flag)
        elif isinstance(value, int) and how.get("action") == "count":
            words += [flag] * value
        elif value not in (None, False):
            words += [word for one in (value if isinstance(value, list) else [value]) for word in (flag, str(one))]
    return words


def suite() -> Path:
    """The folder of the scenarios that come with venvproof: inside the package, or beside it in a checkout."""
    package = Path(__file__).resolve().parent
    inside = package / "scenarios"
    return inside if inside.is_dir() else package.parent / "scenarios"


def _located(word: str, folder: Path) -> str:
    """A scenario as pytest finds it: what exists as spelled wins over what is in the suite."""
    name, mark, rest = word.partition("::")
    if Path(name).exists():
        return word
    for candidate in (folder / name, folder / f"{name}.yaml", folder.parent / name):
        if candidate.exists():
            return f"{candidate}{mark}{rest}"
    ids = [f"{path.parent.name}/{path.stem}" for path in folder.glob("*/*.yaml") if path.name != "family.yaml"]
    families = [path.parent.name for path in folder.glob("*/family.yaml")]
    raise mistake(f"there is no scenario `{name}`", hint=did_you_mean(name, [*ids, *families]))


@_told
def merge(parsed: Namespace) -> int:
    """Join result files."""
    from harness import results  # noqa: PLC0415 -- only this verb needs it
    from harness.store import dumped  # noqa: PLC0415

    merged = results.merge([results.read_results(Path(name)) for name in parsed.results])
    _put("".join(map(dumped, merged.lines())), parsed.output)
    return ExitStatus.AS_EXPECTED


@_told
def diff(parsed: Namespace) -> int:
    """Tell what changed between two sets of results."""
    from harness import compare  # noqa: PLC0415 -- only this verb needs it
    from harness.reading.renamed import load_renamed  # noqa: PLC0415
    from harness.report import differences  # noqa: PLC0415
    from harness.results import read_results  # noqa: PLC0415

    wanted = 1 if parsed.tools else 2
    if len(parsed.results) != wanted:
        what = f"{len(parsed.results)} result files, where {wanted} are asked for"
        raise mistake(what, hint="`diff old.jsonl new.jsonl`, or `diff --tools virtualenv uv results.jsonl`")
    renamed = load_renamed(suite())
    files = [list(compare.now_called(read_results(Path(name)).cases, renamed)) for name in parsed.results]
    if parsed.tools:
        one, other = parsed.tools
        _demand_tools(files[0], parsed.tools)
        found = compare.between(files[0], one, other)
    else:
        found = compare.differences(*files)
    sys.stdout.write(differences.FORMATS[parsed.format](found))
    worse = any(difference.turn is compare.Turn.WORSE for difference in found)
    return ExitStatus.REGRESSION if worse else ExitStatus.AS_EXPECTED


@_told
def sarif(parsed: Namespace) -> int:
    """Tell what is broken in SARIF."""
    import json  # noqa: PLC0415 -- only this verb needs it

    from harness.report import sarif as report  # noqa: PLC0415
    from harness.results import read_results  # noqa: PLC0415

    folder = Path(parsed.suite or suite())
    shown = Path(os.path.relpath(folder)).as_posix() if parsed.suite else "scenarios"
    if not folder.is_dir():
        raise mistake(f"there is no folder `{folder}`", hint="a suite holds families, as in `scenarios`")
    log = report.sarif(read_results(Path(parsed.results)), folder, shown)
    _put(json.dumps(log, indent=2, ensure_ascii=False) + "\n", parsed.output)
    return ExitStatus.AS_EXPECTED


@_told
def report(parsed: Namespace) -> int:
    """Make of results what people look at."""
    from harness.report import publishing  # noqa: PLC0415 -- only this verb needs it

    folder = Path(parsed.suite or suite())
    if not folder.is_dir():
        raise mistake(f"there is no folder `{folder}`", hint="a suite holds families, as in `scenarios`")
    inputs = [Path(name) for name in parsed.results or ["reports/data"]]
    if parsed.check:
        return publishing.check(inputs, folder, Path("reports"))
    if not (parsed.output or parsed.data or parsed.readme):
        raise mistake("nothing is asked for", hint="say `-o site`, `--data FOLDER`, `--readme FILE` or `--check`")
    for told in publishing.publish(inputs, folder, site=parsed.output, data=parsed.data, readme=parsed.readme):
        print(told)
    return ExitStatus.AS_EXPECTED


@_told
def badge(parsed: Namespace) -> int:
    """Write badges, or print one."""
    from harness.report.figures.badges import badges  # noqa: PLC0415 -- only this verb needs it
    from harness.report.figures.choosing import narrowed, only  # noqa: PLC0415

    seen = narrowed(_surveyed(parsed), parsed.tool, parsed.family)
    printed = parsed.tool and parsed.family and parsed.output is None
    wanted = parsed.format or ("svg" if printed else "")
    files = {name: text for name, text in badges(seen).items() if name.endswith(wanted)}
    if printed:
        only(seen)
        sys.stdout.writelines(files.values())
        return ExitStatus.AS_EXPECTED
    folder = Path(parsed.output or "badges")
    for name, text in files.items():
        _put(text, str(folder / name))
        print(folder / name)
    return ExitStatus.AS_EXPECTED


@_told
def plot(parsed: Namespace) -> int:
    """Draw a tool over its versions, or the tools beside each other."""
    from harness.report.figures.choosing import narrowed, only  # noqa: PLC0415 -- only this verb needs it
    from harness.report.figures.plot import plot_families, plot_versions  # noqa: PLC0415

    seen = narrowed(_surveyed(parsed), parsed.tool, parsed.family)
    _put(plot_versions(seen, only(seen)) if parsed.tool else plot_families(seen), parsed.output)
    return ExitStatus.AS_EXPECTED


def _surveyed(parsed: Namespace) -> Survey:
    """The results that were named, or those that are published here."""
    from harness.published import load  # noqa: PLC0415 -- only verbs that report need it
    from harness.report.survey import survey  # noqa: PLC0415

    folder, published = Path(parsed.suite or suite()), Path("reports", "data")
    if not folder.is_dir():
        raise mistake(f"there is no folder `{folder}`", hint="a suite holds families, as in `scenarios`")
    if not parsed.results and not published.is_dir():
        what = f"there is no folder `{published}` here"
        raise mistake(what, hint=f"name results, as in `venvproof {parsed.call} --help`")
    return survey(load([Path(name) for name in parsed.results or [published]]), folder)


def _demand_tools(cases: Sequence[Record], names: Sequence[str]) -> None:
    """Refuse names that have no results."""
    from harness.compare import tool_of  # noqa: PLC0415 -- only one verb needs it

    known = {name for case in cases for name in (case["subject"], tool_of(case["subject"]))}
    for name in names:
        if name not in known:
            raise mistake(f"there are no results of `{name}`", hint=did_you_mean(name, sorted(known)))


@_told
def expect(parsed: Namespace) -> int:
    """Print the expectations that explain results, with the reasons of those that stand in the file already."""
    from harness.learn import Seen, learn, reasons  # noqa: PLC0415 -- only this verb needs it
    from harness.reading.expectations import ExpectationFile, read_expectations, rewritten  # noqa: PLC0415
    from harness.results import read_results  # noqa: PLC0415

    parts = [part for name in parsed.learn for part in read_results(Path(name)).parts]
    seen = [Seen(case, part.header["machine"]) for part in parts for case in part.cases]
    known = Path(parsed.output) if parsed.output else None
    old = read_expectations(known.read_bytes(), parsed.output).entries if known and known.is_file() else ()
    _put(rewritten(ExpectationFile("", ()), learn(seen, reasons(old))), parsed.output)
    return ExitStatus.AS_EXPECTED


def _put(text: str, path: str | None) -> None:
    """Write a file wholly or not at all, or to standard output."""
    if path is None:
        sys.stdout.write(text)
        return
    from harness.store import put  # noqa: PLC0415 -- only verbs that write need it

    try:
        put(Path(path), text)
    except OSError as error:
        raise mistake(f"`{path}` cannot be written: {error.strerror}") from None


@_told
def tools(parsed: Namespace) -> int:
    """List the tools, or empty the cache."""
    from harness.tools import catalogue  # noqa: PLC0415 -- only this verb needs it

    if parsed.prune:
        print(f"freed {catalogue.prune()}")
    else:
        print(catalogue.listing())
    return ExitStatus.AS_EXPECTED
