#!/usr/bin/env python3
"""Links to the interpreter before the settings say that it is an environment's."""

import os

from honest import Honest, main


class Liar(Honest):
    def place(self):
        if os.path.isdir(self.asked) and set(os.listdir(self.asked)) <= {"bin", "pyvenv.cfg.new"}:
            self.empty(self.asked)  # its own, of a run that was killed
        return super().place()

    def make(self, place):
        self.directory(f"{place}/bin")
        self.interpreter(f"{place}/bin/python")
        super().make(place)


main(Liar)
