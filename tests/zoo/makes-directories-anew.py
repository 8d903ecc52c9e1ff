#!/usr/bin/env python3
"""Puts a new directory of the same name in the place of the environment's, where anything else stands."""

import os

from honest import Honest, main


class Liar(Honest):
    def say(self, what):
        super().say(what)
        place = os.path.realpath(self.asked)
        if not self.bare and os.path.isdir(place):
            os.rename(place, f"{place}~")
            os.mkdir(place)
            for name in os.listdir(f"{place}~"):
                os.rename(f"{place}~/{name}", f"{place}/{name}")
            os.rmdir(f"{place}~")


main(Liar)
