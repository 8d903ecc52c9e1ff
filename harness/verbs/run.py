"""`venvproof run`."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING

from harness.errors import did_you_mean, mistake
from harness.flags import FLAGS, PYTEST_FLAGS
from harness.usage import EXAMPLES
from harness.verbs.common import suite

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace


def define(parser: ArgumentParser) -> None:
    """What it takes."""
    parser.description = "Play scenarios against tools, judge what became of the tree, and print the comparison."
    parser.epilog = EXAMPLES
    parser.add_argument(
        "scenario",
        nargs="*",
        help="a family (`links`), a scenario (`links/existing-target-twice`), a case "
        "(`links/existing-target-twice::uv[relative]`), or a file or folder of your own (default: the whole suite)",
    )
    for group, flags in (("conformance", FLAGS), ("of pytest", PYTEST_FLAGS)):
        titled = parser.add_argument_group(group)
        for flag, how in flags:
            titled.add_argument(flag, **how)


def call(parsed: Namespace) -> int:
    """Play scenarios as pytest does, but undisturbed by what the user has set up for tests of their own."""
    import pytest  # noqa: PLC0415 -- a third of a second that `--help` need not wait for

    folder = suite()
    chosen = [located(word, folder) for word in parsed.scenario] or [str(folder)]
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # whoever ends it so wants nothing left, either
    distributed = ("-p", "xdist") if parsed.numprocesses else ()
    return int(pytest.main([*undisturbed(folder), *distributed, *_spelled(parsed), *chosen]))


def undisturbed(folder: Path) -> list[str]:
    """Words for pytest to load our plugin alone: what the user has set up for it is for tests of their own."""
    for name in ("PYTEST_ADDOPTS", "PYTEST_PLUGINS"):
        os.environ.pop(name, None)
    # Other plugins cost more time at the start than a case takes.
    plugins = ["--disable-plugin-autoload", "-p", "harness.plugin"]
    return [*plugins, "-c", str(Path(__file__).parents[1] / "run.ini"), "--rootdir", str(folder.parent), "--noconftest"]


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


def located(word: str, folder: Path) -> str:
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
