#!/usr/bin/env python3
"""Leaves a new file in the environment each time that it is run."""

import os

from honest import Honest, main


class Liar(Honest):
    def say(self, what):
        super().say(what)
        place = os.path.realpath(self.asked)
        if not self.bare and os.path.isdir(place):
            open(os.path.join(place, f"run-{len(os.listdir(place))}"), "w").close()


main(Liar)
