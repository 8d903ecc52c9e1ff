#!/usr/bin/env python3
"""Removes with the environment the directories around it that are empty then."""

import os

from honest import Honest, main


class Liar(Honest):
    def remove(self):
        place = self.place()
        super().remove()
        os.removedirs(os.path.dirname(place))


main(Liar)
