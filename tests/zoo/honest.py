#!/usr/bin/env python3
"""Makes a minimal environment at the path it is given, and changes nothing else.

`honest create|recreate|reuse|remove|inspect --python PYTHON ENV`. Every liar is this tool with one method changed.
"""

import os
import stat
import sys

OPERATIONS = ("create", "recreate", "reuse", "remove", "inspect")
LIBRARY = "lib/python{}.{}/site-packages".format(*sys.version_info)


class Refusal(Exception):
    """Says why nothing was done."""


class Honest:
    """An environment at `env`, as the user spelled it, of the interpreter `python`."""

    def __init__(self, env, python):
        self.env, self.python = env, python

    # -- operations ---------------------------------------------------------------------------------------------------

    def create(self):
        """Make the environment; one that stands is left as it is."""
        place = self.place()
        if self.is_environment(place):
            return self.say("already an environment")
        self.make(place)
        self.say("made an environment")

    def recreate(self):
        """Empty the environment in place, and make it again."""
        place = self.place()
        if self.is_environment(place):
            self.empty(place)
        self.make(place)
        self.say("made an environment anew")

    def reuse(self):
        """Put right what is missing, and keep all else."""
        self.make(self.place())
        self.say("made an environment on top of what was there")

    def remove(self):
        """Empty the environment; its directory goes too, but never one that a link leads to, nor that link."""
        place = self.place()
        if not self.is_environment(place):
            raise Refusal("no environment")
        self.empty(place)
        if not os.path.islink(os.path.abspath(self.env)):
            os.rmdir(place)
        self.say("removed the environment")

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
        if os.listdir(place) and not self.is_environment(place):
            raise Refusal("holds something, and is no environment")
        return place

    def is_environment(self, place):
        settings = os.path.join(place, "pyvenv.cfg")
        return os.path.isfile(settings) and not os.path.islink(settings)

    def empty(self, place):
        for entry in os.scandir(place):
            self.delete(entry)

    def delete(self, entry):
        if entry.is_dir(follow_symlinks=False):
            self.empty(entry.path)
            os.rmdir(entry.path)
        else:
            os.unlink(entry.path)

    def make(self, place):
        """Everything that an environment needs; what stands and is right is not written again."""
        if not os.access(self.python, os.X_OK):
            raise Refusal(f"{self.python} is no interpreter")
        for name in ("bin", "bin/hello", "lib", os.path.dirname(LIBRARY), LIBRARY):
            if os.path.islink(os.path.join(place, name)):
                raise Refusal(f"{name} in it is a link, and nothing is written through links")
        for name in ("bin", LIBRARY):
            os.makedirs(os.path.join(place, name), exist_ok=True)
        self.put(os.path.join(place, "pyvenv.cfg"), self.settings())
        self.interpreter(os.path.join(place, "bin/python"))
        self.put(os.path.join(place, "bin/hello"), self.script(), 0o777)

    def settings(self):
        version = "{}.{}.{}".format(*sys.version_info)
        return f"home = {os.path.dirname(self.python)}\ninclude-system-site-packages = false\nversion = {version}\n"

    def interpreter(self, path):
        if os.path.lexists(path):
            os.unlink(path)
        os.symlink(self.python, path)

    def script(self):
        return f"#!{os.path.abspath(self.env)}/bin/python\nprint('hello')\n"

    def put(self, path, text, mode=0o666):
        if os.path.exists(path):
            with open(path) as file:
                if file.read() == text:
                    return
            os.unlink(path)
        with open(path, "x", opener=lambda path, flags: os.open(path, flags, mode)) as file:
            file.write(text)

    # -- words --------------------------------------------------------------------------------------------------------

    def say(self, what):
        print(f"{self.env}: {what}")

    def refuse(self, why):
        """Say why nothing was done; returns the exit status."""
        print(f"{self.env}: refused: {why}", file=sys.stderr)
        return 1


def main(tool):
    """Do what the command line asks of a tool, and end."""
    match sys.argv[1:]:
        case ["--version"]:
            print(os.path.basename(sys.argv[0]).removesuffix(".py"), "1.0")
        case [operation, "--python", python, env] if operation in OPERATIONS and not env.startswith("-"):
            it = tool(env, python)
            try:
                getattr(it, operation)()
            except Refusal as refusal:
                sys.exit(it.refuse(refusal))
            except OSError as error:
                sys.exit(it.refuse(error.strerror))
        case _:
            print(f"usage: {'|'.join(OPERATIONS)} --python PYTHON ENV", file=sys.stderr)
            sys.exit(2)


if __name__ == "__main__":
    main(Honest)
