"""The wheel that projects require."""

from __future__ import annotations

import hashlib
import io
import re
from base64 import urlsafe_b64encode
from importlib.metadata import PathDistribution
from pathlib import Path
from zipfile import ZIP_STORED, ZipFile
from zipfile import Path as Member

import pytest

from harness.wheel import NAME, wheel

TOOLS = Path(__file__).resolve().parents[2] / "harness" / "tools"
DIGEST = "1c4bf98f6ade6b9377ae55765ca85ae3ac833d68a5933c4ea1e799e963179959"


@pytest.fixture
def archive() -> ZipFile:
    return ZipFile(io.BytesIO(wheel()))


@pytest.fixture
def package() -> PathDistribution:
    """The wheel as an installer sees it."""
    return PathDistribution(Member(io.BytesIO(wheel()), "tiny-1.0.dist-info/"))


def test_it_is_the_same_bytes_everywhere() -> None:
    assert hashlib.sha256(wheel()).hexdigest() == DIGEST


def test_nothing_of_the_day_or_of_the_system_is_in_it(archive: ZipFile) -> None:
    seen = {(file.date_time, file.compress_type, file.create_system) for file in archive.infolist()}
    assert seen == {((1980, 1, 1, 0, 0, 0), ZIP_STORED, 3)}


def test_its_name_is_that_of_its_content(package: PathDistribution) -> None:
    (tag,) = re.findall(r"^Tag: (.+)$", package.read_text("WHEEL") or "", re.MULTILINE)
    assert f"{package.name}-{package.version}-{tag}.whl" == NAME


def test_its_record_names_every_other_file_with_its_digest(archive: ZipFile, package: PathDistribution) -> None:
    digests = {name: hashlib.sha256(archive.read(name)).digest() for name in archive.namelist()}
    expected = {name: urlsafe_b64encode(digest).decode().rstrip("=") for name, digest in digests.items()}
    expected["tiny-1.0.dist-info/RECORD"] = ""
    assert {str(path): path.hash.value if path.hash else "" for path in package.files or ()} == expected


def test_its_console_script_is_there_to_be_run(
    archive: ZipFile, package: PathDistribution, capsys: pytest.CaptureFixture[str]
) -> None:
    (script,) = package.entry_points.select(group="console_scripts")
    names: dict[str, object] = {}
    exec(archive.read(f"{script.module}.py"), names)
    main = names[script.attr]
    assert callable(main)
    main()
    assert (script.name, capsys.readouterr().out) == ("tiny", "tiny\n")


def test_every_digest_in_the_files_of_tools_is_the_wheels() -> None:
    digests = re.compile(r"^(?!.*content_hash).*sha256:(\w+)", re.MULTILINE)
    assert {digest for file in TOOLS.glob("*.yaml") for digest in digests.findall(file.read_text())} == {DIGEST}
