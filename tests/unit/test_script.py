"""A script says what is planted, what is run and what should be seen, in few lines and rightly quoted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made import must, scenario, should, tool, variant

from harness.case import Case
from harness.checks import KNOWN
from harness.paper import on_paper
from harness.report.scripts.script import script
from harness.report.scripts.shell import Shell
from harness.scenario import (
    CommandStep,
    Delete,
    Each,
    EditStep,
    Fault,
    InterleaveStep,
    Interrupt,
    Move,
    Options,
    Perform,
    Plant,
    RunPython,
    TogetherStep,
)
from harness.tool import INTERPRETER, Alternative
from harness.tree import Directory, Fifo, File, Hardlink, Link, Mount, plain

if TYPE_CHECKING:
    from harness.result import Record
    from harness.scenario import Variant
    from harness.tool import Tool

UV = tool(
    "uv",
    executable="uv",
    variables={"UV_CACHE_DIR": "$cache", "UV_OFFLINE": "1"},
    operations={
        "create": [Alternative(run=(("$tool", "venv", "--python", "$python", "$env"),))],
        "recreate": [Alternative(run=(("$tool", "venv", "--clear", "--python", "$python", "$env"),))],
        "inspect": [Alternative(run=(("$tool", "pip", "list"), ("$tool", "pip", "check")))],
    },
)
CREATE, RECREATE = CommandStep(Perform("create")), CommandStep(Perform("recreate"))
NOTES = {"project/notes.txt": File()}

HEAD = r"""#!/bin/sh
# family/situation with uv@0.7.13: A made situation
# To run it: python3.11 -m venv env && env/bin/pip install uv==0.7.13 && UV=env/bin/uv PYTHON=python3.11 sh THIS-FILE
set -eu; trap 'exit "${answer-2}"' EXIT # 2: something else went wrong
uv=$(realpath "$(command -v "${UV:-uv}")"); python=$(realpath "$(command -v "${PYTHON:-python3}")")
top=$(realpath "$(mktemp -d)") root=$top/root cache=$top/cache said=$top/said fault=0
run() { status=0; env -i PATH="${python%/*}:${uv%/*}:/usr/bin:/bin" HOME="$root/home" TMPDIR="$root/tmp" """
HEAD += r"""LANG=C.UTF-8 UV_CACHE_DIR="$cache" UV_OFFLINE=1 "$@" </dev/null >"$said" 2>&1 || status=$?
  cat "$said"; echo "exit status $status"; }
broken() { echo "broken: $*"; fault=1; }
look() { if [ -L "$1" ]; then echo "link $(readlink "$1")"; elif [ -d "$1" ]; then echo directory; """
HEAD += r"""elif [ -f "$1" ]; then echo file; elif [ -e "$1" ]; then echo device; else echo absent; fi; }
expect() { found=$(look "$root/$1"); [ "$found" = "$2" ] || broken "$1: expected $2, found $found"; }
"""
ODD_MODE = r"""chmod 2750 "project/e$(printf '\314\201')" """.rstrip()
ODD_LINK = r"""here" "project/-n$(printf '\377')" """.rstrip()
END = r"""if [ "$fault" = 0 ]; then rm -rf "$top"; echo 'no fault shows'; else echo "see $root"; fi
answer=$fault
"""


def record(outcome: str = "holds", *findings: Record) -> Record:
    return {"kind": "case", "subject": "uv@0.7.13", "outcome": outcome, "findings": list(findings)}


def broke(check: str, *evidence: Record, level: str = "must", step: int = 1) -> Record:
    return {"check": check, "level": level, "step": step, "verdict": "broken", "evidence": list(evidence)}


def held(check: str, *, level: str = "must", step: int | None = None) -> Record:
    return {"check": check, "level": level, "step": step, "verdict": "held"}


def differs(path: str, was: str, now: str) -> Record:
    return {"path": path, "was": was, "is": now}


def case(chosen: Variant, of: Tool = UV) -> Case:
    found = on_paper(scenario(chosen), chosen, of, "0.7.13", "3.11.7", {"system": "Linux", "user": "root"})
    assert isinstance(found, Case), found
    return found


