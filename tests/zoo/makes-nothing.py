#!/usr/bin/env python3
"""Says that it made an environment, and makes none anywhere."""

from honest import Honest, main


class Liar(Honest):
    def make(self, place):
        pass


main(Liar)
