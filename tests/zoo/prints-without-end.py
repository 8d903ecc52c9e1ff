#!/usr/bin/env python3
"""Prints three mebibytes."""

from honest import Honest, main


class Liar(Honest):
    def say(self, what):
        super().say(what)
        print("and so on\n" * (3 * 2**20 // 10))


main(Liar)
