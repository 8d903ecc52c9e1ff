"""The Markdown of a bug report: whole, ordered, true to what was measured, and safe whatever a tool prints."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import made
import pytest
from measured import ENV, LOST, broken, came_to, did, measured, surveyed

from harness.report.bug import bug, fenced
from harness.report.stretches import Stretch, history, turns
from harness.result import Outcome
from harness.tree import Link

if TYPE_CHECKING:
    from harness.report.bug import Bug
    from harness.result import Record

VARIANT = made.variant(planted={ENV: Link("../store/env")})
SCENARIO = replace(
    made.scenario(VARIANT), id="links/a", summary="A link is kept", because=("https://example.org/1", "it was *seen*")
)
COMMAND = {**did("create", LOST, output="made"), "run": ["uv", "venv", "--python", "$python", ".venv"]}
BREAKS = came_to("breaks", broken("links-survive", LOST), steps=(COMMAND,))

WHOLE = """\
# `uv venv` replaces the link `.venv` by a directory

### Summary

Seen with `uv 2`. What should be true: A link is kept.

- `links-survive`, step 1: Every link that the scenario planted is still that link, holding that text.
  - `project/.venv: link ../store/env -> directory`

### What was run

1. `uv venv --python $python .venv` → exited 0 **← here**

   ```text
   made
   ```

### The tree before and after

From what was there before to after step 1:

```diff
- project/.venv: link ../store/env
+ project/.venv: directory
```

### To reproduce

A POSIX script that works in a temporary directory, and exits 1 where it shows:

SCRIPT

### Since when

First bad: `2`. Last bad: `3`. First good after it: `4`. Of the 4 releases that were measured:

| uv | |
| --- | --- |
| 1 | `+` holds |
| 2 to 3 | `x` breaks: the link becomes a directory |
| 4 | `o` declines: it refuses, and changes nothing |

### What other tools do in that place

| | |
| --- | --- |
| venv 3.12.4 | `+` holds |

### Why it matters

Nothing that the user made should be lost or replaced, and what is made should work.

- <https://example.org/1>
- it was \\*seen\\*

### Platform

Linux 6.18, x86\\_64, ext4

### Version

uv 2

### Python version

Python 3.12.4

