"""What happened: the tree before, and for every step how its commands ended and the tree after."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

from harness.case import Act
from harness.changes import changes_of, diff
from harness.scenario import Delete, Move, Plant
from harness.snapshot import SeenDirectory, lexical

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from harness.calls import Watched
    from harness.case import Action, Case, CaseStep, Command
    from harness.changes import Change
    from harness.snapshot import Seen, Snapshot


@dataclass(frozen=True, slots=True)
class Exited:
    """The process ended by itself."""

    code: int


@dataclass(frozen=True, slots=True)
class Signalled:
    """The process died by a signal, named as in `SIGSEGV`."""

    signal: str


@dataclass(frozen=True, slots=True)
class Interrupted:
    """The process died by the signal that the scenario had us send, named as in `SIGKILL`."""

    signal: str


@dataclass(frozen=True, slots=True)
class TimedOut:
    """The process was killed, with its whole group, after this many seconds."""

    limit: float


@dataclass(frozen=True, slots=True)
class NotStarted:
    """There was no process, or the scenario's own edit could not be made."""

    reason: str


Ending: TypeAlias = Exited | Signalled | Interrupted | TimedOut | NotStarted


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """A command and how it ended. Output is text, up to 1 MiB each, with the machine's paths written as `$root/...`.

    `watched` is there where its calls were stopped.
    """

    command: Command
    ending: Ending
    stdout: str = ""
    stderr: str = ""
    seconds: float = 0.0
    watched: Watched | None = None

    @property
    def output(self) -> str:
        """Both streams, standard output first."""
        return self.stdout + self.stderr


@dataclass(frozen=True, slots=True)
class Probe:
    """What the environment's own interpreter said of itself, started under the path `through`.

    `faults` are sentences, empty where the environment works.
    """

    through: str
    faults: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Wreck:
    """What a step that did not succeed left where the environment's python stands.

    `runs` says that something starts there, and `prefix` what that takes for its `sys.prefix`, `itself` where that is
    the environment.
    """

    runs: bool
    prefix: str = ""
    itself: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """One step as it went: `finished` is empty for an edit that was made."""

    step: CaseStep
    finished: tuple[Finished, ...]
    after: Snapshot
    probes: tuple[Probe, ...] = ()
    wreck: Wreck | None = None


@dataclass(frozen=True, kw_only=True)
class Moment:
    """One step between two snapshots, with what was still the user's when it began.

    `users` maps each planted path to what it must still be; what an earlier step was entitled to remove, or the
    scenario itself changed, is no longer in it as it was.
    """

    number: int
    action: Action
    finished: tuple[Finished, ...]
    probes: tuple[Probe, ...]
    before: Snapshot
    after: Snapshot
    users: Mapping[str, Seen]
    environment: str
    wreck: Wreck | None = None

    @cached_property
    def changes(self) -> tuple[Change, ...]:
        """All that became different in this step."""
        return diff(self.before, self.after)

    @property
    def last(self) -> tuple[Finished, ...]:
        """The commands that ran last: those of one phase, which began once all before them had succeeded."""
        phases = (self.action.commands, *self.action.then) if isinstance(self.action, Act) else ()
        left = self.finished
        for phase in phases:
            if len(left) <= len(phase):
                break
            left = left[len(phase) :]
        return left

    @property
    def own(self) -> bool:
        """Whether the subject itself did this step."""
        return isinstance(self.action, Act) and self.action.own

    @cached_property
    def spot(self) -> str | None:
        """Where the environment's path itself stands, be it a link; None where no path below the root leads there."""
        return spot_of(self.before, lexical(self.environment))

    @cached_property
    def homes(self) -> frozenset[str]:
        """The environment's path and all that it resolves to inside the root, before and after.

        Commands that run at the same time may each have another environment.
        """
        others = self.action.others if isinstance(self.action, Act) else ()
        return frozenset(path for spelled in (self.environment, *others) for path in self._standing(spelled))

    def _standing(self, spelled: str) -> Iterator[str]:
        found = spot_of(self.before, lexical(spelled)), self.before.resolve(spelled), self.after.resolve(spelled)
        yield from (path for path in found if path is not None)

    @cached_property
    def cleared(self) -> str | None:
        """The real path of an environment whose content this step may remove; None where it may remove nothing."""
        if not isinstance(self.action, Act) or self.action.operation not in {"recreate", "remove"}:
            return None
        real = self.before.resolve(self.environment)
        settings = self.before.get(child(real, "pyvenv.cfg")) if real is not None else None
        return None if settings is None or isinstance(settings, SeenDirectory) else real

    def may_go(self, path: str) -> bool:
        """Whether this step was entitled to remove or rewrite what the user had at `path`."""
        if self.cleared is None:
            return False
        if path != self.spot:
            return inside(path, self.cleared)
        # A link there is no part of the environment, wherever it leads; it may only go with all of it.
        removes = isinstance(self.action, Act) and self.action.operation == "remove"
        return removes and child(self.cleared, "pyvenv.cfg") not in self.after


