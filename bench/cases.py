"""`cases`: 400 cases of a `.venv` link to a directory and `uv venv` twice, by us and as one would write them."""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import replace
from functools import partial
from itertools import count
from pathlib import Path
from statistics import mean
from typing import TYPE_CHECKING

from bench.measure import Comparison, Missing, Pair, spawned
from bench.own import FEW, OwnWork
from harness.case import Command
from harness.tools.interpreters import private_copy

if TYPE_CHECKING:
    from collections.abc import Mapping

COUNT = 400
LIMIT = 1800.0
CONTENDERS = Path(__file__).with_name("contenders")

# The probe of the environment is left out, so that every contender starts as many processes: two a case.
SCENARIO = """\
summary: A .venv link to an existing directory outlives two creates
because: it is what the other contenders do, too
axes:
  name:
{names}
tree:
  store/env: directory
  project/.venv: {{link: ../store/env}}
  project/notes.txt: {{file: notes of $name}}
steps:
  - create
  - create
must:
  - links-survive
"""


def comparison(scratch: Path) -> Comparison:
    """Every contender with the same uv and interpreter, a warm cache of uv's, and no right to write elsewhere."""
    near = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    uv = shutil.which("uv", path=near)
    if uv is None:
        absent = dict.fromkeys(("venvproof", "bare loop"), Missing("there is no uv"))
        return Comparison(contenders=absent, pairs=(Pair("venvproof", "bare loop", 1.3),), rounds=0)
    contenders = _Contenders(scratch, uv)
    own = OwnWork(scratch, contenders.spec, contenders.scenario)
    return Comparison(
        contenders={
            "venvproof": contenders.ours,
            "bare loop": partial(contenders.loops, 1),
            "venvproof -n 2": partial(contenders.ours, "-n", "2"),
            "two bare loops": partial(contenders.loops, 2),
            "bash": contenders.bash,
            "bats": contenders.bats if shutil.which("bats") else Missing("there is no bats"),
            "plain pytest": contenders.pytest,
            "own work a case": own.work,
            "one uv venv": contenders.one,
        },
        pairs=(
            Pair("venvproof", "bare loop", 1.3),
            Pair("venvproof", "bash", 0.5),
            Pair("venvproof", "bats"),
            Pair("venvproof", "plain pytest"),
            Pair("venvproof -n 2", "bare loop", 1.45, share=0.5),
            Pair("venvproof -n 2", "two bare loops"),
            Pair("own work a case", "one uv venv", 0.1),
        ),
        rounds=3,
    )


class _Contenders:
    """The same cases, each time in new directories: removing the old ones would slow down whoever is next."""

    def __init__(self, scratch: Path, uv: str) -> None:
        self.scratch, self.spec = scratch, f"uv@{uv}"
        self.numbers = count()
        self.clean = {
            "PATH": "/usr/bin:/bin",
            "HOME": f"{scratch}/home",
            "TMPDIR": f"{scratch}/tmp",
            "LANG": "C.UTF-8",
            "TZ": "UTC",
            "UV_CACHE_DIR": f"{scratch}/uv",
            "UV_NO_CONFIG": "1",
            "UV_PYTHON_DOWNLOADS": "never",
            "UV": uv,
            "PYTHON": private_copy(None, scratch / "cache").executable,
        }
        self.scenario = scratch / "suite" / "links.yaml"
        self.scenario.parent.mkdir()
        self.write(1)
        self.ours()  # provisions, once and for all
        self.write(COUNT)
        self.spawned((sys.executable, str(CONTENDERS / "loop.py"), "0", "1", self.root()))  # warms the cache

    def write(self, cases: int) -> None:
        names = "\n".join(f"    v{number}: number {number}" for number in range(cases))
        self.scenario.write_text(SCENARIO.format(names=names))

    def root(self) -> str:
        return f"{self.scratch}/trees-{next(self.numbers)}"

    def ours(self, *more: str) -> float:
        places = ("--work-dir", str(self.scratch), "--results", str(self.scratch / "results.jsonl"))
        suite = str(self.scenario.parent)
        argv = (sys.executable, "-c", "import sys, harness.cli; sys.exit(harness.cli.main())", "run", suite)
        flags = ("-q", "--tool", self.spec, "--keep", "none", *places, *more)
        return spawned(Command(argv=argv + flags, cwd=os.curdir, variables=os.environ, limit=LIMIT))

    def loops(self, ways: int) -> float:
        root, share = self.root(), COUNT // ways
        commands = [
            self.command((sys.executable, str(CONTENDERS / "loop.py"), str(first), str(first + share), root))
            for first in range(0, COUNT, share)
        ]
        return spawned(*commands, writable=str(self.scratch))

    def bash(self) -> float:
        return self.spawned(("bash", str(CONTENDERS / "loop.bash"), str(COUNT)))

    def bats(self) -> float:
        file = self.scratch / "cases.bats"
        tests = "".join(f"@test 'case {n}' {{ the_link_survives {n}; }}\n" for n in range(COUNT))
        file.write_text(f"load {CONTENDERS}/case.bash\nsetup() {{ mkdir -p $ROOT; }}\n{tests}")
        return self.spawned(("bats", str(file)))

    def pytest(self) -> float:
        alone = ("-p", "no:cacheprovider", "--noconftest", "-c", os.devnull, "-q")
        file = str(CONTENDERS / "case_in_pytest.py")
        return self.spawned((sys.executable, "-m", "pytest", *alone, file), PYTEST_DISABLE_PLUGIN_AUTOLOAD="1")

    def one(self) -> float:
        """One `uv venv` where nothing stands, of as many as our own work is measured by."""
        seconds = []
        for _ in range(FEW):
            project = Path(self.root())
            project.mkdir()
            create = self.command((self.clean["UV"], "venv", "--python", self.clean["PYTHON"], ".venv"))
            seconds.append(spawned(replace(create, cwd=str(project)), writable=str(self.scratch)))
        return mean(seconds)

    def spawned(self, argv: tuple[str, ...], **more: str) -> float:
        return spawned(self.command(argv, **more), writable=str(self.scratch))

    def command(self, argv: tuple[str, ...], **more: str) -> Command:
        places: Mapping[str, str] = {"ROOT": self.root(), "COUNT": str(COUNT)}
        return Command(argv=argv, cwd=str(self.scratch), variables={**self.clean, **places, **more}, limit=LIMIT)
