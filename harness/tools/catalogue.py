"""Which tools there are: those whose files lie beside this module, and those of the user's."""

from __future__ import annotations

import shutil
import sysconfig
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from harness.reading.tool import load_tool
from harness.tool import INTERPRETER
from harness.tools.cache import PYTHONS, TOOLS, cache_dir, empty, record, standing

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from harness.tool import Tool


@cache
def builtin_tools() -> Mapping[str, Tool]:
    """The tools that venvproof describes, by name."""
    files = sorted(Path(__file__).parent.glob("*.yaml"))
    tools = [load_tool(path, shown=f"harness/tools/{path.name}") for path in files]
    return {tool.name: tool for tool in tools}


def load_tools(files: Sequence[Path]) -> Mapping[str, Tool]:
    """The built-in tools and those of these files, by name; a file may describe a built-in tool in another way."""
    return {**builtin_tools(), **{tool.name: tool for tool in map(load_tool, files)}}


def listing() -> str:
    """What is built in, what of it is at hand, and what the cache holds, for people to read."""
    cached = cache_dir()
    pythons = [made.version for place in standing(cached / PYTHONS) if (made := record(place))]
    lines = [line for tool in builtin_tools().values() for line in _lines(tool, cached)]
    return "\n".join([*lines, f"copies of Python: {', '.join(pythons) or 'none'}", f"cache: {cached}"])


def _lines(tool: Tool, cached: Path) -> Iterator[str]:
    yield f"{tool.name}: {tool.summary}"
    if tool.executable == INTERPRETER:
        return
    yield f"  at hand: {', '.join(map(str, dict.fromkeys(at_hand(tool)))) or 'no'}"
    yield f"  cached: {', '.join(cached_releases(tool.name, cached)) or 'none'}"


def at_hand(tool: Tool) -> Iterator[Path]:
    """What is on PATH, then what is beside the running Python."""
    for folders in (None, sysconfig.get_path("scripts")):
        found = shutil.which(tool.executable, path=folders)
        if found is not None:
            yield Path(found).absolute()


def cached_releases(tool: str, cached: Path) -> list[str]:
    """The releases of a tool that are installed in the cache."""
    made = {place.name: record(place) for place in standing(cached / TOOLS)}
    return [one.version for name, one in made.items() if one is not None and name == f"{tool}-{one.version}"]


def prune() -> str:
    """Empty the cache; how much that freed, for people to read."""
    return f"{empty(cache_dir()) / 1e6:.0f} MB"