@dataclass(frozen=True, kw_only=True)
class Run:
    """All that happened in a case. `plain` is the tree of the same tool's create in an empty root, where asked for."""

    case: Case
    before: Snapshot
    observations: tuple[Observation, ...]
    plain: Snapshot | None = None
    only: int | None = None

    @cached_property
    def moments(self) -> tuple[Moment, ...]:
        """The steps in order; only the one numbered `only` where the run is reduced to it."""
        return self.whole if self.only is None else tuple(m for m in self.whole if m.number == self.only)

    @cached_property
    def whole(self) -> tuple[Moment, ...]:
        """All the steps, whatever the run is reduced to."""
        return tuple(_moments(self))

    @property
    def end(self) -> Snapshot:
        """The tree after the last of the moments."""
        return self.moments[-1].after if self.moments else self.before

    def reduced_to(self, number: int) -> Run:
        """The same run, seen as if that step were all of it."""
        return replace(self, only=number)


def inside(path: str, directory: str) -> bool:
    """Whether a path lies strictly below a directory; `.` is the root."""
    return directory == "." or path.startswith(f"{directory}/")


def child(directory: str, name: str) -> str:
    """The path of a name in a directory; `.` is the root."""
    return name if directory == "." else f"{directory}/{name}"


def spot_of(snapshot: Snapshot, path: str) -> str | None:
    """Where the last name of a path stands: links above it followed, itself not, as lstat has it."""
    above, _, name = path.rpartition("/")
    real = snapshot.resolve(above)
    return None if real is None else child(real, name)


def _moments(run: Run) -> list[Moment]:
    before = run.before
    users = {path: before[path] for path in run.case.tree if path in before}
    environment = run.case.variant.environment
    found = []
    for observation in run.observations:
        action = observation.step.action
        if isinstance(action, Act):
            environment = action.environment
        moment = Moment(
            number=observation.step.number, action=action, finished=observation.finished, probes=observation.probes,
            before=before, after=observation.after, users=dict(users), environment=environment, wreck=observation.wreck,
        )  # fmt: skip
        found.append(moment)
        users = _still_theirs(moment)
        before = observation.after
    return found


def _still_theirs(moment: Moment) -> dict[str, Seen]:
    """What is the user's once this step is over: rightfully removed things no more, planted things in addition."""
    after = moment.after
    match moment.action:
        case Plant(tree=tree):
            new = {path: after[path] for path in after if path in tree or path not in moment.before}
            return {**moment.users, **new}
        case Delete(path=path):
            return {name: seen for name, seen in moment.users.items() if name != path and not inside(name, path)}
        case Move(source=source, target=target):
            moved = {_renamed(name, source, target): seen for name, seen in moment.users.items()}
            return {name: after.get(name) or seen for name, seen in moved.items()}
        case _:
            return {
                name: seen
                for name, seen in moment.users.items()
                if not (moment.may_go(name) or not moment.own) or not any(changes_of(name, seen, after.get(name)))
            }


def _renamed(name: str, source: str, target: str) -> str:
    return target + name.removeprefix(source) if name == source or inside(name, source) else name


def users_files(moment: Moment) -> dict[str, Seen]:
    """Everything of the user's but directories."""
    return {path: seen for path, seen in moment.users.items() if not isinstance(seen, SeenDirectory)}
