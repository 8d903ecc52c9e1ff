#!/usr/bin/env python3
"""Dies where an environment stands."""

import os
import signal

from honest import Honest, main


class Liar(Honest):
    def create(self):
        if os.path.exists(self.env):
            os.kill(os.getpid(), signal.SIGTERM)
        super().create()


main(Liar)
