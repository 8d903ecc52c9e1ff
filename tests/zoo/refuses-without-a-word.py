#!/usr/bin/env python3
"""Refuses, and does not say so."""

from honest import Honest, main


class Liar(Honest):
    def refuse(self, why):
        return 1


main(Liar)
