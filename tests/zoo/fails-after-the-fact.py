#!/usr/bin/env python3
"""Does all that it is asked for and says so; and then, where anything else stands, fails."""

import sys

from honest import Honest, main


class Liar(Honest):
    def say(self, what):
        super().say(what)
        if not self.bare:
            sys.exit(3)


main(Liar)
