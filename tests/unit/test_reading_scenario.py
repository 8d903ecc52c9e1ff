from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from harness.errors import HarnessError, Place
from harness.reading.scenario import load_scenario, read_scenario
from harness.scenario import (
    CheckRef,
    CommandStep,
    Delete,
    Each,
    EditStep,
    Fault,
    InterleaveStep,
    Interrupt,
    Level,
    Move,
    Options,
    Perform,
    Plant,
    RunPython,
    RunTool,
    Scenario,
    Spot,
    TogetherStep,
    Variant,
    commands_of,
)
from harness.tree import Copy, Directory, Fifo, File, Hardlink, Link, Mount, Project, Socket

if TYPE_CHECKING:
    from pathlib import Path

HEAD = "summary: A plain create succeeds\nbecause: https://example.org/\n"
TREE = "tree: {project: directory}\n"
STEPS = "steps: [create]\n"
SOMEWHERE = Place("", 0, 0)


def _read(text: str) -> Scenario:
    return read_scenario(text, id="links/a", file="a.yaml")


def _variant(*, tree: str = TREE, steps: str = STEPS, more: str = "") -> Variant:
    (variant,) = _read(HEAD + tree + steps + more).variants
    return variant


def _refused(text: str, **names: str) -> list[str]:
    with pytest.raises(HarnessError) as caught:
        read_scenario(text, **{"id": "links/a", "file": "a.yaml", **names})
    return [problem.what for problem in caught.value.problems]


def test_a_scenario_is_what_its_file_says() -> None:
    text = """
summary: A .venv link to an existing directory outlives two creates
because: https://github.com/astral-sh/uv/issues/14670
needs: [containment]
tools: [uv]
axes:
  target:
    relative: ../store/env
    absolute: $root/store/env
tree:
  store/env: directory
  project/.venv: {link: $target}
steps:
  - create
must:
  - usable
should:
  - link: {project/.venv: $target}
permit:
  home/**: it may keep a cache
waive:
  no-debris: it is told elsewhere
"""

    def variant(label: str, target: str) -> Variant:
        return Variant(
            labels=(label,),
            needs=("containment", "symlinks"),
            tree={"store/env": Directory(), "project/.venv": Link(target)},
            environment="project/.venv",
            cwd="project",
            steps=(CommandStep(Perform("create")),),
            checks=(
                CheckRef("usable", None, Level.MUST, SOMEWHERE),
                CheckRef("link", {"project/.venv": target}, Level.SHOULD, SOMEWHERE),
            ),
            permit={"home/**": "it may keep a cache"},
            waive={"no-debris": "it is told elsewhere"},
        )

    assert _read(text) == Scenario(
        id="links/a",
        summary="A .venv link to an existing directory outlives two creates",
        because=("https://github.com/astral-sh/uv/issues/14670",),
        tools=("uv",),
        variants=(variant("relative", "../store/env"), variant("absolute", "$root/store/env")),
        file="a.yaml",
    )


def test_every_mount_is_read_and_needs_mounts() -> None:
    tree = """tree:
  a: {mount: tmpfs, size: 64KiB}
  b: {mount: tmpfs, size: 4MiB, read-only: true, noexec: true}
  c: {mount: bind}
  d: {mount: bind, of: store/$$env, read-only: false}
  store/$$env: directory
"""
    variant = _variant(tree=tree)
    assert variant.needs == ("mounts",)
    assert variant.tree == {
        "a": Mount(kind="tmpfs", size=65536),
        "b": Mount(kind="tmpfs", size=4194304, read_only=True, noexec=True),
        "c": Mount(kind="bind"),
        "d": Mount(kind="bind", of="store/$$env"),
        "store/$$env": Directory(),
    }


def test_a_check_knows_where_it_is_asked_for() -> None:
    variant = _variant(more="must:\n  - usable\n  - exits: 2\n")
    assert [ref.place for ref in variant.checks] == [Place("a.yaml", 6, 5), Place("a.yaml", 7, 5)]


