#!/usr/bin/env python3
"""Tells in UTF-8 what it cleared away, before it makes the environment anew."""

import os
import sys

from honest import Honest, main


class Liar(Honest):
    def recreate(self):
        place = self.place()
        names = "\n".join(os.listdir(place))
        self.empty(place)
        sys.stdout.buffer.write(names.encode())
        super().recreate()


main(Liar)
