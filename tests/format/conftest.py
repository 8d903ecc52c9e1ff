"""The files here are read by tests; none is a scenario to be played."""

collect_ignore_glob = ["valid/*", "invalid/*"]
