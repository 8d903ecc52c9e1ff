#!/usr/bin/env python3
"""Puts a directory in the place of a `.venv` that is a link, and the link back again."""

import os

from honest import Honest, main


class Liar(Honest):
    def create(self):
        if os.path.islink(self.asked):
            leads = os.readlink(self.asked)
            os.unlink(self.asked)
            os.mkdir(self.asked)
            os.rmdir(self.asked)
            os.symlink(leads, self.asked)
        super().create()


main(Liar)
