"""What the zoo describes is for `tests/acceptance/test_zoo.py` to play; nothing here is collected by itself."""

collect_ignore_glob = ["*.yaml", "scenarios/*"]