def test_every_entry_is_read() -> None:
    tree = """tree:
  a: directory
  b: {directory: , mode: "2750"}
  c: file
  d: {file: "text", mode: "0600"}
  e: {bytes: AP8=}
  f: {link: ../$$x}
  g: {hardlink: c}
  h: fifo
  i: {socket: }
  j: {copy: b}
  k: {project: {name: demo, requires: [tiny]}}
  l: {file: , mode: "400"}
"""
    assert _variant(tree=tree).tree == {
        "a": Directory(),
        "b": Directory(0o2750),
        "c": File(),
        "d": File(b"text", 0o600),
        "e": File(b"\x00\xff"),
        "f": Link("../$$x"),
        "g": Hardlink("c"),
        "h": Fifo(),
        "i": Socket(),
        "j": Copy("b"),
        "k": Project("demo", ("tiny",)),
        "l": File(None, 0o400),
    }


def test_bytes_name_nothing() -> None:
    assert _variant(tree="tree: {a: {bytes: JGhvbWU=}}\n").tree == {"a": File(b"$$home")}


def test_odd_names_are_decoded_as_the_file_system_does() -> None:
    tree = 'tree: {odd-names: [{name: "a/caf%E9", file: }, {name: a%0Ab%25%24HOME, fifo: }]}\n'
    variant = _variant(tree=tree)
    assert variant.tree == {"a/caf\udce9": File(), "a\nb%$$HOME": Fifo()}
    assert variant.needs == ("fifo", "undecodable-names")


def test_every_action_is_read() -> None:
    steps = """tools: [uv]
steps:
  - sync
  - remove:
  - run: [venv, $env]
  - python: [-c, pass]
  - plant: {a: file}
  - delete: b
  - move: {from: c, to: d}
  - together: [create, {inspect: , at: x}]
"""
    assert _variant(steps=steps).steps == (
        CommandStep(Perform("sync")),
        CommandStep(Perform("remove")),
        CommandStep(RunTool(("venv", "$env"))),
        CommandStep(RunPython(("-c", "pass"))),
        EditStep(Plant({"a": File()})),
        EditStep(Delete("b")),
        EditStep(Move("c", "d")),
        TogetherStep((CommandStep(Perform("create")), CommandStep(Perform("inspect"), Options(at="x")))),
    )


def test_every_modifier_is_read() -> None:
    steps = """steps:
  - create:
    at: ../project/.venv/
    cwd: project/a
    by: venv
    seed: true
    python: $root/py
    answer: [y, ""]
    variables: {A: $env, B: ""}
    drop: [write-anywhere]
    umask: "0077"
    limit: 1500ms
    must: [succeeds]
    observe: [{says: x}]
  - {create: , through: link, limit: 2m}
"""
    assert _variant(steps=steps).steps == (
        CommandStep(
            Perform("create"),
            Options(
                at="../project/.venv/",
                cwd="project/a",
                by="venv",
                seed=True,
                python="$root/py",
                answer=("y", ""),
                variables={"A": "$env", "B": ""},
                drop=("write-anywhere",),
                umask=0o77,
                limit=1.5,
            ),
            (
                CheckRef("succeeds", None, Level.MUST, SOMEWHERE),
                CheckRef("says", "x", Level.OBSERVE, SOMEWHERE),
            ),
        ),
        CommandStep(Perform("create"), Options(through="link", limit=120.0)),
    )


