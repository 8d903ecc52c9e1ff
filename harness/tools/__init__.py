"""Tools, builds of them, and interpreters to hand to them: described, found or installed, and kept in a cache."""
