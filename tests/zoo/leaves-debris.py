#!/usr/bin/env python3
"""Leaves what it made before it refused."""

import os

from honest import Honest, main


class Liar(Honest):
    def refuse(self, why):
        if os.path.isdir(self.env):
            os.makedirs(os.path.join(self.env, "bin"), exist_ok=True)
        return super().refuse(why)


main(Liar)
