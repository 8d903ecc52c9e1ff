#!/usr/bin/env python3
"""Takes every directory for an environment of its own, and empties it."""

import os

from honest import Honest, main


class Liar(Honest):
    def is_environment(self, place):
        return os.path.isdir(place)


main(Liar)
