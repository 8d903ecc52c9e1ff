"""What became of stopped calls is told as what strace wrote would be."""

from __future__ import annotations

from dataclasses import replace

import made
from made import ENV, ROOT

from harness.calls import KILLED, Made, Stop, Watched
from harness.judge import judge
from harness.run import Interrupted
from harness.storyboard.calls import Call
from harness.storyboard.making import storyboard
from harness.storyboard.stopped import calls_of
from harness.storyboard.telling import Told

LINK = f"{ROOT}/{ENV}"
TARGET = f"{ROOT}/store/env"
BREAKS = ("links-survive",)


def one(
    kind: str, name: str, *paths: str, spelled: tuple[str, ...] | None = None, text: str = "", rest: str = "",
    size: int = 0, error: str = "", order: str = "", at: float = 1.0,
) -> Made:  # fmt: skip
    stop = Stop(
        process=7, thread=8, kind=kind, name=name, paths=paths, text=text, spelled=paths if spelled is None else spelled
    )
    return Made(stop=stop, at=at, program="uv", rest=rest, size=size, error=error, order=order)


def test_paths_are_those_that_were_spelled_and_handles_those_that_are_real() -> None:
    made_calls = (
        one("symlink", "symlinkat", f"{TARGET}/python", spelled=(f"{LINK}/python",), text="/bin/python"),
        one("open", "openat", f"{TARGET}/cfg", spelled=(f"{LINK}/cfg",), rest="O_CREAT|O_TRUNC"),
        one("write", "write", f"{TARGET}/cfg", spelled=("",), size=5),
        one("chmod", "fchmod", f"{TARGET}/cfg", spelled=("",), rest="0600"),
        one("open", "openat", f"{TARGET}/lock", rest="O_CREAT|O_EXCL", error="EEXIST"),
        one("link", "linkat", f"{TARGET}/cfg", f"{TARGET}/twin", spelled=("", f"{LINK}/twin")),
    )
    told = {"at": 1.0, "process": 7, "program": "uv"}
    assert calls_of(made_calls) == (
        Call(**told, kind="symlink", name="symlinkat", paths=(f"{LINK}/python",), text="/bin/python"),
        Call(
            **told, kind="open", name="openat", paths=(f"{LINK}/cfg",), handle=f"{TARGET}/cfg", rest="O_CREAT|O_TRUNC"
        ),
        Call(**told, kind="write", name="write", paths=(), handle=f"{TARGET}/cfg", result=5),
        Call(**told, kind="chmod", name="fchmod", paths=(), handle=f"{TARGET}/cfg", rest="0600"),
        Call(
            **told, kind="open", name="openat", paths=(f"{TARGET}/lock",), rest="O_CREAT|O_EXCL", error="EEXIST"
        ),
        Call(**told, kind="link", name="linkat", paths=(f"{TARGET}/cfg", f"{LINK}/twin")),
    )  # fmt: skip


def test_what_changes_nothing_that_is_told_of_is_left_out() -> None:
    aside = (one("utime", "utimensat", LINK), one("xattr", "setxattr", LINK), one("write", "ioctl", LINK))
    assert calls_of((*aside, one("truncate", "fallocate", LINK))) == ()


def told(*calls: Made) -> tuple[Told, ...]:
    """The story of a step in which the link was replaced by these calls."""
    run = made.run(
        {ENV: made.link("../store/env"), "store/env": made.directory()}, made.create({ENV: made.directory()})
    )
    done = replace(run.observations[0].finished[0], watched=Watched(made=calls), ending=Interrupted("SIGKILL"))
    run = replace(run, observations=(replace(run.observations[0], finished=(done,)),))
    return storyboard(run, judge(run), {}, {}, untraced="breaks", everything=False).steps[0].told


def test_the_call_at_which_the_scenario_stepped_in_is_told_by_itself() -> None:
    assert told(
        one("unlink", "unlink", LINK),
        one("mkdir", "mkdir", LINK, error="ENOSPC", order="as the scenario has it"),
        one("mkdir", "mkdir", LINK, order="held before it, while another command ran"),
        one("symlink", "symlink", f"{LINK}/bin", text="x", error=KILLED, order="killed before it"),
    ) == (
        Told(process="uv", call="unlink", path=ENV, words="the link ../store/env is gone", breaks=BREAKS),
        Told(process="uv", call="mkdir", path=ENV, words="refused: ENOSPC; as the scenario has it"),
        Told(
            process="uv", call="mkdir", path=ENV, words="a new directory; held before it, while another command ran",
            breaks=BREAKS,
        ),
        Told(process="uv", call="symlink", path=f"{ENV}/bin", words="never made; killed before it"),
    )  # fmt: skip
