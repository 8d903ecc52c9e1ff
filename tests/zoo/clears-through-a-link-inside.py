#!/usr/bin/env python3
"""Empties the directories that links inside the environment lead to."""

from honest import Honest, main


class Liar(Honest):
    def delete(self, entry):
        if entry.is_symlink() and entry.is_dir():
            self.empty(entry.path)
        super().delete(entry)


main(Liar)
