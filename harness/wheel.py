"""The package `tiny`, which projects require: a wheel made in memory, the same bytes everywhere."""

from __future__ import annotations

import hashlib
import io
from base64 import urlsafe_b64encode
from zipfile import ZipFile, ZipInfo

NAME = "tiny-1.0-py3-none-any.whl"
"""What the wheel is called."""

_INFO = "tiny-1.0.dist-info"
_FILES = {
    "tiny.py": '"""As little as a package can be."""\n\n\ndef main() -> None:\n    print("tiny")\n',
    f"{_INFO}/METADATA": "Metadata-Version: 2.1\nName: tiny\nVersion: 1.0\n",
    f"{_INFO}/WHEEL": "Wheel-Version: 1.0\nGenerator: venvproof\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    f"{_INFO}/entry_points.txt": "[console_scripts]\ntiny = tiny:main\n",
}


def wheel() -> bytes:
    """The bytes of `tiny-1.0-py3-none-any.whl`, which holds a module and a console script.

    Lock files name their digest: whoever changes a byte locks every project of `harness/tools` again.
    """
    record = f"{_INFO}/RECORD"
    packed = io.BytesIO()
    with ZipFile(packed, "w") as archive:
        for name, text in {**_FILES, record: "".join([*map(_recorded, _FILES), f"{record},,\n"])}.items():
            archive.writestr(_member(name), text)
    return packed.getvalue()


def _recorded(name: str) -> str:
    content = _FILES[name].encode()
    digest = urlsafe_b64encode(hashlib.sha256(content).digest()).decode().rstrip("=")
    return f"{name},sha256={digest},{len(content)}\n"


def _member(name: str) -> ZipInfo:
    """A file of the archive: stored, and without what the day, the system or its zlib would put into it."""
    member = ZipInfo(name)
    member.create_system = 3  # Unix, on Windows too
    member.external_attr = 0o100644 << 16
    return member
