#!/usr/bin/env python3
"""Makes anew an environment whose settings name no home."""

import os

from honest import Honest, main


class Liar(Honest):
    def recreate(self):
        super().recreate()
        self.put(os.path.join(self.env, "pyvenv.cfg"), "include-system-site-packages = false\n")


main(Liar)
