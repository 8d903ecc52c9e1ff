#!/usr/bin/env python3
"""Says that it refuses, and exits as if it had not."""

from honest import Honest, main


class Liar(Honest):
    def refuse(self, why):
        super().refuse(why)
        return 0


main(Liar)
