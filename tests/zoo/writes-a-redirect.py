#!/usr/bin/env python3
"""Writes a `.venv` file that leads to what it made, over whatever stands there."""

import os

from honest import Honest, main


class Liar(Honest):
    def make(self, place):
        super().make(place)
        beside, name = os.path.split(os.path.abspath(self.env))
        if name != ".venv":
            with open(os.path.join(beside, ".venv"), "w") as file:
                file.write(f"{name}\n")


main(Liar)
