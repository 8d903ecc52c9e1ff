"""Small programs in C, and how commands are run under the filter."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from harness.calls import Watched, below
from harness.case import Command
from harness.process import run
from harness.stopping import probe
from harness.stopping.orders import Orders

if TYPE_CHECKING:
    from collections.abc import Callable

    from harness.calls import Stop
    from harness.run import Finished

HERE = Path(__file__).parent
COMPILERS = {"shared": ("cc",), "static": ("cc", "-static"), "musl": ("musl-gcc", "-static")}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Nothing here can be tried where calls cannot be stopped."""
    why = probe.missing()
    for item in items:
        if why and HERE in item.path.parents:
            item.add_marker(pytest.mark.skip(reason=why))


@dataclass(frozen=True, slots=True)
class Place:
    """A root, and how commands are run in it with every call stopped."""

    root: str

    def orders(self, **more: object) -> Orders:
        return Orders(self.root, **more)  # type: ignore[arg-type]

    def command(self, *words: str, **more: object) -> Command:
        variables = {"PATH": "/usr/bin:/bin", "VENVPROOF_SESSION": Path(self.root).parent.name}
        made = Command(argv=words, cwd=self.root, variables=variables, limit=30.0)
        return replace(made, **more)  # type: ignore[arg-type]

    def sh(self, script: str, **more: object) -> Command:
        return self.command("/bin/sh", "-c", script, **more)

    def python(self, script: str, *words: str, **more: object) -> Command:
        return self.command(sys.executable, "-I", "-S", "-c", script, *words, **more)

    def run(self, command: Command, orders: Orders | None = None) -> Finished:
        return run(command, writable=None, hide={self.root: "$root"}, orders=orders or self.orders())

    def seen(self, stop: Stop) -> tuple[str, ...]:
        """What a call is, and its paths as seen from the root."""
        return (stop.kind, stop.name, *(below(path, self.root) or path for path in stop.paths))

    def told(self, finished: Finished) -> list[tuple[str, ...]]:
        return [self.seen(stop) for stop in self.watched(finished).calls]

    @staticmethod
    def watched(finished: Finished) -> Watched:
        assert finished.watched is not None
        return finished.watched


@pytest.fixture
def place(tmp_path: Path) -> Place:
    root = tmp_path / "root"
    root.mkdir()
    return Place(os.path.realpath(root))


@pytest.fixture(scope="session", params=COMPILERS)
def build(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], str]:
    """Compiles one of the programs beside this file, in each way in which programs are built."""
    folder = tmp_path_factory.mktemp(request.param)

    @cache
    def compiled(name: str) -> str:
        compiler = COMPILERS[request.param]
        if shutil.which(compiler[0]) is None:
            pytest.skip(f"there is no `{compiler[0]}`")
        words = (*compiler, "-O1", "-pthread", "-o", str(folder / name), str(HERE / f"{name}.c"))
        done = subprocess.run(words, capture_output=True, text=True, check=False)
        if done.returncode and "-static" in compiler:
            pytest.skip(f"`{compiler[0]}` links no static programs here")
        assert done.returncode == 0, done.stderr
        return str(folder / name)

    return compiled
