"""What can be said of a scenario before any tool plays it, and which of its checks can fail at all."""
