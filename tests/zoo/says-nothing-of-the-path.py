#!/usr/bin/env python3
"""Refuses without saying what."""

import sys

from honest import Honest, main


class Liar(Honest):
    def refuse(self, why):
        print("refused", file=sys.stderr)
        return 1


main(Liar)
