"""Filesystems that are made for one run: the roots stand on them, nobody else sees them, and they go with the run."""

KINDS = ("ext4", "xfs", "btrfs", "tmpfs", "overlay", "case-insensitive", "no-symlinks", "no-hardlinks")
"""What `--filesystem` can ask for."""
