"""A case as a POSIX shell script: `script.script` is what others ask for."""
