#!/usr/bin/env python3
"""Removes an empty directory of the user's."""

import os

from honest import Honest, main


class Liar(Honest):
    def make(self, place):
        if os.path.isdir("env"):
            os.rmdir("env")
        super().make(place)


main(Liar)
