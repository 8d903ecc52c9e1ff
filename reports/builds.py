"""The builds that `reports/play.py` plays: what a list says, and what of it is asked for. Pure."""

from __future__ import annotations

import dataclasses
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.errors import HarnessError
from harness.reading.nodes import parse
from harness.reading.values import Reader
from harness.tool import INTERPRETER
from harness.tools import naming

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from harness.errors import Place
    from harness.tool import Tool

EVERY = "every"
KEYS = {
    "tool": "which builds, as `--tool` takes them: `uv@>=0.7:minor`",
    "python": 'the interpreter that they are handed, as in `"3.12"`, or `every` one at hand',
    "variants": "`first` plays the first variant of each scenario alone",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Build:
    """One build of a tool, the Python that it is handed (empty: the running one), and what of each scenario is played.

    As it stands in the list `spec` may mean several, and `python` be `every`.
    """

    spec: str
    python: str = ""
    variants: str = "all"

    @property
    def tool(self) -> str:
        """`uv`, of `uv@0.7.13`."""
        return self.spec.partition("@")[0]

    @property
    def name(self) -> str:
        """What users call it: `uv@0.7.13`, `uv@0.7.13+py3.12`."""
        return f"{self.spec}+py{self.python}" if self.python else self.spec

    @property
    def file(self) -> str:
        """What its result file is called: `uv-0.7.13-py3.12.jsonl`."""
        python = f"-py{self.python}" if self.python else ""
        return re.sub(r"[^\w.+]+", "-", f"{self.spec}{python}") + ".jsonl"

    @property
    def words(self) -> tuple[str, ...]:
        """The flags that play it."""
        python = ("--python", self.python) if self.python else ()
        return "--tool", self.spec, *python, "--variants", self.variants


def listed(source: str | bytes, file: str, tools: Mapping[str, Tool]) -> tuple[Build, ...]:
    """What the list says. Raises HarnessError with all that is wrong."""
    document = parse(source, file)
    reader = Reader(document)
    found = []
    for node in reader.items(document.root, "the list of subjects"):
        fields = reader.fields(node, "a subject", KEYS, required=("tool",))
        texts = {key: reader.words(value, f"`{key}`") for key, value in fields.items() if key != "variants"}
        if "variants" in fields:
            texts["variants"] = reader.one_of(fields["variants"], "choice of variants", ("all", "first")) or "all"
        if texts.get("tool"):
            _demand(texts["tool"], tools, reader, fields["tool"].place)
            found.append(Build(spec=texts.pop("tool"), **texts))
    reader.finish()
    return tuple(found)


def _demand(spec: str, tools: Mapping[str, Tool], reader: Reader, place: Place) -> None:
    """Note what is wrong with a spec."""
    try:
        naming.parse(spec, tools)
    except HarnessError as error:
        for problem in error.problems:
            reader.note(problem.what, place, problem.hint)


def singles(entry: Build, specs: Iterable[str], pythons: Iterable[str], tools: Mapping[str, Tool]) -> Iterator[Build]:
    """What an entry comes to, given the releases that it means and the interpreters that are at hand."""
    own = tools[entry.tool].executable == INTERPRETER
    for spec in specs:
        for python in pythons if entry.python == EVERY else (entry.python,):
            if own and python:  # a module of an interpreter is handed no other
                yield dataclasses.replace(entry, spec=f"{entry.tool}@{python}", python="")
            else:
                yield dataclasses.replace(entry, spec=spec, python=python)


def concerned(entries: Iterable[Build], only: Sequence[str]) -> tuple[Build, ...]:
    """The entries that may come to what is asked for: where it stands in the list itself, nothing is looked up."""
    entries = tuple(entries)
    literal = {entry.name for entry in entries if "@" in entry.name} & {*only}
    tools = {re.split("[@+]", name)[0] for name in only if name not in literal}
    return tuple(entry for entry in entries if not only or entry.name in literal or entry.tool in tools)


def chosen(builds: Iterable[Build], only: Sequence[str]) -> list[Build]:
    """Those that were asked for, each once; all where nothing was."""
    once: dict[str, Build] = {}
    for build in builds:
        once.setdefault(build.name, build)
    return [build for build in once.values() if not only or {build.tool, build.spec, build.name} & {*only}]
