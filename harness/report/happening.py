"""What a case came to as a sentence, fit for a title: `uv venv` run twice replaces the link `.venv` by a directory."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from harness.report.cells import printable
from harness.report.survey import Cell
from harness.report.words import NOT_THE_SAME, message
from harness.result import Outcome
from harness.scenario import CommandStep, Fault, InterleaveStep, Interrupt, Options
from harness.tree import Directory, Fifo, File, Link, Mount, Socket

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from harness.result import Record
    from harness.scenario import Step, Variant
    from harness.tree import Tree

_OURS = {"--no-download", "--without-pip", "--isolated"}
"""Flags that every command of the harness's has, and that say nothing of what happened."""

_PYTHON_FLAGS = {"--python", "-p"}
_TIMES = {2: " run twice", 3: " run three times"}
_HOPS = 40
_NOWHERE = " that leads nowhere"


def happening(case: Record, variant: Variant, tool: str) -> str:
    """What happened, present tense, without a full stop; what is a literal stands between backticks."""
    finding = next(iter(Cell({"": case}).faults), None)
    number = finding["step"] if finding and finding["step"] is not None else _LAST
    did = _culprit(case["steps"], number, tool)
    way = (_stopped(did, variant) or _times(case["steps"], did)) if did else ""
    subject = f"{code(told(did['run'], variant))}{way}" if did else code(tool)
    what, path = _predicate(case, finding, did, variant)
    where = "" if path == variant.environment else _where(variant, at_once=did is None or did["step"] == 1)
    untouched = ", and changes nothing" if case["outcome"] == Outcome.DECLINES else ""
    return f"{subject} {what}{where}{untouched}"


_LAST = 1_000_000


def code(words: str) -> str:
    """Words of others as a literal of Markdown, in a line; no backtick of theirs ends it."""
    text = printable(words).strip() or " "
    fence = "`" * (max((len(run) for run in re.findall(r"`+", text)), default=0) + 1)
    space = " " if len(fence) > 1 else ""
    return f"{fence}{space}{text}{space}{fence}"


def told(run: Sequence[str], variant: Variant) -> str:
    """A command as somebody would name it: `uv venv --clear`."""
    program, *rest = run or ("",)
    name = "python" if program == "$python" else program.replace("\\", "/").rpartition("/")[2]
    words = [name]
    skip = False
    for word in rest:
        if skip or word in _OURS or word == posixpath.relpath(variant.environment, variant.cwd):
            skip = False
        elif word in _PYTHON_FLAGS:
            skip = True
        else:
            words.append(word)
    return " ".join(words)


def _culprit(steps: Sequence[Record], number: int, tool: str) -> Record | None:
    """The tool's last command up to that step: what is found later, or by the environment's python, is its doing."""
    own = [step for step in steps if step.get("run") and step["step"] <= number and _is_of(step, tool)]
    return own[-1] if own else None


def _is_of(step: Record, tool: str) -> bool:
    program = step["run"][0].replace("\\", "/").rpartition("/")[2]
    if step["operation"] == "python":
        return False
    return bool(program == tool or (tool == "venv" and step["run"][1:3] == ["-m", "venv"]))


def _times(steps: Sequence[Record], did: Record) -> str:
    again = {step["step"] for step in steps if step.get("run") == did["run"] and step["step"] <= did["step"]}
    return _TIMES.get(len(again), "" if len(again) < max(_TIMES) else f" run {len(again)} times")


def _stopped(did: Record, variant: Variant) -> str:
    """What the scenario does to that command on its way, or did to an earlier one; empty where it leaves them alone."""
    disturbed = {n: how for n, step in enumerate(variant.steps, start=1) if (how := _disturbance(step))}
    number = max((n for n in disturbed if n <= did["step"]), default=0)
    if not number:
        return ""
    while_at_it, later = disturbed[number]
    return f", {while_at_it}," if number == did["step"] else f", after a command {later},"


def _disturbance(step: Step) -> tuple[str, str] | None:
    """In words for that command, and for one that follows it."""
    match step:
        case CommandStep(options=Options(interrupt=Interrupt(signal=signal))):
            how = "killed" if signal == "SIGKILL" else f"sent {signal}"
            return f"{how} on its way", f"that was {how} on its way"
        case CommandStep(options=Options(fault=Fault(error=error))):
            return f"where calls fail with {error}", f"of which calls failed with {error}"
        case InterleaveStep():
            return "while another is at work", "that ran while another was at work"
        case _:
            return None


