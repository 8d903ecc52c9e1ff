#!/usr/bin/env python3
"""Writes into a file that has another name outside the environment."""

import os

from honest import Honest, main


class Liar(Honest):
    def reuse(self):
        super().reuse()
        notes = os.path.join(self.env, "notes.txt")
        if os.path.exists(notes):
            with open(notes, "w") as file:
                file.write("noted")


main(Liar)
