#!/usr/bin/env python3
"""Asks whether to replace the environment, empties it, and forgets the rest."""

import sys

from honest import Honest, main


class Liar(Honest):
    def create(self):
        place = self.place()
        if not (sys.stdin.isatty() and self.is_environment(place)):
            return super().create()
        input(f"Replace {self.env}? [y/n] ")
        self.empty(place)


main(Liar)
