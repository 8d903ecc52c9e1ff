#!/usr/bin/env python3
"""Gives the directory that it empties a mode of its own choice."""

import os

from honest import Honest, main


class Liar(Honest):
    def empty(self, place, kept=()):
        super().empty(place)
        os.chmod(place, 0o755)


main(Liar)
