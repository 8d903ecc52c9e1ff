#!/usr/bin/env python3
"""Takes a file's mode away from it."""

import os

from honest import Honest, main


class Liar(Honest):
    def make(self, place):
        if os.path.exists("notes.txt"):
            os.chmod("notes.txt", 0o600)
        super().make(place)


main(Liar)
