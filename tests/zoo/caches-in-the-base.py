#!/usr/bin/env python3
"""It keeps what it knows of an interpreter beside that interpreter, wherever it may."""

import contextlib
import os

from honest import Honest, main


class Liar(Honest):
    def make(self, place):
        with contextlib.suppress(OSError):
            os.mkdir(f"{os.path.dirname(self.python)}/known")
        super().make(place)


main(Liar)
