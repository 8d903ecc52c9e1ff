#!/usr/bin/env python3
"""Removes with the environment the link that leads to it."""

import os

from honest import Honest, main


class Liar(Honest):
    def remove(self):
        super().remove()
        link = os.path.abspath(self.env)
        if os.path.islink(link):
            os.unlink(link)


main(Liar)
