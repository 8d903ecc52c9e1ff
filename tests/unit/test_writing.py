"""What is written of a scenario is read again as it was."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made import must, should

from harness.reading.scenario import read_scenario
from harness.scenario import CommandStep, Options, Perform, RunTool
from harness.tree import Copy, Directory, Fifo, File, Hardlink, Link, Mount, Project, Socket
from harness.writing import Draft, Noted, NotedStep, scalar, text

if TYPE_CHECKING:
    from harness.scenario import Variant

CREATE = NotedStep(CommandStep(Perform("create")))
words = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=12)
sayable = words.filter(str.strip).map(lambda word: word.replace("$", "$$"))
undecodable = st.binary(min_size=1, max_size=8).map(lambda raw: raw.decode("utf-8", "surrogateescape"))
names = (words | undecodable).map(lambda name: "".join(c for c in name if c not in "/\\\0").replace("$", "$$"))
paths = names.filter(lambda name: name not in {"", ".", ".."}).map("project/{}".format)
modes = st.none() | st.integers(0, 0o7777)
entries = st.one_of(
    st.builds(Directory, modes),
    st.builds(File, st.none() | st.binary(max_size=30).map(lambda raw: raw.replace(b"$", b"$$")), modes),
    st.builds(Link, sayable),
    st.sampled_from([Fifo(), Socket(), Copy("store"), Hardlink("store/a"), Project("demo", ("tiny",))]),
    st.builds(Mount, kind=st.just("tmpfs"), size=st.integers(1, 9).map(lambda n: n << 10), noexec=st.booleans()),
    st.builds(Mount, kind=st.just("bind"), of=st.none() | st.just("store"), read_only=st.booleans()),
)


def read(draft: Draft) -> Variant:
    (variant,) = read_scenario(text(draft), id="mine/written", file="written.yaml").variants
    return variant


@settings(deadline=None)
@given(st.dictionaries(paths, entries), words)
def test_a_tree_is_read_as_it_was_written(found: dict[str, object], note: str) -> None:
    planted = {**found, "store/a": File(), "odd-names/x": File(), f"project/{'long' * 300}": File(b"")}
    tree = {path: Noted(entry, note) for path, entry in planted.items()}
    draft = Draft(summary="A tree", because="a test says so", tree=tree, steps=[CREATE], notes=[note])
    assert read(draft).tree == planted


@given(st.text())
def test_every_text_is_one_line(found: str) -> None:
    assert len(scalar(found).splitlines()) <= 1


@settings(deadline=None)
@given(st.lists(sayable, min_size=1), sayable)
def test_arguments_and_texts_are_read_as_they_were_written(arguments: list[str], said: str) -> None:
    steps = [NotedStep(CommandStep(RunTool(tuple(arguments))))]
    checks = (must("prints-path", said),)
    draft = Draft(
        summary="A tree", because="a test says so", tools=["uv"], tree={"project": Noted(Directory())}, steps=steps,
        checks=checks,
    )  # fmt: skip
    found = read(draft)
    assert [step.action for step in found.steps if isinstance(step, CommandStep)] == [RunTool(tuple(arguments))]
    assert [(ref.name, ref.argument) for ref in found.checks] == [("prints-path", said)]


def test_steps_and_checks_are_written_as_people_write_them() -> None:
    step = CommandStep(Perform("recreate"), Options(at="./env", seed=True), (must("exits", 2), should("declines")))
    draft = Draft(
        summary="A tree",
        because="a test says so",
        tree={"project": Noted(Directory(0o750))},
        environment="project/env",
        steps=[NotedStep(CREATE.step, "the first"), NotedStep(step)],
        notes=["a\nremark"],
        checks=(
            must("usable"),
            should("says", "no: \\d+"),
            must("present", {"project/a b": "file"}),
            must("absent", ("x",)),
        ),
    )
    assert text(draft).splitlines() == [
        "# a?remark",
        "summary: A tree",
        "because: a test says so",
        "tree:",
        '  project: {directory: , mode: "0750"}',
        "environment: project/env",
        "steps:",
        "  - create  # the first",
        "  - recreate:",
        "    at: ./env",
        "    seed: true",
        "    must:",
        "      - exits: 2",
        "    should:",
        "      - declines",
        "must:",
        "  - usable",
        "  - present:",
        "      project/a b: file",
        "  - absent:",
        "      - x",
        "should:",
        '  - says: "no: \\\\d+"',
    ]
    assert read(draft).steps[1] == step


@pytest.mark.parametrize("word", ["true", "No", "~", "1", "0755", "1.5", ".inf", "a: b", "a #b", " a", "a ", "", "- a"])
def test_what_would_be_no_text_is_put_in_quotes(word: str) -> None:
    assert scalar(word) == f'"{word}"'
