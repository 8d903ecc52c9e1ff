#!/usr/bin/env python3
"""Makes anew an environment whose python does not start."""

from honest import Honest, main


class Liar(Honest):
    def recreate(self):
        self.python = "/bin/false"
        super().recreate()


main(Liar)
