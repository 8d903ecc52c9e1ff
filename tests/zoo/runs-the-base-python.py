#!/usr/bin/env python3
"""Makes anew an environment whose python is that of the base installation."""

import os

from honest import Honest, main


class Liar(Honest):
    def recreate(self):
        super().recreate()
        python = os.path.join(self.env, "bin/python")
        os.unlink(python)
        self.put(python, f'#!/bin/sh\nexec "{self.python}" "$@"\n', 0o777)


main(Liar)