def written(chosen: Variant, *findings: Record, outcome: str = "breaks", of: Tool = UV) -> str:
    return script(case(chosen, of), record(outcome, *findings))


def steps_of(text: str) -> list[str]:
    """The commands that play the case, and those that look, without what every script begins and ends with."""
    return text.partition('cd "$root"\n')[2].removesuffix(END).splitlines()


def test_the_script_of_the_seed() -> None:
    chosen = variant(CREATE, CREATE, planted={"store/env": Directory(), "project/.venv": Link("../store/env"), **NOTES})
    became = differs("project/.venv", "link ../store/env", "directory")
    broken = broke("links-survive", became, step=2), broke("repeat-changes-nothing", became, step=2)
    assert written(chosen, *broken) == HEAD + (
        'umask 022; mkdir "$root"; cd "$root"\n'
        "mkdir -p home project store/env tmp\n"
        r"printf 'planted as project/notes.txt\n' >project/notes.txt" + "\n"
        "ln -s ../store/env project/.venv\n"
        'cd "$root/project"\n'
        'run "$uv" venv --python "$python" .venv\n'
        'run "$uv" venv --python "$python" .venv\n'
        f"# links-survive: {KNOWN['links-survive'].statement}\n"
        "expect project/.venv 'link ../store/env'\n"
    ) + END  # fmt: skip


def test_a_script_mounts_where_nobody_else_sees_it_and_unmounts_before_it_removes() -> None:
    chosen = variant(
        CREATE,
        planted={
            "project": Mount(kind="bind", read_only=True), **NOTES, "store/env": Directory(),
            "project/.venv": Mount(kind="tmpfs", size=65536, noexec=True),
            "home/shown": Mount(kind="bind", of="store/env"),
        },
    )  # fmt: skip
    text = written(chosen, broke("files-survive", differs("project/notes.txt", "file", "absent")))
    apart, _, rest = text.partition("set -eu; ")
    assert apart.splitlines()[3:] == [
        'if [ -z "${APART-}" ]; then # what is mounted here nobody else sees, and it goes when this ends',
        '  [ "$(id -u)" = 0 ] && as=-m || as=-Urm',
        (
            """  unshare "$as" mount -t tmpfs tmpfs /tmp || """
            "{ echo 'mounts of its own are refused, which this takes' >&2; exit 77; }"
        ),
        '  APART=yes exec unshare "$as" sh "$0"',
        "fi",
    ]
    assert rest.partition('cd "$root"\n')[2].splitlines() == [
        "mkdir -p project",
        "mount --bind project project",
        "mkdir -p project/.venv",
        "mount -t tmpfs -o size=65536,mode=755,nosuid,nodev tmpfs project/.venv",
        "mkdir -p store/env home/shown",
        "mount --bind store/env home/shown",
        "mkdir -p home project store/env tmp",
        r"printf 'planted as project/notes.txt\n' >project/notes.txt",
        "mount -o remount,bind,noexec project/.venv",
        "mount -o remount,bind,ro project",
        'cd "$root/project"',
        'run "$uv" venv --python "$python" .venv',
        f"# files-survive: {KNOWN['files-survive'].statement}",
        "expect project/notes.txt file",
        (
            """if [ "$fault" = 0 ]; then cd "$root"; umount -l home/shown project/.venv project; cd /; rm -rf """
            """"$top"; echo 'no fault shows'; else echo "see $root, but for what was in its mounts"; fi"""
        ),
        "answer=$fault",
    ]


