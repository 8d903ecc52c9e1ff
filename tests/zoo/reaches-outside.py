#!/usr/bin/env python3
"""Tries to write and to delete above its root, and in the interpreter that it was handed."""

import os

from honest import Honest, Refusal, main


class Liar(Honest):
    def create(self):
        if os.path.exists(self.env):
            case = os.path.dirname(os.path.dirname(os.environ["HOME"]))
            prefix = os.path.dirname(os.path.dirname(self.python))
            # None of it does harm where nothing stops it: what is to be deleted is not empty, or the harness's own.
            self.attempt(os.mkdir, f"{case}/reached")
            self.attempt(os.unlink, f"{os.path.dirname(case)}/uv.toml")
            self.attempt(os.mkdir, f"{prefix}/reached")
            self.attempt(os.rmdir, f"{prefix}/lib")
            raise Refusal("it was held back")
        super().create()

    def attempt(self, act, path):
        try:
            act(path)
        except OSError as error:
            self.say(f"{act.__name__}: {error.strerror}")


main(Liar)
