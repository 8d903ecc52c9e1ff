"""`look`: seeing every entry of a tree of 10,000 that a tool made, and the content of its files by their sha256."""

from __future__ import annotations

import shutil
from functools import partial
from pathlib import Path

from bench.measure import Comparison, Missing, Once, Pair, spawned, timed
from bench.trees import ENVIRONMENT, tree
from harness.case import Command, Place
from harness.changes import diff
from harness.sandbox import Sandbox
from harness.sandbox.opened import Opened

ENTRIES = 10_000
CHANGED = 20
"""How many files change between two looks."""

MTREE = "--options=!all,type,mode,uid,gid,size,link,sha256"


def comparison(scratch: Path) -> Comparison:
    """One tree, looked at by us and by programs that are made for it."""
    root = str(scratch / "root")
    whole = tree(ENTRIES, ENVIRONMENT)
    Sandbox.build(Place(root=root, cache=str(scratch / "none")), whole, None).close()
    # Left to itself, git tidies up in the background, and makes files where everything is about to be removed.
    settings = ("-c", "gc.auto=0", "-c", "maintenance.auto=false", "-c", "user.name=-", "-c", "user.email=-")
    git = ("git", *settings, f"--git-dir={scratch / 'git'}", f"--work-tree={root}")
    for words in (("init", "-q"), ("add", "."), ("commit", "-q", "-m", "planted")) if shutil.which("git") else ():
        _spawned((*git, *words), root)
    return Comparison(
        contenders={
            "full look": partial(_full, root),
            "bsdtar mtree sha256": _program(root, "bsdtar", "-cf", "/dev/null", "--format=mtree", MTREE, "."),
            "look again and diff": _Again(root).once,
            "find -printf": _program(root, "find", ".", "-printf", r"%p %y %m %U %G %s %T@ %l\n"),
            "git status": _program(root, *git, "status", "--porcelain"),
        },
        pairs=(
            Pair("full look", "bsdtar mtree sha256", 0.75),
            Pair("full look", "find -printf"),
            Pair("full look", "git status"),
            Pair("look again and diff", "find -printf", 1.1),
            Pair("look again and diff", "git status"),
        ),
        rounds=15,
    )


def _full(root: str) -> float:
    sandbox = Sandbox(Opened.at(root), {})
    try:
        return timed(sandbox.look)
    finally:
        sandbox.close()


class _Again:
    def __init__(self, root: str) -> None:
        self.changing = sorted(Path(root).glob("*/module5.py"))[:CHANGED]
        self.sandbox = Sandbox(Opened.at(root), {})
        self.before = self.sandbox.look()

    def once(self) -> float:
        for file in self.changing:
            file.write_bytes(file.read_bytes() + b"#\n")
        return timed(self._look)

    def _look(self) -> None:
        after = self.sandbox.look()
        assert len(diff(self.before, after)) == len(self.changing), "so many files were changed"
        self.before = after


def _program(root: str, *argv: str) -> Once | Missing:
    return partial(_spawned, argv, root) if shutil.which(argv[0]) else Missing(f"there is no {argv[0]}")


def _spawned(argv: tuple[str, ...], root: str) -> float:
    variables = {"PATH": "/usr/bin:/bin", "HOME": str(Path(root).parent / "home"), "LANG": "C.UTF-8"}
    return spawned(Command(argv=argv, cwd=root, variables=variables, limit=60.0))
