#!/usr/bin/env python3
"""Writes the path into the script that activates the environment as if it were nothing but letters."""

import os

from honest import Honest, main


class Liar(Honest):
    def activation(self):
        path = os.path.abspath(self.env)
        return f'VIRTUAL_ENV="{path}"\nPATH="$VIRTUAL_ENV/bin:$PATH"\nexport VIRTUAL_ENV PATH\n'


main(Liar)
