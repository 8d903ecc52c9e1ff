#!/usr/bin/env python3
"""Notes in the environment that it was looked at."""

import os

from honest import Honest, main


class Liar(Honest):
    def inspect(self):
        super().inspect()
        open(os.path.join(self.env, "inspected"), "w").close()


main(Liar)
