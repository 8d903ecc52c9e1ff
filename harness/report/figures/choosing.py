"""Which tool and which family of a survey are asked for."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from harness.errors import did_you_mean, mistake

if TYPE_CHECKING:
    from harness.report.survey import Column, Survey


def narrowed(survey: Survey, tool: str | None, family: str | None) -> Survey:
    """What a survey has of a tool and of a family, each None for all.

    Raises HarnessError where there is no such one.
    """
    if tool is not None:
        survey = replace(survey, columns=_columns(survey, tool))
    if family is None:
        return survey
    families = tuple(one for one in survey.families if one.name == family)
    if not families:
        hint = did_you_mean(family, [one.name for one in survey.families])
        raise mistake(f"there is no family `{family}`", hint=hint)
    scenarios = {name: one for name, one in survey.scenarios.items() if one.family == family}
    return replace(survey, families=families, scenarios=scenarios)


def _columns(survey: Survey, tool: str) -> tuple[Column, ...]:
    """By the name of a tool, or of a tool on one kind of machine."""
    exactly = tuple(column for column in survey.columns if tool in {column.slug, column.title})
    found = exactly or tuple(column for column in survey.columns if column.tool == tool)
    if not found:
        raise mistake(f"there are no results of `{tool}`", hint=did_you_mean(tool, _names(survey)))
    return found


def _names(survey: Survey) -> set[str]:
    return {name for column in survey.columns for name in (column.tool, column.slug)}


def only(survey: Survey) -> Column:
    """The column of a narrowed survey. Raises HarnessError where there are several: one tool on several machines."""
    column, *others = survey.columns
    if others:
        names = ", ".join(f"`{one.slug}`" for one in survey.columns)
        raise mistake(f"`{column.tool}` was measured on several machines", hint=f"name one of {names}")
    return column
