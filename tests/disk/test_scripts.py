"""What a script plants is what the harness plants, and what it tells of a tool is what the harness tells."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from shutil import which
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.case import Case, Command, Place
from harness.checks import KNOWN
from harness.judge import judge
from harness.paper import on_paper
from harness.plan import plan
from harness.process import run
from harness.reading.scenario import load_scenario
from harness.report.scripts.script import script
from harness.report.scripts.shell import Shell
from harness.run import Exited
from harness.runner import hidden
from harness.sandbox import Sandbox, WorkDirectory
from harness.session import Entrant, EntrantName, open_session
from harness.store import record
from harness.tools.catalogue import builtin_tools
from harness.tree import Directory, Fifo, File, Hardlink, Link, Socket, plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.result import Record
    from harness.session import Session

CHECKOUT = Path(__file__).resolve().parents[2]
ZOO = CHECKOUT / "tests" / "zoo"
TREE = {
    "project/-n": File(b"100% \\n it's\n$HOME `id`\0\xff"),
    "project/caf\udce9/\u0301": File(mode=0o400),
    "project/a\nb": Link("-to\n$x 'y'\"\udcff"),
    "project/twice": Hardlink("project/-n"),
    "project/pipe": Fifo(),
    "project/socket": Socket(),
    "project/shared": Directory(0o3770),
    "project/shut/inside": File(),
    "project/shut": Directory(0),
    **{f"home/{name}": File() for name in "abc"},
}

pytestmark = pytest.mark.skipif(which("sh") is None or sys.platform == "win32", reason="there is no POSIX shell")


def untracked(sandbox: Sandbox) -> dict[str, str]:
    """Every entry without its identity."""
    return {path: re.sub(r"identity=\w+", "", repr(entry)) for path, entry in sandbox.look().entries.items()}


def test_what_is_planted_by_a_shell_is_what_is_planted_by_the_harness(tmp_path: Path) -> None:
    tree = plain(TREE)
    commands = "\n".join(["set -eu; umask 022", *Shell({}).planted(tree)])
    ours = Sandbox.build(Place(str(tmp_path / "ours"), str(tmp_path / "cache")), tree, None)
    theirs = Sandbox.build(Place(str(tmp_path / "theirs"), str(tmp_path / "another")), {}, None)
    ran = subprocess.run(
        ["sh", "-c", commands], cwd=tmp_path / "theirs", env={"PATH": "/usr/bin:/bin", "python": sys.executable},
        check=False, capture_output=True,
    )  # fmt: skip
    try:
        assert (ran.returncode, ran.stderr) == (0, b"")
        assert untracked(theirs) == untracked(ours)
    finally:
        for sandbox, name in ((ours, "ours"), (theirs, "theirs")):
            sandbox.close()
            (tmp_path / name / "project" / "shut").chmod(0o700)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.binary(max_size=12).map(lambda raw: raw.replace(b"\0", b"")), min_size=1, max_size=20))
def test_a_shell_reads_every_word_as_it_was_meant(texts: list[bytes]) -> None:
    words = [Shell({}).word(text.decode("utf-8", "surrogateescape")) for text in texts]
    code = "import os, sys; os.write(1, b'\\0'.join(map(os.fsencode, sys.argv[1:])))"
    ran = subprocess.run(["sh", "-c", " ".join(['exec "$0" -c "$1"', *words]), sys.executable, code],
                         check=True, capture_output=True)  # fmt: skip
    assert ran.stdout.split(b"\0") == texts


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=200))
def test_a_shell_prints_every_content(content: bytes) -> None:
    ran = subprocess.run(["sh", "-c", Shell({"/R": "$root"}).printed(content)], check=True, capture_output=True)
    assert ran.stdout == content


# -- every case --------------------------------------------------------------------------------------------------------


def scripts(of: str, version: str) -> Iterator[tuple[str, str]]:
    """The script of every case that this build has, as if all had held, by the case's name."""
    scenarios = [load_scenario(path) for path in CHECKOUT.glob("scenarios/*/*.yaml") if path.name != "family.yaml"]
    facts = {"system": "Linux", "user": "ordinary"}
    for scenario in scenarios:
        for variant in scenario.variants:
            case = on_paper(scenario, variant, builtin_tools()[of], version, "3.12.1", facts)
            if isinstance(case, Case):
                yield case.name, script(case, {"subject": of, "outcome": "holds", "findings": held(case)})


