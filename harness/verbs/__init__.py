"""The verbs of the command, a module each: `define` says what it takes, `call` does it.

A module is imported only where its verb is asked for. What is the user's mistake is raised, and told by `cli`.
"""

VERBS = ("run", "merge", "diff", "expect", "sarif", "report", "badge", "plot", "tools")
"""As the help lists them."""
