#!/usr/bin/env python3
"""Writes its `.gitignore` through a link that stands there."""

import os

from honest import Honest, main


class Liar(Honest):
    def place(self):
        ignored = os.path.join(self.env, ".gitignore")
        if os.path.islink(ignored):
            with open(ignored, "w") as file:
                file.write("*")
        return super().place()


main(Liar)
