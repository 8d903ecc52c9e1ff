"""A scenario laid open before anything runs."""

from __future__ import annotations

from made import tool

from harness.case import Case
from harness.checks import KNOWN
from harness.paper import on_paper
from harness.reading.scenario import read_scenario
from harness.report.contents import Listed, ids, table_of_contents
from harness.report.outline import Spelled, command_lines, lines, outlined, planted_besides, spelled_out
from harness.tool import Alternative

SCENARIO = read_scenario(
    """\
summary: A .venv link to an existing directory outlives two creates
because: https://github.com/astral-sh/uv/issues/14670
axes: {target: {relative: ../store/env, absolute: $root/store/env}}
tree:
  store/env: directory
  project/.venv: {link: $target}
  project/demo: {project: {name: demo}}
steps:
  - create
  - create:
    cwd: store
    umask: "0077"
    limit: 10s
    variables: {LINKS: copy}
    must:
      - succeeds
must:
  - unchanged: [project/.venv]
permit:
  tmp/**: it is anybody's
waive:
  no-debris: it is told elsewhere
""",
    id="links/twice",
    file="twice.yaml",
)
TOOL = tool(
    operations={"create": (Alternative(run=(("$tool", "venv", "--python", "$python", "$env"),)),)},
    variables={"TOOL_CACHE": "$cache/of it"},
    project={"tool.toml": "[tool]\n"},
)


def case() -> Case:
    found = on_paper(SCENARIO, SCENARIO.variants[1], TOOL, "1.2.3", "3.12.4", {"system": "Linux", "user": "ordinary"})
    assert isinstance(found, Case), found
    return found


def test_a_scenario_is_drawn_with_all_that_it_asks_for() -> None:
    assert list(lines(outlined(SCENARIO, SCENARIO.variants[1]))) == [
        "links/twice[absolute]",
        "  A .venv link to an existing directory outlives two creates",
        "  because: https://github.com/astral-sh/uv/issues/14670",
        "  other variants: relative",
        "  needs: symlinks  modes",
        "",
        "tree",
        "  project/\n    .venv -> $root/store/env\n    demo/  (the project demo)\n  store/\n    env/",
        "",
        "steps",
        "  1. create",
        "  2. create, in store, umask 0077, LINKS=copy",
        "",
        "checks",
        f"  must    unchanged: project/.venv  {KNOWN['unchanged'].statement}",
        f"  must    succeeds                  after step 2: {KNOWN['succeeds'].statement}",
        "  always  links-survive, files-survive, nothing-outside",
        "  waived  no-debris: it is told elsewhere",
        "  permit  tmp/**: it is anybody's",
    ]


def test_every_command_is_spelled_out_without_a_path_of_any_machine() -> None:
    assert list(spelled_out(case())) == [
        Spelled(
            step=1,
            cwd="$root/project",
            line='tool venv --python "$python" .venv',
            variables={"TOOL_CACHE": "$cache/of it"},
        ),
        Spelled(
            step=2,
            cwd="$root/store",
            line='tool venv --python "$python" ../project/.venv',
            variables={"LINKS": "copy", "TOOL_CACHE": "$cache/of it"},
            remarks=("umask 0077", "ended after 10 s"),
        ),
    ]


def test_commands_are_told_with_what_differs_from_the_one_before() -> None:
    first, second = spelled_out(case())
    assert list(command_lines([first, first, second], ["project/tool.toml"])) == [
        "  planted besides, for this tool: project/tool.toml",
        "  in $root/project",
        "     TOOL_CACHE=$cache/of it",
        '  1. tool venv --python "$python" .venv',
        '  1. tool venv --python "$python" .venv',
        "  in $root/store",
        "     LINKS=copy",
        "     TOOL_CACHE=$cache/of it",
        '  2. tool venv --python "$python" ../project/.venv  (umask 0077; ended after 10 s)',
    ]


def test_a_command_that_is_stopped_says_where() -> None:
    scenario = read_scenario(
        "summary: A plain create succeeds\nbecause: a good reason\ntree: {project: directory}\n"
        "steps: [{create: , interrupt: {signal: SIGKILL, at: each}}, create, {interleave: [create, create], at: 2}]\n",
        id="recovery/killed",
        file="killed.yaml",
    )
    found = on_paper(scenario, scenario.variants[0], TOOL, "1.2.3", "3.12.4", {"system": "Linux", "user": "ordinary"})
    assert isinstance(found, Case), found
    assert [(one.step, one.remarks) for one in spelled_out(found)] == [
        (1, ("killed before each call that changes the tree",)),
        (2, ()),
        (3, ()),
        (3, ()),
    ]
    assert outlined(scenario, scenario.variants[0]).steps == (
        "create, killed before each call that changes the tree",
        "create",
        "create, held before the 2nd call that changes the tree until this has ended: create",
    )


def test_what_a_tool_needs_in_its_projects_is_told_apart_from_the_scenarios_tree() -> None:
    assert planted_besides(case()) == ("project/demo/tool.toml", "project/tool.toml", "store/tool.toml")


# -- contents ---------------------------------------------------------------------------------------------------------

LOOP = Listed(
    scenario="links/loop", summary="A loop is refused", question="May .venv be a link?", variants=("self", "pair"),
    cases=("links/loop::uv[self]", "links/loop::uv[pair]"),
)  # fmt: skip
TWICE = Listed(
    scenario="repeat/create-twice",
    summary="Twice is once",
    question="",
    variants=(),
    cases=("repeat/create-twice::uv",),
)  # fmt: skip


def test_scenarios_stand_below_the_question_of_their_family() -> None:
    assert list(table_of_contents([LOOP, TWICE], variants=False, cases=False)) == [
        "links: May .venv be a link?",
        "  links/loop           A loop is refused",
        "repeat",
        "  repeat/create-twice  Twice is once",
        "2 families, 2 scenarios",
    ]


def test_variants_and_cases_stand_below_their_scenario() -> None:
    assert list(table_of_contents([LOOP], variants=True, cases=False))[2:] == [
        "    [self]", "    [pair]", "1 family, 1 scenario, 2 variants",
    ]  # fmt: skip
    assert list(table_of_contents([LOOP], variants=True, cases=True))[2:] == [
        "    links/loop::uv[self]", "    links/loop::uv[pair]", "1 family, 1 scenario, 2 cases",
    ]  # fmt: skip


def test_names_alone_are_those_of_scenarios_or_of_cases() -> None:
    assert list(ids([LOOP, TWICE], cases=False)) == ["links/loop", "repeat/create-twice"]
    assert list(ids([LOOP, TWICE], cases=True)) == [*LOOP.cases, *TWICE.cases]
