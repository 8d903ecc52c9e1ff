"""Change the checks and `diff()` one spot at a time: a test must fail, or `mutants.md` say why none can.

mutmut leaves decorated functions alone, and every check is one. So it works on a copy, in which a decorator has become
a statement below its function. `mutmut show NAME`, started in `mutants/`, shows a mutant of the last run.
"""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parents[1]
COPY = HERE / "mutants"
PAGE = HERE / "tests" / "mutants.md"
MUTMUT = Path(sys.executable).with_name("mutmut")
KILLED = {"killed", "timeout", "segfault"}


def main() -> int:
    """Exit status 1 where the mutants that no test noticed are not just those on the page."""
    _copy()
    subprocess.run([MUTMUT, "run", "--max-children", "1"], cwd=COPY, check=True)
    survivors = _survivors()
    reasons = _reasons(PAGE.read_text(encoding="utf-8"))
    unexplained = [
        f"### {where}\n\n```diff\n{diff}\n```" for where, diff in survivors if not reasons.get((where, diff))
    ]
    stale = [f"{where}\n{diff}" for where, diff in reasons.keys() - set(survivors)]
    for found, message in (
        (unexplained, "survive without a reason: write the test that fails, or a reason"),
        (stale, "are on the page and do not survive: remove them from it"),
    ):
        if found:
            print(f"{len(found)} mutants {message} in {PAGE.relative_to(HERE)}", *found, sep="\n\n")
    return 1 if unexplained or stale else 0


def _copy() -> None:
    shutil.rmtree(COPY, ignore_errors=True)
    for name in ("harness", "tests"):
        shutil.copytree(HERE / name, COPY / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(HERE / "pyproject.toml", COPY)
    for module in (COPY / "harness" / "checks").glob("*.py"):
        module.write_text(undecorated(module.read_text(encoding="utf-8")), encoding="utf-8")


def undecorated(source: str) -> str:
    """The same module with `f = decorator(f)` below each decorated function.

    A cache is left out: what it remembers of a function would hide the function's mutants.
    """
    lines = source.splitlines()
    for node in reversed(ast.parse(source).body):
        if isinstance(node, ast.FunctionDef) and node.decorator_list:
            decorators = [ast.unparse(decorator) for decorator in node.decorator_list]
            applied = [f"{node.name} = {d}({node.name})" for d in decorators if not d.startswith("lru_cache")]
            assert node.end_lineno is not None, "unreachable because the source was parsed"
            lines[node.end_lineno : node.end_lineno] = applied
            del lines[node.decorator_list[0].lineno - 1 : node.lineno - 1]
    return "\n".join(lines) + "\n"


def _survivors() -> list[tuple[str, str]]:
    """Where each mutant that no test noticed is, and the lines that make it."""
    told = _mutmut("results")
    return sorted(
        (_where(name), _changed(_mutmut("show", name)))
        for name, status in (line.strip().split(": ") for line in told.splitlines())
        if status not in KILLED
    )


def _mutmut(*arguments: str) -> str:
    return subprocess.run([MUTMUT, *arguments], cwd=COPY, check=True, capture_output=True, text=True).stdout


def _where(name: str) -> str:
    """`harness.checks.paths._names` of `harness.checks.paths.x__names__mutmut_3`, methods likewise."""
    module, _, mangled = name.rpartition(".")
    return f"{module}.{mangled.partition('__mutmut_')[0].removeprefix('x_').removeprefix('xǁ').replace('ǁ', '.')}"


def _changed(shown: str) -> str:
    return "\n".join(line for line in shown.splitlines() if re.match(r"[-+](?!-- |\+\+ )", line))


def _reasons(page: str) -> dict[tuple[str, str], str]:
    """The page's reason for each mutant, by where it is and its lines."""
    entry = re.compile(r"^### (\S+)\n\n```diff\n(.*?)\n```\n\n(.*?)\s*(?=^#|\Z)", re.MULTILINE | re.DOTALL)
    return {(where, diff): reason for where, diff, reason in entry.findall(page)}


if __name__ == "__main__":
    sys.exit(main())
