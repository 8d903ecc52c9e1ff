#!/usr/bin/env python3
"""Keeps the first link of a chain, and replaces the next by a directory."""

import os

from honest import Honest, main


class Liar(Honest):
    def place(self):
        link = os.path.abspath(self.env)
        if os.path.islink(link):
            middle = os.path.join(os.path.dirname(link), os.readlink(link))
            if os.path.islink(middle):
                os.unlink(middle)
                os.mkdir(middle)
        return super().place()


main(Liar)