@pytest.mark.parametrize(
    ("modifier", "options"),
    [
        ("interrupt: {signal: SIGKILL, at: each}", Options(interrupt=Interrupt("SIGKILL", Each()))),
        ("interrupt: {signal: SIGQUIT, at: 12}", Options(interrupt=Interrupt("SIGQUIT", 12))),
        ("interrupt: {signal: SIGINT, at: {call: mkdir, path: project/.venv}}",
         Options(interrupt=Interrupt("SIGINT", Spot("mkdir", "project/.venv")))),
        ("interrupt: {signal: SIGINT, at: {call: write, path: a, occurrence: 2}}",
         Options(interrupt=Interrupt("SIGINT", Spot("write", "a", 2)))),
        ("fault: {error: EIO, at: 3}", Options(fault=Fault("EIO", 3))),
        ("fault: {error: ENOSPC, from: each}", Options(fault=Fault("ENOSPC", Each(), lasting=True))),
        ("fault: {error: EPERM, at: each, calls: [symlink, link]}",
         Options(fault=Fault("EPERM", Each(), calls=("symlink", "link")))),
        ("fault: {error: EXDEV, from: {call: rename, path: a}, calls: [rename]}",
         Options(fault=Fault("EXDEV", Spot("rename", "a"), lasting=True, calls=("rename",)))),
    ],
)  # fmt: skip
def test_what_stops_a_command_is_read(modifier: str, options: Options) -> None:
    made = _variant(steps=f"steps: [{{create: , {modifier}}}]\n")
    assert (made.steps, made.needs) == ((CommandStep(Perform("create"), options),), ("stopping-calls",))


def test_two_commands_are_interleaved_at_a_call() -> None:
    made = _variant(steps="steps: [{interleave: [create, {recreate: , at: x}], at: each, must: [succeeds]}]\n")
    first, second = CommandStep(Perform("create")), CommandStep(Perform("recreate"), Options(at="x"))
    check = CheckRef("succeeds", None, Level.MUST, SOMEWHERE)
    assert (made.steps, made.needs) == ((InterleaveStep(first, second, Each(), (check,)),), ("stopping-calls",))


@pytest.mark.parametrize(
    ("path", "read"),
    [
        ("$env", "project/.venv"),
        ("$env/bin/python", "project/.venv/bin/python"),
        ("$cwd/a", "project/a"),
        ("$home/.cache", "home/.cache"),
        ("$root/store", "store"),
        ("$$env/a", "$$env/a"),
    ],
)
def test_the_path_of_a_call_is_read_as_one_below_the_root(path: str, read: str) -> None:
    made = _variant(steps=f"steps: [{{interleave: [create, create], at: {{call: open, path: {path}}}}}]\n")
    create = CommandStep(Perform("create"))
    assert made.steps == (InterleaveStep(create, create, Spot("open", read)),)


def test_what_stops_a_command_can_vary() -> None:
    axes = "axes: {error: {full: ENOSPC, broken: EIO}, at: {each: each, second: 2}}\n"
    scenario = _read(HEAD + axes + TREE + "steps: [{create: , fault: {error: $error, at: $at}}]\n")
    found = [(one.id, step.options.fault) for one in scenario.variants for step in commands_of(one.steps[0])]
    assert found == [
        ("full,each", Fault("ENOSPC", Each())),
        ("full,second", Fault("ENOSPC", 2)),
        ("broken,each", Fault("EIO", Each())),
        ("broken,second", Fault("EIO", 2)),
    ]


@pytest.mark.parametrize(
    "stop", ["interrupt: {signal: SIGKILL, at: 1}", "fault: {error: EIO, at: 1}", "fault: {error: EIO, from: 1}"]
)
def test_what_stops_a_command_is_part_of_the_digest(stop: str) -> None:
    plain = _read(HEAD + TREE + STEPS)
    stopped = _read(f"{HEAD}{TREE}needs: [stopping-calls]\nsteps: [{{create: , {stop}}}]\n")
    needy = _read(f"{HEAD}{TREE}needs: [stopping-calls]\n{STEPS}")
    assert len({plain.digest(), stopped.digest(), needy.digest()}) == 3


def test_one_sweep_a_scenario_is_one_a_variant() -> None:
    axes = "axes: {first: {swept: each, plain: 1}, second: {swept: each, plain: 1}}\n"
    steps = "".join(f"  - {{create: , fault: {{error: EIO, at: ${name}}}}}\n" for name in ("first", "second"))
    assert _refused(f"{HEAD}{axes}{TREE}steps:\n{steps}") == ["a second step that is stopped at `each` of its calls"]


