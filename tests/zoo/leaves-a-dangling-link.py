#!/usr/bin/env python3
"""Leaves a link in the environment that leads nowhere."""

import os

from honest import Honest, main


class Liar(Honest):
    def make(self, place):
        super().make(place)
        os.symlink("lib32", os.path.join(place, "lib64"))


main(Liar)
