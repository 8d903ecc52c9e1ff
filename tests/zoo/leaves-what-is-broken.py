#!/usr/bin/env python3
"""Takes every environment that it finds for one that works."""

from honest import Honest, main


class Liar(Honest):
    def works(self, place):
        return True


main(Liar)
