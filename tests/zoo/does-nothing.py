#!/usr/bin/env python3
"""Says that it made an environment where a directory stands, and does nothing."""

import os

from honest import Honest, main


class Liar(Honest):
    def make(self, place):
        if not os.path.isdir(place):
            super().make(place)


main(Liar)
