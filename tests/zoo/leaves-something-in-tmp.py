#!/usr/bin/env python3
"""Leaves a directory in the temporary directory."""

import os

from honest import Honest, main


class Liar(Honest):
    def make(self, place):
        super().make(place)
        os.makedirs(os.path.join(os.environ["TMPDIR"], "unpacked"), exist_ok=True)


main(Liar)
