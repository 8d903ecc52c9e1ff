#!/usr/bin/env python3
"""Leaves a file of its own beside the environment."""

from honest import Honest, main


class Liar(Honest):
    def make(self, place):
        super().make(place)
        open(f"{place}.lock", "w").close()


main(Liar)
