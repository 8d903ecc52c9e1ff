"""Planning without a machine: a case whose paths are words that can be told apart and spelled otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.case import Case, Machine, Place, Setting
from harness.plan import plan
from harness.tool import Interpreter, Subject
from harness.tools.catalogue import builtin_tools

if TYPE_CHECKING:
    from collections.abc import Mapping

    from harness.case import Skipped, Unsupported
    from harness.scenario import Scenario, Variant
    from harness.tool import Tool

# No character that a URL or a regular expression would spell otherwise, and no name that a scenario plants.
_PAPER = "/onpaper"
ROOT = f"{_PAPER}/root"
CACHE = f"{_PAPER}/cache"
PYTHON = f"{_PAPER}/interpreter/bin/python"
OTHER_PYTHON = f"{_PAPER}/another/bin/python"
"""What stands for the root, the tool's cache, the interpreter, and the one of another minor version."""

NEWEST = "newest"
"""The version of tools that a step asks for by name: what is no version counts as the newest."""


def on_paper(  # noqa: PLR0917  (as they stand in a result file)
    scenario: Scenario, variant: Variant, tool: Tool, version: str, python: str, facts: Mapping[str, str]
) -> Case | Unsupported | Skipped:
    """Decide everything for a build of a tool and a Python that need not be here, on a machine that lacks nothing.

    `facts` are the machine's, as the header of a result file has them. No process starts, and nothing is looked at but
    the files of the built-in tools.
    """
    interpreter = _interpreter(PYTHON, python)
    return plan(
        scenario,
        variant,
        Setting(
            subject=_subject(tool, version, interpreter),
            python=interpreter,
            machine=Machine(lacks={}, facts=facts),
            place=Place(root=ROOT, cache=CACHE),
            others={name: _subject(builtin_tools()[name], NEWEST, interpreter)
                    for name in variant.others if name in builtin_tools()},
            other_python=_interpreter(OTHER_PYTHON, NEWEST),
        ),
    )  # fmt: skip


def executable_of(tool: str) -> str:
    """What stands for a tool's program."""
    return f"{_PAPER}/tools/{tool}/program"


def _subject(tool: Tool, version: str, python: Interpreter) -> Subject:
    # A module of the interpreter has its version, and `plan` runs the interpreter for it.
    shown = python.version if version == NEWEST and not tool.distribution else version
    return Subject(
        tool=tool, spec=f"{tool.name}@{shown}", version=shown, executable=executable_of(tool.name), digest=""
    )


def _interpreter(executable: str, version: str) -> Interpreter:
    prefix = executable.rpartition("/bin/")[0]
    return Interpreter(spec=version, version=version, executable=executable, prefix=prefix, digest="")
