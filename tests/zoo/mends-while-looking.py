#!/usr/bin/env python3
"""Puts an environment right, or makes one, when it is told to look at it."""

from honest import Honest, main


class Liar(Honest):
    def inspect(self):
        self.make(self.place())
        super().inspect()


main(Liar)
