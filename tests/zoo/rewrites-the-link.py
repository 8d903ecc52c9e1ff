#!/usr/bin/env python3
"""Lets the link lead to the same directory in other words."""

import os

from honest import Honest, main


class Liar(Honest):
    def make(self, place):
        link = os.path.abspath(self.env)
        if os.path.islink(link):
            os.unlink(link)
            os.symlink(place, link)
        super().make(place)


main(Liar)
