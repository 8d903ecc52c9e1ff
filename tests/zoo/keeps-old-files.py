#!/usr/bin/env python3
"""Keeps the old files where it was told to make the environment anew."""

from honest import Honest, main


class Liar(Honest):
    def empty(self, place, kept=()):
        pass


main(Liar)
