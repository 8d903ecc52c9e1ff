#!/usr/bin/env python3
"""Asks the environment's own interpreter before it removes the environment."""

import os

from honest import Honest, Refusal, main


class Liar(Honest):
    def remove(self):
        if not os.access(os.path.join(self.env, "bin/python"), os.X_OK):
            raise Refusal("its interpreter does not say what it is")
        super().remove()


main(Liar)
