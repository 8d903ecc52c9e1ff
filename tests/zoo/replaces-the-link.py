#!/usr/bin/env python3
"""Replaces a `.venv` that is a link by a directory."""

import os

from honest import Honest, main


class Liar(Honest):
    def place(self):
        link = os.path.abspath(self.env)
        if os.path.islink(link):
            os.unlink(link)
        return super().place()


main(Liar)
