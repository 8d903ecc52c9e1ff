#!/usr/bin/env python3
"""Makes anew an environment whose scripts name a python that does not exist."""

import os

from honest import Honest, main


class Liar(Honest):
    def recreate(self):
        super().recreate()
        self.put(os.path.join(self.env, "bin/hello"), "#!/no/such/python\n", 0o777)


main(Liar)
