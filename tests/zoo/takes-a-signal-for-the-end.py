#!/usr/bin/env python3
"""Ends with success when it is told to stop."""

import signal
import sys

from honest import Honest, main


class Liar(Honest):
    def create(self):
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        super().create()


main(Liar)