Measured 2026-11-20 by venvproof 1.0.0; `venvproof run 'links/a::uv@2'` plays it again.
"""


def report(case: Record, *others: tuple[str, Record | str]) -> Bug:
    """The report of version 2, beside what others came to."""
    known = {"uv@2": case, **dict(others)}
    survey = surveyed(*(measured(name, {"links/a": one}) for name, one in known.items()))
    build = next(build for build in survey.builds if build.title == "uv 2")
    return bug(survey, SCENARIO, VARIANT, build)


def without_script(text: str) -> str:
    before, _, rest = text.partition("```sh\n#!/bin/sh\n")
    return before + "SCRIPT" + rest.partition("\n```")[2] if rest else text


def test_a_report_says_what_happens_and_since_when() -> None:
    found = report(BREAKS, ("uv@1", "holds"), ("uv@3", BREAKS), ("uv@4", "declines"), ("venv@3.12.4", "holds"))
    assert without_script(found.markdown) == WHOLE
    assert (found.case, found.outcome) == ("links/a::uv@2", Outcome.BREAKS)


def test_the_script_is_the_one_of_the_case() -> None:
    script = report(BREAKS).body.partition("```sh\n")[2].partition("\n```")[0]
    assert script.startswith("#!/bin/sh\n# links/a with uv@2: A link is kept\n")
    assert "expect project/.venv 'link ../store/env'" in script


def test_one_release_has_no_history_and_one_tool_no_neighbours() -> None:
    body = report(BREAKS).body
    assert ("### Since when" in body, "### What other tools" in body) == (False, False)


def test_what_never_got_better_is_said() -> None:
    found = report(BREAKS, ("uv@3", BREAKS))
    assert "First bad: `2`, the oldest measured. Last bad: `3`. None after it is good." in found.body


def test_what_only_refuses_is_no_loss_and_its_script_promises_none() -> None:
    body = report(came_to("declines", broken("succeeds", level="should"), steps=(did(exits=1),))).body
    assert ("Nothing that the user made" in body, "exits 1 where" in body) == (False, False)
    assert "A POSIX script that works in a temporary directory:" in body


def test_a_step_without_output_or_change_leaves_no_empty_section() -> None:
    body = report(came_to("breaks", broken("succeeds"), steps=(did(exits=1),))).body
    assert ("### The tree" in body, "```text" in body) == (False, False)


def test_where_a_program_stood_is_nobodys_business() -> None:
    other = {**did("create"), "run": ["/home/me/bin/virtualenv", "env"]}
    body = report(came_to("breaks", broken("succeeds"), steps=(other,))).body
    assert "1. `virtualenv env` → exited 0" in body


def test_a_case_that_hangs_says_why() -> None:
    found = report(came_to("errs", reason="step 1 did not end within 10 s", steps=(did(),)))
    assert "\n- `step 1 did not end within 10 s`\n" in found.body


NASTY = "```\n# heading <script>alert(1)</script> @somebody #12 | pipe\x1b[31m `````sh\n</details>"


def test_no_word_of_a_tool_ends_the_fence_it_stands_in() -> None:
    command = {**COMMAND, "output": NASTY}
    evidence = {"said": NASTY}
    body = report(came_to("breaks", broken("usable", evidence), steps=(command,))).body
    outside = _outside(without_script(body))
    assert [line for line in outside if "script>" in line or "@somebody" in line] == [
        line for line in outside if line.startswith("  - ``````")
    ]
    assert "\x1b" not in body


def _outside(text: str) -> list[str]:
    """The lines that stand in no fence, as CommonMark has it."""
    found, fence = [], ""
    for line in text.split("\n"):
        mark = line.strip()
        if fence:
            fence = "" if set(mark) == {"`"} and len(mark) >= len(fence) else fence
        elif mark.startswith("```"):
            fence = mark[: len(mark) - len(mark.lstrip("`"))]
        else:
            found.append(line)
    assert not fence, "every fence ends"
    return found


def test_versions_and_reasons_are_no_markup() -> None:
    survey = surveyed(measured("uv@1|<b>@x", {"links/a": BREAKS}), measured("uv@1|<b>@y", {"links/a": BREAKS}))
    found = bug(survey, replace(SCENARIO, because=("see @x, http://a <b>",)), VARIANT, survey.builds[0])
    assert "1\\|&lt;b&gt;&#64;x to 1\\|&lt;b&gt;&#64;y" in found.body
    assert "- see &#64;x, http:&#47;&#47;a &lt;b&gt;" in found.body


@pytest.mark.parametrize(("text", "fence"), [("a", "```"), ("a ```` b", "`````"), ("``", "```")])
def test_a_fence_is_longer_than_any_within(text: str, fence: str) -> None:
    assert fenced(text, "sh") == (f"{fence}sh", text, fence)


def test_a_tree_of_many_entries_shows_what_changed() -> None:
    changes = [{"path": f"project/.venv/{number:03}", "was": "absent", "is": "file"} for number in range(60)]
    before = {**did("create", *changes)}
    lost = {"path": "project/.venv/030", "was": "file", "is": "absent"}
    case = came_to("breaks", broken("files-survive", lost, step=2), steps=(before, did("recreate", lost, step=2)))
    tree = report(case).body.partition("```diff\n")[2].partition("\n```")[0].split("\n")
    assert (len(tree), "- project/.venv/030: file" in tree, tree[-1]) == (29, True, "  ... 33 more")


# -- over the releases -------------------------------------------------------------------------------------------------


def over(*words: str) -> tuple[Stretch, ...]:
    builds = [measured(f"uv@{number}", {"links/a": word}) for number, word in enumerate(words, start=1)]
    (column,) = surveyed(*builds).columns
    return history(column, "links/a")


@pytest.mark.parametrize(
    ("words", "version", "found"),
    [
        (("breaks",), 1, ("1", "1", "")),
        (("holds", "breaks", "errs", "weak"), 2, ("2", "3", "4")),
        (("breaks", "holds", "breaks"), 1, ("1", "1", "2")),
        (("breaks", "holds", "breaks"), 3, ("3", "3", "")),
        (("holds", "declines", "declines", "holds"), 3, ("2", "3", "4")),
        (("breaks", "unsupported", "breaks"), 1, ("1", "3", "")),
    ],
)
def test_a_fault_begins_and_ends(words: tuple[str, ...], version: int, found: tuple[str, str, str]) -> None:
    stretches = over(*words)
    build = next(build for one in stretches for build in one.builds if build.version == str(version))
    assert turns(build, stretches) == found


def test_releases_that_came_to_the_same_are_one_stretch() -> None:
    assert [(one.versions, one.outcome) for one in over("breaks", "breaks", "skipped", "holds")] == [
        ("1 to 2", Outcome.BREAKS),
        ("4", Outcome.HOLDS),
    ]
