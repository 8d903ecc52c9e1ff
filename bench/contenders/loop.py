"""The floor: plants, and starts `uv venv` twice, for every case. Nothing is looked at, nothing judged or removed."""

import os
import subprocess
import sys

first, last, root = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
create = [os.environ["UV"], "venv", "--python", os.environ["PYTHON"], ".venv"]

for number in range(first, last):
    project = f"{root}/{number}/project"
    os.makedirs(f"{root}/{number}/store/env")
    os.mkdir(project)
    os.symlink("../store/env", f"{project}/.venv")
    for _ in range(2):
        subprocess.run(create, cwd=project, capture_output=True, check=False)
