"""What the calls of a traced command did to the tree: read, played on a snapshot, folded and told. Pure."""
