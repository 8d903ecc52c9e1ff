"""Texts, contents and trees as a POSIX shell has them, for people to read and to paste."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, TypeAlias, assert_never
from unicodedata import is_normalized

from harness.tree import Directory, Fifo, File, Hardlink, Link, Mount, Socket, mounts, parents

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Mapping

    from harness.tree import Plain

MANY = 3
"""From how many files of one kind on a loop is shorter than a line each."""

_PLAIN, _ODD, _NAMED = "plain", "odd", "named"
_Piece: TypeAlias = tuple[str, str]
_LINE_BREAK = "\n"
_SAFE = re.compile(r"[\w@%+:,./-][\w@%+=:,./-]*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Shell:
    """Spells texts for a shell: each key of `names` as the expansion that is its value, such as `$root`."""

    names: Mapping[str, str]

    def word(self, text: str) -> str:
        """One argument. What cannot be pasted, as bytes that are no text, is made by `printf`."""
        pieces = list(self._pieces(text))
        plain = [piece for kind, piece in pieces if kind == _PLAIN]
        if len(plain) == len(pieces) and "'" not in text:
            return quote(text)
        if not re.search(r'["$`\\]', "".join(plain)):
            return f'"{_joined(pieces)}"'
        return "".join(quote(piece) if kind == _PLAIN else f'"{_expansion(kind, piece)}"' for kind, piece in pieces)

    def path(self, path: str) -> str:
        """A path as an argument that is no option."""
        return self.word(f"./{path}" if path.startswith("-") else path)

    def paths(self, paths: Iterable[str]) -> str:
        """Several of them."""
        return " ".join(map(self.path, paths))

    def printed(self, content: bytes) -> str:
        """The command that prints this content."""
        shape, arguments = "", list[str]()
        for kind, piece in self._pieces(content.decode("utf-8", "surrogateescape")):
            if kind == _NAMED:
                arguments.append(f' "{piece}"')
            shape += "%s" if kind == _NAMED else _shaped(piece) if kind == _PLAIN else _octal(piece)
        return f"printf {'-- ' if shape.startswith('-') else ''}{quote(shape)}{''.join(arguments)}"

    def planted(self, tree: Mapping[str, Plain], standing: Container[str] = ()) -> Iterator[str]:
        """Commands that make these entries below the working directory, where some directories stand already.

        The entries are ordered as by `tree.plain`.
        """
        for path, mounted in mounts(tree).items():
            yield from self._mounted(path, mounted)
        yield from self.directories(tree, standing)
        yield from self._files(tree)
        for path, entry in tree.items():
            yield from self._other(path, entry)
        yield from self._modes(tree)
        for path, mounted in reversed(mounts(tree).items()):
            cannot = [flag for flag, said in (("ro", mounted.read_only), ("noexec", mounted.noexec)) if said]
            if cannot:
                yield f"mount -o remount,bind,{','.join(cannot)} {self.path(path)}"

    def _mounted(self, path: str, entry: Mount) -> Iterator[str]:
        """Commands that make a directory and mount there, in a namespace that nobody else sees."""
        yield f"mkdir -p {self.paths([*([entry.of] if entry.of else []), path])}"
        if entry.kind == "tmpfs":
            yield f"mount -t tmpfs -o size={entry.size},mode=755,nosuid,nodev tmpfs {self.path(path)}"
        else:
            yield f"mount --bind {self.path(entry.of or path)} {self.path(path)}"

    def directories(self, tree: Mapping[str, Plain], standing: Container[str] = ()) -> Iterator[str]:
        """The command that makes the directories of a tree, and those above its other entries."""
        asked = [path for path, entry in tree.items() if isinstance(entry, Directory)]
        needed = dict.fromkeys([*(parent for path in tree for parent in parents(path)), *asked])
        missing = [path for path in needed if path not in standing]
        above = {parent for path in missing for parent in parents(path)}
        last = sorted(path for path in missing if path not in above)
        if last:
            yield f"mkdir -p {self.paths(last)}"

    def _files(self, tree: Mapping[str, Plain]) -> Iterator[str]:
        files = {path: entry.content or b"" for path, entry in tree.items() if isinstance(entry, File)}
        alike = [path for path, content in files.items() if _sentinel(path) == content and not path.startswith("-")]
        if len(alike) >= MANY:
            yield f"""for file in {self.paths(alike)}; do printf 'planted as %s\\n' "$file" >"$file"; done"""
            files = {path: content for path, content in files.items() if path not in alike}
        for path, content in files.items():
            yield f"{self.printed(content) if content else ':'} >{self.path(path)}"

    def _other(self, path: str, entry: Plain) -> Iterator[str]:
        match entry:
            case Link(text=text):
                yield f"ln -s {'-- ' if text.startswith('-') else ''}{self.word(text)} {self.path(path)}"
            case Hardlink(to=to):
                yield f"ln {self.path(to)} {self.path(path)}"
            case Fifo():
                yield f"mkfifo {self.path(path)}"
            case Socket():
                where, _, name = path.rpartition("/")
                # Bound by its name alone: the path of a socket may be no longer than some hundred bytes.
                code = "import os, socket, sys; os.chdir(sys.argv[1]); socket.socket(socket.AF_UNIX).bind(sys.argv[2])"
                yield f'"$python" -c {quote(code)} {self.path(where or ".")} {self.path(name)}'
                yield f"chmod 644 {self.path(path)}"
            case Directory() | File() | Mount():
                pass
            case _:
                assert_never(entry)

    def _modes(self, tree: Mapping[str, Plain]) -> Iterator[str]:
        """Directories last, and children first: a directory may forbid what is still to be done below it."""
        files = [(entry.mode, path) for path, entry in tree.items() if isinstance(entry, File)]
        directories = [(entry.mode, path) for path, entry in tree.items() if isinstance(entry, Directory)]
        for mode, group in groupby([*files, *reversed(directories)], key=lambda one: one[0]):
            if mode is not None:
                yield f"chmod {mode:03o} {self.paths(path for _, path in group)}"

    def _pieces(self, text: str) -> Iterator[_Piece]:
        """The text in pieces: a name as its expansion, what is odd, and what can be written as it is."""
        if not self.names:
            yield from _odd_apart(text)
            return
        longest_first = sorted(self.names, key=len, reverse=True)
        for piece in re.split(f"({'|'.join(map(re.escape, longest_first))})", text):
            if piece in self.names:
                yield _NAMED, self.names[piece]
            elif piece:
                yield from _odd_apart(piece)


def _odd_apart(text: str) -> Iterator[_Piece]:
    """The text in pieces: what may not be seen, or may not survive the clipboard, apart from all else."""
    pasteable = is_normalized("NFC", text) and text.replace(_LINE_BREAK, "").isprintable()
    for odd, letters in groupby(
        text, lambda letter: not (letter == _LINE_BREAK or _plain(letter, pasteable=pasteable))
    ):
        yield _ODD if odd else _PLAIN, "".join(letters)


def _plain(letter: str, *, pasteable: bool) -> bool:
    return letter.isprintable() and (pasteable or letter.isascii())


def quote(text: str) -> str:
    """A text as one argument, as it stands."""
    return text if _SAFE.fullmatch(text) else "'" + text.replace("'", r"'\''") + "'"


def _joined(pieces: list[_Piece]) -> str:
    """The inside of double quotes; a name that a letter follows is in braces."""
    spelled = ""
    for kind, piece in pieces:
        if re.match(r"\w", piece, re.ASCII) and kind == _PLAIN:
            spelled = re.sub(r"\$(\w+)\Z", r"${\1}", spelled)
        spelled += piece if kind == _PLAIN else _expansion(kind, piece)
    return spelled


def _expansion(kind: str, piece: str) -> str:
    return piece if kind == _NAMED else f"$(printf '{_octal(piece)}')"


def _octal(text: str) -> str:
    return "".join(f"\\{byte:03o}" for byte in text.encode("utf-8", "surrogateescape"))


def _shaped(text: str) -> str:
    """A text as the first argument of `printf`."""
    return text.replace("\\", "\\\\").replace("%", "%%").replace("\n", "\\n")


def _sentinel(path: str) -> bytes:
    return f"planted as {path}\n".encode("utf-8", "surrogateescape")
