"""What the links of a directory hold where it is planted in a root, and what they lead to there. Pure."""

from __future__ import annotations

import re
from posixpath import relpath
from typing import TYPE_CHECKING

from harness.capture.aliases import Aliases, Kept, MadeUp, spelled_with, word_of
from harness.capture.sight import Arrival
from harness.run import child, inside
from harness.snapshot import Leads
from harness.tree import ALWAYS, Directory, File, parents
from harness.writing import can_be_a_text

if TYPE_CHECKING:
    from harness.capture.sight import Beyond, Sight
    from harness.snapshot import SeenLink

TOP = "project"
"""What stands for the directory in the root."""

OUTSIDE = "outside"
"""Where things are planted that links out of the directory lead to."""

_NOWHERE_ELSE = re.compile(r"[A-Za-z]:|.*\\", re.DOTALL)  # what a path of a scenario may not begin with, or hold
_TIDY = re.compile(r"[A-Za-z0-9_+@=.-]*[A-Za-z0-9_+@=-]")
_CLIMBS = re.compile(r"((?:\.\./)*\.\.)(?:/((?:(?!\.{1,2}/)[^/]+/)*(?!\.{1,2}\Z)[^/]+))?")


def cannot_stand(path: str) -> bool:
    """Whether no scenario can say a path."""
    return "\\" in path


class Leading:
    """The links of a directory, one after the other; `planted` gathers what has to stand for them to lead there."""

    def __init__(self, sight: Sight, aliases: Aliases) -> None:
        self.sight, self.snapshot, self.aliases = sight, sight.snapshot, aliases
        self.planted: dict[str, Directory | File] = {}
        self.places: dict[str, str] = {}

    def place(self, path: str) -> str:
        """A path of the directory as the scenario writes it."""
        names = (*parents(path), path) if path != "." else ()
        parts = (self.aliases.name(name, word_of(self.snapshot, name)) for name in names)
        return "/".join([TOP, *parts]).replace("$", "$$")

    def text(self, path: str, link: SeenLink) -> tuple[str, str]:
        """The text of a link as the scenario writes it, and what there is to say of it."""
        above = path.rpartition("/")[0]
        if self.stays(above, link.text):
            return self.spelled(above, link.text), self.folded_target(path, link)
        within = link.text.removeprefix(f"{self.sight.path}/")
        if within != link.text and self.stays(".", within):
            return f"$root/{TOP}/{self.spelled('.', within)}", self.folded_target(path, link)
        if link.target is not None:
            return self.towards(path, self.place(link.target), link.text), self.folded_target(path, link)
        if link.leads is Leads.LOOP or path not in self.sight.beyond:
            return self.place(path).rpartition("/")[2], "it leads back to itself"
        return self.leaving(path, link.text, self.sight.beyond[path])

    def spelled(self, above: str, text: str) -> str:
        """The text of a link in the directory `above`, with the names that the scenario has."""
        if isinstance(self.aliases, Kept):
            return text.replace("$", "$$")
        return spelled_with(self.aliases, self.snapshot, above or ".", text).replace("$", "$$")

    def stays(self, above: str, text: str) -> bool:
        """Whether a text can be as it is: relative, and not out of the directory on its way."""
        head, _, last = text.rpartition("/")
        if text.startswith("/") or "\\" in text or re.match("[A-Za-z]:", text):
            return False
        start = self.snapshot.resolve(f"{above}/{head}")
        return start is not None and (last != ".." or start != ".")

    def folded_target(self, path: str, link: SeenLink) -> str:
        """Plant what a link arrives at though it was left out; returns what there is to say of it."""
        beyond = self.sight.beyond.get(path)
        if beyond is None or link.target is None or link.leads is not Leads.INSIDE:
            return ""
        if any(link.target == one or inside(link.target, one) for one in self.sight.environments):
            return "it leads into an environment"
        if not cannot_stand(link.target):
            self.planted.setdefault(self.place(link.target), _standing(beyond.what))
        return ""

    def towards(self, path: str, target: str, text: str) -> str:
        """A text that leads to a path of the root, absolute if the real one is."""
        if text.startswith("/") or "\\" in text:
            return f"$root/{target}"
        return relpath(target, self.place(path.rpartition("/")[0] or "."))

    def leaving(self, path: str, text: str, beyond: Beyond) -> tuple[str, str]:
        """A link out of the directory: what it arrives at is planted outside of `project`."""
        near = self.near(path, text)
        target = near if near is not None else self.far(beyond)
        note = f"it leads out of the directory, to {beyond.what}"
        if target:
            self.plant_outside(target, beyond.what)
        return (text if near is not None else self.towards(path, target, text)), note

    def near(self, path: str, text: str) -> str | None:
        """Where a text leads beside `project` if it can be as it is; None if it cannot."""
        match = _CLIMBS.fullmatch(text)
        if match is None or isinstance(self.aliases, MadeUp) or "$" in text or _NOWHERE_ELSE.match(match[2] or ""):
            return None
        reserved = {*ALWAYS, OUTSIDE, "wheels"}
        level = len(match[1].split("/")) == len(path.split("/"))
        rest = match[2] or ""
        sayable = can_be_a_text(rest) and rest.split("/")[0] not in reserved
        return rest if level and sayable else None

    def far(self, beyond: Beyond) -> str:
        """A place of its own for what stands anywhere on the machine."""
        last = beyond.path.rpartition("/")[2]
        if isinstance(self.aliases, MadeUp):
            last = self.aliases.name(f"/{beyond.path}", "target")
        name = last if _TIDY.fullmatch(last) and last != "missing" else "target"
        above = f"{OUTSIDE}/missing" if beyond.what is Arrival.NOWHERE else OUTSIDE
        if beyond.path not in self.places:
            taken = set(self.places.values())
            free = (child(above, f"{name}{n or ''}") for n in range(len(taken) + 2))
            self.places[beyond.path] = next(place for place in free if place not in taken)
        return self.places[beyond.path]

    def plant_outside(self, target: str, what: Arrival) -> None:
        """Let stand beside `project` what stands outside of the directory, or the directory that lacks it."""
        above = target.rpartition("/")[0]
        if what not in (Arrival.NOTHING, Arrival.NOWHERE):
            self.planted.setdefault(target, _standing(what))
        elif what is Arrival.NOTHING and above:
            self.planted.setdefault(above, Directory())


def _standing(what: Arrival) -> Directory | File:
    return File() if what is Arrival.FILE else Directory()
