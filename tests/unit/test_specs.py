"""What `--tool SPEC` means."""

from __future__ import annotations

from itertools import permutations

import pytest
from packaging.specifiers import SpecifierSet

from harness.errors import HarnessError, Place
from harness.tool import INTERPRETER, Tool
from harness.tools.naming import (
    Build,
    Executable,
    Matching,
    Newest,
    OfPython,
    Plainest,
    Release,
    Spec,
    by_age,
    fitting,
    parse,
)


def tool(name: str, executable: str) -> Tool:
    return Tool(
        name=name, summary="", distribution=name, executable=executable, version_run=(), version_pattern="",
        variables={}, own_places=(), volatile={}, operations={}, place=Place("", 1, 1),
    )  # fmt: skip


TOOLS = {"uv": tool("uv", "uv"), "venv": tool("venv", INTERPRETER), "virtualenv": tool("virtualenv", "virtualenv")}


@pytest.mark.parametrize(
    ("text", "name", "build"),
    [
        ("uv", "uv", Plainest()),
        ("uv@0.7.13", "uv", Release("0.7.13")),
        ("uv@v0.7.13", "uv", Release("0.7.13")),
        ("uv@0.8.0rc1", "uv", Release("0.8.0rc1")),
        ("uv@latest", "uv", Newest()),
        ("uv@>=0.7,<0.9", "uv", Matching(SpecifierSet(">=0.7,<0.9"))),
        ("uv@>=0.7,<0.9:minor", "uv", Matching(SpecifierSet(">=0.7,<0.9"), minor=True)),
        ("uv@==0.7.*", "uv", Matching(SpecifierSet("==0.7.*"))),
        ("uv@./target/debug/uv", "uv", Executable("./target/debug/uv")),
        ("uv@/opt/a@b/uv", "uv", Executable("/opt/a@b/uv")),
        ("virtualenv@20.26.6", "virtualenv", Release("20.26.6")),
        ("venv", "venv", Plainest()),
        ("venv@3.12", "venv", OfPython("3.12")),
        ("venv@/usr/bin/python3.12", "venv", OfPython("/usr/bin/python3.12")),
    ],
)
def test_a_spec_means_a_tool_and_builds_of_it(text: str, name: str, build: Build) -> None:
    assert parse(text, TOOLS) == Spec(text, TOOLS[name], build)


_AFTER_UV = "`@0.7.13`, `@latest`, `@>=0.7,<0.9`, `@>=0.7,<0.9:minor`, or a path with a slash"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("uvv", "unknown tool `uvv`\n  hint: did you mean `uv`?"),
        ("conda", "unknown tool `conda`\n  hint: known: `uv`, `venv`, `virtualenv`"),
        ("virtualenv2@20", "unknown tool `virtualenv2`\n  hint: did you mean `virtualenv`?"),
        ("uv@", f"`uv@` names no build\n  hint: after `uv`: nothing, {_AFTER_UV}"),
        ("uv@newest", f"`uv@newest`: `newest` is no version\n  hint: after `uv`: {_AFTER_UV}"),
        ("uv@0.7.13:minor", f"`uv@0.7.13:minor`: `0.7.13` is no version\n  hint: after `uv`: {_AFTER_UV}"),
        (
            "uv@>=0.7:major",
            "`uv@>=0.7:major` ends in an unknown `:major`\n  hint: known: `:minor`, the newest of each minor series",
        ),
    ],
)
def test_a_spec_that_means_nothing_says_what_would(text: str, message: str) -> None:
    with pytest.raises(HarnessError) as caught:
        parse(text, TOOLS)
    assert str(caught.value) == message


RELEASES = ["0.10.0", "0.7.9", "0.7.13", "0.8.0", "0.8.0rc1", "0.6.1"]


@pytest.mark.parametrize(
    ("versions", "minor", "meant"),
    [
        (">=0.7", False, ["0.7.9", "0.7.13", "0.8.0", "0.10.0"]),
        (">=0.7", True, ["0.7.13", "0.8.0", "0.10.0"]),
        (">=0.8.0rc1,<0.9", False, ["0.8.0rc1", "0.8.0"]),
        (">=1", True, []),
    ],
)
def test_a_range_means_the_releases_that_match_the_oldest_first(versions: str, minor: bool, meant: list[str]) -> None:  # noqa: FBT001
    assert fitting(Matching(SpecifierSet(versions), minor=minor), RELEASES) == meant


def test_previews_are_older_than_every_release() -> None:
    expected = ["0.9.0b1", "0.2", "0.10"]
    assert all(by_age(order) == expected for order in permutations(expected))
