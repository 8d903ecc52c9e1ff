#!/usr/bin/env python3
"""Writes its own command line into the settings, line breaks and all."""

from honest import Honest, main


class Liar(Honest):
    def settings(self):
        return f"{super().settings()}command = make {self.env}\n"


main(Liar)
