"""What stands in a directory, and what a command did there, said as a scenario. Pure: `sandbox` looks."""
