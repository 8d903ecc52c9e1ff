"""Every command of docs/tour.md prints what the page says, and every verb's help has examples that are accepted."""

from __future__ import annotations

import os
import platform
import re
import shlex
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from harness.arguments import parse
from harness.cli import main
from harness.process import tracing
from harness.stopping import probe
from harness.tools.cache import TOOLS, cache_dir
from harness.verbs import VERBS

HERE = Path(__file__).resolve().parents[2]
PAGE = (HERE / "docs" / "tour.md").read_text(encoding="utf-8")
CI_PAGE = (HERE / "docs" / "ci.md").read_text(encoding="utf-8")
FILESYSTEMS_PAGE = (HERE / "docs" / "filesystems.md").read_text(encoding="utf-8")
UV = cache_dir() / TOOLS / "uv-0.7.13" / "bin" / "uv"
"""Where the first run of the page installs it, if it is not there."""

linux = pytest.mark.skipif(sys.platform != "linux", reason="the page shows what is seen on Linux")
followed = pytest.mark.skipif(
    bool(probe.missing() and tracing.missing()), reason=f"`explain` cannot follow calls here: {probe.missing()}"
)


def commands() -> list[tuple[str, str]]:
    """Each command of the page with what it prints, `...` for what the page leaves out."""
    blocks = re.findall(r"^```console\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    parts = [part for block in blocks for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]]
    return [(line, shown) for line, _, shown in (part.partition("\n") for part in parts)]


def plain(text: str, scratch: str) -> str:
    """A text as the page would have it: what differs from run to run and from machine to machine is made the same.

    That is the scratch directory, the random names in it, times, the version of Python, and how wide it makes a table.
    """
    version = platform.python_version()
    text = text.replace(scratch, "/tmp/tour").replace(version, "3.11.7")
    text = text.replace(f"python{version.rpartition('.')[0]}", "python3.11")
    text = re.sub(r"venvproof-\w{8}/\d+/", "venvproof-RANDOM/N/", text)
    text = re.sub(r"\b\d+\.\d+s\b", "Ns", text)
    return re.sub(r"-{4,}", "----", re.sub(r" {3,}", "   ", text))


def shown_as(text: str) -> str:
    """The expression for a text in which `...` stands for anything."""
    return re.escape(text).replace(r"\.\.\.", "(.|\n)*")


def wrong(chosen: list[tuple[str, str]], folder: Path) -> list[tuple[str, str]]:
    """Those of the commands that print something else, each with what it printed; they are run one after another."""
    scratch, programs, temporary = folder / "tour", folder / "programs", folder / "tmp"
    for path in (scratch, programs, temporary):
        path.mkdir()
    (programs / "uv").symlink_to(UV)
    call = "from harness.cli import main; raise SystemExit(main())"
    start = f'venvproof() {{ {shlex.quote(sys.executable)} -c {shlex.quote(call)} "$@"; }}\n'
    path = os.pathsep.join((str(programs), sysconfig.get_path("scripts"), os.environ["PATH"]))
    environment = {**os.environ, "PYTHONPATH": str(HERE), "PATH": path, "TMPDIR": str(temporary)}
    found = []
    for line, shown in chosen:
        ran = subprocess.run(
            ["bash", "-c", f"{start}{line}\n"], cwd=scratch, env=environment,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
        )  # fmt: skip
        told = plain(ran.stdout, str(scratch))
        if not re.fullmatch(shown_as(plain(shown, str(scratch))), told):
            found.append((line, told))
    return found


def explains(line: str) -> bool:
    return "venvproof explain" in line


@linux
def test_every_command_prints_what_the_page_shows(tmp_path: Path) -> None:
    chosen = [(line, shown) for line, shown in commands() if not explains(line)]
    assert len(chosen) > len(VERBS) / 2
    assert wrong(chosen, tmp_path) == []


@linux
@followed
def test_what_is_explained_is_what_the_page_shows(tmp_path: Path) -> None:
    chosen = [(line, shown) for line, shown in commands() if explains(line)]
    assert len(chosen) == 1
    assert wrong(chosen, tmp_path) == []


def test_every_verb_is_run_on_one_page_or_the_other() -> None:
    shown = set(re.findall(r"^\$ (?:.*&& )?venvproof (\w+)", PAGE + CI_PAGE + FILESYSTEMS_PAGE, re.MULTILINE))
    assert shown | {"expect"} == set(VERBS), "`expect` needs results of several machines to be of use"


def test_the_help_of_the_command_lists_the_verbs_and_nothing_else(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    listed = capsys.readouterr().out.partition("\nverbs, ")[2].partition("\n\n")[0]
    assert re.findall(r"^  (\w+) ", listed, re.MULTILINE) == list(VERBS)


@pytest.mark.parametrize("verb", VERBS)
def test_the_help_of_a_verb_has_examples_that_are_accepted(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([verb, "--help"])
    assert ended.value.code == 0
    told = capsys.readouterr().out.replace("\\\n", " ")
    examples = re.findall(r"^  venvproof (.*)$", told.partition("\nexample")[2], re.MULTILINE)
    assert any(example.split()[0] == verb for example in examples)
    for example in examples:
        words = shlex.split(re.split(r"   +| >", example)[0])
        assert parse(words).verb == words[0]
