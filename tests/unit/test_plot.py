"""Pictures: what they show, that all of it is inside and legible, and that no name ends them early."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
from test_badges import SVG, contrast, measured, surveyed

from harness.report.figures.drawing import DARK, LIGHT, Palette, shortened, text_width, wrapped
from harness.report.figures.plot import plot_families, plot_versions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.report.survey import Survey


def versions(survey: Survey) -> ET.Element:
    return ET.fromstring(plot_versions(survey, survey.columns[0]))


def words(root: ET.Element) -> list[str]:
    """All text in the order of the file, signs left out."""
    shown = [one for one in root.iter(f"{SVG}text") if "sign" not in one.get("class", "")]
    return [" ".join("".join(one.itertext()).split()) for one in shown]


def signs(root: ET.Element, row: str) -> str:
    """The signs in the row of a scenario, bar by bar."""
    return " ".join("".join(one.itertext()) for one in row_of(root, row).iter(f"{SVG}text") if one.get("class"))


def bars(root: ET.Element, row: str) -> list[str]:
    return [one.attrib["class"] for one in row_of(root, row).iter(f"{SVG}rect")]


def row_of(root: ET.Element, row: str) -> ET.Element:
    return next(one for one in root.iter(f"{SVG}g") if one.findtext(f"{SVG}title", "").startswith(f"{row}:"))


def ends(root: ET.Element) -> Iterator[float]:
    """Where boxes, words and signs end on the right."""
    for one in root.iter(f"{SVG}rect"):
        if one.get("width") != "100%":
            yield float(one.get("x", 0)) + float(one.attrib["width"])
    for one in root.iter(f"{SVG}text"):
        size = {"big": 18.2, "small": 11.05}.get(one.get("class", "").split(" ")[0], 13)
        yield max(map(float, one.attrib["x"].split())) + text_width("".join(one.itertext())[-1:], size)
        if "sign" not in one.get("class", "") and "transform" not in one.attrib:
            yield float(one.attrib["x"]) + text_width("".join(one.itertext()), size)


def width(root: ET.Element) -> float:
    return float(root.attrib["viewBox"].split()[2])


# -- a tool over its versions ------------------------------------------------------------------------------------------

CHANGED = surveyed(
    measured("uv@1.0", {"links/a": "breaks", "links/b": "holds", "links/c": "unsupported", "names/d": "holds"}),
    measured("uv@1.1", {"links/a": "holds", "links/b": "holds", "links/c": "unsupported", "names/d": "holds"}),
    measured("uv@1.2", {"links/a": "holds", "links/b": "holds", "links/c": "unsupported", "names/d": "declines"}),
    links="a b c",
    names="d",
)


def test_a_row_tells_of_a_scenario_that_changed_by_sign_colour_and_word() -> None:
    root = versions(CHANGED)
    assert (signs(root, "links/a"), bars(root, "links/a")) == ("x ++", ["o-breaks", "o-holds"])
    assert row_of(root, "links/a").findtext(f"{SVG}title") == "links/a: breaks in 1.0, then holds in 1.1 to 1.2"


def test_what_never_changed_is_told_together_by_family() -> None:
    told = words(versions(CHANGED))
    first, last = told.index("May links be? links"), told.index("May names be? names")
    assert told[first + 1 : last] == ["a", "2 more never changed:", "1 holds", "1 without a result"]
    assert told[last + 1] == "d"


def test_the_versions_are_named_above_the_rows() -> None:
    assert words(versions(CHANGED))[:5] == [
        "uv 1.0 to 1.2: what changed",
        "2 of 4 scenarios came to another outcome over 3 versions. A row a scenario, a column a version.",
        *("1.0", "1.1", "1.2"),
    ]


def test_where_it_was_measured_stands_below() -> None:
    assert words(versions(CHANGED))[-1] == "Measured 2026-11-20 on linux-x86_64-ext4 by venvproof 1.0.0."


def test_a_version_that_has_no_such_command_is_grey_and_one_that_did_not_play_is_empty() -> None:
    survey = surveyed(
        measured("uv@1.0", {"links/a": "unsupported"}),
        measured("uv@1.1", {"links/b": "holds"}),
        measured("uv@1.2", {"links/a": "breaks"}),
        measured("uv@1.3", {"links/a": "holds"}),
    )
    root = versions(survey)
    assert (signs(root, "links/a"), bars(root, "links/a")) == ("- x +", ["o-none", "o-breaks", "o-holds"])


def test_one_version_alone_cannot_have_changed() -> None:
    told = words(versions(surveyed(measured("uv@1.0", {"links/a": "breaks", "links/b": "breaks"}))))
    assert told[:6] == [
        "uv 1.0", "What its only measured version came to in 3 scenarios.", "May links be? links", "3 scenarios:",
        "2 break", "1 without a result",
    ]  # fmt: skip


def test_a_tool_that_could_not_be_had_is_a_picture_too() -> None:
    assert words(versions(surveyed(measured("pdm@2.0"))))[:2] == ["pdm", "Not measured."]


def long(count: int) -> Survey:
    """A tool with many versions and many scenarios, half of which change."""
    names = [f"situation-number-{number}-of-many" for number in range(90)]
    return surveyed(
        *(
            measured(
                f"uv@0.{version}.10", {f"links/{name}": "holds" if version % 2 else "breaks" for name in names[:45]}
            )
            for version in range(count)
        ),
        links=" ".join(names),
    )


@pytest.mark.parametrize("count", [1, 2, 18, 40])
def test_all_is_inside_and_legible_however_many_versions_there_are(count: int) -> None:
    root = versions(long(count))
    assert max(ends(root)) <= width(root)
    assert width(root) <= 1100  # or letters become too small in the width that a README has


def test_the_picture_scales_and_has_a_title_for_screen_readers() -> None:
    root = versions(CHANGED)
    assert (root.get("width"), root.get("height"), root.get("role")) == (None, None, "img")
    named = {one.get("id"): one.text for one in root if one.get("id")}
    assert [named[name] for name in root.attrib["aria-labelledby"].split()] == words(root)[:2]


def test_sizes_of_letters_are_relative_and_colours_follow_the_reader() -> None:
    style = versions(CHANGED).findtext(f"{SVG}style", "")
    assert "px" not in style
    light, dark = style.split("@media (prefers-color-scheme:dark)")
    assert ("#versions-uv .o-breaks{fill:#cf222e}" in light, "#versions-uv .o-breaks{fill:#ff7b72}" in dark) == (
        True,
        True,
    )


def test_names_of_others_are_no_markup() -> None:
    strange = '<script>&"\x00\ud800'
    survey = surveyed(
        measured(f"{strange}@1<b>", {"links/a": "holds"}), measured(f"{strange}@x", {"links/a": "breaks"})
    )  # fmt: skip
    root = versions(survey)
    assert words(root)[0] == '<script>&" 1<b> to x: what changed'
    assert {one.tag for one in root.iter()} == {
        f"{SVG}{tag}" for tag in ("svg", "title", "desc", "style", "rect", "g", "text", "tspan")
    }  # fmt: skip
    assert root.attrib["id"] == "versions-script"


# -- the tools beside each other ---------------------------------------------------------------------------------------


def test_each_tool_answers_each_question_by_sign_and_words() -> None:
    survey = surveyed(
        measured("uv@1.0", {"links/a": "holds", "links/b": "breaks"}),
        measured("venv@3.12.4", {"links/a": "unsupported"}),
        measured("pdm@2.0"),
    )
    root = ET.fromstring(plot_families(survey))
    assert " ".join(words(root)[:2]) == "What the tools that make Python environments do to the tree around them"
    assert words(root)[2:] == [
        "3 scenarios, each tool's newest version.",
        *("uv", "1.0", "venv", "3.12.4"),
        *("May links be?", "links", "1 of 2", "not always", "no such command"),
        "Not measured: pdm",
        *("holds", "weak: holds, with flaws", "declines: refuses, changes nothing", "breaks", "errs: hangs or crashes"),
        *("no such command", "not on this machine"),
        "Measured 2026-11-20 on linux-x86_64-ext4 by venvproof 1.0.0.",
    ]
    assert signs(root, "uv") == "x 1 of 2"
    assert row_of(root, "uv").findtext(f"{SVG}title") == (
        "uv: May links be? not always; 1 hold, 1 broken; the link becomes a directory"
    )


@pytest.mark.parametrize("count", [1, 3, 9])
def test_all_tools_are_inside_and_legible(count: int) -> None:
    survey = surveyed(*(measured(f"tool-{number}@1.0", {"links/a": "breaks"}) for number in range(count)))
    root = ET.fromstring(plot_families(survey))
    assert max(ends(root)) <= width(root)
    assert width(root) <= 1120


# -- words and colours -------------------------------------------------------------------------------------------------


def test_words_are_wrapped_where_they_no_longer_fit_and_cut_where_they_never_do() -> None:
    assert wrapped("more than the environment", text_width("more than the")) == ("more than the", "environment")
    assert wrapped("mmmm", text_width("mm")) == ("mm", "mm")


def test_words_that_are_too_long_end_in_dots() -> None:
    assert (shortened("links", 100), shortened("links-and-more", text_width("links..."))) == ("links", "links...")


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_every_colour_can_be_told_from_what_is_below_it(palette: Palette) -> None:
    words_on = [(palette.text, palette.page), (palette.muted, palette.page), (palette.muted, palette.tones["none"])]
    results = [tone for name, tone in palette.tones.items() if name != "none"]
    weak = [pair for pair in (*words_on, *((palette.sign, tone) for tone in results)) if contrast(*pair) < 4.5]
    assert (weak, [tone for tone in results if contrast(tone, palette.page) < 3]) == ([], [])
