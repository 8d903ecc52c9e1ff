#!/usr/bin/env python3
"""Asks a question where there is nobody to answer."""

import sys

from honest import Honest, main


class Liar(Honest):
    def create(self):
        if self.is_environment(self.place()) and not sys.stdin.isatty():
            print(f"Replace {self.env}? [y/n] ")
        super().create()


main(Liar)
