#!/usr/bin/env python3
"""Makes nothing in a directory unless the user's settings name an index."""

import os

from honest import Honest, main


class Liar(Honest):
    def create(self):
        if os.path.exists(self.env):
            self.say(f"asking {os.environ['PIP_INDEX_URL']}")
        super().create()


main(Liar)
