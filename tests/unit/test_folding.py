"""Case lines are published small and steady: whole directories in a change, nothing that differs by chance."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from measured import became, came, went

from harness.folding import CHANGES, EVIDENCE, FIRST_LINES, LAST_LINES, LINE, fold, folded, shortened, steady

if TYPE_CHECKING:
    from harness.result import Record

FOUND = {"check": "unchanged", "level": "must", "step": 1, "verdict": "broken"}


def line(*steps: Record, findings: tuple[Record, ...] = (), **more: str) -> Record:
    """A line of a result file."""
    return {
        "kind": "case", "scenario": "links/a", "variant": "", "subject": "uv@1.0", "python": "3.12.4", "digest": "d",
        "outcome": "breaks", "reason": "", "findings": list(findings), "steps": list(steps), **more,
    }  # fmt: skip


def edit(*changes: Record) -> Record:
    return {"step": 1, "operation": "plant a", "changes": list(changes)}


def files(directory: str, count: int) -> list[Record]:
    return [came(f"{directory}/{number}") for number in range(count)]


# -- whole directories -------------------------------------------------------------------------------------------------


def test_an_environment_is_one_change_however_small_it_is() -> None:
    changes = [came("env", "directory"), came("env/bin", "directory"), came("env/pyvenv.cfg")]
    assert [*fold(changes)] == [came("env", "directory", entries=2, environment=True)]


def test_a_few_entries_of_a_new_directory_are_listed() -> None:
    changes = [came("a", "directory"), *files("a", 6), came("b")]
    assert [*fold(changes)] == changes


def test_of_many_the_number_is_told_with_all_that_lies_deeper() -> None:
    changes = [came("a", "directory"), came("a/0", "directory"), *files("a/0", 6), came("b")]
    assert [*fold(changes)] == [came("a", "directory", entries=7), came("b")]


def test_a_directory_that_went_is_folded_as_one_that_came() -> None:
    changes = [went("env", "directory"), went("env/bin", "directory"), went("env/pyvenv.cfg"), went("envy")]
    assert [*fold(changes)] == [went("env", "directory", entries=2, environment=True), went("envy")]


def test_a_link_that_becomes_a_directory_is_folded_with_what_is_in_it() -> None:
    changes = [became("env", "link ../store", "directory"), *files("env", 7)]
    assert [*fold(changes)] == [became("env", "link ../store", "directory", entries=7)]


def test_a_directory_that_becomes_a_link_is_folded_with_what_was_in_it() -> None:
    changes = [became("env", "directory", "link x"), *(went(f"env/{number}") for number in range(7))]
    assert [*fold(changes)] == [became("env", "directory", "link x", entries=7)]


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ("directory", "another directory of that name"),
        ("directory 0755", "directory 0700"),
        ("directory of 0:0", "directory of 5:6"),
        ("link x", "link directory"),
        ("file", "file with other content"),
    ],
)
def test_below_what_is_a_directory_still_every_change_is_told(was: str, now: str) -> None:
    changes = [became("a", was, now), *(went(f"a/{number}") for number in range(9)), *files("a/x", 9)]
    assert [*fold(changes)] == changes


def test_a_new_directory_in_one_that_was_there_is_folded_by_itself() -> None:
    changes = [became("a", "directory", "another directory of that name"), came("a/b", "directory"), *files("a/b", 7)]
    assert [*fold(changes)] == [changes[0], came("a/b", "directory", entries=7)]


def test_a_name_that_only_begins_as_the_directory_is_not_below_it() -> None:
    changes = [came("a", "directory"), *files("a", 7), *files("ab", 7)]
    assert [*fold(changes)] == [came("a", "directory", entries=7), *files("ab", 7)]


# -- what differs from run to run --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Resolved 3 packages in 12ms", "Resolved 3 packages in 0ms"),
        ("in 0.41 s, then 3µs", "in 0 s, then 0µs"),
        ("done in 2.5 seconds", "done in 0 seconds"),
        ("waited 60 seconds", "waited 60 seconds"),
        ("file .tmpAb3dEf", "file .tmp......"),
        ("<object at 0x7f3a5c001230>", "<object at 0x0>"),
        ("poetry-8a7b6c5d4e3f2a1b-py3.12", "poetry-hash-py3.12"),
        ("uv 0.7.13 on 3.12.4", "uv 0.7.13 on 3.12.4"),
        ("a file of 12 bytes", "a file of 12 bytes"),
    ],
)
def test_a_text_keeps_what_is_the_same_in_every_run(text: str, told: str) -> None:
    assert steady(text) == told


def test_every_text_of_a_case_is_steady() -> None:
    (by_chance, steadied) = ("x-8a7b6c5d4e3f2a1b", "x-hash")
    step = {**edit(came(by_chance, f"link {by_chance}")), "run": ["uv"], "ending": {"exited": 0}, "output": by_chance}
    finding = {**FOUND, "evidence": [{"said": by_chance}]}
    told = folded(line({**step, "seconds": 0.0123}, findings=(finding,), reason=by_chance))
    assert by_chance not in json.dumps(told)
    assert told == {
        "outcome": "breaks",
        "reason": steadied,
        "findings": [{**FOUND, "evidence": [{"said": steadied}]}],
        "held": [],
        "moot": [],
        "steps": [
            {"step": 1, "operation": "plant a", "run": ["uv"], "ending": {"exited": 0}, "output": steadied,
             "changes": [came(steadied, f"link {steadied}")]},
        ],
    }  # fmt: skip


def test_at_how_many_calls_a_case_was_stopped_is_published_and_at_which_it_is_broken() -> None:
    swept = {"of": 37, "played": 37, "alike": 8, "missed": 0}
    finding = {**FOUND, "evidence": [{"said": "x"}], "points": [[3, 9], [37, 37]]}
    told = folded({**line(edit(came("a")), findings=(finding,)), "swept": swept})
    assert (told["swept"], told["findings"]) == (swept, [finding])
    assert "swept" not in folded(line(edit(came("a"))))


# -- what is cut -------------------------------------------------------------------------------------------------------


def test_an_output_keeps_its_ends() -> None:
    lines = [str(number) for number in range(40)]
    shown = [*lines[:FIRST_LINES], f"... {40 - FIRST_LINES - LAST_LINES} more lines ...", *lines[-LAST_LINES:]]
    assert shortened("\n".join(lines)) == "\n".join(shown)


@pytest.mark.parametrize("count", [0, 1, FIRST_LINES + LAST_LINES, FIRST_LINES + LAST_LINES + 1])
def test_an_output_is_not_cut_where_that_saves_nothing(count: int) -> None:
    lines = "\n".join(str(number) for number in range(count))
    assert shortened(lines) == lines


def test_a_long_line_is_cut() -> None:
    assert shortened("x" * LINE) == "x" * LINE
    assert shortened("x" * (LINE + 1)) == "x" * LINE + "..."


def test_of_many_changes_the_first_are_told_and_the_others_counted() -> None:
    changes = [came(f"a{number:03}") for number in range(CHANGES + 2)]
    (cut,) = folded(line(edit(*changes)))["steps"]
    assert (cut["changes"], cut["more"]) == (changes[:CHANGES], 2)
    (whole,) = folded(line(edit(*changes[:CHANGES])))["steps"]
    assert whole == edit(*changes[:CHANGES])


def test_of_much_evidence_the_first_is_told_and_the_rest_counted() -> None:
    evidence = [went(f"a{number:03}") for number in range(EVIDENCE + 3)]
    told = folded(line(findings=({**FOUND, "evidence": evidence}, {**FOUND, "evidence": evidence[:EVIDENCE]})))
    assert told["findings"] == [
        {**FOUND, "evidence": evidence[:EVIDENCE], "more": 3},
        {**FOUND, "evidence": evidence[:EVIDENCE]},
    ]


# -- real lines --------------------------------------------------------------------------------------------------------

REFUSED = r"""
{"kind":"case","scenario":"links/dangling-target","variant":"relative","subject":"uv@0.7.13","python":"3.11.7",
"digest":"707e9931602b0f86ed191c2dbcb152190f32937926bdb163195269c0c6d58098","outcome":"declines",
"reason":"step 1 exited 1: ╰─▶ failed to create directory `.venv`: File exists (os error 17)","findings":[
{"check":"links-survive","level":"must","step":null,"verdict":"held"},{"check":"files-survive","level":"must",
"step":null,"verdict":"held"},{"check":"nothing-outside","level":"must","step":null,"verdict":"held"},
{"check":"no-debris","level":"should","step":null,"verdict":"held"},{"check":"usable","level":"must","step":null,
"verdict":"moot","reason":"the tool said that it made none"},{"check":"succeeds","level":"should","step":1,
"verdict":"broken","evidence":[
{"said":"exited 1: ╰─▶ failed to create directory `.venv`: File exists (os error 17)"}]}],"steps":[{"step":1,
"operation":"create","run":["uv","venv","--python","$python",".venv"],"ending":{"exited":1},"seconds":0.0078,
"output":"Using CPython 3.11.7 interpreter at: $python\nCreating virtual environment at: .venv\nuv::venv::creation\n\n  × Failed to create virtualenv\n  ╰─▶ failed to create directory `.venv`: File exists (os error 17)\n",
"changes":[]}]}
"""  # noqa: E501, RUF001 -- as it was written

REPLACED = r"""
{"kind":"case","scenario":"links/to-another-tools-environment","variant":"venv,create","subject":"uv@0.7.13",
"python":"3.11.7","digest":"54a18981df8e1bd7402561c3d9e5d8fbbd36b44b8bcf08826109f710b6ff6ebb","outcome":"breaks",
"reason":"","findings":[{"check":"links-survive","level":"must","step":2,"verdict":"broken","evidence":[
{"path":"project/.venv","was":"link ../store/env","is":"directory"}]},{"check":"files-survive","level":"must",
"step":null,"verdict":"moot","reason":"the scenario plants no file"},{"check":"nothing-outside","level":"must",
"step":null,"verdict":"held"},{"check":"no-debris","level":"should","step":null,"verdict":"moot",
"reason":"no command failed"},{"check":"usable","level":"must","step":null,"verdict":"held"},{"check":"succeeds",
"level":"should","step":null,"verdict":"held"}],"steps":[{"step":1,"operation":"create","run":["$python","-m",
"venv","../store/env","--without-pip"],"ending":{"exited":0},"seconds":0.0433,"output":"","changes":[
{"path":"store/env","was":"absent","is":"directory"},{"path":"store/env/bin","was":"absent","is":"directory"},
{"path":"store/env/bin/Activate.ps1","was":"absent","is":"file"},{"path":"store/env/bin/activate","was":"absent",
"is":"file"},{"path":"store/env/bin/activate.csh","was":"absent","is":"file"},{"path":"store/env/bin/activate.fish",
"was":"absent","is":"file"},{"path":"store/env/bin/python","was":"absent","is":"link python3.11"},
{"path":"store/env/bin/python3","was":"absent","is":"link python3.11"},{"path":"store/env/bin/python3.11",
"was":"absent","is":"link $python"},{"path":"store/env/include","was":"absent","is":"directory"},
{"path":"store/env/include/python3.11","was":"absent","is":"directory"},{"path":"store/env/lib","was":"absent",
"is":"directory"},{"path":"store/env/lib/python3.11","was":"absent","is":"directory"},
{"path":"store/env/lib/python3.11/site-packages","was":"absent","is":"directory"},{"path":"store/env/lib64",
"was":"absent","is":"link lib"},{"path":"store/env/pyvenv.cfg","was":"absent","is":"file"}]},{"step":2,
"operation":"create","run":["uv","venv","--python","$python",".venv"],"ending":{"exited":0},"seconds":0.0128,
"output":"Using CPython 3.11.7 interpreter at: $python\nCreating virtual environment at: .venv\n","changes":[
{"path":"project/.venv","was":"link ../store/env","is":"directory"},{"path":"project/.venv/.gitignore",
"was":"absent","is":"file"},{"path":"project/.venv/CACHEDIR.TAG","was":"absent","is":"file"},
{"path":"project/.venv/bin","was":"absent","is":"directory"},{"path":"project/.venv/bin/activate","was":"absent",
"is":"file"},{"path":"project/.venv/bin/activate.bat","was":"absent","is":"file"},
{"path":"project/.venv/bin/activate.csh","was":"absent","is":"file"},{"path":"project/.venv/bin/activate.fish",
"was":"absent","is":"file"},{"path":"project/.venv/bin/activate.nu","was":"absent","is":"file"},
{"path":"project/.venv/bin/activate.ps1","was":"absent","is":"file"},{"path":"project/.venv/bin/activate_this.py",
"was":"absent","is":"file"},{"path":"project/.venv/bin/deactivate.bat","was":"absent","is":"file"},
{"path":"project/.venv/bin/pydoc.bat","was":"absent","is":"file"},{"path":"project/.venv/bin/python","was":"absent",
"is":"link $python"},{"path":"project/.venv/bin/python3","was":"absent","is":"link python"},
{"path":"project/.venv/bin/python3.11","was":"absent","is":"link python"},{"path":"project/.venv/lib",
"was":"absent","is":"directory"},{"path":"project/.venv/lib/python3.11","was":"absent","is":"directory"},
{"path":"project/.venv/lib/python3.11/site-packages","was":"absent","is":"directory"},
{"path":"project/.venv/lib/python3.11/site-packages/_virtualenv.pth","was":"absent","is":"file"},
{"path":"project/.venv/lib/python3.11/site-packages/_virtualenv.py","was":"absent","is":"file"},
{"path":"project/.venv/lib64","was":"absent","is":"link lib"},{"path":"project/.venv/pyvenv.cfg","was":"absent",
"is":"file"}]}]}
"""


def test_a_refusal_is_published_with_what_the_tool_said() -> None:
    said = "exited 1: ╰─▶ failed to create directory `.venv`: File exists (os error 17)"
    assert folded(json.loads(REFUSED)) == {
        "outcome": "declines",
        "reason": f"step 1 {said}",
        "findings": [
            {"check": "succeeds", "level": "should", "step": 1, "verdict": "broken", "evidence": [{"said": said}]},
        ],
        "held": ["links-survive", "files-survive", "nothing-outside", "no-debris"],
        "moot": ["usable"],
        "steps": [
            {
                "step": 1,
                "operation": "create",
                "run": ["uv", "venv", "--python", "$python", ".venv"],
                "ending": {"exited": 1},
                "output": "Using CPython 3.11.7 interpreter at: $python\n"
                "Creating virtual environment at: .venv\n"
                "uv::venv::creation\n"
                "\n"
                "  × Failed to create virtualenv\n"  # noqa: RUF001 -- as uv prints it
                "  ╰─▶ failed to create directory `.venv`: File exists (os error 17)",
                "changes": [],
            }
        ],
    }


def test_an_environment_in_the_place_of_a_link_is_published_as_one_change_a_step() -> None:
    told = folded(json.loads(REPLACED))
    assert told["findings"] == [
        {**FOUND, "check": "links-survive", "step": 2,
         "evidence": [became("project/.venv", "link ../store/env", "directory")]},
    ]  # fmt: skip
    assert [step["changes"] for step in told["steps"]] == [
        [came("store/env", "directory", entries=15, environment=True)],
        [became("project/.venv", "link ../store/env", "directory", entries=22, environment=True)],
    ]
