"""Scenarios are collected by the plugin; `tests/` brings its own fixtures."""

pytest_plugins = ["harness.plugin", "pytester"]
