"""Pictures: badges, a tool over its versions, the tools beside each other."""
