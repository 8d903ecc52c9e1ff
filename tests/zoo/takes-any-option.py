#!/usr/bin/env python3
"""Takes any option, known or not."""

import sys

from honest import Honest, main

del sys.argv[5:]
main(Honest)
