#!/usr/bin/env python3
"""Names the environment by the path that it resolves to."""

import os

from honest import Honest, main


class Liar(Honest):
    def say(self, what):
        print(f"{os.path.realpath(self.env)}: {what}")


main(Liar)
