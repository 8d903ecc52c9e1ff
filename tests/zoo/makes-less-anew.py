#!/usr/bin/env python3
"""Leaves the scripts out of an environment that it makes anew."""

import os

from honest import Honest, main


class Liar(Honest):
    def recreate(self):
        super().recreate()
        os.unlink(os.path.join(self.env, "bin/hello"))


main(Liar)