def held(case: Case) -> list[Record]:
    standing = [(name, "must", None) for name, check in KNOWN.items() if check.standing]
    asked = [(ref.name, str(ref.level), None) for ref in case.checks]
    of_steps = [(ref.name, str(ref.level), step.number) for step in case.steps for ref in step.checks]
    return [{"check": check, "level": level, "step": step, "verdict": "held"}
            for check, level, step in (*standing, *asked, *of_steps)]  # fmt: skip


@pytest.mark.parametrize(("of", "version"), [("uv", "0.13.9"), ("venv", "3.12.1"), ("poetry", "2.5.1")])
def test_every_case_has_a_script_that_a_shell_can_read(tmp_path: Path, of: str, version: str) -> None:
    for name, text in scripts(of, version):
        (tmp_path / f"{name.replace('/', '+')}.sh").write_text(text, "utf-8")
    files = sorted(map(str, tmp_path.iterdir()))
    refused = [file for file in files if subprocess.run(["sh", "-n", file], check=False).returncode]
    assert (len(files) > 100, refused) == (True, [])
    if which("shellcheck"):
        some = files[::10]  # all of them take a minute
        checked = subprocess.run(["shellcheck", "-f", "gcc", *some], check=False, capture_output=True, text=True)
        assert checked.stdout == ""


# -- tools that lie ----------------------------------------------------------------------------------------------------

HONEST = "honest"
LIES = {
    "replaces-the-link": "links/existing-target-twice[relative]",
    "rewrites-the-file-beside": "repeat/create-twice",
    "closes-the-file-beside": "repeat/create-twice",
    "writes-into-home": "boundary/home",
    "differs-on-repeat": "repeat/create-twice",
    "makes-a-dead-python": "links/existing-target-recreate[relative]",
    "names-a-python-that-is-none": "links/existing-target-recreate[relative]",
    "replaces-the-target": "links/existing-target-recreate[relative]",
    "keeps-old-files": "clear/whatever-lies-inside[fifo]",
    "writes-through-a-hard-link": "boundary/hard-links-out-of-the-environment[reuse]",
    "names-what-it-clears": "names/not-utf-8[recreate]",
    "takes-a-name-for-a-setting": "names/line-break[isolation]",
    "refuses-on-stdout": "links/to-file[create]",
    "quotes-nothing": "names/shell-characters[backtick]",
    "takes-no-for-yes": "links/answered-no",
}
"""Each liar, and a case that catches it."""


@dataclass(frozen=True)
class Zoo:
    """Tools ready to run, by the harness and by hand."""

    folder: Path
    work: WorkDirectory
    session: Session

    def play(self, tool: str, name: str) -> tuple[Record, str, Path]:
        """The line of a case, its script, and the build that it is of."""
        id_, _, chosen = name.removesuffix("]").partition("[")
        scenario = load_scenario(CHECKOUT / "scenarios" / f"{id_}.yaml")
        (variant,) = [variant for variant in scenario.variants if variant.id == chosen]
        entrant = self.session.entrants[EntrantName(tool)]
        assert isinstance(entrant, Entrant), entrant
        case = plan(scenario, variant, self.session.setting(entrant, self.work.place(), variant))
        if not isinstance(case, Case):
            pytest.skip(case.reason)
        played = self.session.play(case, entrant)
        line = record(judge(played), hidden(case), played.before)
        subject, facts = entrant.subject, self.session.machine.facts
        paper = on_paper(scenario, variant, subject.tool, subject.version, entrant.python.version, facts)
        assert isinstance(paper, Case), paper
        return line, script(paper, line), Path(subject.executable)

    def run(self, tool: str, name: str) -> tuple[Record, int, str, list[str]]:
        """The line of a case; how its script ended, what that said, and what it left."""
        line, text, build = self.play(tool, name)
        (python,) = {one.python.executable for one in self.session.entrants.values() if isinstance(one, Entrant)}
        place = self.folder / f"{tool}-{line['scenario'].replace('/', '-')}"
        (place / "tmp").mkdir(parents=True)
        (place / "script").write_text(text)
        variables = {"PATH": "/usr/bin:/bin", "TMPDIR": str(place / "tmp"), "HOME": str(place), "PYTHON": python}
        command = Command(
            argv=("sh", str(place / "script")), cwd=str(place), limit=60.0,
            variables={**variables, re.sub(r"\W", "_", tool).upper(): str(build)},
        )  # fmt: skip
        done = run(command, writable=[str(place / "tmp")] if self.session.contained else None, hide={})
        assert isinstance(done.ending, Exited), done
        return line, done.ending.code, done.output, [path.name for path in (place / "tmp").iterdir()]


