"""Every check is proved: by a run that holds it, one that breaks it, and one that leaves it nothing to judge."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from made import ENV, PYTHON, an_environment, create, directory, file, link, plant, remove, run

from harness.calls import Stop, Watched
from harness.checks import KNOWN, ArgumentKind, Check, registry
from harness.run import Interrupted, Wreck
from harness.scenario import Level
from harness.verdict import Broken, Differs, Held, Moot, Said, Verdict

if TYPE_CHECKING:
    from harness.run import Run
    from harness.scenario import Argument
    from harness.verdict import Evidence

NO_COMMAND = "no command of the tool ran"
NEVER = "always has something to judge"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """`moot` is a run with the reason to be expected, or only the reason why there can be none."""

    holds: Run
    breaks: Run
    evidence: tuple[Evidence, ...]
    moot: tuple[Run, str] | str
    argument: Argument = None

    def verdict(self, name: str, made: Run) -> Verdict:
        judge = KNOWN[name].judge
        return judge(made) if self.argument is None else judge(made, self.argument)


MADE = create(an_environment(), faults=())
REFUSED = create(exits=2, stderr="no\n")
KILLED = create(ends=Interrupted("SIGKILL"), wreck=Wreck(runs=False))
REMOVES_PYTHON = Stop(process=1, thread=1, kind="unlink", name="unlink", paths=(f"{PYTHON.prefix}/bin/python",))
LOST = create({"project/notes": None})
NOTES = {"project/notes": file("notes")}
LINK = {ENV: link("../store/env"), "store/env": directory(identity=1)}
NO_OWN_COMMAND = (run({}, plant(NOTES)), NO_COMMAND)

PROOFS = {
    "links-survive": Proof(
        holds=run(LINK, create(an_environment("store/env"))),
        breaks=run(LINK, create({ENV: directory()})),
        evidence=(Differs(1, ENV, "link ../store/env", "directory"),),
        moot=(run(NOTES, MADE), "the scenario plants no link"),
    ),
    "files-survive": Proof(
        holds=run(NOTES, MADE),
        breaks=run(NOTES, LOST),
        evidence=(Differs(1, "project/notes", "file", "absent"),),
        moot=(run(LINK, MADE), "the scenario plants no file"),
    ),
    "nothing-outside": Proof(
        holds=run({}, MADE),
        breaks=run({}, create(NOTES)),
        evidence=(Differs(1, "project/notes", "absent", "file"),),
        moot=(run({}, plant(NOTES)), "no command of the tool ran"),
    ),
    "no-debris": Proof(
        holds=run({}, create(exits=1)),
        breaks=run({}, create({ENV: directory()}, exits=1)),
        evidence=(Differs(1, ENV, "absent", "directory"),),
        moot=(run({}, MADE), "no command failed"),
    ),
    "succeeds": Proof(
        holds=run({}, MADE),
        breaks=run({}, REFUSED),
        evidence=(Said(1, "exited 2: no"),),
        moot=NO_OWN_COMMAND,
    ),
    "exits": Proof(
        argument=2,
        holds=run({}, REFUSED),
        breaks=run({}, create(stdout="made\n")),
        evidence=(Said(1, "exited 0: made"),),
        moot=NO_OWN_COMMAND,
    ),
    "declines": Proof(
        holds=run({}, REFUSED),
        breaks=run({}, create()),
        evidence=(Said(1, "it did not decline: exited 0"),),
        moot=NO_OWN_COMMAND,
    ),
    "says": Proof(
        argument="exist(s|ed)",
        holds=run({}, create(stderr="it exists\n")),
        breaks=run({}, create(stderr="no\n")),
        evidence=(Said(1, "it does not say so: no"),),
        moot=NO_OWN_COMMAND,
    ),
    "never-says": Proof(
        argument="exist(s|ed)",
        holds=run({}, create(stderr="no\n")),
        breaks=run({}, create(stderr="it exists\n")),
        evidence=(Said(1, "it said: exists"),),
        moot=NO_OWN_COMMAND,
    ),
    "prints-path": Proof(
        argument=".venv",
        holds=run(LINK, create(stdout="made .venv\n")),
        breaks=run(LINK, create(stdout="made ../store/env\n")),
        evidence=(Said(1, "it named `../store/env`: made ../store/env"),),
        moot=(run(LINK, create(stdout="made\n")), "the output names no environment"),
    ),
    "usable": Proof(
        holds=run({}, MADE),
        breaks=run({}, create(an_environment(), faults=("its pyvenv.cfg names no home",))),
        evidence=(Said(1, "its pyvenv.cfg names no home"),),
        moot=(run({}, create(exits=2, faults=("there is no environment",))), "the tool said that it made none"),
    ),
    "repeat-changes-nothing": Proof(
        holds=run({}, create(an_environment()), create()),
        breaks=run({}, create(an_environment()), create(NOTES)),
        evidence=(Differs(2, "project/notes", "absent", "file"),),
        moot=(run({}, MADE), "no command that did something was repeated"),
    ),
    "removed": Proof(
        holds=run(an_environment(), remove({f"{ENV}/pyvenv.cfg": None})),
        breaks=run(an_environment(), remove()),
        evidence=(Differs(1, f"{ENV}/pyvenv.cfg", "absent", "file"),),
        moot=(run(an_environment(), remove(exits=1)), "no environment was removed"),
    ),
    "no-dangling-links": Proof(
        holds=run({}, MADE),
        breaks=run({}, create(an_environment() | {f"{ENV}/lib64": link("lib")})),
        evidence=(Differs(1, f"{ENV}/lib64", "link to something", "link lib, dangling"),),
        moot=(run({}, REFUSED), "there is no environment"),
    ),
    "same-as-plain": Proof(
        holds=run({}, MADE, plain=an_environment()),
        breaks=run({}, create(an_environment() | {f"{ENV}/more": file()}), plain=an_environment()),
        evidence=(Differs(1, "more", "absent", "file"),),
        moot=(run({}, MADE), "the tool makes no environment in an empty place"),
    ),
    "unchanged": Proof(
        argument=("project/notes",),
        holds=run(NOTES, MADE),
        breaks=run(NOTES, LOST),
        evidence=(Differs(1, "project/notes", "file", "absent"),),
        moot=(run({}, MADE), "nothing stood at these paths"),
    ),
    "same-directory": Proof(
        argument=("store/env",),
        holds=run(LINK, create(an_environment("store/env"))),
        breaks=run(LINK, create({"store/env": directory(identity=2)})),
        evidence=(Differs(1, "store/env", "directory", "another directory of that name"),),
        moot=(run(NOTES, MADE), "no directory stood at these paths"),
    ),
    "present": Proof(
        argument={"project/notes": "file"},
        holds=run(NOTES, MADE),
        breaks=run(NOTES, LOST),
        evidence=(Differs(1, "project/notes", "file", "absent"),),
        moot=NEVER,
    ),
    "absent": Proof(
        argument=("project/notes",),
        holds=run(NOTES, LOST),
        breaks=run(NOTES, MADE),
        evidence=(Differs(1, "project/notes", "absent", "file"),),
        moot=NEVER,
    ),
    "link": Proof(
        argument={ENV: "../store/env"},
        holds=run(LINK, create()),
        breaks=run(LINK, create({ENV: None})),
        evidence=(Differs(1, ENV, "link ../store/env", "absent"),),
        moot=NEVER,
    ),
    "recovers": Proof(
        holds=run({}, KILLED, MADE),
        breaks=run({}, KILLED, create({"tmp/left": file()}, exits=2, stderr="no\n")),
        evidence=(Said(2, "exited 2: no"),),
        moot=(run({}, MADE, MADE), "no step was interrupted, and none failed that another one followed"),
    ),
    "no-impostor": Proof(
        holds=run({}, KILLED),
        breaks=run({}, create(exits=1, wreck=Wreck(runs=True, prefix="/usr"))),
        evidence=(Said(1, "the environment's python runs, and takes /usr for sys.prefix"),),
        moot=(run({}, MADE), "every step succeeded"),
    ),
    "base-untouched": Proof(
        holds=run({}, create(watched=Watched())),
        breaks=run({}, create(watched=Watched(elsewhere=(REMOVES_PYTHON,)))),
        evidence=(Said(1, "unlink $prefix/bin/python"),),
        moot=(run({}, MADE), "no command was watched"),
    ),
}


def test_every_known_check_is_proved_and_no_other() -> None:
    assert PROOFS.keys() == KNOWN.keys()


@pytest.mark.parametrize("name", PROOFS)
def test_a_run_holds_it(name: str) -> None:
    proof = PROOFS[name]
    assert proof.verdict(name, proof.holds) == Held()


@pytest.mark.parametrize("name", PROOFS)
def test_a_run_breaks_it_with_this_very_evidence(name: str) -> None:
    proof = PROOFS[name]
    assert proof.verdict(name, proof.breaks) == Broken(proof.evidence)


@pytest.mark.parametrize("name", [name for name, proof in PROOFS.items() if proof.moot != NEVER])
def test_a_run_leaves_it_nothing_to_judge(name: str) -> None:
    proof = PROOFS[name]
    assert isinstance(proof.moot, tuple)
    made, reason = proof.moot
    assert proof.verdict(name, made) == Moot(reason)


@pytest.mark.parametrize("name", PROOFS)
def test_it_takes_the_argument_that_it_declares(name: str) -> None:
    kinds = {
        ArgumentKind.NONE: type(None),
        ArgumentKind.NUMBER: int,
        ArgumentKind.REGEX: str,
        ArgumentKind.TEXT: str,
        ArgumentKind.PATHS: tuple,
        ArgumentKind.PATH_TEXTS: dict,
        ArgumentKind.PATH_KINDS: dict,
    }
    assert type(PROOFS[name].argument) is kinds[KNOWN[name].argument]


def ends(run: Run) -> Verdict:
    """The run came
    to its end.

    That is for those who read the code.
    """
    return Held() if run.moments else Moot("nothing was done")


@pytest.mark.parametrize(("argument", "standing"), [(ArgumentKind.NONE, Level.SHOULD), (ArgumentKind.NUMBER, None)])
def test_a_check_is_known_by_its_word_with_all_that_is_said_of_it(
    monkeypatch: pytest.MonkeyPatch, argument: ArgumentKind, standing: Level | None
) -> None:
    known: dict[str, Check] = {}
    monkeypatch.setattr(registry, "KNOWN", known)
    assert registry.check("run-ends", argument=argument, standing=standing)(ends) is ends
    assert known["run-ends"] == Check(
        name="run-ends", statement="The run came to its end.", argument=argument, standing=standing, judge=ends
    )


def test_a_check_takes_no_argument_and_does_not_stand_unasked_where_nothing_is_said_of_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    known: dict[str, Check] = {}
    monkeypatch.setattr(registry, "KNOWN", known)
    registry.check("run-ends")(ends)
    assert (known["run-ends"].argument, known["run-ends"].standing) == (ArgumentKind.NONE, None)


@pytest.mark.parametrize("name", KNOWN)
def test_its_statement_is_whole_sentences(name: str) -> None:
    statement = KNOWN[name].statement
    assert statement[0].isupper()
    assert statement.endswith(".")
    assert "\n" not in statement


def test_these_checks_stand_unasked() -> None:
    assert {name: check.standing for name, check in KNOWN.items() if check.standing} == {
        "links-survive": Level.MUST,
        "files-survive": Level.MUST,
        "nothing-outside": Level.MUST,
        "no-debris": Level.SHOULD,
    }
