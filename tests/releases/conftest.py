"""Tests that install dozens of releases: `make releases` runs them, and all others leave them out."""

import os

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if not os.environ.get("VENVPROOF_RELEASES"):
        for item in items:
            if "tests/releases/" in item.path.as_posix():
                item.add_marker(pytest.mark.skip(reason="it installs dozens of releases: `make releases` runs it"))
