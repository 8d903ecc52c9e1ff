#!/usr/bin/env python3
"""Makes the environment under a tidier name: no accent, no blank at its ends."""

import unicodedata

from honest import Honest, main


class Liar(Honest):
    def __init__(self, env, python):
        letters = unicodedata.normalize("NFD", env)
        super().__init__("".join(letter for letter in letters if not unicodedata.combining(letter)).strip(), python)


main(Liar)
