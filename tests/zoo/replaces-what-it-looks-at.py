#!/usr/bin/env python3
"""Makes an environment in place of whatever stands there and does not work, when it is told to look."""

import os
import shutil

from honest import Honest, main


class Liar(Honest):
    def inspect(self):
        if not os.access(os.path.join(self.env, "bin/python"), os.X_OK):
            if os.path.isdir(self.env) and not os.path.islink(self.env):
                shutil.rmtree(self.env)
            elif os.path.lexists(self.env):
                os.unlink(self.env)
            self.make(self.place())
        super().inspect()


main(Liar)
