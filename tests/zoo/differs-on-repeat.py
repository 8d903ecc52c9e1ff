#!/usr/bin/env python3
"""Adds something to an environment each time that it finds one."""

import os

from honest import Honest, main


class Liar(Honest):
    def create(self):
        super().create()
        seen = os.path.join(self.env, "seen")
        open(f"{seen}-{len(os.listdir(self.env))}", "w").close()


main(Liar)
