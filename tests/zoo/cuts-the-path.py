#!/usr/bin/env python3
"""Has room for a path of 250 characters."""

from honest import Honest, main


class Liar(Honest):
    def __init__(self, env, python):
        super().__init__(env[:250], python)


main(Liar)
