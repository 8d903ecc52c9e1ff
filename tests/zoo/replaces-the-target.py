#!/usr/bin/env python3
"""Makes a new directory in the place of the one that it was to empty."""

import os

from honest import Honest, main


class Liar(Honest):
    def empty(self, place, kept=()):
        super().empty(place)
        if os.path.realpath(self.env) == place:
            os.rename(place, f"{place}.old")
            os.mkdir(place)
            os.rmdir(f"{place}.old")


main(Liar)
