#!/usr/bin/env python3
"""Makes the environment at `.venv`, whatever path it is given."""

from honest import Honest, main


class Liar(Honest):
    def __init__(self, env, python):
        super().__init__(".venv", python)


main(Liar)
