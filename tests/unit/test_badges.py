"""Badges: what they say, in which colour, and that nothing in them is cut or ends them early."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import made
import pytest

from harness.published import Measurement
from harness.report.figures.badges import AMBER, GREEN, GREY, RED, badge, badges
from harness.report.survey import FamilyOf, Survey, columns

if TYPE_CHECKING:
    from collections.abc import Mapping

    from harness.result import Record

SVG = "{http://www.w3.org/2000/svg}"
LOST = {
    "check": "links-survive", "level": "must", "step": 1, "verdict": "broken",
    "evidence": [{"path": "project/.venv", "was": "link ../store", "is": "directory"}],
}  # fmt: skip
MUTE = {"check": "says", "level": "should", "step": 1, "verdict": "broken", "evidence": [{"said": "nothing"}]}
FINDINGS = {"breaks": [LOST], "weak": [MUTE]}


def came_to(outcome: str) -> Record:
    """A case as published data has it."""
    return {"outcome": outcome, "findings": FINDINGS.get(outcome, []), "held": [], "moot": [], "steps": []}


def measured(subject: str, cases: Mapping[str, str] | None = None, day: str = "2026-11-20", **more: Any) -> Measurement:
    """A build by its name, with the word of each of its cases; without any, it could not be had."""
    tool, _, version = subject.partition("@")
    facts = {
        "machine": {"system": "Linux", "kernel": "6.18.4", "architecture": "x86_64", "filesystem": "ext4"},
        "python": "3.12.4", "venvproof": "1.0.0", "digest": "", "scenarios": {}, **more,
    }  # fmt: skip
    told = {name: came_to(word) for name, word in (cases or {}).items()}
    missing = {} if cases else {"not_measured": "there is no such release"}
    return Measurement(**{"tool": tool, "version": version, "measured": day, "cases": told, **missing, **facts})


def surveyed(*measurements: Measurement, **families: str) -> Survey:
    """Measurements with these families, each with the names of its scenarios; by default links with a, b and c."""
    found = tuple(
        FamilyOf(name, f"May {name} be?", "yes", "not always", tuple(f"{name}/{one}" for one in scenarios.split()))
        for name, scenarios in (families or {"links": "a b c"}).items()
    )
    scenarios = {name: made.scenario(made.variant()) for family in found for name in family.scenarios}
    return Survey(found, scenarios, columns(measurements))


def said(*words: str) -> tuple[str, str]:
    """The message and the colour of a badge about scenarios that came to these words."""
    survey = surveyed(
        measured("uv@1.0", {f"links/{number}": word for number, word in enumerate(words)}), links=names(words)
    )
    one = badge(survey.families[0], survey.columns[0])
    return one.message, one.color


def names(words: tuple[str, ...]) -> str:
    return " ".join(map(str, range(len(words))))


# -- what is said ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "message", "color"),
    [
        (("holds", "holds"), "2 of 2", GREEN),
        (("holds", "declines"), "1 of 2, 1 refuses", AMBER),
        (("holds", "declines", "declines"), "1 of 3, 2 refuse", AMBER),
        (("declines",), "0 of 1, 1 refuses", AMBER),
        (("holds", "weak", "weak"), "1 of 3, 2 weak", AMBER),
        (("holds", "breaks"), "1 of 2, 1 breaks", RED),
        (("errs",), "0 of 1, 1 errs", RED),
        (("breaks", "breaks", "errs", "errs", "weak", "declines"), "0 of 6, 2 break, 2 err, 1 weak, 1 refuses", RED),
        (("holds", "unsupported", "skipped"), "1 of 1", GREEN),
        (("unsupported",), "no such command", GREY),
    ],
)
def test_a_badge_counts_what_holds_of_what_has_a_result(words: tuple[str, ...], message: str, color: str) -> None:
    assert said(*words) == (message, color)


def test_a_tool_that_could_not_be_had_is_not_measured() -> None:
    survey = surveyed(measured("pdm@2.0"))
    one = badge(survey.families[0], survey.columns[0])
    assert (one.label, one.message, one.color, one.told) == (
        "pdm links", "not measured", GREY, "pdm, links: not measured"
    )  # fmt: skip


def test_a_family_that_was_not_played_says_so() -> None:
    survey = surveyed(measured("uv@1.0", {"names/a": "holds"}))
    assert badge(survey.families[0], survey.columns[0]).message == "not played"


def test_the_newest_build_counts() -> None:
    survey = surveyed(measured("uv@1.9", {"links/a": "breaks"}), measured("uv@1.10", {"links/a": "holds"}))
    assert badge(survey.families[0], survey.columns[0]).told == "uv 1.10, links: 1 of 1 (1 hold)"


# -- files -------------------------------------------------------------------------------------------------------------


def test_every_tool_and_family_has_both_files() -> None:
    survey = surveyed(
        measured("uv@1.0", {"links/a": "holds"}), measured("venv@3.12.4", {"links/a": "holds"}), links="a", names="b"
    )
    assert list(badges(survey)) == [
        f"{tool}/{family}.{ending}"
        for tool in ("uv", "venv")
        for family in ("links", "names")
        for ending in ("svg", "json")
    ]


def test_the_endpoint_is_what_badge_services_read() -> None:
    survey = surveyed(measured("uv@1.0", {"links/a": "holds", "links/b": "declines"}))
    assert badges(survey)["uv/links.json"] == (
        '{"schemaVersion": 1, "label": "uv links", "message": "1 of 2, 1 refuses", "color": "#9a6700"}\n'
    )


def test_the_picture_is_for_screen_readers_too_and_its_words_fit() -> None:
    survey = surveyed(measured("uv@1.0", {"links/a": "holds", "links/b": "declines"}))
    root = ET.fromstring(badges(survey)["uv/links.svg"])
    told = "uv 1.0, links: 1 of 2, 1 refuses (1 hold, 1 refused)"
    label, message = root.iter(f"{SVG}text")
    assert (root.get("role"), root.get("aria-label"), root.findtext(f"{SVG}title")) == ("img", told, told)
    assert (label.text, message.text) == ("uv links", "1 of 2, 1 refuses")
    ends = [float(one.attrib["x"]) + float(one.attrib["textLength"]) for one in (label, message)]
    assert ends[0] < float(message.attrib["x"])
    assert ends[1] < float(root.attrib["width"])


def test_words_of_others_are_no_markup_and_no_way_out() -> None:
    strange = '../<x "&\x00\n>'
    survey = surveyed(measured(f"{strange}@<1>", {"links/a": "holds"}), measured("..@1", {"links/a": "holds"}))
    files = badges(survey)
    assert sorted(files) == ["unnamed/links.json", "unnamed/links.svg", "x/links.json", "x/links.svg"]
    label, _ = ET.fromstring(files["x/links.svg"]).iter(f"{SVG}text")
    assert label.text == '../<x "&  > links'
    assert json.loads(files["x/links.json"])["label"] == label.text


# -- colours -----------------------------------------------------------------------------------------------------------


def luminance(color: str) -> float:
    """As WCAG 2 has it."""
    parts = [int(color[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("color", [GREEN, AMBER, RED, GREY, "#30363d"])
def test_white_words_are_legible_on_every_colour(color: str) -> None:
    assert contrast("#ffffff", color) >= 4.5
