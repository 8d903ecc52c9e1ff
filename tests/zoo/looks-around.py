#!/usr/bin/env python3
"""Reads whatever is in the directory where it runs before it makes anything."""

import os

from honest import Honest, main


class Liar(Honest):
    def make(self, place):
        for entry in os.scandir("."):
            if entry.is_dir(follow_symlinks=False):
                os.listdir(entry)
        super().make(place)


main(Liar)
