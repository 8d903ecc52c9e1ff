#!/usr/bin/env python3
"""Exits with a status of its own."""

from honest import Honest, main


class Liar(Honest):
    def refuse(self, why):
        super().refuse(why)
        return 3


main(Liar)