def _predicate(case: Record, finding: Record | None, did: Record | None, variant: Variant) -> tuple[str, str]:
    """What it does, and to what; the path is empty where that is not about an entry."""
    match Outcome(case["outcome"]):
        case Outcome.ERRS if message(Cell({"": case})) == NOT_THE_SAME:
            return "does not do the same each time", ""
        case Outcome.ERRS:
            hangs = message(Cell({"": case})) == "it hangs" or "did not end" in str(finding)
            return ("does not end" if hangs else "crashes or cannot be started"), ""
        case Outcome.DECLINES:
            return "refuses", ""
        case Outcome.HOLDS | Outcome.UNSUPPORTED | Outcome.SKIPPED:
            return "does what is asked", ""
        case _ if finding is None:
            return "does not do what is asked", ""
        case _:
            return _broken(finding, did, variant)


def _broken(finding: Record, did: Record | None, variant: Variant) -> tuple[str, str]:
    check, first = finding["check"], finding["evidence"][0]
    path = first.get("path", "")
    if path:
        what = _done_to(check, code(seen_from(path, variant.cwd)), first["was"], first["is"])
        return f"{_unnoticed(check, did)}{what}", path
    if check == "usable":
        left = "no environment" if "there is no environment" in first.get("said", "") else "none that works"
        succeeds = did is not None and did.get("ending") == {"exited": 0}
        return (f"ends with success, and leaves {left}" if succeeds else f"leaves {left}"), ""
    return _SAID.get(check, f"does not keep {code(check)}"), ""


_SAID = {
    "succeeds": "fails",
    "base-untouched": "tries to change the interpreter that it is handed",
    "declines": "does not refuse",
    "exits": "ends with another status",
    "says": "does not say what it should",
    "never-says": "says what is not so",
    "no-impostor": "leaves another interpreter in the place of the environment's own",
    "prints-path": "prints another path than it was given",
    "recovers": "does not make good what is left",
    "removed": "leaves the environment standing",
}


def _unnoticed(check: str, did: Record | None) -> str:
    """What makes it worse: it failed, and did it all the same."""
    failed = did is not None and did.get("ending", {}).get("exited") not in (0, None)
    return "fails, and " if failed and check in ("no-debris", "links-survive", "files-survive") else ""


def _done_to(check: str, path: str, was: str, now: str) -> str:
    """What becomes of an entry."""
    before, after = (words.partition(" ")[0].rstrip(",") for words in (was, now))
    if before == "absent":
        return f"leaves {path} behind" if check == "no-debris" else f"writes {path}"
    if after == "absent":
        return f"deletes the {before} {path}"
    if after == "another":
        return f"replaces the {before} {path} by another"
    if after != before:
        return f"replaces the {before} {path} by a {after}"
    if mode := re.fullmatch(r"\w+ ([0-7]{4})", was):
        return f"changes the mode of {path} from {mode[1]} to {now.rpartition(' ')[2]}"
    return f"makes the link {path} lead elsewhere" if before == "link" else f"overwrites {path}"


def seen_from(path: str, cwd: str) -> str:
    """A path below the root as it is from where the commands run."""
    return path if path.startswith("$") else posixpath.relpath(path, cwd or ".")


def _where(variant: Variant, *, at_once: bool) -> str:
    """`where .venv is a link`; empty where nothing is planted there."""
    words = _standing(variant.tree, variant.environment)
    if not at_once:  # what the link leads to may have been made since
        words = words.removesuffix(_NOWHERE)
    return f" where {code(seen_from(variant.environment, variant.cwd))} is {words}" if words else ""


def _standing(tree: Tree, path: str) -> str:
    match tree.get(path):
        case Link():
            return "a link" if _arrives(tree, path) else f"a link{_NOWHERE}"
        case File():
            return "a file"
        case Directory():
            return "a directory of the user's"
        case Mount():
            return "a mount"
        case Fifo():
            return "a pipe"
        case Socket():
            return "a socket"
        case _:
            return ""


def _arrives(tree: Mapping[str, object], path: str) -> bool:
    """Whether a planted link leads to something that is planted, as far as its text alone tells."""
    for _ in range(_HOPS):
        entry = tree.get(path)
        if not isinstance(entry, Link):
            return entry is not None or path in (".", "project") or any(one.startswith(f"{path}/") for one in tree)
        text = entry.text
        if text.startswith("/"):
            return True  # outside: it is not ours to know
        path = posixpath.normpath(
            text.removeprefix("$root/") if text.startswith("$root/") else posixpath.join(posixpath.dirname(path), text)
        )
    return False
