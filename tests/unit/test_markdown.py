"""The comparison in Markdown, in which nothing that a tool says is markup."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from test_compare import line

from harness.expect import Ruled, Ruling
from harness.report.cells import Column
from harness.report.markdown import page

if TYPE_CHECKING:
    from harness.result import Record

LEGEND = "`+ holds   ~ weak   o declines   x breaks   . skipped   - unsupported   ! errs`"


def told(record: Record, *, failed: bool = False, question: str = "") -> dict[str, Any]:
    return {
        "record": record, "family": "links", "question": question, "failed": failed, "kept": "",
        "ruled": Ruled(Ruling.FREE),
    }  # fmt: skip


def test_families_stand_out_and_scenarios_are_indented() -> None:
    cases = {
        "a::uv": told(line("links/a", "weak"), question="May it be a link?"),
        "b::uv": told(line("links/b", "holds"), question="May it be a link?"),
        "a::venv": told(line("links/a", "holds", subject="venv@3.12.1"), question="May it be a link?"),
        "b::venv": told(line("links/b", "holds", subject="venv@3.12.1"), question="May it be a link?"),
    }
    assert page(cases, [Column("pdm@2", "", "no such release")], "auto").splitlines()[:7] == [
        "|                                    | uv 1.0   | venv 3.12.1   | pdm 2        |",
        "|------------------------------------|----------|---------------|--------------|",
        "| **links: May it be a link?**       |          |               |              |",
        "| &emsp;a                            | \\~ weak  | + holds       | not measured |",
        "| &emsp;all agree on 1 more: 1 holds |          |               |              |",
        "",
        LEGEND,
    ]


def test_variants_and_pythons_keep_the_table_whole() -> None:
    cases = {
        f"{variant}{python}": told({**line("links/a", "breaks", "usable", python=python), "variant": variant})
        for variant in ("a,x", "b,x", "c,x")
        for python in ("3.12.1", "3.13.1")
    }
    for variant in ("a,x", "b,x"):
        cases[f"{variant}3.12.1"]["record"]["outcome"] = "holds"
    header, _, _, *rows = page(cases, [], "auto").partition("\n\n")[0].splitlines()
    assert header.count("<br>") == 2
    assert [row.replace("\\|", "").count("|") for row in rows] == [4] * len(rows)
    assert [row.partition(" ")[2].partition(" ")[0] for row in rows] == [
        "&emsp;a\\[a\\|b,x\\]", "&emsp;all"
    ]  # fmt: skip


def test_what_broke_is_folded_and_no_words_of_a_tool_unfold_it() -> None:
    record = {**line("links/a", "breaks", "usable"), "reason": "</pre></details> <b>&"}
    assert page({"links/a.yaml::uv": told(record, failed=True)}, [], "auto").partition(LEGEND)[2].splitlines() == [
        "",
        "",
        "<details><summary>what was seen</summary>",
        "",
        "<pre>",
        "",
        "x links/a.yaml::uv",
        "    &lt;/pre&gt;&lt;/details&gt; &lt;b&gt;&amp;",
        "    usable, step 1: so",
        "</pre>",
        "</details>",
    ]


def test_where_all_holds_there_is_nothing_to_unfold() -> None:
    assert page({"links/a.yaml::uv": told(line("links/a"))}, [], "auto").endswith(f"{LEGEND}\n\n")
