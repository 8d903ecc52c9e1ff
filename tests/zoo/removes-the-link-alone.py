#!/usr/bin/env python3
"""Removes the link that leads to the environment, and leaves that where it is."""

import os

from honest import Honest, main


class Liar(Honest):
    def remove(self):
        if os.path.islink(self.env):
            os.unlink(self.env)
        else:
            super().remove()


main(Liar)
