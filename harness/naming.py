"""The name of a case, as tables and pytest print it: `links/existing-target-twice::uv@0.7.13[relative]`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from harness.errors import did_you_mean, mistake
from harness.reading.renamed import load_renamed, scenario_files
from harness.reading.scenario import load_scenario
from harness.tools.catalogue import builtin_tools
from harness.tools.naming import parse

if TYPE_CHECKING:
    from collections.abc import Mapping

    from harness.errors import HarnessError
    from harness.scenario import Scenario, Variant
    from harness.tool import Tool

EXAMPLE = "links/existing-target-twice::uv@0.7.13[relative]"
DEFAULT = "uv"
"""The tool that is meant where a case is named without one."""

_SHAPE = f"a case is named as in `{EXAMPLE}`"
_FILE = ".yaml"
_SHOWN = 20


@dataclass(frozen=True, slots=True)
class CaseName:
    """A case as the user named it: `scenario` is an id or a file's path; subject and variant are empty where left out.

    `python` is what follows `+py` where a run has several (`uv+py3.12`), else empty.
    """

    scenario: str
    subject: str = ""
    variant: str = ""
    python: str = ""

    @property
    def tool(self) -> str:
        """The tool of the subject, without its version."""
        return self.subject.partition("@")[0]

    def __str__(self) -> str:
        subject = self.subject + (f"+py{self.python}" if self.python else "")
        variant = f"[{self.variant}]" if self.variant else ""
        return f"{self.scenario}{f'::{subject}' if subject else ''}{variant}"


def parse_case(text: str) -> CaseName:
    """What a CASE means; nothing is looked for. Raises HarnessError where it cannot be the name of one.

    >>> parse_case("links/existing-target-twice::uv@0.7.13[relative]")
    CaseName(scenario='links/existing-target-twice', subject='uv@0.7.13', variant='relative', python='')
    """
    scenario, mark, rest = text.strip().partition("::")
    named, variant = _split(text, rest if mark else scenario)
    scenario, entrant = (scenario, named) if mark else (named, "")
    if not scenario or (mark and not rest):
        raise mistake(f"`{text}` names no {'subject' if scenario else 'scenario'}", hint=_SHAPE)
    subject, python = _with_python(entrant)
    return CaseName(scenario, subject, variant, python)


def _split(whole: str, text: str) -> tuple[str, str]:
    """What stands before the brackets at the end, and what is in them."""
    if not text.endswith("]"):
        return text, ""
    before, bracket, variant = text[:-1].rpartition("[")
    if not (bracket and variant):
        raise mistake(f"`{whole}` names no variant between its brackets", hint=_SHAPE)
    return before, variant


def _with_python(entrant: str) -> tuple[str, str]:
    # A path of a build may hold anything; a tool has a name without signs.
    subject, mark, python = entrant.rpartition("+py")
    ours = subject and python and ("@" not in subject or "/" not in python)
    return (subject, python) if mark and ours else (entrant, "")


def found(name: CaseName, suite: Path, tools: Mapping[str, Tool] | None = None) -> tuple[Scenario, Variant]:
    """The scenario and variant of that name: the scenario's first variant where none is named.

    `suite` is a folder of families. Raises HarnessError, with what there is, where scenario, variant or tool are
    unknown; the subject may be left out.
    """
    if name.subject:
        parse(name.subject, builtin_tools() if tools is None else tools)
    scenario = load_scenario(_file(name.scenario, suite))
    if scenario.tools and name.subject and name.tool not in scenario.tools:
        only = ", ".join(f"`{tool}`" for tool in scenario.tools)
        raise mistake(f"`{scenario.id}` is not for `{name.tool}`", hint=f"it is for {only} alone")
    return scenario, _variant(scenario, name.variant)


def subject_of(name: CaseName, scenario: Scenario) -> str:
    """The subject that is meant: where none is named uv, or the first tool that the scenario is for."""
    return name.subject or (DEFAULT if DEFAULT in (scenario.tools or (DEFAULT,)) else scenario.tools[0])


def _file(text: str, suite: Path) -> Path:
    """The file that is meant: what exists as spelled wins over what is in the suite."""
    if text.endswith(_FILE):
        for path in (Path(text), suite.parent / text, suite / text):
            if path.is_file():
                return path
    files = scenario_files(suite)
    wanted = text.removesuffix(_FILE)
    return files.get(wanted) or files.get(load_renamed(suite).get(wanted, "")) or _refuse(text, suite)


def _refuse(text: str, suite: Path) -> Path:
    known = scenario_files(suite)
    below = [one for one in known if one.startswith(f"{text.rstrip('/')}/")]
    if below:
        raise mistake(f"`{text}` is a family, and a case has one scenario", hint=f"known: {_listed(below)}")
    if "/" not in text:  # whoever leaves the family out
        known = {**known, **{one.partition("/")[2]: path for one, path in known.items()}}
    hint = did_you_mean(text, known)
    whole = [one for one in known if one.endswith(f"/{text}")]
    raise mistake(f"there is no scenario `{text}`", hint=f"did you mean `{whole[0]}`?" if whole else hint or _SHAPE)


def _variant(scenario: Scenario, wanted: str) -> Variant:
    known = {variant.id: variant for variant in scenario.variants}
    if not wanted:
        return scenario.variants[0]
    if wanted in known:
        return known[wanted]
    raise _no_variant(scenario.id, wanted, [one for one in known if one])


def _no_variant(scenario: str, wanted: str, known: list[str]) -> HarnessError:
    if not known:
        return mistake(f"`{scenario}` has no variants", hint="leave the brackets out")
    hint = did_you_mean(wanted, known)
    what = f"`{scenario}` has no variant `{wanted}`"
    return mistake(what, hint=hint if hint.startswith("did") else f"known: {_listed(known)}")


def _listed(names: list[str]) -> str:
    """The first of these names, and how many more there are."""
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(f"`{name}`" for name in names[:_SHOWN]) + more
