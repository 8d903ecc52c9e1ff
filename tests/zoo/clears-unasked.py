#!/usr/bin/env python3
"""Empties the environment also where it is not told to."""

from honest import Honest, main


class Liar(Honest):
    def create(self):
        self.recreate()


main(Liar)
