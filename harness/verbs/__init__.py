"""The verbs of the command, a module each: `define` says what it takes, `call` does it.

A module is imported only where its verb is asked for. What is the user's mistake is raised, and told by `cli`.
"""

VERBS = (
    *("run", "merge", "diff", "expect", "sarif"),  # results, and what they are held against
    *("script", "shell", "explain", "issue"),  # one failure
    *("report", "badge", "plot"),  # what is published
    *("capture", "record", "layout"),  # a project of the user's
    *("check", "new", "list", "show"),  # scenarios
    *("tools", "filesystems"),
)
"""As the help lists them."""
