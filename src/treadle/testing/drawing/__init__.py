"""Programs drawn at random over every kind of node, a family of kinds a file."""
