"""Change the checks and `diff()` one spot at a time: a test must fail, or `mutants.md` say why none can.

mutmut leaves decorated functions alone, and every check is one. So it works on a copy, in which `@check(...)` has
become a statement below its function. Started in `mutants/`, `mutmut show NAME` shows a mutant of the last run.
"""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TypeAlias

from harness.checks import KNOWN

HERE = Path(__file__).resolve().parents[1]
COPY = HERE / "mutants"
PAGE = HERE / "tests" / "mutants.md"
PROGRAMS = str(Path(sys.executable).parent)
CHECKS = {f"{check.judge.__module__}.{check.judge.__name__}" for check in KNOWN.values()}
CAUGHT = {"killed", "timeout", "segfault", "caught by type check"}

Mutant: TypeAlias = tuple[str, str]
"""Where it is and the lines that make it: its number would change with every edit."""


def main() -> int:
    """Exit status 1 where the mutants that nothing caught are not just those on the page."""
    _copy()
    _mutmut("run", output=None)
    statuses = _statuses()
    untouched = CHECKS - {_where(name) for name in statuses}
    assert not untouched, f"no mutant was made of {untouched}"
    survivors = {(_where(name), _lines(_mutmut("show", name))) for name in statuses if statuses[name] not in CAUGHT}
    explained = _explained(PAGE.read_text(encoding="utf-8"))
    for found, message in (
        (survivors - explained, "survive without a reason: write the test that fails, or say why none can"),
        (explained - survivors, "do not survive, and have a reason"),
    ):
        if found:
            print(f"\n{len(found)} mutants {message}, in {PAGE.relative_to(HERE)}")
        for where, lines in sorted(found):
            print(f"\n### {where}\n\n```diff\n{lines}\n```")
    return int(survivors != explained)


def _copy() -> None:
    shutil.rmtree(COPY, ignore_errors=True)
    for name in ("harness", "tests/unit"):
        shutil.copytree(HERE / name, COPY / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(HERE / "pyproject.toml", COPY)
    for module in (COPY / "harness" / "checks").glob("*.py"):
        module.write_text(_undecorated(module.read_text(encoding="utf-8")), encoding="utf-8")


def _undecorated(source: str) -> str:
    """The same module with `check(...)(f)` below each function `f` that was decorated so.

    A cache is left out: what it remembers of a function would hide the function's mutants.
    """
    lines = source.splitlines()
    for node in reversed(ast.parse(source).body):
        if isinstance(node, ast.FunctionDef) and node.decorator_list:
            decorators = [ast.unparse(decorator) for decorator in node.decorator_list]
            applied = [f"{decorator}({node.name})" for decorator in decorators if not decorator.startswith("lru_cache")]
            assert node.end_lineno is not None, "unreachable because the source was parsed"
            lines[node.end_lineno : node.end_lineno] = applied
            del lines[node.decorator_list[0].lineno - 1 : node.lineno - 1]
    return "\n".join(lines) + "\n"


def _statuses() -> dict[str, str]:
    told = _mutmut("results", "--all", "true").splitlines()
    return dict(line.strip().split(": ") for line in told)


def _mutmut(*arguments: str, output: int | None = subprocess.PIPE) -> str:
    variables = {**os.environ, "PATH": os.pathsep.join((PROGRAMS, os.environ["PATH"]))}  # it starts mypy by its name
    argv = (f"{PROGRAMS}/mutmut", *arguments)
    return subprocess.run(argv, cwd=COPY, env=variables, check=True, stdout=output, text=True).stdout


def _where(name: str) -> str:
    """`harness.checks.paths._names` of `harness.checks.paths.x__names__mutmut_3`, and of a method likewise."""
    module, _, mangled = name.rpartition(".")
    function = mangled.rpartition("__mutmut_")[0].removeprefix("x_").removeprefix("xǁ").replace("ǁ", ".")
    return f"{module}.{function}"


def _lines(shown: str) -> str:
    return "\n".join(line for line in shown.splitlines() if re.match(r"[-+](?!-- |\+\+ )", line))


def _explained(page: str) -> set[Mutant]:
    """Each mutant that stands below a heading with a reason."""
    entry = re.compile(r"^### (\S+)\n\n```diff\n(.*?)\n```$", re.MULTILINE | re.DOTALL)
    sections = (section.partition("\n### ") for section in page.split("\n## ")[1:])
    return {
        (where, lines)
        for reason, mark, mutants in sections
        if reason.partition("\n")[2].strip()
        for where, lines in entry.findall(mark + mutants)
    }


if __name__ == "__main__":
    sys.exit(main())
