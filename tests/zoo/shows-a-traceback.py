#!/usr/bin/env python3
"""Shows a traceback beside its message."""

import traceback

from honest import Honest, main


class Liar(Honest):
    def refuse(self, why):
        traceback.print_exc()
        return super().refuse(why)


main(Liar)
