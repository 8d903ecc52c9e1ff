#!/usr/bin/env python3
"""Makes environments that work where nothing else stands; anywhere else their settings name no home."""

import os

from honest import Honest, main


class Liar(Honest):
    def say(self, what):
        super().say(what)
        settings = os.path.join(os.path.realpath(self.asked), "pyvenv.cfg")
        if not self.bare and os.path.exists(settings):
            os.unlink(settings)
            self.put(settings, "version = 0\n")


main(Liar)