def test_a_script_of_odd_names() -> None:
    odd = variant(
        CREATE, EditStep(Plant({"project/-n\udcff": Link("it's\nhere")})), EditStep(Move("project/$$a", "b c/d")),
        EditStep(Delete("-dash")), CREATE,
        planted={"project/$$a": File(b"100% \\o/\n\xff$$"), "-dash": Fifo(), "project/two": Hardlink("project/$$a"),
                 "project/e\u0301": Directory(0o2750)},
    )  # fmt: skip
    text = written(odd, broke("files-survive", differs("project/$a", "file", "absent")))
    assert text.splitlines()[2].startswith("# shellcheck disable=SC2016 # ")
    assert text.endswith(END.replace('rm -rf "$top"', 'find "$top" -type d -exec chmod u+rwx {} \\; && rm -rf "$top"'))
    assert steps_of(text.partition('if [ "$fault" = 0 ]')[0]) == [
        r"""mkdir -p home "project/e$(printf '\314\201')" tmp""",
        r"printf '100%% \\o/\n\377$' >'project/$a'",
        "mkfifo ./-dash",
        "ln 'project/$a' project/two",
        ODD_MODE,
        'cd "$root/project"',
        'run "$uv" venv --python "$python" .venv',
        f"# files-survive: {KNOWN['files-survive'].statement}",
        "expect 'project/$a' file",
        'cd "$root"',
        "ln -s \"it's",
        ODD_LINK,
        "mkdir -p 'b c'",
        "mv 'project/$a' 'b c/d'",
        "rm -rf ./-dash",
        'cd "$root/project"',
        'run "$uv" venv --python "$python" .venv',
    ]


def test_what_is_weak_is_told_and_is_no_fault() -> None:
    chosen = variant(CREATE, checks=(should("succeeds"),))
    text = written(chosen, broke("succeeds", {"said": "exited 1"}, level="should"), outcome="weak")
    assert '[ "$status" = 0 ] || broken "step 1 exited $status"' in text
    assert text.endswith("answer=0\n")
    assert 'broken() { echo "weak: $*"; fault=1; }' in text


def test_a_check_of_the_steps_own_is_asked_after_it() -> None:
    step = CommandStep(RunPython(("-c", "print('it is so')")), checks=(must("says", "it is so"), should("succeeds")))
    said = {"said": "it does not say so: no"}
    assert steps_of(written(variant(CREATE, step), broke("says", said, step=2)))[-3:] == [
        'run "$root/project/.venv/bin/python" -c "print(\'it is so\')"',
        f"# says: {KNOWN['says'].statement}",
        "grep -qF -- 'it is so' \"$said\" || broken 'step 2 does not say so'",
    ]


@pytest.mark.parametrize(
    ("was", "now", "test"),
    [
        ("absent", "file", "expect a absent"),
        ("link $root/b", "absent", 'expect a "link $root/b"'),
        ("directory 2770", "directory 0755", '[ "$(find "$root/a" -prune -perm 2770)" ]'),
        ("file of 0:0", "file of 1:1", '[ "$(find "$root/a" -prune -user 0 -group 0)" ]'),
        ('file "one"', 'file "two"', "same a"),
        ("file", "file with other content", "same a"),
        ("file, the same as b", "file of its own", '[ "$root/a" -ef "$root/b" ]'),
        ("file of its own", "file, the same as b, c", '[ ! "$root/a" -ef "$root/b" ]'),
        ("directory", "another directory of that name", '[ "$(ls -di "$root/a")" = "$numbers" ]'),
        ("anything", "absent", '[ "$(look "$root/a")" != absent ]'),
        ("link to something", "link b, dangling", '[ -e "$root/a" ]'),
    ],
)
def test_each_kind_of_evidence_is_looked_at_in_its_way(was: str, now: str, test: str) -> None:
    lines = steps_of(written(variant(CREATE), broke("unchanged", differs("a", was, now))))
    assert lines[-1].partition(" || broken")[0] == test


def test_what_was_there_before_is_kept_before_the_step() -> None:
    finding = broke(
        "unchanged", differs("a", 'file "one"', 'file "two"'), differs("b", "directory", "another directory")
    )
    lines = steps_of(written(variant(CREATE), finding))
    run = lines.index('run "$uv" venv --python "$python" .venv')
    assert lines[1:run] == [
        'exec 3<"$root/b" # held open, since its number would be handed out again',
        'numbers=$(ls -di "$root/b")',
        'cp -RPp "$root" "$top/before"',
        'cd "$root/project"',
    ]


