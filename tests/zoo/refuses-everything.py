#!/usr/bin/env python3
"""Refuses whatever it is asked."""

from honest import Honest, Refusal, main


class Liar(Honest):
    def place(self):
        raise Refusal("not today")


main(Liar)
