#!/usr/bin/env python3
"""Leaves a process behind that is no longer of its session."""

import subprocess

from honest import Honest, main


class Liar(Honest):
    def create(self):
        super().create()
        print(subprocess.Popen(["sleep", "3600"], start_new_session=True).pid)


main(Liar)
