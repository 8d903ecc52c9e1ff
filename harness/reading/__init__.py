"""YAML files to scenarios and tools: strict, with a place and a hint for everything that is wrong."""
