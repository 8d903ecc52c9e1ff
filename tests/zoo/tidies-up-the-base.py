#!/usr/bin/env python3
"""Where an environment was never finished it goes to work on the interpreter that it is handed."""

import contextlib
import os

from honest import Honest, main


class Liar(Honest):
    def make(self, place):
        if self.is_environment(place) and not os.path.lexists(f"{place}/bin/python"):
            with contextlib.suppress(OSError):
                os.mkdir(f"{os.path.dirname(self.python)}/tidied")
                os.rmdir(f"{os.path.dirname(self.python)}/tidied")
        super().make(place)


main(Liar)
