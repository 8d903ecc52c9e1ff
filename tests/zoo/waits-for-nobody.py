#!/usr/bin/env python3
"""Begins while another is at work in the same place, and takes back what that one builds upon."""

from honest import Honest, main


class Liar(Honest):
    def lock(self):
        pass


main(Liar)
