"""The name of a case means what tables and pytest print."""

from __future__ import annotations

from dataclasses import replace

import pytest
from made import scenario

from harness.errors import HarnessError
from harness.naming import CaseName, parse_case, subject_of

SCENARIO = "links/existing-target-twice"


@pytest.mark.parametrize(
    ("text", "means"),
    [
        (f"{SCENARIO}::uv@0.7.13[relative]", CaseName(SCENARIO, "uv@0.7.13", "relative")),
        (f"scenarios/{SCENARIO}.yaml::uv", CaseName(f"scenarios/{SCENARIO}.yaml", "uv")),
        (f"{SCENARIO}[a,b]", CaseName(SCENARIO, variant="a,b")),
        (SCENARIO, CaseName(SCENARIO)),
        (f" {SCENARIO}::uv+py3.12[a]\n", CaseName(SCENARIO, "uv", "a", "3.12")),
        (f"{SCENARIO}::uv+py/opt/python[a]", CaseName(SCENARIO, "uv", "a", "/opt/python")),
        (f"{SCENARIO}::uv@/a+py/b[1]/uv", CaseName(SCENARIO, "uv@/a+py/b[1]/uv")),
        (f"{SCENARIO}::uv@/a[1]/uv[relative]", CaseName(SCENARIO, "uv@/a[1]/uv", "relative")),
    ],
)
def test_a_name_is_taken_apart_and_put_together_again(text: str, means: CaseName) -> None:
    assert (parse_case(text), str(means)) == (means, text.strip())


def test_a_subject_is_of_a_tool() -> None:
    assert [CaseName("a/b", subject).tool for subject in ("uv@0.7.13", "uv", "")] == ["uv", "uv", ""]


def test_without_a_subject_uv_is_meant_unless_the_scenario_is_not_for_it() -> None:
    for_all, for_two = scenario(), replace(scenario(), tools=("venv", "virtualenv"))
    named, bare = CaseName("a/b", "uv@0.7.13"), CaseName("a/b")
    meant = [subject_of(named, for_all), subject_of(bare, for_all), subject_of(bare, for_two)]
    assert meant == ["uv@0.7.13", "uv", "venv"]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "`` names no scenario"),
        ("::uv", "`::uv` names no scenario"),
        ("a/b::", "`a/b::` names no subject"),
        ("a/b::uv[]", "`a/b::uv[]` names no variant between its brackets"),
        ("a/b::uv]", "`a/b::uv]` names no variant between its brackets"),
    ],
)
def test_what_names_no_case_is_refused_with_an_example(text: str, complaint: str) -> None:
    with pytest.raises(HarnessError) as refused:
        parse_case(text)
    assert str(refused.value) == (
        f"{complaint}\n  hint: a case is named as in `links/existing-target-twice::uv@0.7.13[relative]`"
    )
