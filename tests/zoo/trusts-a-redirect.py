#!/usr/bin/env python3
"""Follows a `.venv` file wherever it leads, and takes what stands there for an environment."""

import os

from honest import Honest, main


class Liar(Honest):
    def place(self):
        if not os.path.isfile(self.env):
            return super().place()
        with open(self.env) as file:
            return os.path.realpath(os.path.join(self.env, "..", file.read().strip()))

    def is_environment(self, place):
        return os.path.isdir(place) if os.path.isfile(self.env) else super().is_environment(place)


main(Liar)
