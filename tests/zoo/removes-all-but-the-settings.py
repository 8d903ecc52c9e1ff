#!/usr/bin/env python3
"""Removes everything of an environment but the file that says that it is one, and is content with that file."""

import os

from honest import Honest, Refusal, main


class Liar(Honest):
    def works(self, place):
        return True

    def remove(self):
        place = self.place()
        if not self.is_environment(place):
            raise Refusal("no environment")
        for entry in os.scandir(place):
            if entry.name != "pyvenv.cfg":
                self.delete(entry)
        self.say("removed the environment")


main(Liar)
