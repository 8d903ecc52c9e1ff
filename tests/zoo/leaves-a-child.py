#!/usr/bin/env python3
"""Leaves a process behind."""

import subprocess

from honest import Honest, main


class Liar(Honest):
    def create(self):
        super().create()
        print(subprocess.Popen(["sleep", "3600"]).pid)


main(Liar)