@pytest.fixture(scope="module")
def zoo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Zoo]:
    folder = tmp_path_factory.mktemp("zoo")
    work = WorkDirectory.make(folder)
    tools = (HONEST, *LIES)
    try:
        session = open_session(
            [EntrantName(tool) for tool in tools], [], work=work, offline=True, report=print,
            tool_files=[described(tool, folder) for tool in tools],
        )  # fmt: skip
        yield Zoo(folder, work, session)
        assert session.close() == ()
    finally:
        work.close()


def described(tool: str, folder: Path) -> Path:
    """The honest tool's file, with another tool's name and path in it."""
    path = folder / f"{tool}.yaml"
    text = (ZOO / "tool.yaml").read_text().replace(HONEST, tool)
    path.write_text(text.replace(f"./{tool}.py", str(ZOO / f"{tool}.py")))
    return path


@pytest.mark.parametrize("liar", LIES)
def test_a_script_fails_where_a_liar_breaks_its_case(zoo: Zoo, liar: str) -> None:
    line, status, said, left = zoo.run(liar, LIES[liar])
    terminal = LIES[liar] == "links/answered-no"
    assert line["outcome"] in {"breaks", "weak"}
    assert status == (77 if terminal else int(line["outcome"] == "breaks")), said
    # The tree is kept for whoever wants to see it.
    assert (f"{'broken' if line['outcome'] == 'breaks' else 'weak'}: " in said, len(left)) == (
        (False, 0) if terminal else (True, 1)
    )


@pytest.mark.parametrize("name", dict.fromkeys(LIES.values()))
def test_a_script_of_the_honest_tool_passes_and_leaves_nothing(zoo: Zoo, name: str) -> None:
    line, status, said, left = zoo.run(HONEST, name)
    assert line["outcome"] in {"holds", "declines"}
    assert (status, left) == (77 if name == "links/answered-no" else 0, []), said


def test_a_script_of_a_fault_passes_with_a_build_that_has_none(zoo: Zoo) -> None:
    _, text, build = zoo.play("replaces-the-link", "links/existing-target-twice[relative]")
    honest = build.with_name("honest.py")
    (zoo.folder / "fixed" / "tmp").mkdir(parents=True)
    place, session = zoo.folder / "fixed", zoo.session
    python = next(one.python.executable for one in session.entrants.values() if isinstance(one, Entrant))
    command = Command(
        argv=("sh", "-c", text), cwd=str(place), limit=60.0,
        variables={"PATH": "/usr/bin:/bin", "TMPDIR": str(place / "tmp"), "PYTHON": python,
                   "REPLACES_THE_LINK": str(honest)},
    )  # fmt: skip
    done = run(command, writable=[str(place / "tmp")] if session.contained else None, hide={})
    assert (done.ending, done.stdout.splitlines()[-1]) == (Exited(0), "no fault shows")


def test_a_script_without_its_tool_is_no_answer(zoo: Zoo) -> None:
    _, text, _ = zoo.play("replaces-the-link", "links/existing-target-twice[relative]")
    variables = {"PATH": "/usr/bin:/bin", "TMPDIR": str(zoo.folder), "REPLACES_THE_LINK": "/no/such/program"}
    done = run(Command(argv=("sh", "-c", text), cwd="/", limit=60.0, variables=variables), writable=[], hide={})
    assert done.ending == Exited(2)
