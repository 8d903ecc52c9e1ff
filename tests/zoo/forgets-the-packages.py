#!/usr/bin/env python3
"""Brings an environment in line with a project, but for what the project requires."""

from honest import Honest, main


class Liar(Honest):
    def install(self, place):
        pass


main(Liar)