def test_paths_with_one_test_are_a_loop() -> None:
    evidence = [differs(f"project/{name}", "absent", "file") for name in "abcdefgh"]
    text = written(variant(CREATE), broke("nothing-outside", *evidence))
    names = " ".join(f"project/{name}" for name in "abcdef")
    assert steps_of(text)[-1] == f'for path in {names}; do expect "$path" absent; done'


def test_where_nothing_broke_what_must_be_is_looked_at() -> None:
    planted = {"project/.venv": Link("../store"), "store/mine": File(), "project/shut": File(mode=0), **NOTES}
    chosen = variant(CREATE, RECREATE, planted=planted, checks=(must("usable"), must("absent", ("a", "b*"))))
    findings = [held(check) for check in ("links-survive", "files-survive", "usable", "absent")]
    comments = [f"# {check}: {KNOWN[check].statement}" for check in ("files-survive", "usable", "absent")]
    lines = steps_of(written(chosen, *findings, outcome="holds"))
    # What may be cleared is not looked at, and neither is what cannot be read.
    assert lines[-6:] == [comments[0], "same project/notes.txt", comments[1], "usable project/.venv",
                          comments[2], "expect a absent"]  # fmt: skip


def test_what_is_moot_is_not_looked_at() -> None:
    moot = {"check": "usable", "level": "must", "step": None, "verdict": "moot", "reason": "it made none"}
    lines = steps_of(written(variant(CREATE, checks=(must("usable"),)), moot, outcome="declines"))
    assert lines[-1] == 'run "$uv" venv --python "$python" .venv'


def test_commands_of_one_operation_run_until_one_fails() -> None:
    inspect = CommandStep(Perform("create"))
    of = tool("two", operations={"create": [Alternative(run=(("$tool", "a"), ("$tool", "b")))]})
    assert steps_of(written(variant(inspect), outcome="holds", of=of))[-2:] == [
        'run "$two" a',
        '[ "$status" != 0 ] || run "$two" b',
    ]


def test_commands_run_at_the_same_time() -> None:
    lines = steps_of(written(variant(TogetherStep((CREATE, RECREATE))), outcome="holds"))
    enter = 'umask 022; cd "$root/project"'
    assert lines[-3:] == [
        f'({enter}; said=$said.1; run "$uv" venv --python "$python" .venv; exit "$status") & pid1=$!',
        f'({enter}; said=$said.2; run "$uv" venv --clear --python "$python" .venv; exit "$status") & pid2=$!',
        'status=0; wait "$pid1" || status=$?; wait "$pid2" || status=$?',
    ]


def test_the_umask_and_the_variables_of_a_step_are_its_own() -> None:
    step = CommandStep(Perform("create"), Options(umask=0o077, variables={"VIRTUAL_ENV": "$root/a"}))
    lines = steps_of(written(variant(step, CREATE), outcome="holds"))
    assert lines[1:] == [
        "umask 077",
        'cd "$root/project"',
        'run VIRTUAL_ENV="$root/a" "$uv" venv --python "$python" .venv',
        "umask 022",
        'run "$uv" venv --python "$python" .venv',
    ]


def test_a_directory_that_may_be_replaced_is_entered_anew() -> None:
    step = CommandStep(Perform("recreate"), Options(cwd="project/.venv", at="."))
    assert steps_of(written(variant(step, step), outcome="holds")).count('cd "$root/project/.venv"') == 2


def test_a_program_with_an_equals_sign_in_its_path_is_not_taken_for_a_variable() -> None:
    chosen = variant(CommandStep(RunPython(("-V",))), environment="project/a=b")
    assert steps_of(written(chosen, outcome="holds"))[-1] == 'run nice -n 0 "$root/project/a=b/bin/python" -V'


def test_a_command_has_the_time_that_its_scenario_gives_it() -> None:
    text = written(variant(CommandStep(Perform("create"), Options(limit=10))), outcome="errs")
    assert "status=0; timeout 10 env -i PATH=" in text
    assert "case $status in 124 | 1[3-9]?) echo 'it did not end by itself'; exit ;; esac; }" in text


