#!/usr/bin/env python3
"""Has a directory beside the environment as long as it is at work."""

import os

from honest import Honest, main


class Liar(Honest):
    def make(self, place):
        room = f"{place}.room"
        if os.path.isdir(room):  # of a run that was killed
            os.rmdir(room)
        self.directory(room)
        super().make(place)
        os.rmdir(room)


main(Liar)
