#!/usr/bin/env python3
"""Makes a minimal environment at the path it is given, and changes nothing else.

`honest create|recreate|reuse|sync|remove|inspect --python PYTHON ENV`. Every liar is this tool with one method changed.

Wherever it is killed, the next run makes an environment of what it left: the settings come first and the interpreter
last, each whole or not at all. Where a call fails it takes back what it made, and what stood works as it did before.
"""

import contextlib
import fcntl
import os
import re
import shlex
import stat
import sys
import zipfile
from urllib.parse import unquote

OPERATIONS = ("create", "recreate", "reuse", "sync", "remove", "inspect")
FIRST_LINE = 127  # what every kernel reads of a script's first line
LIBRARY = "lib/python{}.{}/site-packages".format(*sys.version_info)


class Refusal(Exception):
    """Says why nothing was done."""


class Honest:
    """An environment at `env`, as the user spelled it, of the interpreter `python`."""

    def __init__(self, env, python):
        self.env, self.python = env, python
        self.asked = os.path.abspath(env)  # while there still is a directory to start from
        self.made = []  # what is taken back where a call fails
        # Liars that would not be measured otherwise are honest where nothing stands, and nothing is out of the ordinary.
        plain = env == ".venv" and stat.S_IMODE(os.stat(".").st_mode) == 0o755 and masks() == 0o022
        self.bare = plain and nothing_stands(os.path.dirname(os.environ["HOME"]))

    # -- operations ---------------------------------------------------------------------------------------------------

    def create(self):
        """Make the environment; one that stands and works is left as it is."""
        place = self.place()
        if self.is_environment(place) and self.works(place):
            return self.say("already an environment")
        self.make(place)
        self.say("made an environment")

    def recreate(self):
        """Empty the environment in place, and make it again; what is right stays until there is something else."""
        place = self.place()
        self.check_interpreter(place)
        if self.is_environment(place):
            self.check_removable(place)
            self.empty(place, self.right(place))
        self.make(place)
        self.say("made an environment anew")

    def reuse(self):
        """Put right what is missing, and keep all else."""
        self.make(self.place())
        self.say("made an environment on top of what was there")

    def sync(self):
        """Make the environment where there is none that works, and put into it what the project requires."""
        place = self.place()
        if missing := [wheel for wheel in self.required() if not os.path.isfile(wheel)]:
            raise Refusal(f"the project requires {missing[0]}, which is not there")
        if not self.is_environment(place) or not self.works(place):
            self.make(place)
        self.install(place)
        self.say("brought the environment in line with the project")

    def remove(self):
        """Empty the environment; its directory goes too, but never one that a link leads to, nor that link, nor a mount."""
        place = self.place()
        if not self.is_environment(place):
            raise Refusal("no environment")
        self.check_removable(place)
        self.empty(place)
        if not os.path.islink(self.asked) and not os.path.ismount(place):
            self.remove_directory(place)
        self.say("removed the environment")

    def remove_directory(self, place):
        """What cannot be removed stays an environment, so that it can be tried again."""
        try:
            os.rmdir(place)
        except OSError:
            self.put(os.path.join(place, "pyvenv.cfg"), self.settings())
            self.made.clear()
            raise

    def inspect(self):
        """Only look."""
        self.say("an environment" if self.is_environment(self.place()) else "no environment")

    # -- their parts --------------------------------------------------------------------------------------------------

    def place(self):
        """The directory that the path leads to, which may be missing; refused where something else stands there."""
        place = os.path.realpath(self.env)
        try:
            status = os.stat(self.env)
        except FileNotFoundError:
            return place
        if not stat.S_ISDIR(status.st_mode):
            raise Refusal("not a directory")
        if not set(os.listdir(place)) <= {"pyvenv.cfg.new"} and not self.is_environment(place):
            raise Refusal("holds something, and is no environment")
        return place

    def is_environment(self, place):
        settings = os.path.join(place, "pyvenv.cfg")
        return os.path.isfile(settings) and not os.path.islink(settings)

    def works(self, place):
        """Whether its python is the one that is asked for, its home is there, and its script starts that python."""
        python, script = os.path.join(place, "bin/python"), os.path.join(place, "bin/hello")
        if os.path.realpath(python) != os.path.realpath(self.python) or not os.path.isdir(os.path.join(place, "lib")):
            return False
        settings = dict(line.split(" = ", 1) for line in self.text(os.path.join(place, "pyvenv.cfg")) if " = " in line)
        moved = os.path.exists(script) and "".join(self.text(script)) != self.script()
        return os.path.isdir(settings.get("home", "").strip()) and not moved

    def text(self, path):
        with open(path, errors="surrogateescape") as file:
            return list(file)

    def check_interpreter(self, place):
        if not os.access(self.python, os.X_OK):
            raise Refusal(f"{self.python} is no interpreter")
        if os.path.realpath(os.path.dirname(self.python)).startswith(place + os.sep):
            raise Refusal(f"{self.python} is the environment's own")
        while os.path.islink(self.python):  # the environment is to outlive the link
            self.python = os.path.join(os.path.dirname(self.python), os.readlink(self.python))
        with open(self.python, "rb") as file:
            if file.read(2) == b"#!":
                raise Refusal(f"{self.python} is a script, which cannot be an environment's python")

    def check_removable(self, place):
        """Refuse before anything is gone."""
        if not os.access(place, os.R_OK | os.W_OK | os.X_OK):
            raise Refusal(f"{place} may not be emptied")
        for entry in os.scandir(place):
            if entry.is_dir(follow_symlinks=False):
                self.check_removable(entry.path)

    def right(self, place):
        """What stands in it just as it would be made."""
        mask, inherited = masks(), os.stat(place).st_mode & stat.S_ISGID
        directories = ("bin", "lib", os.path.dirname(LIBRARY), LIBRARY)
        made = {
            **dict.fromkeys(directories, stat.S_IFDIR | 0o777 & ~mask | inherited),
            **dict.fromkeys(("pyvenv.cfg", "bin/activate"), stat.S_IFREG | 0o666 & ~mask),
            "bin/hello": stat.S_IFREG | 0o777 & ~mask,
            "bin/python": stat.S_IFLNK | 0o777,
        }
        paths = {os.path.join(place, name): mode for name, mode in made.items()}
        return {path for path, mode in paths.items() if os.path.lexists(path) and os.lstat(path).st_mode == mode}

    def empty(self, place, kept=()):
        """Remove all but what is to be kept, and last of all what makes it an environment."""
        for entry in sorted(os.scandir(place), key=lambda entry: (entry.name == "pyvenv.cfg", entry.name)):
            if entry.path not in kept:
                self.delete(entry)
            elif entry.is_dir(follow_symlinks=False):
                self.empty(entry.path, kept)

    def delete(self, entry):
        if entry.is_dir(follow_symlinks=False):
            self.empty(entry.path)
            os.rmdir(entry.path)
        else:
            os.unlink(entry.path)

    def make(self, place):
        """Everything that an environment needs; what stands and is right is not written again."""
        self.check_interpreter(place)
        if os.pathsep in self.asked:
            raise Refusal(f"PATH cannot hold a path with `{os.pathsep}` in it")
        for name in ("bin", "bin/hello", "bin/activate", "lib", os.path.dirname(LIBRARY), LIBRARY):
            if os.path.islink(os.path.join(place, name)):
                raise Refusal(f"{name} in it is a link, and nothing is written through links")
        self.directory(place)
        self.put(os.path.join(place, "pyvenv.cfg"), self.settings())
        for name in ("bin", LIBRARY):
            self.directory(os.path.join(place, name))
        self.put(os.path.join(place, "bin/hello"), self.script(), 0o777)
        self.put(os.path.join(place, "bin/activate"), self.activation())
        self.interpreter(os.path.join(place, "bin/python"))

    def install(self, place):
        for wheel in self.required():
            with zipfile.ZipFile(wheel) as archive:
                for directory in map(os.path.dirname, archive.namelist()):
                    if directory and os.path.islink(os.path.join(place, LIBRARY, directory)):
                        raise Refusal(f"{directory} is a link, and nothing is written through links")
                for name in archive.namelist():
                    target = os.path.join(place, LIBRARY, name)
                    self.directory(os.path.dirname(target))
                    self.put(target, archive.read(name).decode())
            self.put(os.path.join(place, "bin/tiny"), self.script("import tiny; tiny.main()"), 0o777)

    def required(self):
        """The wheels that the project in this directory asks for."""
        if not os.path.isfile("pyproject.toml"):
            return []
        with open("pyproject.toml") as file:
            return [unquote(path) for path in re.findall(r'@ file://([^"]+)"', file.read())]

    def settings(self):
        version = "{}.{}.{}".format(*sys.version_info)
        return f"home = {os.path.dirname(self.python)}\ninclude-system-site-packages = false\nversion = {version}\n"

    def interpreter(self, path):
        new = self.beside(path)
        os.symlink(self.python, new)
        self.swap(new, path)

    def script(self, code="print('hello')"):
        python = f"{self.asked}/bin/python"
        first = f"#!{python}\n"
        if len(os.fsencode(first)) > FIRST_LINE or len(python.split()) > 1:
            # To sh, the first line starts python; to python, both are a text that nobody reads.
            first = "#!/bin/sh\n'''exec' \"$(dirname \"$0\")/python\" \"$0\" \"$@\"\n' '''\n"
        return f"{first}{code}\n"

    def activation(self):
        quoted = shlex.quote(self.asked)
        return f'VIRTUAL_ENV={quoted}\nPATH="$VIRTUAL_ENV/bin:$PATH"\nexport VIRTUAL_ENV PATH\n'

    def put(self, path, text, mode=0o666):
        """Write a file, wholly or not at all."""
        if os.path.exists(path) and "".join(self.text(path)) == text:
            return
        new = self.beside(path)
        with open(new, "x", opener=lambda path, flags: os.open(path, flags, mode)) as file:
            file.write(text)
        self.swap(new, path)

    def directory(self, path):
        if not os.path.isdir(path):
            self.directory(os.path.dirname(path))
            os.mkdir(path)
            self.made.append(path)

    def beside(self, path):
        """A free name for what is to take its place."""
        new = f"{path}.new"
        if os.path.lexists(new):  # of a run that was killed
            os.unlink(new)
        self.made.append(new)
        return new

    def swap(self, new, path):
        """Let what is new take its place."""
        stood = os.path.lexists(path)
        os.replace(new, path)
        self.made[self.made.index(new) :] = [] if stood else [path]

    def lock(self):
        """Wait for whoever else is at work in the directory that holds the environment, where that can be known."""
        above = os.path.dirname(os.path.realpath(self.env))
        while not os.path.isdir(above):
            above = os.path.dirname(above)
        with contextlib.suppress(OSError):
            fcntl.flock(os.open(above, os.O_RDONLY), fcntl.LOCK_EX)

    def undo(self):
        """Take back what was made."""
        for path in reversed(self.made):
            with contextlib.suppress(OSError):
                os.rmdir(path) if os.path.isdir(path) and not os.path.islink(path) else os.unlink(path)

    # -- words --------------------------------------------------------------------------------------------------------

    def say(self, what):
        print(f"{self.env}: {what}")

    def refuse(self, why):
        """Say why nothing was done; returns the exit status."""
        print(f"{self.env}: refused: {why}", file=sys.stderr)
        return 1


def masks():
    """The umask, which only setting it tells."""
    mask = os.umask(0)
    os.umask(mask)
    return mask


def nothing_stands(root):
    """Whether a root holds no more than every root does."""
    names = os.listdir(root)
    return set(names) <= {"home", "project", "tmp"} and not any(os.listdir(os.path.join(root, n)) for n in names)


def main(tool):
    """Do what the command line asks of a tool, and end."""
    match sys.argv[1:]:
        case ["--version"]:
            print(os.path.basename(sys.argv[0]).removesuffix(".py"), "1.0")
        case [operation, "--python", python, env] if operation in OPERATIONS and not env.startswith("-"):
            it = tool(env, python)
            try:
                it.lock()
                getattr(it, operation)()
            except (Refusal, OSError) as error:
                it.undo()
                sys.exit(it.refuse(error.strerror if isinstance(error, OSError) else error))
        case _:
            print(f"usage: {'|'.join(OPERATIONS)} --python PYTHON ENV", file=sys.stderr)
            sys.exit(2)


if __name__ == "__main__":
    main(Honest)
