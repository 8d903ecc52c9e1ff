"""Tools and interpreters are found, installed and copied once, or it is said why not."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import zipfile
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from harness.errors import HarnessError
from harness.tool import Interpreter, NotMeasured, Subject
from harness.tools.cache import PYTHONS, TOOLS, Made, empty, made_once, record
from harness.tools.catalogue import builtin_tools, cached_releases, listing, load_tools, prune
from harness.tools.interpreters import private_copy, verify
from harness.tools.subject import Provisioner, expand

if TYPE_CHECKING:
    from collections.abc import Iterator

posix = pytest.mark.skipif(sys.platform == "win32", reason="the programs are shell scripts")

NO_PYTHON = Interpreter(spec="", version="3.12.1", executable="/copy/bin/python", prefix="/copy", digest="d")
MADE = Made("1.0", "bin/tool", "d")


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("VENVPROOF_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def problem(error: pytest.ExceptionInfo[HarnessError]) -> str:
    return str(error.value)


# -- the cache ---


def test_what_is_made_stands_and_is_not_made_again(cache: Path) -> None:
    place = cache / TOOLS / "uv-1.0"
    assert made_once(place, lambda: MADE) == MADE
    assert made_once(place, lambda: pytest.fail("it was made before")) == MADE
    assert cached_releases("uv", cache) == ["1.0"]


def test_what_was_left_half_made_is_made_anew(cache: Path) -> None:
    place = cache / TOOLS / "uv-1.0"
    made_once(cache / TOOLS / "other", lambda: MADE)
    (place / "half").mkdir(parents=True)

    def make() -> Made:
        place.mkdir()
        return MADE

    assert (record(place), made_once(place, make), record(place)) == (None, MADE, MADE)
    assert list(place.iterdir()) == []


def test_what_cannot_be_made_leaves_nothing(cache: Path) -> None:
    place = cache / TOOLS / "uv-1.0"

    def make() -> Made:
        place.mkdir()
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        made_once(place, make)
    assert (place.exists(), record(place)) == (False, None)


def test_several_that_want_the_same_wait_for_the_one_that_makes_it(cache: Path) -> None:
    place, makers = cache / TOOLS / "uv-1.0", []

    def make() -> Made:
        makers.append(1)
        place.mkdir()
        return MADE

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda _: made_once(place, make), range(8))) == [MADE] * 8
    assert makers == [1]


def test_a_folder_of_the_users_is_no_cache(cache: Path) -> None:
    (cache / TOOLS).mkdir(parents=True)
    (cache / TOOLS / "mine").touch()
    with pytest.raises(HarnessError) as caught:
        made_once(cache / TOOLS / "uv-1.0", lambda: MADE)
    assert problem(caught) == (
        f"`{cache / TOOLS}` is no cache of venvproof's\n  hint: let VENVPROOF_CACHE name a new directory"
    )
    assert empty(cache) == 0
    assert (cache / TOOLS / "mine").exists()


def test_pruning_removes_what_is_cached_and_nothing_else(cache: Path) -> None:
    for folder in (TOOLS, PYTHONS):
        made_once(cache / folder / "thing", lambda: MADE)
    (cache / "mine").touch()
    assert prune() == "0 MB"
    assert list(cache.iterdir()) == [cache / "mine"]


@pytest.mark.skipif(os.name == "nt", reason="programs have an ending there")
def test_the_listing_names_tools_what_is_cached_and_where(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at_hand = cache / "bin" / "virtualenv"
    at_hand.parent.mkdir(parents=True)
    at_hand.write_text("#!/bin/sh\n")
    at_hand.chmod(0o755)
    monkeypatch.setenv("PATH", str(at_hand.parent))
    monkeypatch.setattr(sysconfig, "get_path", lambda _: "")
    made_once(cache / TOOLS / "uv-1.0", lambda: MADE)
    lines = listing().splitlines()
    uv, venv, virtualenv = (lines.index(f"{name}: {builtin_tools()[name].summary}") for name in _NAMED)
    assert lines[uv + 1 : uv + 3] == ["  at hand: no", "  cached: 1.0"]
    assert virtualenv == venv + 1
    assert lines[virtualenv + 1 : virtualenv + 3] == [f"  at hand: {at_hand}", "  cached: none"]
    assert lines[-2:] == ["copies of Python: none", f"cache: {cache}"]


_NAMED = ("uv", "venv", "virtualenv")


# -- the built-in tools ---


@pytest.mark.parametrize(
    ("tool", "version", "operation", "command"),
    [
        ("uv", "0.1.0", "create", "$tool venv --python $python $env"),
        ("uv", "0.1.38", "create", "$tool venv --python $python $env"),
        ("uv", "0.1.39", "create", "$tool --isolated venv --python $python $env"),
        ("uv", "0.2.29", "create", "$tool --isolated venv --python $python $env"),
        ("uv", "0.2.30", "create", "$tool venv --python $python $env"),
        ("uv", "0.7.22", "recreate", "$tool venv --python $python $env"),
        ("uv", "0.8.0", "recreate", "$tool venv --clear --python $python $env"),
        ("uv", "not-a-version", "recreate", "$tool venv --clear --python $python $env"),
        ("uv", "0.1.39", "reuse", None),
        ("uv", "0.1.40", "reuse", "$tool --isolated venv --allow-existing --python $python $env"),
        ("uv", "0.2.30", "reuse", "$tool venv --allow-existing --python $python $env"),
        ("uv", "0.13.9", "inspect", "$tool python find $env"),
        ("venv", "3.12.1", "create", "$python -m venv $env --without-pip"),
        ("venv", "3.12.1", "recreate", "$python -m venv --clear $env --without-pip"),
        ("venv", "3.12.1", "reuse", "$python -m venv --upgrade $env --without-pip"),
        ("virtualenv", "16.7.12", "create", "$tool --no-download -p $python $env --no-pip --no-setuptools --no-wheel"),
        ("virtualenv", "20.0.0", "create", "$tool --no-download -p $python $env --without-pip"),
        ("virtualenv", "21.15.8", "recreate", "$tool --no-download --clear -p $python $env --without-pip"),
    ],
)
def test_every_release_has_its_own_command(tool: str, version: str, operation: str, command: str | None) -> None:
    found = builtin_tools()[tool].alternative(operation, version)
    assert (" ".join((*found.run[-1], *found.without_seed)) if found else None) == command


def test_a_file_of_the_users_adds_a_tool(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text(
        "name: mine\nsummary: my own\ndistribution: mine\nexecutable: mine\n"
        "version: {run: [$tool, --version], pattern: '(.+)'}\noperations:\n  create:\n    - run: [$tool, $env]\n"
    )
    assert load_tools([tmp_path / "mine.yaml"]).keys() == {"mine", *builtin_tools()}


# -- interpreters ---


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Interpreter]]:
    cache = tmp_path_factory.mktemp("interpreters")
    yield cache, private_copy(None, cache)
    empty(cache)


def test_a_copy_stands_on_its_own_and_makes_environments(copied: tuple[Path, Interpreter], tmp_path: Path) -> None:
    cache, python = copied
    script = (
        "import sys, site; print(sys.prefix, sys.executable, *map(len, map(__import__('os').listdir, sys.path[-1:])))"
    )
    said = subprocess.run([python.executable, "-I", "-c", script], capture_output=True, text=True, check=True).stdout
    assert said == f"{python.prefix} {python.executable} 0\n"
    assert Path(python.prefix).is_relative_to(cache / PYTHONS)
    subprocess.run([python.executable, "-m", "venv", "--without-pip", tmp_path / "env"], check=True)
    assert f"home = {Path(python.executable).parent}\n" in (tmp_path / "env" / "pyvenv.cfg").read_text()


def test_a_copy_is_made_once_and_names_what_was_asked_for(copied: tuple[Path, Interpreter]) -> None:
    cache, python = copied
    version = "{}.{}.{}".format(*sys.version_info)
    assert private_copy(None, cache) == python
    assert (python.spec, python.version) == (version, version)
    assert private_copy(sys.executable, cache) == Interpreter(
        spec=sys.executable, version=version, executable=python.executable, prefix=python.prefix, digest=python.digest
    )


def test_a_copy_that_was_changed_is_noticed_and_made_anew(copied: tuple[Path, Interpreter]) -> None:
    cache, python = copied
    assert verify(python)
    next(Path(python.prefix).rglob("this.py")).write_text("changed")
    assert not verify(python)
    assert private_copy(None, cache) == python


@posix
@pytest.mark.parametrize(
    ("script", "message"),
    [
        (None, "`$root/python` is no Python that works: it was not started: no such file or directory: `$root/python`"),
        ("exit 3", "`$root/python` is no Python that works: it exited 3: it said nothing"),
    ],
)
def test_what_is_no_interpreter_is_the_users_mistake(tmp_path: Path, script: str | None, message: str) -> None:
    if script is not None:
        executable(tmp_path / "python", script)
    with pytest.raises(HarnessError) as caught:
        private_copy(str(tmp_path / "python"), tmp_path / "cache")
    assert problem(caught) == message.replace("$root", str(tmp_path))


def test_a_version_that_is_not_here_is_the_users_mistake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path))
    with pytest.raises(HarnessError) as caught:
        private_copy("3.99", tmp_path / "cache")
    assert problem(caught) == (
        "there is no Python `3.99` here\n  hint: give its path, or install it (`uv python install`)"
    )


# -- subjects ---


def executable(path: Path, script: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


def told(found: Subject | NotMeasured) -> tuple[str, str] | NotMeasured:
    return found if isinstance(found, NotMeasured) else (found.name, found.executable)


def test_a_module_of_the_interpreter_is_the_one_that_is_handed_in(cache: Path) -> None:
    assert Provisioner().cache == cache
    for spec in ("venv", "venv@3.12"):
        found = Provisioner().subject(spec, NO_PYTHON)
        assert found == Subject(
            tool=builtin_tools()["venv"], spec=spec, version="3.12.1", executable="/copy/bin/python", digest="d"
        )


@posix
@pytest.mark.parametrize(
    ("script", "outcome"),
    [
        ("echo uv 1.2.3", "uv@1.2.3"),
        ("echo one; exit 2", "it does not say its version: it exited 2: one"),
        ("echo one >&2", "it does not say its version, but: one"),
        ("echo $0: no >&2; exit 1", "it does not say its version: it exited 1: uv: no"),
        ('test -n "$UV_NO_CONFIG" && test -z "$MINE" && echo uv clean', "uv@clean"),
    ],
)
def test_an_executable_is_what_it_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, outcome: str
) -> None:
    monkeypatch.setenv("MINE", "secret")
    path = executable(tmp_path / "uv", script)
    found = Provisioner().subject(f"uv@{path}", NO_PYTHON)
    assert (found.reason if isinstance(found, NotMeasured) else found.name) == outcome


def test_an_executable_that_is_not_there_is_not_measured(tmp_path: Path) -> None:
    spec = f"uv@{tmp_path}/uv"
    assert Provisioner().subject(spec, NO_PYTHON) == NotMeasured(spec, "there is no such file")


@posix
def test_a_tool_on_path_that_does_not_run_is_passed_over(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, said = executable(tmp_path / "bin" / "virtualenv", "exit 1"), list[str]()
    monkeypatch.setenv("PATH", str(broken.parent))
    monkeypatch.setattr("sysconfig.get_path", lambda _: str(tmp_path / "nowhere"))
    made_once(cache / TOOLS / "virtualenv-20.1", lambda: Made("20.1", "bin/virtualenv", "d"))
    found = Provisioner(offline=True, report=said.append).subject("virtualenv", NO_PYTHON)
    assert told(found) == ("virtualenv@20.1", str(cache / TOOLS / "virtualenv-20.1" / "bin" / "virtualenv"))
    assert said == [f"`{broken}` is passed over: it does not say its version: it exited 1: it said nothing"]


def test_offline_only_what_is_cached_is_had(cache: Path) -> None:
    for version in ("0.7.9", "0.7.13", "0.8.0"):
        made_once(cache / TOOLS / f"uv-{version}", partial(Made, version, "bin/uv", "d"))
    offline = Provisioner(offline=True)
    assert told(offline.subject("uv@0.7.9", NO_PYTHON)) == ("uv@0.7.9", str(cache / TOOLS / "uv-0.7.9" / "bin" / "uv"))
    assert offline.subject("uv@0.7.10", NO_PYTHON) == NotMeasured(
        "uv@0.7.10", "uv 0.7.10 is not in the cache, and --offline forbids to install it"
    )
    assert expand(["uv", "uv@<0.8", "uv@latest", "uv@>=0.7:minor"], offline=True) == [
        "uv",
        "uv@0.7.9",
        "uv@0.7.13",
        "uv@0.8.0",
    ]
    with pytest.raises(HarnessError) as caught:
        expand(["uv@>=1"], offline=True)
    assert problem(caught) == "no cached release of `uv` matches `>=1`\n  hint: the newest is `0.8.0`"


# -- installing, from an index that is a directory ---


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An index with the releases 1.0, 1.1 and 2.0 of a `uv` that can only say its version; 1.1 does not even run."""
    project = tmp_path / "index" / "uv"
    project.mkdir(parents=True)
    for version in ("1.0", "1.1", "2.0"):
        _wheel(project, version)
    links = "".join(f'<a href="{path.name}">{path.name}</a>' for path in project.iterdir())
    (project / "index.html").write_text(f"<!DOCTYPE html><html><body>{links}</body></html>")
    for name in ("EXTRA_INDEX_URL", "FIND_LINKS"):
        monkeypatch.delenv(f"PIP_{name}", raising=False)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_INDEX_URL", project.parent.as_uri())
    monkeypatch.setenv("PIP_NO_CACHE_DIR", "1")
    monkeypatch.setenv("PIP_TARGET", str(tmp_path / "elsewhere"))
    return project


