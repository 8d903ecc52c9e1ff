#!/usr/bin/env python3
"""Ends with success where there was no space."""

import errno
import os

from honest import Honest, main


class Liar(Honest):
    def refuse(self, why):
        status = super().refuse(why)
        return 0 if why == os.strerror(errno.ENOSPC) else status


main(Liar)
