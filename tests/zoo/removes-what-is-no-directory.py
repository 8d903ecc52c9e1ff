#!/usr/bin/env python3
"""Removes what stands where the environment would be, and is no directory."""

import os

from honest import Honest, main


class Liar(Honest):
    def remove(self):
        if os.path.lexists(self.env) and not os.path.isdir(self.env):
            os.unlink(self.env)
        super().remove()


main(Liar)
