#!/usr/bin/env python3
"""Prints what a terminal or a browser would obey, and names a file so."""

import os
import sys

from honest import Honest, Refusal, main


class Liar(Honest):
    def refuse(self, why):
        print("<script>alert(1)</script>\x1b]0;title\x07\x1b[2J", file=sys.stderr)
        return 1

    def create(self):
        if os.path.exists(self.env):
            open("\x1b[2J<b>", "w").close()
            raise Refusal("")
        super().create()


main(Liar)
