#!/usr/bin/env python3
"""Leaves a file beside the interpreter that it is handed."""

import os

from honest import Honest, main


class Liar(Honest):
    def make(self, place):
        super().make(place)
        beside = os.path.join(os.path.dirname(self.python), "used-by")
        if os.access(os.path.dirname(beside), os.W_OK) and "/opt/" in beside:  # never in one that is not the case's own
            open(beside, "w").close()


main(Liar)
