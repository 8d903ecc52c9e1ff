"""Family files: the user's question that a folder of scenarios answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.reading.nodes import parse
from harness.reading.values import Reader

if TYPE_CHECKING:
    from pathlib import Path

FILE = "family.yaml"
KEYS = {
    "question": "what a user asks, in one line",
    "well": "the answer where every scenario holds, as in `yes`",
    "ill": "the answer where one breaks, as in `not always`",
    "note": "what else a reader of results needs to know",
}


@dataclass(frozen=True, slots=True)
class Family:
    """What `family.yaml` says; `note` is empty where there is none."""

    question: str
    note: str = ""
    well: str = "all is well"
    ill: str = "not always well"


def load_family(path: Path) -> Family:
    """What a family's file says; no question where there is no such file."""
    return read_family(path.read_bytes(), path.as_posix()) if path.is_file() else Family("")


def read_family(source: str | bytes, file: str) -> Family:
    """What the content of a family's file says. Raises HarnessError with all that is wrong."""
    document = parse(source, file)
    reader = Reader(document)
    fields = reader.fields(document.root, "a family", KEYS, required=("question",))
    texts = {key: reader.words(node, f"`{key}`").strip() for key, node in fields.items()}
    question = texts.get("question", "")
    if question and (not question.endswith("?") or "\n" in question):
        what = "`question` is not one line that ends in `?`"
        reader.note(what, fields["question"].place, "as in `May .venv be a link?`")
    reader.finish()
    return Family(**{**texts, "question": question})
