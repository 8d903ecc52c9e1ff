#!/usr/bin/env python3
"""Refuses where nobody looks for errors."""

from honest import Honest, main


class Liar(Honest):
    def refuse(self, why):
        self.say(f"refused: {why}")
        return 1


main(Liar)
