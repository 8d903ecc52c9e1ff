#!/usr/bin/env python3
"""Waits for ever where an environment stands."""

import os
import time

from honest import Honest, main


class Liar(Honest):
    def create(self):
        if os.path.exists(self.env):
            time.sleep(3600)
        super().create()


main(Liar)
