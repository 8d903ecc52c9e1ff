"""Where a command is stopped on its way: by a signal, by a call that fails, or until another command has run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.calls import CALLS, ERRORS
from harness.reading.nodes import Kind, Mapping, Node, Scalar
from harness.reading.paths import HINT, fault
from harness.scenario import Each, Fault, Interrupt, Spot, stopped_at

if TYPE_CHECKING:
    from collections import abc

    from harness.reading.values import Reader
    from harness.scenario import At, Step

SIGNALS = ("SIGKILL", "SIGTERM", "SIGINT", "SIGHUP", "SIGQUIT")
STOPS = {
    "interrupt": "a signal for this command as it is about to make a call that changes the tree",
    "fault": "an error with which calls of this command fail",
}
EACH = "each"
BEFORE = "the call before which the first command is held"
"""What `at` says beside `interleave`."""

_AT = "a number from 1, `each`, or what the call does, as in `{call: mkdir, path: project/.venv}`"
_WHICH = "`at` is that call alone, `from` that call and all that follow"
_INTERRUPT = {"signal": "such as `SIGKILL`", "at": f"before which call: {_AT}"}
_FAULT = {
    "error": "such as `ENOSPC`",
    "at": f"which call fails: {_AT}",
    "from": f"from which call on all fail: {_AT}",
    "calls": "the only kinds of calls that count and fail",
}
_SPOT = {
    "call": "what it does, as in `mkdir`",
    "path": "what it changes, as in `project/.venv`",
    "occurrence": "which of these calls, from 1",
}


@dataclass(frozen=True, slots=True)
class Stops:
    """Reads what stops a command. `places` are the names with which a path may begin, each with its path."""

    places: abc.Mapping[str, str]
    reader: Reader

    def interrupt(self, node: Node, subject: str) -> Interrupt:
        """The value of `interrupt`."""
        fields = self.reader.fields(node, subject, _INTERRUPT, required=_INTERRUPT)
        signal = self.reader.one_of(fields["signal"], "signal", SIGNALS) if "signal" in fields else None
        return Interrupt(signal or "", self.at(fields["at"], "`at`") if "at" in fields else 1)

    def fault(self, node: Node, subject: str) -> Fault:
        """The value of `fault`."""
        fields = self.reader.fields(node, subject, _FAULT, required=["error"])
        error = self.reader.one_of(fields["error"], "error", ERRORS) if "error" in fields else None
        calls = self._calls(fields["calls"], error) if "calls" in fields else ()
        found = {key: self.at(fields[key], f"`{key}`", error, calls) for key in ("at", "from") if key in fields}
        if len(found) > 1:
            self.reader.note("`at` and `from` both say which calls fail", fields["from"].place, _WHICH)
        elif fields and not found:
            self.reader.note(f"{subject} needs `at` or `from`", node.place, _WHICH)
        return Fault(error or "", next(iter(found.values()), 1), "from" in found, calls)

    def at(self, node: Node, subject: str, error: str | None = None, calls: abc.Collection[str] = ()) -> At:
        """A call, or each in turn; it must be one that can fail with the error, and one of these kinds if any."""
        if isinstance(node, Mapping):
            return self._spot(node, subject, error, calls)
        if isinstance(node, Scalar) and node.kind is Kind.WHOLE:
            return self._counted(node, subject)
        if isinstance(node, Scalar) and node.kind is Kind.TEXT and node.text == EACH:
            return Each()
        text = node.text if isinstance(node, Scalar) else ""
        shown = f"`{text}`" if text else "nothing" if isinstance(node, Scalar) else "a list"
        hint = "leave out the quotes" if text.isdecimal() else _AT
        self.reader.note(f"{subject} cannot be {shown}", node.place, hint)
        return 1

    def _spot(self, node: Node, subject: str, error: str | None, calls: abc.Collection[str]) -> Spot:
        fields = self.reader.fields(node, subject, _SPOT, required=["call", "path"])
        call = self._call(fields["call"], error) if "call" in fields else ""
        if call and calls and call not in calls:
            self.reader.note(
                f"`{call}` is none of `calls`", fields["call"].place, "name it there, or leave `calls` out"
            )
        path = self._path(fields["path"]) if "path" in fields else ""
        return Spot(call, path, self._counted(fields["occurrence"], "`occurrence`") if "occurrence" in fields else 1)

    def _path(self, node: Node) -> str:
        """A path below the root, which what is known of it while reading stands for, as `$env` does."""
        text = self.reader.text(node, "`path`") or ""
        first, slash, rest = text.partition("/")
        path = f"{self.places.get(first, first)}{slash}{rest}" if first != "$root" else rest
        wrong = fault(path)
        if wrong and isinstance(node, Scalar) and node.kind is Kind.TEXT:
            self.reader.note(f"`path` cannot be `{text}`: {wrong}", node.place, HINT)
        return "" if wrong else path

    def _counted(self, node: Node, subject: str) -> int:
        before = len(self.reader.problems)
        number = self.reader.whole(node, subject)
        if number == 0 and len(self.reader.problems) == before:
            self.reader.note(f"{subject} cannot be `0`", node.place, "calls are counted from 1")
        return number

    def _calls(self, node: Node, error: str | None) -> tuple[str, ...]:
        found: list[str] = []
        for item in self.reader.items(node, "`calls`"):
            call = self._call(item, error)
            if call in found:
                self.reader.note(f"`{call}` is named twice", item.place)
            elif call:
                found.append(call)
        return tuple(found)

    def _call(self, node: Node, error: str | None) -> str:
        """A kind of call, which can fail with the error."""
        call = self.reader.one_of(node, "call", CALLS) or ""
        if call and error and call not in ERRORS[error]:
            able = ", ".join(f"`{name}`" for name in ERRORS[error])
            self.reader.note(f"`{call}` never fails with `{error}`", node.place, f"these can: {able}")
        return call


def refuse_stops(node: Node, within: str, reader: Reader) -> None:
    """Note what stops one of several commands by itself."""
    for key, _ in node.entries if isinstance(node, Mapping) else ():
        if key.text in STOPS:
            reader.note(
                f"`{key.text}` has no place within `{within}`", key.place, "the command needs a step of its own"
            )


def refuse_second_sweep(steps: abc.Iterable[tuple[Node, Step]], reader: Reader) -> None:
    """Note every sweep but the first: a case is played once for each call, not for each pair of them."""
    places = [node.place for node, step in steps if Each() in stopped_at(step)]
    for place in places[1:]:
        hint = f"the first is on line {places[0].line}: make it two scenarios"
        reader.note(f"a second step that is stopped at `{EACH}` of its calls", place, hint)
