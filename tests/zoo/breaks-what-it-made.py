#!/usr/bin/env python3
"""Makes environments that work where nothing else stands; anywhere else their python is dead by the end."""

import os

from honest import Honest, main


class Liar(Honest):
    def say(self, what):
        super().say(what)
        python = os.path.join(os.path.realpath(self.asked), "bin", "python")
        if not self.bare and os.path.lexists(python):
            os.unlink(python)
            os.symlink("/nowhere/python", python)


main(Liar)
