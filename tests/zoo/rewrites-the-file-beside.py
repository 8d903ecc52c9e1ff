#!/usr/bin/env python3
"""Rewrites a file of the user's that stands beside the environment."""

import os

from honest import Honest, main


class Liar(Honest):
    def make(self, place):
        if os.path.exists("notes.txt"):
            with open("notes.txt", "w") as file:
                file.write("noted")
        super().make(place)


main(Liar)
