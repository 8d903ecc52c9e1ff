#!/usr/bin/env python3
"""Keeps the settings of the environment in another file, and links to it."""

import os

from honest import Honest, main


class Liar(Honest):
    def make(self, place):
        super().make(place)
        os.rename(os.path.join(place, "pyvenv.cfg"), os.path.join(place, "settings"))
        os.symlink("settings", os.path.join(place, "pyvenv.cfg"))


main(Liar)
