#!/usr/bin/env python3
"""Asks whether to empty the environment, and takes every answer for yes."""

import sys

from honest import Honest, main


class Liar(Honest):
    def create(self):
        if sys.stdin.isatty():
            input(f"Empty {self.env}? [y/n] ")
            return self.recreate()
        super().create()

    def right(self, place):
        return ()


main(Liar)
