"""The site: every file of it as text, made of a survey. Pure but for the templates; `files` writes."""

from __future__ import annotations

import re
from functools import cache
from itertools import groupby
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from harness import __version__
from harness.report.site.behaviours import behaviours, series
from harness.report.site.data import script_data
from harness.report.site.rows import rows
from harness.report.site.seen import WRONG, sight
from harness.report.site.telling import checks, drawing, step
from harness.report.site.versions import LISTS, listed, releases, strips
from harness.report.storyboards import told_of
from harness.report.words import MEANINGS, answer, machine

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jinja2 import Environment
    from markupsafe import Markup

    from harness.report.site.behaviours import Behaviour
    from harness.report.site.seen import Sight
    from harness.report.storyboards import Storyboards
    from harness.report.survey import Column, Survey
    from harness.scenario import Scenario

_ASSETS = ("style.css", "site.js")
_MARKS = {"+": "add", "-": "gone", "~": "other"}
_FOLDER = Path(__file__).parent
_ACTS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufdd0-\ufdef\ufffe\uffff]")
"""What HTML forbids, and what turns the direction of the text beside it: control and bidirectional characters."""


def site(
    survey: Survey, suite: Path, data: str, stories: Storyboards = MappingProxyType({})
) -> Iterator[tuple[str, str]]:
    """Every file of the site with its text. `data` is where the published data lies, seen from the first page."""
    pages = _Pages(survey, suite, data, stories)
    yield "index.html", pages.index()
    yield "matrix.html", pages.matrix()
    yield "compare.html", pages.render("compare.html", here="compare")
    yield "data.js", script_data(survey)
    for column in survey.measured:
        yield f"tools/{column.slug}.html", pages.tool(column)
    for scenario in survey.scenarios.values():
        yield f"scenarios/{scenario.id}.html", pages.scenario(scenario)
    for name in _ASSETS:
        yield name, (_FOLDER / "assets" / name).read_text(encoding="utf-8")


class _Pages:
    """What the pages have in common."""

    def __init__(self, survey: Survey, suite: Path, data: str, stories: Storyboards) -> None:
        self.survey, self.suite, self.stories = survey, suite, stories
        days = sorted({build.measurement.measured for build in survey.builds})
        machines = sorted({machine(build.measurement) for build in survey.builds})
        self.everywhere = {
            "survey": survey,
            "data": data,
            "version": __version__,
            "meanings": MEANINGS,
            "machine": machine,
            "origin": f"Measured {' to '.join(dict.fromkeys((days[0], days[-1])))} on {'; '.join(machines)}."
            if days
            else "Nothing is measured.",
        }
        self.families = {name: family for family in survey.families for name in family.scenarios}

    def render(self, template: str, *, up: str = "", here: str = "", **values: Any) -> str:  # noqa: ANN401 -- as Jinja has it
        page = _environment().get_template(template).render(**self.everywhere, up=up, here=here, **values)
        inert = _ACTS.sub("\ufffd", page)  # versions, names and facts come from files that anybody may have written
        return inert.encode("utf-8", "backslashreplace").decode()  # names of files need not be UTF-8

    def index(self) -> str:
        columns = self.survey.columns
        answers = [(family, [(c, answer(family, c)) for c in columns]) for family in self.survey.families]
        missing = [(column.newest, one) for column in columns for one in column.not_measured]
        return self.render("index.html", here="index", rows=answers, missing=missing)

    def matrix(self) -> str:
        families = [(family, rows(self.survey, family)) for family in self.survey.families]
        machines = sorted({place(column) for column in self.survey.measured})
        return self.render("matrix.html", here="matrix", families=families, machines=machines, place=place)

    def tool(self, column: Column) -> str:
        families = self.survey.families
        return self.render(
            "tool.html",
            up="../",
            here=column.slug,
            column=column,
            lists=[(outcome, title, listed(self.survey, column, outcome)) for outcome, title in LISTS.items()],
            strips=[(family, strips(column, family)) for family in families],
            releases=list(releases(column)),
            counted={family.name: answer(family, column).counted or "no result" for family in families},
        )

    def scenario(self, scenario: Scenario) -> str:
        found = behaviours(self.survey, scenario.id)
        variants = [variant.id for variant in scenario.variants]
        first = scenario.variants[0]
        rows_of = ((column, series(column, scenario.id, variants, found)) for column in self.survey.measured)
        return self.render(
            "scenario.html",
            up="../../",
            scenario=scenario,
            family=self.families[scenario.id],
            tree=drawing(first.tree),
            source=(self.suite / f"{scenario.id}.yaml").read_text(encoding="utf-8"),
            steps=[step(one) for one in first.steps],
            checks=list(checks(first)),
            variants=variants,
            table=[(column, found_rows) for column, found_rows in rows_of if found_rows],
            sights=[
                (variant, [self._sight(scenario, one) for one in group])
                for variant, group in groupby(found, key=lambda one: one.variant)
            ],
            marks=_MARKS,
        )

    def _sight(self, scenario: Scenario, one: Behaviour) -> Sight:
        story = told_of(self.stories, one, scenario.digest())
        return sight(scenario, one, story, reproduced=one.outcome in WRONG)


def place(column: Column) -> str:
    """The kind of machine that a column is of."""
    assert column.newest is not None, "a column without a build has no place"
    return column.newest.measurement.platform.partition("-py")[0]


@cache
def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # noqa: PLC0415 -- only the site needs it

    environment = Environment(
        loader=FileSystemLoader(_FOLDER / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["plainly"] = _plainly
    return environment


def _plainly(text: str) -> Markup:
    """A text as it may stand between tags, and only there: a quote is no danger, and scripts have many of them."""
    from markupsafe import Markup  # noqa: PLC0415 -- likewise

    return Markup(text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"))  # noqa: S704 -- it is escaped
