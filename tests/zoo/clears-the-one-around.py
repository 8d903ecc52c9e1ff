#!/usr/bin/env python3
"""Empties the environment around the one that is to be made anew."""

import os

from honest import Honest, main


class Liar(Honest):
    def empty(self, place, kept=()):
        above = os.path.dirname(place)
        if place == os.path.realpath(self.asked) and self.is_environment(above):
            place = above
        super().empty(place, kept)


main(Liar)
