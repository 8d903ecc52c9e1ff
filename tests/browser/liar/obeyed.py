#!/usr/bin/env python3
"""A liar of the zoo's kind: says, in words and in names, what a browser or a terminal would obey."""

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "zoo"))

from honest import Honest, Refusal, main

SAID = """<script>alert(1)</script>
"><img src=x onerror=alert(2)>
</pre></details><iframe srcdoc="<script>alert(3)</script>"></iframe>
'});alert(4);//</script><!-- ]]> &lt;script&gt; {{ 7 * 7 }}
\x1b]0;title\x07\x1b]8;;http://localhost/\x1b\\a link\x1b]8;;\x1b\\\x1b[2J\x1b[31mred \u202egnp.exe\u202c \x00\x08\x7f
"""
NAME = '"><img src=x onerror=alert(5)>'


class Liar(Honest):
    def create(self):
        if os.path.lexists(self.env) and not os.path.isfile(self.env):
            sys.stdout.write(SAID)
            Path(NAME).symlink_to("javascript:alert(6)")
            Path("\x1b[2J<b>\u202e").touch()
            raise Refusal(SAID)
        super().create()

    reuse = create


main(Liar)
