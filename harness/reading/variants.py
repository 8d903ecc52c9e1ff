"""What a scenario is with a value chosen on each of its axes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.checks import KNOWN
from harness.errors import did_you_mean
from harness.reading.axes import Axes, check_names, read_axes
from harness.reading.checks import LEVELS, read_checks
from harness.reading.names import substitute
from harness.reading.needs import all_needs, read_needs
from harness.reading.steps import Surroundings, read_steps
from harness.reading.tree import read_tree
from harness.scenario import Level, Perform, RunTool, Variant, commands_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from harness.reading.nodes import Node
    from harness.reading.values import Reader
    from harness.scenario import Step

ENVIRONMENT, CWD = "project/.venv", "project"
"""Where the environment is and commands run, where a scenario does not say."""

VARYING = ("tree", "environment", "cwd", "steps", *LEVELS, "permit")
"""The keys of a scenario in which the name of an axis is replaced."""

_STANDING = frozenset(name for name, check in KNOWN.items() if check.standing)


def read_variants(fields: Mapping[str, Node], reader: Reader) -> tuple[Variant, ...]:
    """One variant for every combination of the axes that the scenario asks for, in the file's order."""
    axes = read_axes(fields["axes"], reader) if "axes" in fields else Axes()
    moving = {key: node for key, node in fields.items() if key in VARYING}
    check_names(moving.values(), axes, reader)
    needs = read_needs(fields["needs"], reader) if "needs" in fields else ()
    waive = _waive(fields["waive"], reader) if "waive" in fields else {}
    variants = []
    for labels in axes.choices():
        values = axes.values(labels)
        chosen = {key: substitute(node, values) if values else node for key, node in moving.items()}
        variants.append(_variant(labels, chosen, needs, waive, tools="tools" in fields, reader=reader))
    if not reader.problems:
        _check_that_something_is_asked(variants, fields, reader)
    return tuple(variants)


def _variant(
    labels: tuple[str, ...],
    fields: Mapping[str, Node],
    needs: tuple[str, ...],
    waive: Mapping[str, str],
    *,
    tools: bool,
    reader: Reader,
) -> Variant:
    environment = reader.path(fields["environment"], "`environment`") if "environment" in fields else ENVIRONMENT
    cwd = reader.path(fields["cwd"], "`cwd`") if "cwd" in fields else CWD
    tree = read_tree(fields["tree"], "`tree`", reader) if "tree" in fields else {}
    around = Surroundings(cwd, environment, tools)
    steps = read_steps(fields["steps"], around, reader) if "steps" in fields else ()
    return Variant(
        labels=labels,
        needs=all_needs(needs, fields.values(), tree, steps),
        tree=tree,
        environment=environment,
        cwd=cwd,
        steps=steps,
        checks=read_checks(fields, reader),
        permit=_permit(fields["permit"], reader) if "permit" in fields else {},
        waive=waive,
    )


def _permit(node: Node, reader: Reader) -> dict[str, str]:
    return {reader.path(key, "a path of `permit`"): why for key, why in reader.reasons(node, "`permit`")}


def _waive(node: Node, reader: Reader) -> dict[str, str]:
    reasons = reader.reasons(node, "`waive`")
    for key, _ in reasons:
        if key.text not in KNOWN:
            reader.note(f"unknown check `{key.text}`", key.place, did_you_mean(key.text, _STANDING))
        elif key.text not in _STANDING:
            reader.note(f"`{key.text}` is no standing check", key.place, did_you_mean("", _STANDING))
    return {key.text: why for key, why in reasons}


def _check_that_something_is_asked(variants: list[Variant], fields: Mapping[str, Node], reader: Reader) -> None:
    """Note what would pass whatever a tool does."""
    for variant in variants:
        named = [*variant.checks, *(ref for step in variant.steps for ref in step.checks)]
        if variant.waive.keys() >= _STANDING and all(ref.level is Level.OBSERVE for ref in named):
            hint = "name a check under `must` or `should`"
            reader.note("nothing is checked: every standing check is waived", fields["waive"].place, hint)
        if not any(_asks_the_tool(step) for step in variant.steps):
            hint = "a step such as `create`, not `by` another tool"
            reader.note("no step asks anything of the tool under test", fields["steps"].place, hint)


def _asks_the_tool(step: Step) -> bool:
    return any(isinstance(one.action, Perform | RunTool) and not one.options.by for one in commands_of(step))
