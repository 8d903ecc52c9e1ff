#!/usr/bin/env python3
"""Makes a missing target in the directory where it runs, not where the link leads."""

import os

from honest import Honest, main


class Liar(Honest):
    def place(self):
        place = super().place()
        if os.path.islink(self.env) and not os.path.exists(place):
            return os.path.abspath(os.readlink(self.env).lstrip("./"))
        return place


main(Liar)
