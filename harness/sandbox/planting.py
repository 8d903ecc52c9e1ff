"""Making the entries of a tree, exactly as they are described."""

from __future__ import annotations

import errno
import os
import stat
import sys
from typing import TYPE_CHECKING, assert_never

from harness import mounting
from harness.sandbox.opened import Trail, is_directory
from harness.tree import Directory, Fifo, File, Hardlink, Link, Mount, Socket, mounts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from harness.sandbox.opened import Opened
    from harness.tree import Plain

DIRECTORY_MODE = 0o755
FILE_MODE = 0o644

_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL


def plant(root: Opened, tree: Mapping[str, Plain], *, masked: bool) -> None:
    """Make these entries below a root: parents first, second names of files last, as `tree.plain` orders them.

    A directory that already stands will do where no mode is asked for; anything else in the way raises `OSError`, whose
    `filename` is the path in the tree. `masked` says that the umask of this process would take something from the
    usual modes: it belongs to all threads, so it is corrected rather than changed.
    """
    with Trail(root) as trail, Trail(root) as sources:
        for path in _in_order(tree):
            try:
                where, name = trail.to(path)
                entry = tree[path]
                _make(where, name, entry, sources, masked=masked)
                if isinstance(entry, Mount):
                    mounting.mount(root.path, path, entry)
            except OSError as error:
                raise OSError(error.errno, error.strerror, path) from error
        # Children first, and after everything stands: a directory may forbid what planting into it takes, and may
        # hand its set-group bit on.
        for path in reversed(tuple(tree)):
            entry = tree[path]
            if isinstance(entry, Directory) and entry.mode is not None:
                where, name = trail.to(path)
                where.set_mode(name, entry.mode)
        for path, mounted in reversed(mounts(tree).items()):
            mounting.restrict(root.path, path, mounted)


def _in_order(tree: Mapping[str, Plain]) -> Iterable[str]:
    if os.sep == "/":
        return tree
    # Windows wants to know of a link whether it is to a directory, and finds out by itself where the target stands.
    return sorted(tree, key=lambda path: isinstance(tree[path], Link))


def _make(where: Opened, name: str, entry: Plain, sources: Trail, *, masked: bool) -> None:
    match entry:
        case File(content=content, mode=mode):
            assert content is not None, "unreachable because `tree.plain` gives every file a content"
            write(where, name, content)
            if masked or mode is not None:
                where.set_mode(name, FILE_MODE if mode is None else mode)
        case Directory(mode=mode):
            made = _make_directory(where, name, mode)
            if masked and made:
                where.set_mode(name, DIRECTORY_MODE)
        case Mount():  # on a directory of its own
            _make(where, name, Directory(), sources, masked=masked)
        case Link(text=text):
            os.symlink(text.replace("/", os.sep), where.prefix + name, dir_fd=where.fd)
        case Hardlink(to=to):
            _second_name(*sources.to(to), where, name)
        case Fifo():
            os.mkfifo(where.prefix + name, FILE_MODE, dir_fd=where.fd)
            where.set_mode(name, FILE_MODE)
        case Socket():
            _make_socket(where, name)
            where.set_mode(name, FILE_MODE)
        case _:
            assert_never(entry)


def write(where: Opened, name: str, content: bytes) -> None:
    """Make a file that must not stand yet."""
    handle = where.open(name, _NEW, FILE_MODE)
    try:
        while content:
            content = content[os.write(handle, content) :]
    finally:
        os.close(handle)


def _make_directory(where: Opened, name: str, mode: int | None) -> bool:
    try:
        os.mkdir(where.prefix + name, DIRECTORY_MODE, dir_fd=where.fd)
    except FileExistsError as error:
        if not is_directory(where.status(name)):
            raise OSError(error.errno, "something else stands there") from error
        if mode is not None:
            raise
        return False
    return True


def _second_name(source: Opened, original: str, where: Opened, name: str) -> None:
    if not stat.S_ISREG(source.status(original).st_mode):
        raise OSError(errno.EINVAL, "its other name is no file")
    os.link(
        source.prefix + original,
        where.prefix + name,
        src_dir_fd=source.fd,
        dst_dir_fd=where.fd,
        follow_symlinks=os.link not in os.supports_follow_symlinks,
    )


def _make_socket(where: Opened, name: str) -> None:
    if sys.platform == "linux":
        # No limit to the length of the path, and no socket to close.
        os.mknod(where.prefix + name, stat.S_IFSOCK | FILE_MODE, dir_fd=where.fd)
    else:
        import socket  # noqa: PLC0415  (rarely needed, and slow to import)

        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(f"{where.path}{os.sep}{name}")