def _wheel(folder: Path, version: str) -> None:
    info = f"uv-{version}.dist-info"
    body = "1 / 0" if version == "1.1" else f"print('uv {version}')"
    files = {
        "fake_uv.py": f"def main():\n    {body}\n",
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: uv\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/entry_points.txt": "[console_scripts]\nuv = fake_uv:main\n",
    }
    files[f"{info}/RECORD"] = "".join(f"{name},,\n" for name in [*files, f"{info}/RECORD"])
    with zipfile.ZipFile(folder / f"uv-{version}-py3-none-any.whl", "w") as wheel:
        for name, content in files.items():
            wheel.writestr(name, content)


@pytest.mark.usefixtures("index")
def test_a_release_is_installed_once_into_an_environment_of_its_own(cache: Path, tmp_path: Path) -> None:
    said: list[str] = []
    provisioner = Provisioner(report=said.append)
    found = provisioner.subject("uv@1.0", NO_PYTHON)
    assert isinstance(found, Subject), found
    assert (found.name, provisioner.subject("uv@1.0", NO_PYTHON), said) == ("uv@1.0", found, ["installing uv 1.0 ..."])
    assert Path(found.executable).is_relative_to(cache / TOOLS / "uv-1.0")
    assert not (tmp_path / "elsewhere").exists()


@pytest.mark.usefixtures("index")
@pytest.mark.parametrize(
    ("spec", "reason"),
    [
        ("uv@3.0", "No matching distribution found for uv==3.0"),
        ("uv@1.1", "it does not say its version: it exited 1: ZeroDivisionError: division by zero"),
    ],
)
def test_a_release_that_cannot_be_had_is_not_measured(cache: Path, spec: str, reason: str) -> None:
    assert Provisioner().subject(spec, NO_PYTHON) == NotMeasured(spec, reason)
    assert not list((cache / TOOLS).glob("uv-*[0-9]"))


@pytest.mark.usefixtures("cache", "index")
def test_ranges_mean_what_the_index_has() -> None:
    assert expand(["uv@>=1:minor", "venv", "uv@latest"]) == ["uv@1.0", "uv@1.1", "uv@2.0", "venv"]
    with pytest.raises(HarnessError) as caught:
        expand(["uv@>2"])
    assert problem(caught) == "no release of `uv` matches `>2`\n  hint: the newest is `2.0`"
    with pytest.raises(HarnessError) as caught:
        expand(["virtualenv@latest"])
    assert problem(caught) == (
        "the releases of `virtualenv` cannot be looked up: No matching distribution found for virtualenv"
    )