def test_every_argument_of_a_check_is_read() -> None:
    more = """must:
  - exits: 0x10
  - never-says: a$
  - prints-path: $env/$$
  - unchanged: a
  - unchanged: [a/**, b]
  - present: {a: link, b: anything}
"""
    assert [(ref.name, ref.argument) for ref in _variant(more=more).checks] == [
        ("exits", 16),
        ("never-says", "a$"),
        ("prints-path", "$env/$$"),
        ("unchanged", ("a",)),
        ("unchanged", ("a/**", "b")),
        ("present", {"a": "link", "b": "anything"}),
    ]


@pytest.mark.parametrize(
    ("text", "needs"),
    [
        ("tree: {a: {link: b}}\nsteps: [create]", ("symlinks",)),
        ("tree: {a: file, b: {hardlink: a}}\nsteps: [create]", ("hardlinks",)),
        ("tree: {a: fifo}\nsteps: [create]", ("fifo",)),
        ("tree: {a: socket}\nsteps: [create]", ("fifo",)),
        ('tree: {a: {directory: , mode: "0755"}}\nsteps: [create]', ("modes",)),
        ('tree: {a: {file: , mode: "0755"}}\nsteps: [create]', ("modes",)),
        ('tree: {a: file}\nsteps: [{create: , umask: "0077"}]', ("modes",)),
        ("tree: {a: file}\nsteps: [{create: , answer: [y]}]", ("terminal",)),
        ("tree: {a: file}\nsteps: [{together: [create, {create: , drop: [write-anywhere]}]}]", ("ordinary-user",)),
        ("tree: {a: file}\nsteps: [create, plant: {b: {link: c}}]", ("symlinks",)),
        ("tree: {a: file}\nsteps: [create, plant: {odd-names: [{name: '%ff', file: }]}]", ("undecodable-names",)),
        ("tree: {a: file, b: {copy: a}}\nsteps: [create, delete: b]", ()),
    ],
)
def test_a_need_that_shows_is_not_to_be_named(text: str, needs: tuple[str, ...]) -> None:
    (variant,) = _read(f"{HEAD}{text}\n").variants
    assert variant.needs == needs


def test_needs_come_as_named_then_those_that_show() -> None:
    tree = 'tree: {a: {link: b}, c: fifo, d: {file: , mode: "0600"}}\n'
    assert _variant(tree=tree, more="needs: [python>=3.12, modes]\n").needs == (
        "python>=3.12",
        "modes",
        "symlinks",
        "fifo",
    )


def test_variants_are_the_product_in_the_order_of_the_file() -> None:
    axes = "axes: {b: {x: '1', y: '2'}, a: {p: '3', q: '4'}}\n"
    scenario = _read(HEAD + axes + "tree: {$b$a: file}\n" + STEPS)
    assert [(variant.id, list(variant.tree)) for variant in scenario.variants] == [
        ("x,p", ["13"]),
        ("x,q", ["14"]),
        ("y,p", ["23"]),
        ("y,q", ["24"]),
    ]


def test_pairs_let_every_two_values_meet_without_the_product() -> None:
    axes = "axes: {pairs: true, a: {x: a, y: b}, b: {x: a, y: b}, c: {x: a, y: b}}\n"
    scenario = _read(HEAD + axes + "tree: {$a$b$c: file}\n" + STEPS)
    assert [variant.id for variant in scenario.variants] == ["x,x,x", "x,y,y", "y,x,y", "y,y,x"]


def test_pairs_of_fewer_than_three_axes_are_the_product() -> None:
    axes = "axes: {pairs: true, a: {x: a, y: b}}\n"
    scenario = _read(HEAD + axes + "tree: {$a: file}\n" + STEPS)
    assert [variant.id for variant in scenario.variants] == ["x", "y"]


def test_a_value_that_is_only_a_name_becomes_what_the_axis_holds() -> None:
    axes = "axes: {kind: {link: {link: a}, file: file}, step: {create: create, asked: {create: , answer: [n]}}}\n"
    scenario = _read(HEAD + axes + "tree: {b: $kind}\nsteps: [$step]\n")
    plain, asked = CommandStep(Perform("create")), CommandStep(Perform("create"), Options(answer=("n",)))
    assert [(variant.id, variant.tree, variant.steps, variant.needs) for variant in scenario.variants] == [
        ("link,create", {"b": Link("a")}, (plain,), ("symlinks",)),
        ("link,asked", {"b": Link("a")}, (asked,), ("symlinks", "terminal")),
        ("file,create", {"b": File()}, (plain,), ()),
        ("file,asked", {"b": File()}, (asked,), ("terminal",)),
    ]


