"""The checks: small pure functions from a run to a verdict. Each module registers one family of them."""

from harness.checks import commands, environment, recovery, standing, trees
from harness.checks.registry import KNOWN, ArgumentKind, Check

__all__ = ["KNOWN", "ArgumentKind", "Check", "commands", "environment", "recovery", "standing", "trees"]
