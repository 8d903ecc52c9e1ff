#!/usr/bin/env python3
"""Replaces whatever stands in the way and is no directory."""

import os

from honest import Honest, main


class Liar(Honest):
    def place(self):
        if os.path.lexists(self.env) and not os.path.isdir(self.env):
            os.unlink(self.env)
        return super().place()


main(Liar)
