#!/usr/bin/env python3
"""Leaves a settings file in the home directory."""

import os

from honest import Honest, main


class Liar(Honest):
    def make(self, place):
        super().make(place)
        open(os.path.expanduser("~/.liarrc"), "w").close()


main(Liar)
