#!/usr/bin/env python3
"""Makes anew an environment whose home does not exist."""

import os

from honest import Honest, main


class Liar(Honest):
    def recreate(self):
        super().recreate()
        self.put(os.path.join(self.env, "pyvenv.cfg"), "home = /no/such/place\n")


main(Liar)
