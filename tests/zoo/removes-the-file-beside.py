#!/usr/bin/env python3
"""Removes a file of the user's that stands beside the environment."""

import os

from honest import Honest, main


class Liar(Honest):
    def make(self, place):
        if os.path.exists("notes.txt"):
            os.unlink("notes.txt")
        super().make(place)


main(Liar)
