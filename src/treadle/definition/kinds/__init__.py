"""One reader for each kind of node; the table says which there are."""
