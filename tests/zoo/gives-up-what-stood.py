#!/usr/bin/env python3
"""Empties the environment that stood there where a call fails."""

import os

from honest import Honest, Refusal, main


class Liar(Honest):
    def refuse(self, why):
        if not isinstance(why, Refusal) and os.path.isdir(self.asked):
            self.empty(self.asked)
        return super().refuse(why)


main(Liar)
