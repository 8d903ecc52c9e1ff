#!/usr/bin/env python3
"""Empties the environment before it looks whether there is an interpreter to make it anew with."""

from honest import Honest, main


class Liar(Honest):
    def recreate(self):
        place = self.place()
        if self.is_environment(place):
            self.empty(place)
        super().recreate()


main(Liar)
