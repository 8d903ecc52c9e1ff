#!/usr/bin/env python3
"""Refuses wherever anything stands."""

import os

from honest import Honest, Refusal, main


class Liar(Honest):
    def create(self):
        if os.path.lexists(self.env):
            raise Refusal("something is there")
        super().create()


main(Liar)
