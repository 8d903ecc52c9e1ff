"""venvproof: what tools that make Python environments do to the tree around them."""

__version__ = "0.1.0"
