#!/usr/bin/env python3
"""Puts the user's file in the environment aside while it is at work, and back again."""

import os

from honest import Honest, main


class Liar(Honest):
    def reuse(self):
        notes = f"{self.asked}/notes.txt"
        there = os.path.exists(notes)
        if there:
            os.rename(notes, f"{notes}~")
        super().reuse()
        if there:
            os.rename(f"{notes}~", notes)


main(Liar)
