"""Comparisons of speed, each with a target. They are printed and never asserted: see README.md."""
