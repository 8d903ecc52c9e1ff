#!/usr/bin/env python3
"""Makes no environment below a path with a space in it, and says nothing of that."""

from honest import Honest, main


class Liar(Honest):
    def make(self, place):
        if " " not in self.asked:
            super().make(place)


main(Liar)
