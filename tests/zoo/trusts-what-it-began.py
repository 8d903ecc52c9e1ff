#!/usr/bin/env python3
"""Takes whatever a run that was killed has left for an environment, and is content with it."""

import os

from honest import Honest, main


class Liar(Honest):
    def create(self):
        begun = f"{self.asked}/begun"
        if os.path.exists(begun):
            return self.say("already an environment")
        super().create()

    def make(self, place):
        self.directory(place)
        self.put(f"{place}/begun", "")
        super().make(place)
        os.unlink(f"{place}/begun")


main(Liar)
