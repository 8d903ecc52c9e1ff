"""`python -m bench [NAME ...] [--rounds N]`: run comparisons and print them beside their targets."""

from __future__ import annotations

import argparse
import os
import platform
import signal
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir
from typing import TYPE_CHECKING

import tabulate

from bench import cases, collect, look, plant, report, start, stop
from bench.measure import interleaved, rows

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bench.measure import Comparison

COMPARISONS: Mapping[str, Callable[[Path], Comparison]] = {
    "cases": cases.comparison,
    "look": look.comparison,
    "plant": plant.comparison,
    "collect": collect.comparison,
    "start": start.comparison,
    "report": report.comparison,
    "stop": stop.comparison,
}
DIRECTORY = next(filter(Path.is_dir, [Path("/dev/shm")]), Path(gettempdir()))
"""In memory where that can be had: what is compared here are programs, and a disk would have its own say."""

HEADERS = ("ours, ms", "other, ms", "ratio", "target", "reached")


def main() -> None:
    """Run the comparisons that are named, or all."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("name", nargs="*", help=f"{', '.join(COMPARISONS)} (default: all)")
    parser.add_argument("--rounds", type=int, help="how often each contender is timed (default: by comparison)")
    parser.add_argument("--dir", type=Path, default=DIRECTORY, help="where trees are made (default: %(default)s)")
    chosen = parser.parse_args()
    unknown = set(chosen.name) - COMPARISONS.keys()
    if unknown:
        parser.error(f"there is no comparison `{min(unknown)}`")
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # whoever ends it so wants no trees left, either
    print(f"{platform.system()} {platform.release()}, {os.cpu_count()} cores, Python {platform.python_version()}\n")
    for name in chosen.name or COMPARISONS:
        with TemporaryDirectory(prefix="venvproof-bench-", dir=chosen.dir) as made:
            scratch = Path(made).resolve()
            _settle(scratch)
            comparison = COMPARISONS[name](scratch)
            seen = interleaved(comparison.contenders, chosen.rounds or comparison.rounds)
        table = rows(comparison.pairs, seen)
        print(tabulate.tabulate(table, (name, *HEADERS), disable_numparse=True), flush=True, end="\n\n")


def _settle(scratch: Path) -> None:
    """Let nothing that runs here, ours or not, find the user's home or the user's cache."""
    for name, folder in (("HOME", "home"), ("VENVPROOF_CACHE", "cache"), ("TMPDIR", "tmp")):
        (scratch / folder).mkdir()
        os.environ[name] = str(scratch / folder)


if __name__ == "__main__":
    main()