def test_a_case_for_ordinary_users_is_none_for_root() -> None:
    assert "answer=77; exit; }" in written(variant(CREATE, needs=("ordinary-user",)), outcome="holds")


def test_a_module_of_the_interpreter_takes_a_python_alone() -> None:
    run = (("$tool", "-m", "venv", "$env"),)
    of = tool("venv", executable=INTERPRETER, operations={"create": [Alternative(run=run)]})
    text = written(variant(CREATE), outcome="holds", of=of)
    assert text.splitlines()[2] == "# To run it: PYTHON=python3.11 sh THIS-FILE"
    assert steps_of(text)[-1] == 'run "$python" -m venv .venv'


@pytest.mark.parametrize(
    ("chosen", "findings", "why"),
    [
        (
            variant(CommandStep(Perform("create"), Options(answer=("y",)))),
            [broke("links-survive", differs("a", "link b", "absent"))],
            "this takes a terminal, at which prompts are answered, and a POSIX shell has none to offer",
        ),
        (
            variant(CommandStep(Perform("create"), Options(interrupt=Interrupt("SIGKILL", 1))), CREATE),
            [broke("links-survive", differs("a", "link b", "absent"))],
            "this stops a command at calls of its own, and a POSIX shell cannot",
        ),
        (
            variant(CommandStep(Perform("create"), Options(fault=Fault("EIO", 1)))),
            [broke("links-survive", differs("a", "link b", "absent"))],
            "this stops a command at calls of its own, and a POSIX shell cannot",
        ),
        (
            variant(InterleaveStep(CREATE, RECREATE, Each())),
            [broke("links-survive", differs("a", "link b", "absent"))],
            "this stops a command at calls of its own, and a POSIX shell cannot",
        ),
        (
            variant(CREATE),
            [broke("same-as-plain", differs("pyvenv.cfg", 'file "one"', 'file "two"'))],
            "this shows only in comparison with what the harness had made elsewhere",
        ),
    ],
)
def test_what_a_shell_cannot_show_is_said(chosen: Variant, findings: list[Record], why: str) -> None:
    assert written(chosen, *findings) == (
        f"#!/bin/sh\n# family/situation with uv@0.7.13: A made situation\necho '{why}' >&2\nexit 77\n"
    )


def test_a_record_cannot_break_out_of_its_comment() -> None:
    hostile = {**record(), "subject": "uv@1\nrm -rf /\x1b[2J"}
    assert (
        script(case(variant(CREATE)), hostile).splitlines()[1]
        == "# family/situation with uv@1 rm -rf /: A made situation"
    )


# -- texts -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("plain/path.txt", "plain/path.txt"),
        ("", "''"),
        ("a b", "'a b'"),
        ("it's", '"it\'s"'),
        ("it's $5", r"'it'\''s $5'"),
        ("=a", "'=a'"),
        ("~", "'~'"),
        ("/R/a", '"$root/a"'),
        ("/Rest", '"${root}est"'),
        ('"/R"', """'"'"$root"'"'"""),
        ("été", "'été'"),
        ("e\u0301", r'''"e$(printf '\314\201')"'''),
        ("\udcff\n", "\"$(printf '\\377')\n\""),
    ],
)
def test_a_text_is_a_word(text: str, word: str) -> None:
    assert Shell({"/R": "$root"}).word(text) == word


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0")))
def test_no_word_holds_what_cannot_be_pasted(text: str) -> None:
    assert Shell({}).word(text).replace("\n", "").isprintable()


def test_a_tree_is_planted_in_few_lines() -> None:
    tree = plain({"a/b": Directory(), "a/c/d": File(), "a/e": File(), "a/f": File(mode=0o600), "a/g": File(b"")})
    assert list(Shell({}).planted(tree)) == [
        "mkdir -p a/b a/c",
        r"""for file in a/c/d a/e a/f; do printf 'planted as %s\n' "$file" >"$file"; done""",
        ": >a/g",
        "chmod 600 a/f",
    ]


def test_what_stands_is_not_made_again() -> None:
    assert list(Shell({}).planted(plain({"a/b/c": Link("d")}), {"a", "a/b"})) == ["ln -s d a/b/c"]
