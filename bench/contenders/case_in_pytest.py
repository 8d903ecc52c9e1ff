"""The cases as a plain parametrized function, for pytest without any plugin; only the link is checked."""

import os
import subprocess
from pathlib import Path

import pytest

CREATE = [os.environ["UV"], "venv", "--python", os.environ["PYTHON"], ".venv"]


@pytest.mark.parametrize("number", range(int(os.environ["COUNT"])))
def test_the_link_survives(number: int) -> None:
    case = Path(os.environ["ROOT"], str(number))
    (case / "store/env").mkdir(parents=True)
    (case / "project").mkdir()
    (case / "project/.venv").symlink_to("../store/env")
    for _ in range(2):
        subprocess.run(CREATE, cwd=case / "project", capture_output=True, check=False)
        assert (case / "project/.venv").readlink() == Path("../store/env")