def test_a_quoted_number_of_an_axis_stays_a_text() -> None:
    assert "`exits` must be a whole number, not a text" in _refused(
        HEAD + "axes: {n: {a: '1'}}\n" + TREE + STEPS + "must: [exits: $n]\n"
    )


def test_names_that_are_no_axes_and_dollar_signs_stay_in_the_texts() -> None:
    axes = "axes: {a: {x: $root/a}}\n"
    scenario = _read(HEAD + axes + "tree: {b: {link: $a/$env/$$a/$1/$}, c: {link: $a}}\n" + STEPS)
    assert scenario.variants[0].tree == {"b": Link("$root/a/$env/$$a/$1/$"), "c": Link("$root/a")}


def test_a_problem_of_every_variant_is_told_once() -> None:
    axes = "axes: {a: {x: '1', y: '2'}}\n"
    assert _refused(HEAD + axes + "tree: {a: {link: $a}, b: nothing-known}\n" + STEPS) == [
        "unknown entry `nothing-known`"
    ]


def test_a_planted_second_name_may_be_of_what_a_tool_made() -> None:
    assert _variant(steps="steps: [create, plant: {a/b: {hardlink: project/.venv/pyvenv.cfg}}]\n")


@pytest.mark.parametrize("path", ["project/.venv", "a b/c", "..a/b..", "a/.../b", "é", "-", "~", "$$HOME", "ab:c", "*"])
def test_a_path_may_be_anything_below_the_root(path: str) -> None:
    assert list(_variant(tree=f"tree: {{'{path}': file}}\n").tree) == [path]


@pytest.mark.parametrize(
    "at", [".venv", "./.venv/", "../project", ".", "$root/a", "$env", "$cwd/../x", "$home/x", "a/../b"]
)
def test_an_environment_may_be_spelled_in_any_way_that_stays_in_the_root(at: str) -> None:
    (step,) = _variant(steps=f"steps: [{{create: , at: {at}}}]\n").steps
    assert step == CommandStep(Perform("create"), Options(at=at))


@pytest.mark.parametrize("word", ["a b", "a/b c", "", "links/[a]", "links/a,b", "/a"])
def test_an_id_is_one_that_commands_can_name(word: str) -> None:
    assert _refused(HEAD + TREE + STEPS, id=word) == [f"`{word}` cannot be the id of a scenario"]


def test_a_file_is_named_in_messages_as_the_caller_does() -> None:
    with pytest.raises(HarnessError) as caught:
        read_scenario("[]", id="a/b", file="some/where.yaml")
    assert str(caught.value).startswith("some/where.yaml:1:1: a scenario must be a mapping")


def test_a_scenario_is_loaded_under_its_folder_and_name(tmp_path: Path) -> None:
    path = tmp_path / "scenarios" / "links" / "existing-target-twice.yaml"
    path.parent.mkdir(parents=True)
    path.write_text(HEAD + TREE + STEPS, encoding="utf-8")
    assert load_scenario(path).id == "links/existing-target-twice"
    assert load_scenario(path).file == path.as_posix()
    assert load_scenario(path, shown="links/x.yaml").file == "links/x.yaml"


def test_bytes_and_text_are_read_alike() -> None:
    text = HEAD + TREE + STEPS
    assert _read(text) == read_scenario(text.encode(), id="links/a", file="a.yaml")


def test_wording_is_no_part_of_the_digest() -> None:
    one = _read(HEAD + TREE + STEPS + "waive: {no-debris: for one reason}\n")
    other = _read("summary: Otherwise\nbecause: A good reason\n" + TREE + STEPS + "waive: {no-debris: or another}\n")
    different = _read(HEAD + TREE + "steps: [create, create]\n")
    assert one.digest() == other.digest() != different.digest()
